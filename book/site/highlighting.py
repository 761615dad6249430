"""The colours of a notebook's code: Python, in which a line of ! or % is a command, not a fault."""

from pygments.lexer import inherit
from pygments.lexers import PythonLexer
from pygments.token import Comment


class NotebookLexer(PythonLexer):
    """Python with IPython's lines: `!ls` for the terminal, `%%writefile a.py` and other magics."""

    tokens = {"root": [(r"^(?:!|%%?[a-z]).*$", Comment.Preproc), inherit]}  # noqa: RUF012


def setup(app):
    app.add_lexer("python", NotebookLexer)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

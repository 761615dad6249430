"""The colours of a notebook's code: Python, in which a line of ! or % is a command, not a fault."""

from pygments.lexer import inherit
from pygments.lexers import PythonLexer
from pygments.token import Comment, Name, Punctuation, Text, Whitespace

# What both themes' styles draw in the code's own colour needs no element: four in ten of a long
# page's elements, for each of which a change of theme costs the reader's processor time.
PLAIN = {Name, Name.Namespace, Punctuation, Whitespace}


class NotebookLexer(PythonLexer):
    """Python with IPython's lines: `!ls` for the terminal, `%%writefile a.py` and other magics."""

    tokens = {"root": [(r"^(?:!|%%?[a-z]).*$", Comment.Preproc), inherit]}  # noqa: RUF012

    def get_tokens_unprocessed(self, text, stack=("root",)):
        for index, kind, value in super().get_tokens_unprocessed(text, stack):
            yield index, Text if kind in PLAIN else kind, value


def setup(app):
    app.add_lexer("python", NotebookLexer)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

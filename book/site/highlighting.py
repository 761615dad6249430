"""A notebook's code: its colours (a line of ! or % is a command, not a fault), and its room."""

import re

from pygments.lexer import inherit
from pygments.lexers import PythonLexer
from pygments.token import Comment


class NotebookLexer(PythonLexer):
    """Python with IPython's lines: `!ls` for the terminal, `%%writefile a.py` and other magics."""

    tokens = {"root": [(r"^(?:!|%%?[a-z]).*$", Comment.Preproc), inherit]}  # noqa: RUF012


CODE = re.compile(r'(<div class="highlight"><pre)(>.*?</pre>)', re.DOTALL)


def tell_lines(app, pagename, templatename, context, doctree):
    """Give each listing its number of lines, by which book.css keeps room for one out of sight.

    Half of a page's elements are the coloured words of its code: those far from the window then
    take no time, neither when the page comes nor when its colours change.
    """
    if "body" in context:
        context["body"] = CODE.sub(
            lambda match: f'{match[1]} style="--lines:{match[2].count(chr(10))}"{match[2]}',
            context["body"],
        )


def setup(app):
    app.add_lexer("python", NotebookLexer)
    app.connect("html-page-context", tell_lines)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

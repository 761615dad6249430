"""The buttons "edit" and "report an error" lead to the section read, in the source; Colab's does
to the notebook whose tests were green.

The theme's own lead to the derived notebook, which nobody edits. Each section carries its line in
the source, so that static/source.js can lead there; without it, to the chapter.
"""

import re
from pathlib import Path
from urllib.parse import urlencode

from book.course import COURSE, name_source
from book.notebooks.sources import find_lines
from book.site.language import get_language
from book.site.publishing import get_page_address

FORMS = {  # of the report: title, body
    "ko": ("오류: {title}", "쪽: {page}\n원문: {source}\n\n무엇이 틀렸습니까?\n\n"),
    "en": ("Error: {title}", "Page: {page}\nSource: {source}\n\nWhat is wrong?\n\n"),
}
EDIT, REPORT = "source-edit-button", "source-issues-button"  # the theme's labels


def mark_lines(body: str, lines: dict[str, int]) -> str:
    """Write each section's line in the source into the page."""

    def mark(match):
        cell = re.sub(r"-\d$", "", match["id"]) if match["id"] not in lines else match["id"]
        return match[0] + (f' data-line="{lines[cell]}"' if cell in lines else "")

    return re.sub(r'<section\b[^>]* id="(?P<id>[^"]*)"', mark, body)


def link_to_source(app, pagename, templatename, context, doctree):
    """Link the two buttons to the page's source on GitHub."""
    language = get_language(pagename)
    repository = app.config.html_theme_options["repository_url"]
    if not repository:
        return
    branch = app.config.html_theme_options["repository_branch"]
    path = Path(app.env.doc2path(pagename, base=False)).as_posix()
    if language and doctree is not None:
        path = name_source(Path(pagename).name)
        source = Path(app.srcdir, path)
        if source.exists():
            lines = find_lines(source.read_text(encoding="utf-8"), language)
            context["body"] = mark_lines(context["body"], lines)
    address = f"{repository}/blob/{branch}/{path}?plain=1"  # plain: with lines to lead to
    title, body = FORMS[context["language"]]
    title = title.format(title=context.get("title", pagename))
    body = body.format(page=get_page_address(app, pagename), source=address)
    report = f"{repository}/issues/new?{urlencode({'title': title, 'body': body})}"
    for button in list_buttons(context["header_buttons"]):
        if button.get("label") in (EDIT, REPORT):
            button["url"] = address if button["label"] == EDIT else report
        elif "colab.research" in button.get("url", ""):
            # the notebook that fits the package which it installs
            button["url"] = button["url"].replace(f"/blob/{branch}/", f"/blob/{COURSE}/", 1)


def list_buttons(buttons: list[dict]) -> list[dict]:
    """List the header's buttons, those in groups too."""
    inside = [child for button in buttons for child in button.get("buttons", [])]
    return [*buttons, *inside]


def setup(app):
    app.connect("html-page-context", link_to_source, priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

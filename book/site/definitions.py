"""What the glossary says of each term that a page links to, in that page: nothing is fetched.

static/definitions.js shows it where the term stands. Until then, and without a script, a
`<template>` says nothing to anybody, and the links lead to the glossary.
"""

import re
from functools import cache

from docutils import nodes

from book.site.language import get_language, mark_hangul


def write_definitions(app, pagename, templatename, context, doctree):
    """Put the definitions of the page's terms below its text."""
    linked = re.findall(r'href="glossary\.html#([^"]+)"', context.get("body", ""))
    if doctree is None or not linked:
        return
    definitions = find_definitions(app, pagename)
    shown = app.definitions[pagename] = {name: definitions[name] for name in linked}
    parts = (f'<div data-term="{name}">{text}</div>' for name, text in shown.items())
    context["body"] += f'<template id="definitions">{"".join(parts)}</template>'
    app.add_js_file("definitions.js", loading_method="defer")


def list_outdated(app, env) -> list[str]:
    """List the pages that show a definition as it was: `make live` reads the glossary anew."""
    return [
        page
        for page, shown in app.definitions.items()
        if not shown.items() <= find_definitions(app, page).items()
    ]


def find_definitions(app, pagename: str) -> dict[str, str]:
    """Find what the glossary in a page's language says by now: anchor → definition."""
    glossary = f"chapters/{get_language(pagename)}/glossary"
    return load_definitions(app, glossary, app.env.all_docs[glossary])


@cache
def load_definitions(app, glossary: str, when: int) -> dict[str, str]:
    """Load what a glossary says, as HTML; `when` it was read makes it another."""
    page = app.env.get_doctree(glossary)
    sections = {name: section for section in page.findall(nodes.section) for name in section["ids"]}
    mark = mark_hangul if get_language(glossary) == "en" else str
    return {name: mark(write_definition(app, section)) for name, section in sections.items()}


def write_definition(app, section: nodes.section) -> str:
    """Write what stands between an entry's heading and its last line, which leads on."""
    texts = [part for part in section.children if isinstance(part, nodes.paragraph)][:-1]
    return "".join(app.builder.render_partial(text)["fragment"] for text in texts)


def setup(app):
    app.definitions = {}  # page → what it shows
    app.connect("env-get-updated", list_outdated)
    app.connect("html-page-context", write_definitions)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

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
    definitions = load_definitions(app, get_language(pagename))
    parts = (f'<div data-term="{name}">{definitions[name]}</div>' for name in dict.fromkeys(linked))
    context["body"] += f'<template id="definitions">{"".join(parts)}</template>'
    app.add_js_file("definitions.js", loading_method="defer")


@cache
def load_definitions(app, language: str) -> dict[str, str]:
    """Load what a language's glossary says, as HTML: anchor → definition."""
    page = app.env.get_doctree(f"chapters/{language}/glossary")
    sections = {name: section for section in page.findall(nodes.section) for name in section["ids"]}
    mark = mark_hangul if language == "en" else str
    return {name: mark(write_definition(app, section)) for name, section in sections.items()}


def write_definition(app, section: nodes.section) -> str:
    """Write what stands between an entry's heading and its last line, which leads on."""
    texts = [part for part in section.children if isinstance(part, nodes.paragraph)][:-1]
    return "".join(app.builder.render_partial(text)["fragment"] for text in texts)


def setup(app):
    app.connect("html-page-context", write_definitions)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""The search's index: which section has which words, how often, and what the sections are called.

Leans on Sphinx 7's `dump` of the index and on MyST-NB's `nb_element`.
"""

import re
from collections import Counter
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref

from book.notebooks.glossary import load_glossary
from book.site.search import list_words
from book.site.search_file import write_index

SETUP = {"tag_hide-input", "tag_nbval-ignore-output"}  # the set-up cell, alike in every chapter
MARKUP = re.compile(r"<(style|script|template)\b.*?</\1>|<[^<]+?>", re.DOTALL)


def replace_index(app):
    """Let Sphinx write this index in place of its own."""
    indexer = app.builder.indexer
    if indexer is None:  # a builder without search
        return ()
    pages = {page: list_sections(app.env, page) for page in sorted(app.env.all_docs)}
    glossary = load_glossary(Path(app.srcdir, "chapters"))
    taught = {}
    for page in filter(is_glossary, pages):
        taught |= list_taught(page, app.env.get_doctree(page))
    text = write_index(pages, glossary, taught, indexer.lang.stopwords)
    indexer.dump = lambda file, _: file.write(text)
    return ()


def is_glossary(page: str) -> bool:
    return page.endswith("/glossary")


def list_taught(page: str, doctree: nodes.document) -> dict[tuple, list[tuple]]:
    """List the sections that each of the glossary's entries leads to: page and anchor of both."""
    return {
        (page, section["ids"][0]): [
            (link["reftarget"], link["reftargetid"])
            for link in section.findall(pending_xref)
            if not is_glossary(link["reftarget"])
        ]
        for section in doctree.findall(nodes.section)
    }


def list_sections(env, page: str) -> list[tuple[str, str, Counter]]:
    """List a page's sections: anchor, title, words with their counts; the first one is the page."""
    if page.endswith("/references"):  # authors are named where they are cited
        return [("", env.titles[page].astext(), Counter())]
    return [
        (section["ids"][0], section[0].astext(), Counter(list_words(read_text(section))))
        for section in env.get_doctree(page).findall(nodes.section)
    ]


def read_text(node: nodes.Node) -> str:
    """Read what stands in a node, without the sections in it and what the page does not show."""
    if SETUP <= set(getattr(node, "attributes", {}).get("classes", [])):
        return ""
    if isinstance(node, nodes.raw):
        return MARKUP.sub(" ", node.astext())
    if isinstance(node, (nodes.TextElement, nodes.Text)):
        return node.astext()
    children = [child for child in node.children if not isinstance(child, nodes.section)]
    if node.get("nb_element") == "mime_bundle" and len(children) > 1:  # the page shows another
        children = [child for child in children if child.get("mime_type") != "text/plain"]
    return "\n".join(map(read_text, children))


def setup(app):
    app.connect("html-collect-pages", replace_index)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""Each page in its own language: words, search, chapter list, previous and next, switch.

Sphinx speaks one language a build. Here its catalogues are swapped before each page is resolved
and written, which a build in one process allows (Jupyter Book 1 always builds so).
"""

import re

from sphinx import locale

from book.course import LANGUAGES, TABLES
from book.site.words import WORDS

NOT_FOUND = "404"
SITE_NAMES = {"ko": "LeNet 한 권", "en": "The LeNet book"}
CITATIONS = "chapters/ko/references"
SEARCH = {language: f"chapters/{language}/search" for language in LANGUAGES}
CATALOGUES = [("general", "sphinx"), ("general", "booktheme")]


def get_language(docname: str) -> str | None:
    """Return the language of a page under chapters/, None for a page in both languages."""
    parts = docname.split("/")
    return parts[1] if parts[0] == "chapters" and parts[1] in LANGUAGES else None


def get_twin(docname: str) -> str | None:
    """Return the same page in the other language, None for a page in both."""
    language = get_language(docname)
    other = {"ko": "en", "en": "ko"}.get(language)
    return other and docname.replace(f"chapters/{language}/", f"chapters/{other}/", 1)


def set_words(app, language: str) -> None:
    """Let Sphinx, the themes and the templates speak a language from now on."""
    for namespace, catalogue in CATALOGUES:
        locale.translators[namespace, catalogue] = WORDS[language]
    templates = getattr(app.builder, "templates", None)
    if templates is not None:
        templates.environment.install_gettext_translations(WORDS[language])


def set_body_language(app, doctree, docname):
    """Before a page's body is written: admonitions and links get its language's words."""
    set_words(app, get_language(docname) or app.config.language)


def set_page_language(app, pagename, templatename, context, doctree):
    """Give the page its `lang`, its language's words and search, and its place among the pages."""
    language = get_language(pagename)
    context["language"] = language or app.config.language
    spoken = "both" if pagename in (app.config.root_doc, NOT_FOUND) else context["language"]
    set_words(app, spoken)
    context["docstitle"] = SITE_NAMES.get(spoken, "")  # a page in both has both in its title
    context["theme_search_bar_text"] = WORDS[spoken].gettext("Search this book")
    context["chapters"] = list_chapters(app, pagename, context["pathto"])
    if language is None:
        context["body"] = mark_languages(context.get("body", ""))
        if spoken == "both":
            app.add_js_file("landing.js")
            context["next"] = None  # it leads on twice, once a language
        return
    if language == "en" and not is_chapter(pagename):
        context["body"] = mark_hangul(context.get("body", ""))
    if pagename == CITATIONS:
        context["body"] = mark_citations(context["body"])
    twin = get_twin(pagename)
    context["twin"] = {
        "lang": get_language(twin),
        "words": LANGUAGES[get_language(twin)],
        "url": context["pathto"](twin),
    }
    context["pathto"] = link_search(context["pathto"], language)
    for side in ("prev", "next"):
        if context.get(side) and links_away(app, pagename, side):
            context[side] = None


def mark_languages(body: str) -> str:
    """Say in HTML which language the two halves of a page in both are: Sphinx has no way to."""
    return re.sub(r'<div class="(lang-(ko|en))', r'<div lang="\2" class="\1', body)


def mark_hangul(body: str) -> str:
    """Say in HTML which words on an English page are Korean."""
    words = r"[가-힣]+(?: [가-힣]+)*(?![^<]*>)"  # not inside a tag
    return re.sub(words, r'<span lang="ko">\g<0></span>', body)


def mark_citations(body: str) -> str:
    """Say in HTML that what is cited on a Korean page, below each heading, is English."""
    return re.sub(r"(</h2>\s*<p)>", r'\1 lang="en">', body)


def links_away(app, pagename: str, side: str) -> bool:
    """Whether the page before or after this one is in the other language."""
    _, before, after = app.builder.relations.get(pagename, [None, None, None])
    other = get_language({"prev": before, "next": after}[side] or "")
    return other not in (None, get_language(pagename))


def link_search(pathto, language: str):
    """Let every link to the search page lead to the one in this language."""

    def find_path(name, *arguments):
        return pathto(SEARCH[language] if name == "search" else name, *arguments)

    return find_path


def list_chapters(app, pagename: str, pathto) -> dict[str, list[dict]]:
    """List the pages for the sidebar: language → pages; a page in one language lists its own.

    A page is {"title", "is_chapter", "url", "here"}; chapters are numbered from 0 by the list.
    """
    own = get_language(pagename)
    chapters = {language: [] for language in LANGUAGES if own in (None, language)}
    for docname in app.env.toctree_includes[app.config.root_doc]:
        language = get_language(docname)
        if language in chapters:
            chapter = {"title": app.env.titles[docname].astext(), "is_chapter": is_chapter(docname)}
            chapter |= {"url": pathto(docname), "here": docname == pagename}
            chapters[language].append(chapter)
    return chapters


def is_chapter(docname: str) -> bool:
    """Whether a page is a chapter and no glossary or bibliography."""
    return docname.split("/")[-1] not in TABLES


def collect_search_pages(app):
    """One search page a language."""
    for docname in SEARCH.values():
        yield docname, {}, "search.html"


def end_words(app):
    """Once all pages are written: what Sphinx says from then on is in its own language."""
    set_words(app, app.config.language)
    yield from ()


def setup(app):
    app.connect("doctree-resolved", set_body_language, priority=1)
    app.connect("html-page-context", set_page_language, priority=1)
    app.connect("html-collect-pages", collect_search_pages)
    app.connect("html-collect-pages", end_words, priority=999)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}

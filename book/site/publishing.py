"""What stands at the site's root, and what a page says of its place: sitemap.xml, robots.txt, PDFs.

All of it names addresses; a site that knows none has none of it.
"""

import os
from pathlib import Path
from xml.sax.saxutils import escape

from book.course import LANGUAGES
from book.site.language import get_language, get_twin
from book.site.not_found import get_root

NOTEBOOK_WORDS = {"ko": "노트북(.ipynb)", "en": "Notebook (.ipynb)"}
PDF_WORDS = {
    "ko": ("책 전체.pdf", "책 전체를 PDF로 받기"),
    "en": ("book.pdf", "Download the whole book"),
}
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)


def get_page_address(app, docname: str) -> str:
    """Return a page's address on the web, "" without one; the landing page's is the site's own."""
    if not app.config.html_baseurl:
        return ""
    path = "" if docname == app.config.root_doc else app.builder.get_target_uri(docname)
    return app.config.html_baseurl + path


def list_alternates(app, docname: str) -> dict[str, str]:
    """List a page's addresses by language; none for a page in both languages, or without any."""
    twin = get_twin(docname)
    if twin not in app.env.all_docs or not app.config.html_baseurl:
        return {}
    pages = {get_language(name): name for name in (docname, twin)}
    return {language: get_page_address(app, pages[language]) for language in LANGUAGES}


def make_sitemap(app) -> str:
    """Make sitemap.xml: every page, and with each what it is called in either language."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<urlset {NAMESPACES}>"]
    for docname in sorted(app.env.all_docs):
        lines += ["<url>", f"<loc>{escape(get_page_address(app, docname))}</loc>"]
        for language, address in list_alternates(app, docname).items():
            lines.append(
                f'<xhtml:link rel="alternate" hreflang="{language}" href="{escape(address)}"/>'
            )
        lines.append("</url>")
    return "\n".join([*lines, "</urlset>"]) + "\n"


def write_root_files(app, error):
    """Write sitemap.xml; robots.txt too, where the site is at its host's root and it is read.

    An earlier build's are removed where the site has none.
    """
    if error or app.builder.format != "html":
        return
    site, folder = app.config.html_baseurl, Path(app.outdir)
    robots = f"User-agent: *\nAllow: /\nSitemap: {site}sitemap.xml\n"
    for name, text in {
        "sitemap.xml": site and make_sitemap(app),
        "robots.txt": site and get_root(app) == "/" and robots,
    }.items():
        (folder / name).unlink(missing_ok=True)
        if text:
            (folder / name).write_text(text, encoding="utf-8")


def offer_downloads(app, pagename, templatename, context, doctree):
    """Offer the notebook and the PDF of the page's language; the site has it, no build has.

    The landing page offers nothing: its source is no notebook.
    """
    language, site = get_language(pagename), app.config.html_baseurl
    groups = [group for group in context["header_buttons"] if group["label"] == "download-buttons"]
    for group in groups:
        if not language:
            context["header_buttons"].remove(group)
            continue
        for button in group["buttons"]:
            if button["label"] == "download-source-button":
                button["text"] = NOTEBOOK_WORDS[language]
        if site:
            address = f"{site}lenet-book-{language}.pdf"
            words = dict(zip(("text", "tooltip"), PDF_WORDS[language], strict=True))
            look = {"type": "link", "icon": "fas fa-file", "label": "download-book-button"}
            group["buttons"].append({"url": address, **words, **look})


def name_commit(app, pagename, templatename, context, doctree):
    """Let a page carry the commit that a workflow tested: published.py asks for it.

    A build by hand names none, so that unchanged content gives unchanged pages.
    """
    commit = os.environ.get("GITHUB_SHA")
    if commit and doctree is not None:
        context["metatags"] += f'\n    <meta name="commit" content="{escape(commit)}" />'


def setup(app):
    app.connect("html-page-context", offer_downloads, priority=800)
    app.connect("html-page-context", name_commit, priority=900)  # below the page's other tags
    app.connect("build-finished", write_root_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

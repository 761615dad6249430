"""The site's address, and what stands at its root: sitemap.xml, 404.html, robots.txt, the PDFs.

The address follows from `repository.url`, the one place that names the repository: GitHub Pages
serves OWNER/NAME at OWNER.github.io/NAME. A site of another address sets `html.baseurl`.
"""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from book.course import LANGUAGES, derive_address
from book.site.language import NOT_FOUND, get_language, get_twin

LINK = re.compile(r'\b(href|src|action|data-content_root)="(?!https?:|data:|[/#"])(?:\./)?')
PDF_WORDS = {
    "ko": ("책 전체.pdf", "책 전체를 PDF로 받기"),
    "en": ("book.pdf", "Download the whole book"),
}
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)


def set_address(app, config):
    """Give Sphinx the site's address, which it writes into every page as its canonical link."""
    if not config.html_baseurl:
        config.html_baseurl = derive_address(config.html_theme_options["repository_url"])


def get_page_address(app, docname: str) -> str:
    """Return a page's address on the web; the landing page's is the site's own."""
    path = "" if docname == app.config.root_doc else app.builder.get_target_uri(docname)
    return app.config.html_baseurl.rstrip("/") + "/" + path


def list_alternates(app, docname: str) -> dict[str, str]:
    """List a page's addresses by language; none for a page in both languages."""
    twin = get_twin(docname)
    if twin not in app.env.all_docs:
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
    """Write sitemap.xml; robots.txt too, where the site is at its host's root and it is read."""
    if error or app.builder.format != "html":
        return
    folder = Path(app.outdir)
    page = folder / f"{NOT_FOUND}.html"
    page.write_text(begin_at_root(app, page.read_text(encoding="utf-8")), encoding="utf-8")
    (folder / "sitemap.xml").write_text(make_sitemap(app), encoding="utf-8")
    if get_root(app) == "/":
        robots = f"User-agent: *\nAllow: /\nSitemap: {app.config.html_baseurl}sitemap.xml\n"
        (folder / "robots.txt").write_text(robots, encoding="utf-8")


def get_root(app) -> str:
    """Return the path of the site on its host, with a slash at either end."""
    return urlsplit(app.config.html_baseurl).path.rstrip("/") + "/"


def collect_not_found(app):
    """One page for every address that leads nowhere."""
    yield NOT_FOUND, {}, "not-found.html"


def begin_at_root(app, page: str) -> str:
    """Let all links of a page begin at the host's root: it is shown at any depth."""
    return LINK.sub(rf'\1="{get_root(app)}', page)


def offer_pdf(app, pagename, templatename, context, doctree):
    """Offer the PDF of the page's language beside the notebook; the site has it, no build has."""
    language = get_language(pagename)
    for group in context["header_buttons"]:
        if language and group["label"] == "download-buttons":
            address = get_page_address(app, app.config.root_doc) + f"lenet-book-{language}.pdf"
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
    app.connect("config-inited", set_address)
    app.connect("html-page-context", offer_pdf, priority=800)
    app.connect("html-page-context", name_commit, priority=900)  # below the page's other tags
    app.connect("html-collect-pages", collect_not_found)
    app.connect("build-finished", write_root_files, priority=700)  # below the bundles' links
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

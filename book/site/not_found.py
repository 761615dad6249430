"""404.html, which hosts show at any depth: its links begin at the root of the site's host.

Which root that is follows from the site's address. Where the pages live elsewhere, in a preview's
folder, on another domain, not_found.js finds it and leads the links there.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit

from book.site.language import NOT_FOUND

LINK = re.compile(r'\b(href|src|action|data-content_root)="(?!https?:|data:|[/#"])(?:\./)?')
SCRIPT = Path(__file__).with_name("not_found.js")


def get_root(app) -> str:
    """Return the path of the site on its host, with a slash at either end."""
    return urlsplit(app.config.html_baseurl).path.rstrip("/") + "/"


def collect_not_found(app):
    """One page for every address that leads nowhere."""
    context = {"find_root": SCRIPT.read_text(encoding="utf-8")}
    yield NOT_FOUND, context, "not-found.html"


def begin_at_root(app, page: str) -> str:
    """Let all links of a page begin at the host's root: it is shown at any depth."""
    return LINK.sub(rf'\1="{get_root(app)}', page)


def write_not_found(app, error):
    """Let the written page's links begin at the host's root."""
    if not error and app.builder.format == "html":
        page = Path(app.outdir, f"{NOT_FOUND}.html")
        page.write_text(begin_at_root(app, page.read_text(encoding="utf-8")), encoding="utf-8")


def setup(app):
    app.connect("html-collect-pages", collect_not_found)
    app.connect("build-finished", write_not_found, priority=700)  # below the bundles' links
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""Where the repository and the site are, told to Sphinx, to the theme and to the set-up cells.

The site's address is SITE_ADDRESS, which a workflow has from GitHub Pages, custom domains known; or
what html.baseurl says; or what follows from the repository. Without any, all that would lead to one
is left out: buttons, canonical links, previews' pictures, the sitemap, the PDFs.
"""

import os
from pathlib import Path

from sphinx.util import logging

from book.course import derive_address, get_repository_url
from book.repository import FORM, find_repository, readdress

BUTTONS = ("use_repository_button", "use_issues_button", "use_edit_page_button")
logger = logging.getLogger(__name__)


def set_address(app, config):
    """Give the theme the repository, and its buttons; give Sphinx the site's address."""
    url, _ = find_repository(Path(app.srcdir))
    options = config.html_theme_options
    options.update(dict.fromkeys(BUTTONS, bool(url)), repository_url=url)
    if not url:
        options["launch_buttons"] = {}
    site = os.environ.get("SITE_ADDRESS") or config.html_baseurl or (url and derive_address(url))
    config.html_baseurl = site and site.rstrip("/") + "/"


def readdress_cell(app, docname, source):
    """Let the set-up cell on the page install from the repository."""
    if app.env.doc2path(docname).endswith(".ipynb"):
        source[0] = readdress_text(app, source[0])


def readdress_text(app, notebook: str) -> str:
    committed = get_repository_url(Path(app.srcdir))
    return readdress(notebook, committed, app.config.html_theme_options["repository_url"])


def readdress_downloads(app, error):
    """Let the set-up cells of the notebooks that the site offers do so, too."""
    if not error and app.builder.format == "html":
        for path in Path(app.outdir, "_sources").rglob("*.ipynb"):
            text = path.read_text(encoding="utf-8")
            path.write_text(readdress_text(app, text), encoding="utf-8")


def say_address(app, error):
    """Say in one line which repository the pages lead to, and who named it."""
    url, source = find_repository(Path(app.srcdir))
    known = f"{url} (from {source})" if url else "none known, so no links to Colab or to a source"
    logger.info("Repository: %s; make repository URL=%s sets it", known, FORM)


def setup(app):
    app.connect("config-inited", set_address)
    app.connect("source-read", readdress_cell)
    app.connect("build-finished", readdress_downloads)
    app.connect("build-finished", say_address, priority=950)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

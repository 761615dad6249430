"""A stand-in for the browser's storage, first in every page's head: see storage.js.

It stands inside the page: the theme's own script, which would fail without, is inside it, too.
"""

from pathlib import Path

SCRIPT = Path(__file__).with_name("storage.js")


def guard_storage(app, pagename, templatename, context, doctree):
    """Put the script before all others; a template of our own asks for it as `storage`."""
    context["storage"] = f"<script>\n{SCRIPT.read_text(encoding='utf-8')}</script>"
    context["metatags"] = f"{context.get('metatags', '')}\n    {context['storage']}"


def setup(app):
    app.connect("html-page-context", guard_storage)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

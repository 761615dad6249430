"""A Content-Security-Policy in every page: its own files, and the inline scripts it was built with.

Inline styles stay allowed: widgets and figures set colours and sizes so. The Run buttons (book/run)
need two words more: 'wasm-unsafe-eval' lets WebAssembly run, and no text become a script; a worker
is made of the page's own bytes, and has the page's policy.
"""

import base64
import hashlib
import re
from pathlib import Path

INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{hashes}; worker-src blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'"
)


def make_policy(page: str) -> str:
    """Make the policy for a page's HTML: every inline script in it by its SHA-256."""
    digests = {hashlib.sha256(script.encode()).digest() for script in INLINE_SCRIPT.findall(page)}
    hashes = sorted(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return POLICY.format(hashes="".join(hashes))


def write_policies(app, error):
    """Put each page's policy before its first script."""
    if error or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        if "_static" in path.parts:
            continue  # the themes' own templates
        page = path.read_text(encoding="utf-8")
        meta = f'<meta http-equiv="Content-Security-Policy" content="{make_policy(page)}" />'
        if "Content-Security-Policy" not in page:
            page = page.replace("<head>", f"<head>\n    {meta}", 1)
            path.write_text(page, encoding="utf-8")


def leave_out_inline_handlers(app, pagename, templatename, context, doctree):
    """Leave out the theme's buttons with code in an attribute, which only a loose policy lets run.

    They print the page and fill the screen, as every browser's own menu does.
    """
    for button in context["header_buttons"]:
        if button["type"] == "group":
            button["buttons"] = [b for b in button["buttons"] if b["type"] != "javascript"]
    context["header_buttons"] = [b for b in context["header_buttons"] if b["type"] != "javascript"]


def setup(app):
    app.connect("html-page-context", leave_out_inline_handlers, priority=900)
    app.connect("build-finished", write_policies, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

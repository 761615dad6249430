"""What every page takes, in three files instead of twenty: a request costs a phone more than bytes.

Sphinx, the themes and _config.yml each name their own styles and scripts. Once all pages are
written, those that every page has are joined, in the order of the first: styles, scripts that run
before the page is there, and scripts that wait for it. Styles that no page can use are left out
(styles.py). What one page alone has stays as it is, and so does what has a medium of its own.
"""

import hashlib
import posixpath
import re
from pathlib import Path

from book.site.styles import drop_unused_rules

STYLE = re.compile(
    r'\s*<link\b(?![^>]*\bmedia=)(?=[^>]*\brel="stylesheet")[^>]*\bhref="([^"]*)"[^>]*>'
)
SCRIPT = re.compile(r'\s*<script\b[^>]*\bsrc="([^"]*)"[^>]*></script>')
IMPORT = re.compile(r'@import "([^"]*)";')
ADDRESS = re.compile(r"""url\((?!['"]?(?:data:|#|https?:))['"]?([^)'"]*)['"]?\)""")
SOURCE_MAP = re.compile(r"^(?://|/\*)# sourceMappingURL=.*\n?", re.MULTILINE)
BUNDLES = {
    "pages.css": '<link rel="stylesheet" type="text/css" href="{}" />',
    "first.js": '<script src="{}"></script>',
    "pages.js": '<script defer="defer" src="{}"></script>',
}


def find_files(page: str, depth: int) -> dict[str, dict[str, str]]:
    """Find the site's own styles and scripts in a page `depth` folders below the site's root.

    Returns:
        bundle → file, from the root → the tag that asks for it.
    """
    found = {name: {} for name in BUNDLES}
    body = page.find("<body")
    for kind in (STYLE, SCRIPT):
        for tag in kind.finditer(page):
            file = tag[1].partition("?")[0].removeprefix("../" * depth)
            waits = " defer" in tag[0] or tag.start() > body
            name = "pages.css" if kind is STYLE else "pages.js" if waits else "first.js"
            if file.startswith("_static/"):
                found[name][file] = tag[0]
    return found


def join_styles(root: Path, files: list[str]) -> str:
    """Join style sheets for a file in _static: imports in place, addresses relative to there."""

    def read(file: str) -> str:
        def find(address: str) -> str:
            return posixpath.normpath(posixpath.join(posixpath.dirname(file), address))

        def move(address: re.Match) -> str:
            return f'url("{posixpath.relpath(find(address[1]), "_static")}")'

        text = SOURCE_MAP.sub("", (root / file).read_text(encoding="utf-8"))
        return IMPORT.sub(lambda other: read(find(other[1])), ADDRESS.sub(move, text))

    return "\n".join(map(read, files))


def join_scripts(root: Path, files: list[str]) -> str:
    """Join scripts; a ";" between two, as the first may leave out its last."""
    texts = ((root / file).read_text(encoding="utf-8") for file in files)
    return "\n;\n".join(SOURCE_MAP.sub("", text) for text in texts)


def bundle_files(app, error):
    """Write the bundles, and let every page ask for them."""
    if error or app.builder.format != "html":
        return
    root = Path(app.outdir)
    pages = {path: path.read_text(encoding="utf-8") for path in root.rglob("*.html")}
    found = {
        path: find_files(page, len(path.relative_to(root).parts) - 1)
        for path, page in pages.items()
        if path.parent != root / "_static"  # the themes' templates
        and "_static/pages.css" not in page  # of a build before, and not written anew
    }
    for name, tag in BUNDLES.items() if found else ():
        each = [files[name] for files in found.values()]
        common = [file for file in each[0] if all(file in files for files in each)]
        if name == "pages.css":
            scripts = (
                path.read_text(encoding="utf-8") for path in (root / "_static").rglob("*.js")
            )
            text = drop_unused_rules(join_styles(root, common), [*pages.values(), *scripts])
        else:
            text = join_scripts(root, common)
        (root / "_static" / name).write_text(text, encoding="utf-8")
        version = hashlib.sha256(text.encode()).hexdigest()[:8]
        for path, files in found.items():
            depth = "../" * (len(path.relative_to(root).parts) - 1)
            first = "\n    " + tag.format(f"{depth}_static/{name}?v={version}")
            for file in common:
                pages[path] = pages[path].replace(files[name][file], first, 1)
                first = ""
    for path in found:
        path.write_text(pages[path], encoding="utf-8")


def setup(app):
    app.connect("build-finished", bundle_files, priority=600)  # once all files have their words
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

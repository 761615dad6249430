"""What a page says of itself to search engines and to whoever previews a link to it."""

import re
from html import escape

from docutils import nodes

from book.course import LANGUAGES
from book.site.language import SITE_NAMES, get_language
from book.site.publishing import get_page_address, list_alternates

LOCALES = {"ko": "ko_KR", "en": "en_US"}
PICTURE = "_static/preview.png"  # drawn by draw_preview.py, 1200 × 630
PICTURE_ALT = {
    "ko": "손글씨 숫자 4, LeNet의 두 합성곱 계층이 거기서 만든 특징 맵, 신경망의 답",
    "en": "A handwritten 4, the feature maps that LeNet's two convolutions make of it, its answer",
}
ICONS = {"icon": "favicon.svg", "apple-touch-icon": "favicon.png"}
LENGTH = 160  # search engines show about as many characters


def describe_page(doctree: nodes.document, language: str | None) -> str:
    """Describe a page by the first paragraph; a page in both languages by that of either half."""
    if language:
        parts = [doctree]
    else:
        parts = [c for c in doctree.findall(nodes.container) if c["classes"][:1] != ["landing"]]
    firsts = [next(part.findall(nodes.paragraph), None) for part in parts]
    return " ".join(shorten(first.astext()) for first in firsts if first is not None)


def shorten(text: str) -> str:
    """Shorten to whole sentences of at most LENGTH characters, or else to whole words."""
    text = re.sub(r"^할 일 · ", "", " ".join(text.split()))
    ends = [match.end() for match in re.finditer(r"[.?!](?= |$)", text)]
    fitting = [end for end in ends if end <= LENGTH]
    if fitting:
        return text[: fitting[-1]]
    return text if len(text) <= LENGTH else text[:LENGTH].rsplit(" ", 1)[0] + "…"


def make_meta(app, pagename: str, title: str, description: str) -> list[str]:
    """Make the tags of a page's head: description, preview, and its address in either language."""
    language = get_language(pagename)
    names = [language] if language else list(LANGUAGES)
    site = app.config.html_baseurl
    said = {
        "og:type": "article" if language else "website",
        "og:site_name": " · ".join(SITE_NAMES[name] for name in names),
        "og:locale": LOCALES[names[0]],
        "og:title": title,
        "og:description": description,
    }
    if site:  # a preview takes no relative address
        said |= {
            "og:url": get_page_address(app, pagename),
            "og:image": site + PICTURE,
            "og:image:width": "1200",
            "og:image:height": "630",
            "og:image:alt": " · ".join(PICTURE_ALT[name] for name in names),
        }
    tags = [f'<meta property="{name}" content="{escape(text)}" />' for name, text in said.items()]
    tags.insert(0, f'<meta name="description" content="{escape(description)}" />')
    card = "summary_large_image" if site else "summary"
    tags.append(f'<meta name="twitter:card" content="{card}" />')
    for name, address in list_alternates(app, pagename).items():
        tags.append(f'<link rel="alternate" hreflang="{name}" href="{escape(address)}" />')
    return tags


def add_meta(app, pagename, templatename, context, doctree):
    """Give a page of the book its tags; other pages ask not to be listed."""
    tags = [
        f'<link rel="{relation}" href="{context["pathto"](f"_static/{name}", 1)}" />'
        for relation, name in ICONS.items()
    ]
    if doctree is None:
        context["pageurl"] = None
        tags.append('<meta name="robots" content="noindex" />')
    else:
        context["pageurl"] = get_page_address(app, pagename)
        title = app.env.titles[pagename].astext()
        tags += make_meta(app, pagename, title, describe_page(doctree, get_language(pagename)))
    context["metatags"] = context.get("metatags", "") + "\n    ".join(["", *tags])


def setup(app):
    app.connect("html-page-context", add_meta, priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""One PDF a language, of the built book: a cover, contents with page numbers, every page.

    python -m book.pdf    # after `make book`; writes _build/pdf/lenet-book-ko.pdf and -en.pdf

The chapters' articles are joined into one page, which headless Chromium prints; so links between
chapters stay inside the PDF, and the pages are counted through. Chromium cannot say in the contents
on which page a heading comes to stand, so it prints twice: where the links of the first print lead
tells. The bookmarks are written here, since Chromium's lack a space wherever a heading wraps, and
have its last words twice where a page ends in it.
"""

import sys
import tempfile
from html import escape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from pikepdf import OutlineItem, Pdf
from playwright.sync_api import Browser

from book.browser import open_browser
from book.course import LANGUAGES, ROOT, TABLES, list_pages

WORDS = {"ko": ("차례", "{}장"), "en": ("Contents", "Chapter {}")}
HEADINGS = ["h1", "h2", "h3"]
STYLE = Path(__file__).with_suffix(".css")
PAGE = """<!doctype html>
<html lang="{language}" data-theme="light"><head><meta charset="utf-8"><title>{title}</title>
{styles}<style>{style}</style></head>
<body><main class="bd-main"><div class="bd-content"><div class="bd-article-container">
{cover}{contents}{chapters}</div></div></main></body></html>
"""


def write_book(html: Path, language: str, path: Path, browser: Browser) -> None:
    """Write one language's PDF.

    Args:
        html: the built book's folder.
        language: ko or en.
        path: where to.
        browser: a Chromium.
    """
    pages = [read_page(html / f"chapters/{language}/{name}.html") for name in list_pages()]
    chapters = [take_chapter(html, page, number) for number, page in enumerate(pages)]
    numbers = {}  # heading's id → the page where it stands, known after the first print
    for is_last in (False, True):
        whole = join_chapters(html, language, pages[0], chapters, numbers)
        print_page(whole, path, browser, tagged=is_last)
        with Pdf.open(path) as pdf:
            numbers = {name: page + 1 for name, (page, *_) in read_places(pdf).items()}
    write_bookmarks(path, [h for chapter in chapters for h in chapter.find_all(HEADINGS)])


def read_page(path: Path) -> Tag:
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    page.path = path
    return page


def take_chapter(html: Path, page: Tag, number: int) -> Tag:
    """Take a chapter's article out of its page: its names made its own, its links led right."""
    article = page.find("article")
    article["class"] = [*article["class"], f"chapter-{number}"]
    for element in article.select(".headerlink, script"):
        element.decompose()
    for element in article.find_all(id=True):
        element["id"] = f"{page.path.stem}-{element['id']}"
    for image in article.find_all("img"):
        image["src"] = urljoin(page.path.as_uri(), image["src"])
    address = find_address(page)
    for link in article.find_all("a", href=True):
        link["href"] = resolve_link(html, page.path, address, link["href"])
        if not link["href"]:
            del link["href"]
    if page.path.stem not in TABLES:
        article.h1.insert(0, f"{WORDS[page.html['lang']][1].format(number)} · ")
    return article


def find_address(page: Tag) -> str:
    """Find a page's address on the web; "" in a book that knows none."""
    link = page.find("link", rel="canonical")
    return link["href"] if link else ""


def resolve_link(html: Path, path: Path, address: str, target: str) -> str:
    """Point a link to the same place in the PDF, or to the web where that is outside of it.

    Returns:
        Where it leads; "" where that is outside, and the book has no address on the web.
    """
    parts = urlsplit(target)
    if parts.scheme:
        return target
    page = (path.parent / parts.path).resolve() if parts.path else path.resolve()
    if page.parent == path.parent.resolve() and page.stem in list_pages():
        return f"#{page.stem}-{parts.fragment or 'title'}"
    return address and urljoin(address, target)


def join_chapters(html: Path, language: str, page: Tag, chapters: list, numbers: dict) -> str:
    """Join cover, contents and chapters to one page of HTML."""
    title = page.find("meta", property="og:site_name")["content"]
    styles = page.find_all("link", rel="stylesheet")
    links = [
        f'<link rel="stylesheet" href="{urljoin(page.path.as_uri(), style["href"])}">'
        for style in styles
    ]
    footers = [make_footer(number, chapter.h1.text) for number, chapter in enumerate(chapters)]
    return PAGE.format(
        language=language,
        title=escape(title),
        styles="\n".join(links),
        style=STYLE.read_text(encoding="utf-8") + "\n".join(footers),
        cover=make_cover(html, language, title),
        contents=make_contents(language, chapters, numbers),
        chapters="\n".join(map(str, chapters)),
    )


def make_footer(number: int, title: str) -> str:
    """Make the style of a chapter's pages, whose footer names it."""
    words = title.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f".chapter-{number} {{ page: chapter-{number}; }}\n"
        f'@page chapter-{number} {{ @bottom-left {{ content: "{words}"; }} }}'
    )


def make_cover(html: Path, language: str, title: str) -> str:
    """Make the cover: title, what the book is about, its picture, where it lives on the web."""
    landing = read_page(html / "index.html")
    about = landing.select_one(f".lang-{language} p").text
    picture = (html / "_static/preview.png").resolve().as_uri()
    address = find_address(landing)
    place = f'<p><a href="{address}">{address}</a></p>' if address else ""
    return (
        f'<header class="cover"><p class="book-title">{escape(title)}</p><p>{escape(about)}</p>'
        f'<img src="{picture}" alt="">{place}</header>'
    )


def make_contents(language: str, chapters: list[Tag], numbers: dict[str, int]) -> str:
    """Make the contents: every page's title and every chapter's sections, with their pages.

    The other headings have a hidden row: Chromium notes the place of what a link leads to.
    """
    rows = []
    for chapter in chapters:
        is_table = chapter.find(class_="entries")  # of letters, or works: no chapters of the book
        for heading in chapter.find_all(HEADINGS):
            name, level = heading.parent["id"], heading.name
            hidden = "" if level == "h1" or (level == "h2" and not is_table) else " hidden"
            row = f'<a href="#{name}"><span>{escape(heading.text)}</span>'
            page = f"<span>{numbers.get(name, 0)}</span>"
            rows.append(f'<li class="{level}"{hidden}>{row}{page}</a></li>')
    title = f'<p class="book-title">{WORDS[language][0]}</p>'
    return f'<nav class="book-contents">{title}<ol>{"".join(rows)}</ol></nav>'


def print_page(whole: str, path: Path, browser: Browser, tagged: bool) -> None:
    """Print a page of HTML to a PDF; tags, for those who listen, double the time it takes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "book.html")
        file.write_text(whole, encoding="utf-8")
        page = browser.new_page(java_script_enabled=False)
        page.goto(file.as_uri())
        page.pdf(path=path, prefer_css_page_size=True, print_background=True, tagged=tagged)
        page.close()


def read_places(pdf: Pdf) -> dict[str, tuple[int, float, float]]:
    """Read where the links inside a PDF lead.

    Returns:
        An element's id → its page, from 0, and its left and top there, in points from below.
    """
    pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
    found = pdf.Root.Dests.items()
    return {
        name.removeprefix("/"): (pages[place[0].objgen], float(place[2]), float(place[3]))
        for name, place in found
    }


def write_bookmarks(path: Path, headings: list[Tag]) -> None:
    """Write the headings into a PDF as its bookmarks, nested by their level."""
    with Pdf.open(path, allow_overwriting_input=True) as pdf:
        places = read_places(pdf)
        with pdf.open_outline() as outline:
            outline.root.clear()
            above = [outline.root]
            for heading in headings:
                page, left, top = places[heading.parent["id"]]
                mark = OutlineItem(heading.text, page, "XYZ", left=left, top=top)
                del above[int(heading.name[1]) :]
                above[-1].append(mark)
                above.append(mark.children)
        pdf.save(path)


def main(html: Path = ROOT / "_build/html", output: Path = ROOT / "_build/pdf") -> None:
    if not (html / "index.html").exists():
        sys.exit(f"expected the built book in {html}, found none: make book")
    with open_browser() as browser:
        for language in LANGUAGES:
            path = output / f"lenet-book-{language}.pdf"
            write_book(html, language, path, browser)
            with Pdf.open(path) as pdf:
                print(f"{path}: {len(pdf.pages)} pages, {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a code page lacks signs such as –
    main(*(Path(name).resolve() for name in sys.argv[1:]))

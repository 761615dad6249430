"""A chapter on paper, and the two PDFs: whole, light, with bookmarks and without the frame."""

import io
import re
import shutil
from html import unescape
from itertools import pairwise
from typing import NamedTuple

import nbformat
import pypdfium2
import pytest
from pikepdf import Pdf

from book.course import LANGUAGES, ROOT, TABLES, get_repository_url, list_pages, list_slugs
from book.pdf import write_book
from book.repository import write_requirement
from tests.built_book import REPOSITORY, Page, run_build
from tests.chapters import read_notebook

CHAPTER = "chapters/{}/{}.html"
FADED = """new Promise(requestAnimationFrame).then(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished)))"""
FOOTER = 50  # points from the paper's lower edge; below stands the footer
FOLDED = {"conv1-shape": "hide-input", "conv-size-by-hand": "hide-cell"}  # planted
SHOWN = ["00_welcome", "08_update_the_weights"]  # with widgets; with errors, long lines, formulas


def squeeze(text: str) -> str:
    """Text without what printing changes: white space, and typographic quotes."""
    return re.sub(r"\s|[\u200b\xad]", "", text).translate(str.maketrans("’‘“”", "''\"\""))


def read_texts(pdf) -> list[str]:
    """Read every page's text, of a PDF's bytes or of a file; a hyphen that ends a line is \\x02."""
    pages = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded().replace("\x02", "-") for page in pages]


def read_text(pdf: bytes) -> str:
    return "".join(read_texts(pdf))


def list_code_lines(notebook) -> list[str]:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    lines = [line for cell in cells for line in cell.source.splitlines() if line.strip()]
    own, built = map(write_requirement, (get_repository_url(), REPOSITORY))
    lines = [line.replace(own, built) for line in lines]
    return [line for line in lines if not line.startswith("# @title ")]  # an order to Colab


@pytest.mark.parametrize("slug", SHOWN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_code_is_printed_and_nothing_of_the_frame(visit, language, slug):
    page = visit(CHAPTER.format(language, slug))
    text = read_text(page.pdf())
    printed = squeeze(text)
    lines = list_code_lines(read_notebook(language, slug))
    assert [line for line in lines if squeeze(line) not in printed] == []  # the set-up cell, too
    titles = page.locator(".chapter-list li").all_inner_texts()
    assert len(titles) == len(list_pages())
    assert sum(text.count(title) > 0 for title in titles) <= 3  # its own, and what it speaks of
    for word in ("Colab\n", "검색", "English\n", "한국어\n", "© 2026"):
        assert word not in text
    assert squeeze(page.locator("article h1").inner_text().rstrip("#")) in printed


def test_on_paper_a_widget_is_its_picture(visit):
    page = visit(CHAPTER.format("ko", "00_welcome"))
    widget = page.locator(".lenet-widget[data-widget]").first
    widget.scroll_into_view_if_needed()
    page.locator(".lenet-widget[data-live]").first.wait_for(state="attached")
    assert not widget.locator("> img").is_visible()
    page.emulate_media(media="print")
    assert widget.locator("> img").is_visible()
    assert not widget.locator("> div").first.is_visible()


def read_content(pdf: bytes) -> list[bytes]:
    """Read what is drawn on every page."""
    with Pdf.open(io.BytesIO(pdf)) as paper:
        for page in paper.pages:
            page.contents_coalesce()
        return [page.Contents.read_bytes() for page in paper.pages]


def test_a_dark_page_is_printed_light(visit):
    page = visit(CHAPTER.format("en", "03_run_it_forward"))
    light = read_content(page.pdf(print_background=True))
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.evaluate("theme = () => document.documentElement.dataset.theme")
    page.evaluate("addEventListener('beforeprint', () => (printed = theme()))")
    page.evaluate(FADED)
    dark = page.pdf(print_background=True)
    assert read_content(dark) == light
    assert page.evaluate("printed") == "light"
    assert page.locator("html").get_attribute("data-theme") == "dark"  # and stays so on the screen


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """A small book: chapter 1, with a second solution planted, and a folded cell that is none."""
    source = tmp_path_factory.mktemp("solved") / "source"
    source.mkdir()
    for name in ("_config.yml", "index.md"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "book", source / "book")
    (source / "lenet_course").symlink_to(ROOT / "lenet_course")
    (source / "index.md").write_text("# Small\n", encoding="utf-8")
    for language in LANGUAGES:
        (source / f"chapters/{language}").mkdir(parents=True)
        notebook = nbformat.read(ROOT / f"chapters/{language}/01_define_the_net.ipynb", 4)
        for cell in notebook.cells:
            if cell.id in FOLDED:
                cell.metadata["tags"] = [FOLDED[cell.id]]
            cell.source = re.sub(r"\[([^\]\n]*)\]\([^)]*\)", r"\1", cell.source)
        nbformat.write(notebook, source / f"chapters/{language}/one.ipynb")
    (source / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n"
        "- file: chapters/ko/one\n- file: chapters/en/one\n",
        encoding="utf-8",
    )
    result = run_build(source, source.parent, "-n", "-W", "--keep-going")
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    return source.parent / "_build/html"


@pytest.mark.parametrize("language", LANGUAGES)
def test_solutions_are_printed_at_the_chapter_s_end(open_file, solved, language):
    page = open_file(solved, CHAPTER.format(language, "one"))
    title = {"ko": "풀이", "en": "Solutions"}[language]
    for folded in ("torch.zeros(1, 1, 32, 32)", "size - kernel + 1"):
        assert not page.get_by_text(folded).first.is_visible()
    assert not page.locator("#solutions").is_visible()
    text = squeeze(read_text(page.pdf()))
    place = text.rindex(squeeze({"ko": "한 일", "en": "What you did"}[language]))
    assert text.count("blank=torch.zeros(1,1,32,32)") == 1  # no solution: it stays where it is
    assert text.index("blank=torch.zeros(1,1,32,32)") < place
    assert text.count("returnsize-kernel+1") == 1 and text.index("returnsize-kernel+1") > place
    assert text.index(title, place) > place
    pointer = {"ko": r"(\d)번풀이는이장끝에", "en": r"Solution(\d)isattheend"}[language]
    pointers = [*re.finditer(pointer, text)]
    solutions = [
        cell.id for cell in read_notebook(language, "01_define_the_net").cells
        if cell.id.endswith("-solution")
    ]  # fmt: skip
    assert [int(found[1]) for found in pointers] == [*range(1, len(solutions) + 2)]
    assert pointers[-1].start() < place
    ids = re.findall(r'\bid="([^"]*)"', Page(solved / CHAPTER.format(language, "one")).text)
    assert len(ids) == len(set(ids))
    open_file.problems[:] = [p for p in open_file.problems if "FAILED" not in p]


class Mark(NamedTuple):
    """A bookmark: its level from 1, its words, its page from 0, its height there in points."""

    level: int
    title: str
    page: int
    top: float


class Book(NamedTuple):
    language: str
    pdf: Pdf
    pages: pypdfium2.PdfDocument
    texts: list[str]  # of each page, squeezed
    marks: list[Mark]


@pytest.fixture(scope="module", params=LANGUAGES)
def book(request, html, browser, tmp_path_factory):
    path = tmp_path_factory.mktemp("pdf") / "book.pdf"
    write_book(html, request.param, path, browser)
    with Pdf.open(path) as pdf, pdf.open_outline() as outline:
        numbers = {page.objgen: number for number, page in enumerate(pdf.pages)}
        marks = [*list_marks(outline.root, numbers)]
        texts = [*map(squeeze, read_texts(path))]
        yield Book(request.param, pdf, pypdfium2.PdfDocument(path), texts, marks)


def list_marks(items, numbers, level=1):
    """List the bookmarks of a PDF in order, those below each after it."""
    for item in items:
        page, _, _, top, _ = item.destination
        yield Mark(level, item.title, numbers[page.objgen], float(top))
        yield from list_marks(item.children, numbers, level + 1)


def list_headings(html, language):
    """Every page's title and its headings' words and levels, as the built pages have them."""
    for number, slug in enumerate(list_pages()):
        words = {"ko": "{}장 · ", "en": "Chapter {} · "}[language] if slug not in TABLES else ""
        text = (html / CHAPTER.format(language, slug)).read_text(encoding="utf-8")
        article = text[text.index("<article") : text.index("</article>")]
        found = re.findall(r"(?s)<h([1-6])>(.*?)<a class=\"headerlink\"", article)
        for level, heading in found:
            plain = unescape(re.sub(r"<[^>]*>", "", heading))
            yield int(level), words.format(number) + plain if level == "1" else plain


def test_bookmarks_are_chapters_and_sections_word_for_word(book, html):
    found = [(mark.level, mark.title) for mark in book.marks]
    assert found == [*list_headings(html, book.language)]
    assert all(before.page <= after.page for before, after in pairwise(book.marks))
    for mark in book.marks:
        assert squeeze(mark.title) in book.texts[mark.page], mark.title  # whole, on one page


def test_bookmarks_lead_to_their_place_on_the_page(book):
    """What stands from there down, above the footer, begins with the heading."""
    for mark in [mark for mark in book.marks if mark.level == 1]:
        page = book.pages[mark.page].get_textpage()
        below = page.get_text_bounded(top=mark.top, bottom=FOOTER)
        assert squeeze(below).startswith(squeeze(mark.title)[:8]), mark.title


def test_the_contents_name_the_pages_where_things_are(book):
    contents = "".join(book.texts[1 : book.marks[0].page])
    titles = [number for number, mark in enumerate(book.marks) if mark.level == 1]
    glossary, references = titles[-2:]
    for number, mark in enumerate(book.marks):
        row = squeeze(mark.title) + str(mark.page + 1)
        if mark.level == 1 or (mark.level == 2 and number < glossary):
            assert row in contents, mark.title
        elif number > glossary and number != references and mark.level == 2:
            assert row not in contents, mark.title  # neither letters nor works


def test_pages_are_numbered_and_name_their_chapter(book):
    assert {round(page.get_width() / 72 * 25.4) for page in book.pages} == {210}
    starts = {mark.page: squeeze(mark.title) for mark in book.marks if mark.level == 1}
    footer = ""
    for number, page in enumerate(book.pages):
        footer = starts.get(number, footer)
        found = page.get_textpage().get_text_bounded(top=FOOTER)
        assert squeeze(found) == (f"{footer}{number + 1}" if number else ""), number
    assert len(starts) == len(list_pages()) and footer


def test_every_line_of_code_of_every_chapter_is_in_the_pdf(book):
    printed = "".join(book.texts)
    for slug in list_slugs():
        lines = list_code_lines(read_notebook(book.language, slug))
        assert [line for line in lines if squeeze(line) not in printed] == [], slug


def test_every_glyph_is_in_the_file_and_can_be_read_out(book):
    fonts = [f for page in book.pdf.pages for f in page.resources.get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        assert is_embedded(font) and "/ToUnicode" in font
    text = "".join(book.texts)
    if book.language == "ko":
        assert all(word in text for word in ("신경망", "합성곱", "역전파", "변화도", "풀링"))
        assert len(re.findall("[가-힣]", text)) > 20_000
    assert "\ufffd" not in text


def is_embedded(font) -> bool:
    """Whether the glyphs are in the file: drawn one by one (Type 3), or as a font."""
    if font.Subtype == "/Type3":
        return bool(font.CharProcs)
    inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
    return any(f"/FontFile{kind}" in inner.FontDescriptor for kind in ("", "2", "3"))


def test_links_lead_inside_or_to_the_web_and_never_to_this_machine(book):
    inside = 0
    for page in book.pdf.pages:
        for note in page.get("/Annots", []):
            address = str(note.A.get("/URI", "")) if "/A" in note else ""
            assert not address or address.startswith(("https://", "http://")), address
            inside += not address
    # the contents; between chapters
    assert inside > sum(mark.level <= 2 for mark in book.marks) + 20


def test_the_file_says_its_title_and_language(book):
    titles = {"ko": "LeNet 한 권", "en": "The LeNet book"}
    assert book.pdf.docinfo.Title == titles[book.language]
    assert book.pdf.Root.Lang == book.language
    assert book.pdf.Root.MarkInfo.Marked  # tagged, for those who listen

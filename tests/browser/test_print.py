"""A chapter on paper, and the two PDFs: whole, light, with bookmarks and without the frame."""

import io
import re
import shutil
from html import unescape
from itertools import pairwise

import nbformat
import pypdfium2
import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from book.course import LANGUAGES, ROOT, TABLES, list_pages, list_slugs
from book.pdf import list_marks, write_book
from tests.built_book import Page, run_build
from tests.chapters import read_notebook

CHAPTER = "chapters/{}/{}.html"
FADED = """new Promise(requestAnimationFrame).then(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished)))"""
FOOTER = 50  # points from the paper's lower edge; below stands the footer
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
    return [page.get_contents().get_data() for page in PdfReader(io.BytesIO(pdf)).pages]


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
    """A small book with two folded solutions, planted in chapter 1."""
    source = tmp_path_factory.mktemp("solved") / "source"
    source.mkdir()
    for name in ("_config.yml", "index.md"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "book", source / "book")
    (source / "lenet_course").symlink_to(ROOT / "lenet_course")
    (source / "index.md").write_text("# Small\n")
    for language in LANGUAGES:
        (source / f"chapters/{language}").mkdir(parents=True)
        notebook = nbformat.read(ROOT / f"chapters/{language}/01_define_the_net.ipynb", 4)
        for cell in notebook.cells:
            if cell.id in ("conv1-shape", "conv-size-by-hand"):
                cell.metadata["tags"] = ["hide-input"]
            cell.source = re.sub(r"\[([^\]\n]*)\]\([^)]*\)", r"\1", cell.source)
        nbformat.write(notebook, source / f"chapters/{language}/one.ipynb")
    (source / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n"
        "- file: chapters/ko/one\n- file: chapters/en/one\n"
    )
    result = run_build(source, source.parent, "-n", "-W", "--keep-going")
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    return source.parent / "_build/html"


@pytest.mark.parametrize("language", LANGUAGES)
def test_solutions_are_printed_at_the_chapter_s_end(open_file, solved, language):
    page = open_file(solved, CHAPTER.format(language, "one"))
    title = {"ko": "풀이", "en": "Solutions"}[language]
    for solution in ("torch.zeros(1, 1, 32, 32)", "size - kernel + 1"):
        code = page.get_by_text(solution).first
        assert not code.is_visible()  # folded, and its copy is for paper
    assert not page.locator("#solutions").is_visible()
    text = squeeze(read_text(page.pdf()))
    place = text.rindex(squeeze({"ko": "한 일", "en": "What you did"}[language]))
    for solution in ("blank=torch.zeros(1,1,32,32)", "returnsize-kernel+1"):
        assert text.count(solution) == 1 and text.index(solution) > place
    assert text.index(title, place) > place
    pointer = {"ko": "2번풀이는이장끝에", "en": "Solution2standsattheend"}[language]
    assert 0 < text.index(pointer) < place
    ids = re.findall(r'\bid="([^"]*)"', Page(solved / CHAPTER.format(language, "one")).text)
    assert len(ids) == len(set(ids))
    open_file.problems[:] = [p for p in open_file.problems if "FAILED" not in p]


@pytest.fixture(scope="module", params=LANGUAGES)
def book(request, html, browser, tmp_path_factory):
    path = tmp_path_factory.mktemp("pdf") / "book.pdf"
    write_book(html, request.param, path, browser)
    reader = PdfReader(path)
    return request.param, reader, [*map(squeeze, read_texts(path))]


def list_headings(html, language):
    """Every page's title and its headings' words and levels, as the built pages have them."""
    for number, slug in enumerate(list_pages()):
        words = {"ko": "{}장 · ", "en": "Chapter {} · "}[language] if slug not in TABLES else ""
        text = (html / CHAPTER.format(language, slug)).read_text()
        article = text[text.index("<article") : text.index("</article>")]
        found = re.findall(r"(?s)<h([1-6])>(.*?)<a class=\"headerlink\"", article)
        for level, heading in found:
            plain = unescape(re.sub(r"<[^>]*>", "", heading))
            yield int(level), words.format(number) + plain if level == "1" else plain


def list_levels(outline, level=1):
    """Every bookmark and its level."""
    for mark in outline:
        if isinstance(mark, list):
            yield from list_levels(mark, level + 1)
        else:
            yield level, mark


def test_bookmarks_are_chapters_and_sections_word_for_word(book, html):
    language, reader, texts = book
    marks = list(list_levels(reader.outline))
    assert [(level, mark.title) for level, mark in marks] == [*list_headings(html, language)]
    pages = [reader.get_destination_page_number(mark) for _, mark in marks]
    assert all(before <= after for before, after in pairwise(pages))
    for (_, mark), page in zip(marks, pages, strict=True):
        assert squeeze(mark.title) in texts[page], mark.title  # whole, on one page


def test_bookmarks_lead_to_their_place_on_the_page(book):
    """What stands from there down, above the footer, begins with the heading."""
    _, reader, _ = book
    pages = pypdfium2.PdfDocument(reader.stream)
    for mark in list_marks(reader.outline, 1):
        page = pages[reader.get_destination_page_number(mark)].get_textpage()
        below = page.get_text_bounded(top=mark.top, bottom=FOOTER)
        assert squeeze(below).startswith(squeeze(mark.title)[:8]), mark.title


def test_the_contents_name_the_pages_where_things_are(book):
    _, reader, texts = book
    marks = list_marks(reader.outline, 2)
    contents = "".join(texts[1 : reader.get_destination_page_number(marks[0])])
    *chapters, glossary, entries, references, works = reader.outline
    for mark in list_marks([*chapters, glossary, references], 2):
        number = reader.get_destination_page_number(mark) + 1
        assert squeeze(mark.title) + str(number) in contents, mark.title
    for mark in list_marks([*entries, *works], 1):  # neither letters nor works
        assert (
            squeeze(mark.title) + str(reader.get_destination_page_number(mark) + 1) not in contents
        )


def test_pages_are_numbered_and_name_their_chapter(book):
    _, reader, _ = book
    assert all(round(page.mediabox.width / 72 * 25.4) == 210 for page in reader.pages)
    chapters = [mark for mark in reader.outline if not isinstance(mark, list)]
    starts = {reader.get_destination_page_number(mark): squeeze(mark.title) for mark in chapters}
    footer = ""
    for number, page in enumerate(pypdfium2.PdfDocument(reader.stream)):
        footer = starts.get(number, footer)
        found = page.get_textpage().get_text_bounded(top=FOOTER)
        assert squeeze(found) == (f"{footer}{number + 1}" if number else ""), number
    assert len(starts) == len(list_pages()) and footer


def test_every_line_of_code_of_every_chapter_is_in_the_pdf(book):
    language, _, texts = book
    printed = "".join(texts)
    for slug in list_slugs():
        lines = list_code_lines(read_notebook(language, slug))
        assert [line for line in lines if squeeze(line) not in printed] == [], slug


def test_every_glyph_is_in_the_file_and_can_be_read_out(book):
    language, reader, texts = book
    fonts = [f for page in reader.pages for f in page["/Resources"].get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        assert is_embedded(font.get_object()) and "/ToUnicode" in font.get_object()
    text = "".join(texts)
    if language == "ko":
        assert all(word in text for word in ("신경망", "합성곱", "역전파", "변화도", "풀링"))
        assert len(re.findall("[가-힣]", text)) > 20_000
    assert "\ufffd" not in text


def is_embedded(font) -> bool:
    """Whether the glyphs are in the file: drawn one by one (Type 3), or as a font."""
    if font["/Subtype"] == "/Type3":
        return bool(font["/CharProcs"])
    inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    return any(f"/FontFile{kind}" in inner["/FontDescriptor"] for kind in ("", "2", "3"))


def test_links_lead_inside_or_to_the_web_and_never_to_this_machine(book):
    _, reader, _ = book
    inside = 0
    for page in reader.pages:
        for note in page.get("/Annots") or []:
            note = note.get_object() if isinstance(note, IndirectObject) else note
            address = note.get("/A", {}).get("/URI", "")
            assert not address or address.startswith(("https://", "http://")), address
            inside += not address
    assert inside > len(list_marks(reader.outline, 2)) + 20  # the contents; between chapters


def test_the_file_says_its_title_and_language(book):
    language, reader, _ = book
    assert reader.metadata.title == {"ko": "LeNet 한 권", "en": "The LeNet book"}[language]
    assert reader.trailer["/Root"]["/Lang"] == language
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # tagged, for those who listen

"""The built book, as a reader without a kernel and without a network gets it."""

import re
import shutil
from urllib.parse import unquote, urlsplit

import nbformat
import pytest

from book.course import LANGUAGES, ROOT, list_pages
from tests.built_book import REPOSITORY, list_outside, read_once, run_build
from tests.chapters import NAMES, NOTEBOOKS, PAGE_NAMES, PAGES, read_notebook

every_chapter = pytest.mark.parametrize(("language", "slug"), NOTEBOOKS, ids=NAMES)
every_page = pytest.mark.parametrize(("language", "slug"), PAGES, ids=PAGE_NAMES)


POINTERS = ("canonical", "alternate")  # links that tell of an address and ask for nothing


def read_page(html, language, slug):
    return read_once(html / f"chapters/{language}/{slug}.html")


def list_chapter_pages(html):
    return [read_page(html, language, slug) for language, slug in NOTEBOOKS]


@every_page
def test_a_page_says_its_language_and_leads_to_its_twin(html, language, slug):
    page = read_page(html, language, slug)
    assert page.list_attributes("html", "lang") == [language]
    other = "en" if language == "ko" else "ko"
    (switch,) = [a for t, a in page.tags if t == "a" and a.get("class") == "language-switch"]
    assert switch["href"] == f"../{other}/{slug}.html"
    assert (switch["hreflang"], switch["lang"]) == (other, other)


@every_page
def test_a_page_asks_nobody_else_for_anything(html, language, slug):
    page = read_page(html, language, slug)
    requested = [
        *page.list_attributes("script", "src"),
        *page.list_attributes("img", "src"),
        *page.list_attributes("iframe", "src"),
        *page.list_attributes("source", "src"),
        *[a["href"] for t, a in page.tags if t == "link" and a.get("rel") not in POINTERS],
    ]
    assert [url for url in requested if urlsplit(url).netloc] == []
    text = re.sub(r"base64,[\w+/=]*", "", page.text)  # in which any five letters may stand
    assert not re.search(r"import\(|@import|unpkg|jsdelivr|cdnjs|mathjax@|MathJax =", text, re.I)


def test_the_stand_in_for_storage_is_every_page_s_first_script(html):
    for path in html.rglob("*.html"):
        if "_static" not in path.parts:  # the themes' own templates
            first = (
                path.read_text(encoding="utf-8").partition("<script")[2].partition("</script>")[0]
            )
            assert 'for (const name of ["localStorage", "sessionStorage"])' in first, path


def list_stars(page: str) -> list[str]:
    """List the ** that a page's prose shows: emphasis that Markdown did not take for emphasis."""
    article = page[page.index("<article") : page.index("</article>")]
    aside = r"(?s)<(script|style|pre|code)\b.*?</\1>|<(span|div) class=\"math[^>]*>.*?</\2>"
    prose = re.sub("<[^>]*>", "", re.sub(aside, "\n", article))
    return re.findall(r".{0,30}\*\*.{0,30}", prose)


def test_stars_are_found_in_prose_and_not_in_code():
    page = "<article><p>**<a>Muon</a>**은</p><pre>2**3</pre><code>**x</code></article>"
    assert list_stars(page) == ["**Muon**은"]


@every_page
def test_no_page_shows_the_stars_of_an_emphasis(html, language, slug):
    assert list_stars(read_page(html, language, slug).text) == []


@every_chapter
def test_paper_numbers_the_solutions_of_exercises_and_no_other_folded_cell(html, language, slug):
    cells = read_notebook(language, slug).cells
    solutions = [cell.id for cell in cells if cell.id.endswith("-solution")]
    pointer = {"ko": r"(\d+)번 풀이는 이 장 끝", "en": r"Solution (\d+) is at"}[language]
    found = re.findall(pointer, read_page(html, language, slug).text)
    assert [*map(int, found)] == [*range(1, len(solutions) + 1)]


@every_chapter
def test_every_picture_has_its_alt_text(html, language, slug):
    wanted = [
        cell.metadata["mystnb"]["image"]["alt"]
        for cell in read_notebook(language, slug).cells
        if "image" in cell.metadata.get("mystnb", {})
    ]
    page = read_page(html, language, slug)
    shown = [a["alt"] for t, a in page.tags if t == "img" and "_images/" in a.get("src", "")]
    assert shown == wanted


@every_chapter
def test_every_output_but_the_setup_cell_s_stands_on_the_page(html, language, slug):
    import html as entities

    text = entities.unescape(re.sub(r"<[^>]*>", "", read_page(html, language, slug).text))
    setup, *cells = read_notebook(language, slug).cells
    assert "".join(output.text for output in setup.outputs).strip() in ("준비되었습니다.", "Ready.")
    assert "준비되었습니다." not in text and "Ready." not in text
    for cell in cells:
        for output in cell.get("outputs", []):
            for line in output.get("text", "").splitlines():
                assert line in text, (cell.id, line)


@every_chapter
def test_the_setup_cell_stands_folded_below_the_title(html, language, slug):
    text = read_page(html, language, slug).text
    title, setup = text.index("<h1>"), text.index("lenet_course")
    first_code = text.index('<div class="cell', text.index('<div class="cell') + 1)
    assert title < text.index('<div class="cell') < first_code
    folded = text[text.index('<div class="cell') : first_code]
    assert "<details" in folded
    assert ("준비 셀 펼치기" if language == "ko" else "Show the set-up cell") in folded
    assert title < setup


@every_chapter
def test_a_folded_cell_is_named_by_what_stands_on_it(html, language, slug):
    folds = [a for t, a in read_page(html, language, slug).tags if t == "summary"]
    assert folds and [fold for fold in folds if "aria-label" in fold] == []


@every_page
def test_every_link_inside_the_book_leads_somewhere(html, language, slug):
    path = html / f"chapters/{language}/{slug}.html"
    for target in read_once(path).list_attributes("a", "href"):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            continue
        page = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        assert page.exists(), target
        if parts.fragment and page.suffix == ".html":
            assert unquote(parts.fragment) in read_once(page).ids, target


def test_what_the_book_leads_to_on_github_is_its_own_repository_or_cited(html):
    sources = (path for path in (ROOT / "chapters/src").iterdir() if path.suffix in (".md", ".bib"))
    cited = "".join(path.read_text(encoding="utf-8") for path in sources)
    pages = (read_once(path) for path in html.rglob("*.html") if "_static" not in path.parts)
    github = {address for address in list_outside(pages) if "github" in address}
    own = {address for address in github if urlsplit(REPOSITORY).path.split("/")[1] in address}
    assert len(own) > 100
    assert {address for address in github - own if address.partition("#")[0] not in cited} == set()


def test_the_widgets_script_is_on_the_pages_that_have_one_and_on_no_other(html):
    with_widgets = 0
    for path in html.rglob("*.html"):
        page = read_once(path)
        scripts = [src for src in page.list_attributes("script", "src") if "lenet-widgets" in src]
        has_one = any(a.get("class") == "lenet-widget" for t, a in page.tags if t == "div")
        assert len(scripts) == has_one, path
        with_widgets += has_one
        for src in scripts:  # one file for every page and both languages
            file = (path.parent / urlsplit(src).path).resolve()
            assert file == html / "_static/lenet-widgets.js" and file.exists()
    assert with_widgets >= 2


def test_no_page_carries_widget_state_or_another_front_end(html):
    for page in list_chapter_pages(html):
        assert "widget-state" not in page.text
        assert not re.search(r"require(\.min)?\.js|html-manager|embed-amd", page.text)


def test_formulas_are_mathml(html):
    written = sum(
        "$" in cell.source
        for language, slug in NOTEBOOKS
        for cell in read_notebook(language, slug).cells
        if cell.cell_type == "markdown"
    )
    shown = sum(page.text.count("<math") for page in list_chapter_pages(html))
    assert written > 0
    assert shown >= written
    crowded = re.compile("<mi>(ln|log|exp)</mi><m[in]>")  # reads as lnp, a product of two letters
    spelled = re.compile('<mi mathvariant="normal">[a-z]</mi><mi')  # letter by letter
    for faulty in (crowded, spelled):
        assert not any(faulty.search(page.text) for page in list_chapter_pages(html)), faulty


def test_no_order_to_colab_stands_on_a_page(html):
    for page in html.glob("chapters/*/*.html"):
        assert "# @title" not in page.read_text(encoding="utf-8"), page


def test_the_landing_page_leads_to_both_languages(html):
    links = read_once(html / "index.html").list_attributes("a", "href")
    for language in LANGUAGES:
        for slug in list_pages():
            assert any(link.endswith(f"chapters/{language}/{slug}.html") for link in links)


@pytest.fixture
def small_book(tmp_path):
    """The book's settings with one chapter, to plant faults in."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("_config.yml", "index.md"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "book", source / "book")
    (source / "lenet_course").symlink_to(ROOT / "lenet_course")
    (source / "index.md").write_text("# Small\n", encoding="utf-8")
    (source / "chapters/ko").mkdir(parents=True)
    (source / "chapters/en").mkdir(parents=True)
    for language in LANGUAGES:
        text = (ROOT / f"chapters/{language}/01_define_the_net.ipynb").read_text(encoding="utf-8")
        (source / f"chapters/{language}/one.ipynb").write_text(
            re.sub(r"\[([^\]\n]*)\]\([^)]*\)", r"\1", text), encoding="utf-8"
        )
    (source / "_toc.yml").write_text(
        "format: jb-book\nroot: index\n"
        "chapters:\n- file: chapters/ko/one\n- file: chapters/en/one\n",
        encoding="utf-8",
    )
    return source


def plant(source, cell_id, edit):
    path = source / "chapters/en/one.ipynb"
    notebook = nbformat.read(path, as_version=4)
    edit(next(cell for cell in notebook.cells if cell.id == cell_id))
    nbformat.write(notebook, path)


def test_a_failed_cell_is_a_failed_build(small_book, tmp_path):
    error = nbformat.v4.new_output("error", ename="E", evalue="bad", traceback=["E: bad"])
    plant(small_book, "conv1-shape", lambda cell: cell.update(outputs=[error]))
    result = run_build(small_book, tmp_path / "out")
    assert result.returncode != 0
    assert "cell conv1-shape failed" in result.stdout + result.stderr


def test_a_cell_that_was_never_run_is_a_failed_build(small_book, tmp_path):
    plant(small_book, "conv1-shape", lambda cell: cell.update(execution_count=None))
    result = run_build(small_book, tmp_path / "out")
    assert result.returncode != 0
    assert "cell conv1-shape was never run" in result.stdout + result.stderr


NOWHERE = {
    "[page](chapters/en/nowhere)": "cross-reference target not found: 'chapters/en/nowhere'",
    "[anchor](chapters/en/one.ipynb#nowhere)": "id not found in doc 'chapters/en/one': 'nowhere'",
}


@pytest.mark.parametrize("links", [{}, NOWHERE], ids=["right", "wrong"])
def test_a_link_that_leads_nowhere_is_a_failed_build(small_book, tmp_path, links):
    text = "\n".join(["# Small", "[right](chapters/en/one.ipynb#flatten)", *links])
    (small_book / "index.md").write_text(text, encoding="utf-8")
    result = run_build(small_book, tmp_path / "out", "-n", "-W", "--keep-going")
    assert (result.returncode == 0) == (not links), result.stdout[-2000:] + result.stderr[-2000:]
    warnings = [line for line in result.stderr.splitlines() if "WARNING" in line]
    assert len(warnings) == len(links)
    for line, reason in zip(warnings, links.values(), strict=True):
        assert reason in line

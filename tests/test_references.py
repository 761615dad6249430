"""The bibliography: every citation has its entry, every entry is cited, in both languages."""

import re
import shutil

import pytest

from book.course import CHAPTERS, LANGUAGES, ROOT, list_slugs
from book.notebooks.build import build_tables
from book.notebooks.check import find_problems
from book.notebooks.references import CITATION, cite, list_citations, load_references, write_page
from book.notebooks.sources import read_source
from tests.chapters import read_notebook

DATA = load_references()
# what the course cannot do without
WANTED = {
    "lecun1998",
    "lecun1989",
    "rumelhart1986",
    "glorot2010",
    "paszke2019",
    "baydin2018",
    "mnist",
}


def test_what_the_course_leans_on_is_there():
    assert set(DATA.entries) >= WANTED
    assert "CC BY-SA 3.0" in DATA.entries["mnist"].fields["note"]


def test_an_entry_says_in_both_languages_what_the_book_takes_from_it():
    for key, entry in DATA.entries.items():
        assert re.fullmatch("[a-z0-9-]+", key)  # an anchor
        assert "doi" in entry.fields or "url" in entry.fields, key
        assert re.search("[가-힣]", entry.fields["ko"]) and entry.fields["ko"].endswith("."), key
        assert not re.search("[가-힣]", entry.fields["en"]) and entry.fields["en"].endswith("."), (
            key
        )


@pytest.mark.parametrize(
    ("key", "korean", "english"),
    [
        (
            "lecun1998",
            ["LeCun 외, 1998", "LeCun 외(1998)"],
            ["LeCun et al., 1998", "LeCun et al. (1998)"],
        ),
        (
            "glorot2010",
            ["Glorot와 Bengio, 2010", "Glorot와 Bengio(2010)"],
            ["Glorot and Bengio, 2010", "Glorot and Bengio (2010)"],
        ),
        ("polyak1964", ["Polyak, 1964", "Polyak(1964)"], ["Polyak, 1964", "Polyak (1964)"]),
        ("pytorch-docs", ["PyTorch 문서"], ["PyTorch documentation"]),
    ],
)
def test_a_citation_has_its_language_s_form(key, korean, english):
    assert cite(DATA.entries[key], "ko") == korean
    assert cite(DATA.entries[key], "en") == english


def test_both_languages_cite_the_same_works_in_the_same_cells():
    cited = {
        language: [(slug, cell, key) for slug, cell, _, key in list_citations(language)]
        for language in LANGUAGES
    }
    assert sorted(cited["ko"]) == sorted(cited["en"])
    assert {key for *_, key in cited["ko"]} == set(DATA.entries)


def test_no_work_is_cited_without_a_link():
    """Names with years, such as LeCun 외(1998), are links to the bibliography."""
    authors = r"(?:외|et al\.|[와과] [A-Z]\w+|and [A-Z]\w+)"
    for slug in list_slugs():
        for cell in read_source(slug):
            text = CITATION.sub("", cell["text"] if cell["kind"] == "markdown" else "")
            bare = re.findall(rf"{authors},? ?\(?(?:19|20)\d\d", text)
            assert bare == [], (slug, cell["id"])


def test_an_entry_reads_as_prose_and_leads_on():
    for language in LANGUAGES:
        cells = {cell.id: cell.source for cell in read_notebook(language, "references").cells}
        text = cells["lecun1998"]
        assert text.startswith({"ko": "## LeCun 외, 1998", "en": "## LeCun et al., 1998"}[language])
        assert "*Proceedings of the IEEE*, 86(11):2278–2324, 1998." in text
        assert "(https://doi.org/10.1109/5.726791)" in text
        assert "(03_run_it_forward.ipynb#why-32)" in text
        assert not re.search(r"\\[a-z{]|\{\w*\}", "".join(cells.values()))  # no TeX is left


@pytest.fixture
def chapters(tmp_path):
    shutil.copytree(CHAPTERS, tmp_path / "chapters")
    shutil.copy(ROOT / "_config.yml", tmp_path)
    return tmp_path / "chapters"


def test_faults_are_named(chapters):
    path = chapters / "src/03_run_it_forward.md"
    text = path.read_text(encoding="utf-8").replace("#lecun1998)", "#lecun1989)", 1)
    name = "[LeCun et al., 1998](references.ipynb#"
    path.write_text(text.replace(f"{name}lecun1998)", f"{name}lecun98)", 1), encoding="utf-8")
    table = chapters / "src/references.bib"
    table.write_text(
        table.read_text(encoding="utf-8")
        + "@misc{new, author={A}, title={T}, ko={가.}, en={A.}}\n",
        encoding="utf-8",
    )
    problems = find_problems(chapters)
    wanted = [
        "03_run_it_forward:why-32: lecun1989 is cited as 'LeCun 외, 1998', "
        "wanted LeCun 외, 1989 or LeCun 외(1989)",
        "03_run_it_forward:why-32: no entry 'lecun98' in references.bib",
        "references.bib:new: cited nowhere in ko",
        "references.bib:new: cited nowhere in en",
    ]
    assert [problem for problem in wanted if problem not in problems] == []


def test_an_edited_entry_is_a_stale_page_until_it_is_derived(chapters):
    table = chapters / "src/references.bib"
    table.write_text(
        table.read_text(encoding="utf-8").replace("pages = {533--536}", "pages = {1--2}"),
        encoding="utf-8",
    )
    problems = find_problems(chapters)
    for language in LANGUAGES:
        problem = (
            f"{language}/references:rumelhart1986: not what the source gives; run make notebooks"
        )
        assert problem in problems
    build_tables(chapters)
    assert not any("rumelhart1986" in problem for problem in find_problems(chapters))


def test_both_pages_have_the_same_order():
    korean, english = ([cell["id"] for cell in write_page(DATA, name)] for name in LANGUAGES)
    assert korean == english and len(korean) == len(DATA.entries) + 1

"""The glossary: its table, its pages, and the links that lead there from the chapters."""

import re
import shutil

import pytest

from book.course import CHAPTERS, LANGUAGES, ROOT, list_slugs
from book.notebooks.build import build_notebook, build_tables
from book.notebooks.check import find_problems
from book.notebooks.first_uses import NOT_PROSE, blank, find_first_uses, link_first_uses
from book.notebooks.glossary import list_forms, load_glossary, make_sort_key
from book.notebooks.sources import read_source
from tests.built_book import Page
from tests.chapters import NAMES, NOTEBOOKS, read_notebook

TERMS = load_glossary()
BY_ID = {term["id"]: term for term in TERMS}
LINK = re.compile(r"\[(?:\*\*)?([^\]*]+)(?:\*\*)?\]\(glossary\.ipynb#([^)]+)\)")
# what brackets hold that is no term of the course: names, and words said in passing
NAMED = {"Yann LeCun", "Corinna Cortes", "Christopher Burges"}
NAMED |= {"view", "not a number", "partial derivative", "cross product"}
NAMED |= {"moving average", "power iteration", "topological order"}
every_chapter = pytest.mark.parametrize(("language", "slug"), NOTEBOOKS, ids=NAMES)
GRADIENT = {"id": "gradient", "ko": "변화도", "en": "gradient", "where": ["s/a"], "text": {}}
LOSS = {"id": "loss", "ko": "손실", "en": "loss", "where": ["s/a"], "text": {}}
LOSS_FUNCTION = {**LOSS, "id": "loss-function", "ko": "손실 함수", "en": "loss function"}


def write_cells(*pairs):
    """A chapter of prose twins, a, b, c and so on."""
    return [
        {"id": name, "kind": "markdown", "lang": language, "text": text, "metadata": {}}
        for name, pair in zip("abc", pairs, strict=False)
        for language, text in zip(LANGUAGES, pair, strict=True)
    ]


def link(*pairs, terms=(GRADIENT, LOSS, LOSS_FUNCTION)):
    return [cell["text"] for cell in link_first_uses("t", write_cells(*pairs), list(terms))]


def test_the_first_bracketed_use_is_linked_in_both_languages_and_no_other():
    assert link(
        ("변화도를 셉니다.", "Count a gradient."),
        ("변화도(gradient)는 변화도(gradient)입니다.", "The gradients of a gradient."),
    ) == [
        "변화도를 셉니다.",
        "Count a gradient.",
        "[변화도](glossary.ipynb#gradient)(gradient)는 변화도(gradient)입니다.",
        "The [gradients](glossary.ipynb#gradient) of a gradient.",
    ]


@pytest.mark.parametrize(
    "korean",
    [
        "## 변화도(gradient)",
        "`변화도(gradient)`",
        "```\n변화도(gradient)\n```",
        "$변화도(gradient)$",
        "[변화도(gradient)](01_define_the_net.ipynb)",
        '<p title="변화도(gradient)">',
        "| 변화도(gradient) | |\n|---|---|\n| 수 | |",
        '<div class="question">\n\n변화도(gradient)\n\n</div>',
        "부변화도(gradient)",
        "변화도(기울기)",
    ],
)
def test_headings_code_formulas_links_tags_and_questions_are_left_alone(korean):
    assert link((korean, "The gradient.")) == [korean, "The gradient."]


def test_a_bold_word_stays_bold_before_a_particle():
    """`**[변화도](…)**를` would not: a closing `**` stands between no bracket and a letter."""
    found = link(("**변화도**(gradient)와 **변화도**를", "A **gradient**"))
    assert found == [
        "[**변화도**](glossary.ipynb#gradient)(gradient)와 **변화도**를",
        "A [**gradient**](glossary.ipynb#gradient)",
    ]


def test_a_term_inside_a_longer_one_is_not_that_term():
    ((_, english),) = [link(("손실(loss)입니다.", "A loss function, a `loss`, and the loss."))]
    assert english == "A loss function, a `loss`, and the [loss](glossary.ipynb#loss)."
    (korean, _) = link(("손실 함수(loss function)와 손실(loss)", "A loss function and its loss"))
    assert LINK.findall(korean) == [("손실 함수", "loss-function"), ("손실", "loss")]


def test_without_brackets_a_word_is_linked_where_the_table_says_it_is_introduced():
    pairs = (("변화도를 셉니다.", "Count the gradient."),)
    cells = write_cells(*pairs)
    assert find_first_uses("t", cells, [GRADIENT]) == {}
    linked = link_first_uses("s", cells, [GRADIENT])
    assert [LINK.findall(cell["text"]) for cell in linked] == [
        [("변화도", "gradient")],
        [("gradient", "gradient")],
    ]


@every_chapter
def test_links_lead_to_entries_whose_word_they_are_each_once(language, slug):
    cells = read_notebook(language, slug).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    found = [pair for text in texts for pair in LINK.findall(text)]
    words = sum(len(text.split()) for text in texts)
    assert 10 <= len(found) <= words / 60  # a page is not all links
    for words, name in found:
        forms = [form.lower() for form in list_forms(BY_ID[name], language)]
        assert words.lower() in {form + ending for form in forms for ending in ("", "s", "es")}
    names = [name for _, name in found]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("slug", list_slugs())
def test_both_languages_link_nearly_the_same_terms(slug):
    found = {
        language: {
            name
            for cell in read_notebook(language, slug).cells
            if cell.cell_type == "markdown"
            for _, name in LINK.findall(cell.source)
        }
        for language in LANGUAGES
    }
    assert found["en"] <= found["ko"]
    assert len(found["ko"] - found["en"]) <= 3  # said otherwise in English


@pytest.mark.parametrize("slug", list_slugs())
def test_every_bracketed_word_of_the_chapters_is_in_the_glossary(slug):
    known = {form.lower() for term in TERMS for form in list_forms(term, "en")}
    for cell in read_source(slug):
        text = NOT_PROSE.sub(blank, cell["text"]) if cell["lang"] == "ko" else ""
        for words in re.findall(r"[가-힣]\*{0,2}\(([A-Za-z][A-Za-z ,.-]*)\)", text):
            if words not in NAMED:
                parts = {part.strip().lower() for part in words.split(",")}
                assert parts & known, f"{slug}:{cell['id']}: ({words}) is not in glossary.yml"


def test_the_page_is_sorted_and_has_a_section_for_each_term(html):
    for language in LANGUAGES:
        page = Page(html / f"chapters/{language}/glossary.html")
        ids = [a["id"] for t, a in page.tags if t == "section"]
        terms = [name for name in ids if name in BY_ID]
        assert set(terms) == set(BY_ID) and len(terms) == len(TERMS)
        words = [BY_ID[name][language] for name in terms]
        assert words == sorted(words, key=make_sort_key)


DEFINITION = re.compile(r'<div data-term="([^"]+)">(.*?)\n?</div>', re.DOTALL)


@every_chapter
def test_a_page_has_the_definitions_of_the_terms_that_it_links_to(html, language, slug):
    folder = html / f"chapters/{language}"
    page = (folder / f"{slug}.html").read_text(encoding="utf-8")
    glossary = (folder / "glossary.html").read_text(encoding="utf-8")
    found = DEFINITION.findall(page.partition('<template id="definitions">')[2])
    assert {name for name, _ in found} == set(re.findall(r'"glossary\.html#([^"]+)"', page))
    for name, text in found:
        entry = re.search(rf'<section id="{name}"[^>]*>(.*?)</section>', glossary, re.DOTALL)[1]
        # all but the heading and the line that leads on
        assert text in entry and entry.count("<p>") == text.count("<p>") + 1


def test_the_words_readers_meet_elsewhere_are_told():
    for term in TERMS:
        for language in LANGUAGES:
            (cell,) = [c for c in read_notebook(language, "glossary").cells if c.id == term["id"]]
            other = term["en" if language == "ko" else "ko"]
            wanted = [term[language], other, *term.get("also", {}).get(language, [])]
            if language == "ko":
                wanted += term.get("not", [])
            assert [word for word in wanted if word not in cell.source] == [], term["id"]


def test_a_definition_is_a_few_sentences_in_each_language():
    for term in TERMS:
        for language, text in term["text"].items():
            assert 1 <= len(re.findall(r"[.?:](?=\s|$)", text)) <= 6, (term["id"], language)
            assert 15 < len(text) < 420 and text.rstrip()[-1] == ".", (term["id"], language)


@pytest.fixture
def chapters(tmp_path):
    """A copy of all sources and the glossary, in step."""
    shutil.copytree(CHAPTERS, tmp_path / "chapters")
    shutil.copy(ROOT / "_config.yml", tmp_path)
    return tmp_path / "chapters"


def test_an_edited_definition_is_a_stale_page_until_it_is_derived(chapters):
    path = chapters / "src/glossary.yml"
    old = "버퍼(학습하지는 않지만 함께 저장하는 텐서)를 이름과 짝지은 파이썬 딕셔너리입니다."
    assert path.read_text(encoding="utf-8").count(old) == 1
    path.write_text(
        path.read_text(encoding="utf-8").replace(old, "이름과 매개변수의 사전입니다."),
        encoding="utf-8",
    )
    problem = "ko/glossary:state-dict: not what the source gives; run make notebooks"
    assert problem in find_problems(chapters)
    build_tables(chapters)
    assert problem not in find_problems(chapters)


def test_a_new_word_makes_the_chapters_stale_that_use_it(chapters):
    path = chapters / "src/glossary.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            "\n  ko: 텐서\n  en: tensor\n", "\n  ko: 수표\n  en: t\n"
        ),
        encoding="utf-8",
    )
    assert any(p.startswith("ko/00_welcome:a-picture-is-numbers:") for p in find_problems(chapters))
    for language in LANGUAGES:
        build_notebook("00_welcome", language, execute=False, chapters=chapters)
    assert not any("00_welcome" in problem for problem in find_problems(chapters))


def test_faults_of_the_table_are_named(chapters):
    path = chapters / "src/glossary.yml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("see: [gradient]\n", "see: [gradeint]\n", 1)
    text = text.replace("00_welcome/accuracy,", "00_welcome/acuracy,", 1)
    text = text.replace("- id: adam\n", "- id: accuracy\n", 1)
    path.write_text(text, encoding="utf-8")
    problems = [p for p in find_problems(chapters) if p.startswith("glossary.yml")]
    assert problems == [
        "glossary.yml:accumulate: no entry 'gradeint'",
        "glossary.yml:accuracy: a second entry with this id",
        "glossary.yml:accuracy: no cell '00_welcome/acuracy'",
        "glossary.yml:accuracy: a second entry with this id",
        "glossary.yml:optimizer: no entry 'adam'",
    ]


def test_code_that_was_not_executed_is_not_kept(chapters):
    path = chapters / "src/01_define_the_net.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("blank = torch.zeros", "blank = torch.ones"),
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="conv1-shape has other code than was executed"):
        build_notebook("01_define_the_net", "ko", execute=False, chapters=chapters)

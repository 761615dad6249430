"""The rules that every chapter keeps, read from the stored notebooks of both languages."""

import ast
import json
import re

import nbformat
import pytest

from book.course import CHAPTERS, LANGUAGES, ROOT, get_repository_url, list_slugs
from book.notebooks.check import find_problems
from book.notebooks.derive import write_setup
from book.notebooks.glossary import load_glossary
from book.notebooks.sources import read_source
from lenet_course.version import VERSION
from tests.chapters import (
    NAMES,
    NOTEBOOKS,
    PAGE_NAMES,
    PAGES,
    get_cell,
    read_notebook,
    strip_colours,
)

every_notebook = pytest.mark.parametrize(("language", "slug"), NOTEBOOKS, ids=NAMES)
every_page = pytest.mark.parametrize(("language", "slug"), PAGES, ids=PAGE_NAMES)

BANNED = {
    "en": ["simply", "just", "easy", "easily", "obviously", "of course"],
    "ko": ["그것은", "그것을", "에 의해", "되어진", "하는 것이 가능", "쉽게", "단순히", "간단히"],
}  # terms: test_terms.py


def code_cells(language, slug):
    return [cell for cell in read_notebook(language, slug).cells if cell.cell_type == "code"]


def list_output_texts(cell):
    for output in cell.outputs:
        if output.output_type == "error":
            yield from output.traceback
        else:
            yield output.get("text", "") or output.get("data", {}).get("text/plain", "")


def test_every_notebook_is_what_its_source_gives_and_every_twin_is_confirmed():
    assert len(list_slugs()) >= 8
    assert find_problems() == []


@every_notebook
def test_the_setup_cell_comes_first_and_installs_nothing_but_the_course(language, slug):
    first, *others = read_notebook(language, slug).cells
    url = get_repository_url()
    assert first.id == "setup"
    assert first.metadata["cellView"] == "form"
    assert first.metadata["tags"] == ["hide-input", "nbval-ignore-output"]
    assert first.source == write_setup(language, url, VERSION).source
    (line,) = re.findall(r"^ *([%!].*)$", first.source, re.M)
    assert line == f'%pip install -q "{f"lenet-course @ git+{url}@course" if url else "../.."}"'
    assert not any("pip install" in cell.source for cell in others if cell.cell_type == "code")


def test_only_the_config_names_the_repository():
    """Where it names one; nothing names an owner who is not there."""
    url = get_repository_url().removeprefix("https://") or "github.com/your.name"
    derived = {"README.md", "README.ko.md"}  # `make repository` writes these
    for path in [*ROOT.glob("*"), *ROOT.glob("book/**/*"), *ROOT.glob("lenet_course/**/*.py")]:
        if path.is_file() and path.name not in derived | {"_config.yml"}:
            assert url not in path.read_text(errors="ignore", encoding="utf-8"), path


@every_notebook
def test_a_code_cell_is_at_most_15_lines_of_79_columns(language, slug):
    for cell in code_cells(language, slug)[1:]:
        lines = cell.source.splitlines()
        assert len([line for line in lines if line.strip()]) <= 15, cell.id
        assert max(map(len, lines)) <= 79, cell.id


@every_notebook
def test_prose_stands_before_every_code_cell_or_its_neighbour(language, slug):
    kinds = [cell.cell_type for cell in read_notebook(language, slug).cells]
    assert "code code code" not in " ".join(kinds[1:]), "three code cells in a row, without a word"


@every_notebook
def test_outputs_hold_nothing_that_varies(language, slug):
    home = re.compile(r"/(?:work|root|home|tmp|Users)/|site-packages")
    for cell in code_cells(language, slug):
        for text in map(strip_colours, list_output_texts(cell)):
            assert not re.search(r"0x[0-9a-f]{6,}", text), (cell.id, text)
            assert not home.search(text), (cell.id, text)
        for output in cell.outputs:
            assert output.get("name") != "stderr", (cell.id, output.get("text"))
            assert "image/svg+xml" not in output.get("data", {}), cell.id
            if output.output_type == "error":
                assert "raises-exception" in cell.metadata.get("tags", []), cell.id


@every_notebook
def test_printed_decimals_have_at_most_three_significant_digits(language, slug):
    for cell in code_cells(language, slug):
        for text in map(strip_colours, list_output_texts(cell)):
            for number in re.findall(r"(?<![\w.])\d+\.\d+(?![.\w])", text):
                digits = number.replace(".", "").lstrip("0")
                assert len(digits) <= 3, (cell.id, number)


@every_notebook
def test_the_metadata_is_clean(language, slug):
    notebook = read_notebook(language, slug)
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    assert notebook.metadata["kernelspec"]["name"] == "python3"
    assert notebook.metadata["language_info"] == {"name": "python"}
    assert [cell.execution_count for cell in code_cells(language, slug)] == list(
        range(1, len(code_cells(language, slug)) + 1)
    )
    assert not any("execution" in cell.metadata for cell in notebook.cells)
    nbformat.validate(notebook)


def hide_words(outputs):
    """What a cell put out, less the language and the words of a widget's mount point or page."""
    text = json.dumps(outputs, ensure_ascii=False)
    text = re.sub(
        r'(<p class=\\"lenet-verdict \w+\\">).*?</p>"(, "text/plain": "[^"]*")?', r"\1", text
    )
    return re.sub(r'(lang|alt|aria-label)=\\"[^"]*\\"|<(legend|p)>.*?</\2>', "", text)


def drop_title(cell):
    """A solution without its first line, the title that Colab shows."""
    assert cell.source.startswith("# @title ")
    return nbformat.from_dict({**cell, "source": cell.source.split("\n", 1)[1]})


@pytest.mark.parametrize("slug", list_slugs())
def test_both_languages_show_the_same_outputs(slug):
    korean, english = (code_cells(language, slug)[1:] for language in LANGUAGES)
    for left, right in zip(korean, english, strict=True):
        if left.id.endswith("-solution"):
            left, right = (drop_title(cell) for cell in (left, right))
        assert left.source == right.source
        if "nbval-ignore-output" in left.metadata.get("tags", []):
            continue  # times, which no two runs share
        # numbers printed and pictures drawn do not depend on the reader's language
        assert hide_words(left.outputs) == hide_words(right.outputs), left.id


@every_notebook
def test_every_picture_has_an_alt_text_in_the_page_s_language(language, slug):
    for cell in code_cells(language, slug):
        if any("image/png" in output.get("data", {}) for output in cell.outputs):
            alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            assert len(alt) >= 30, cell.id
            assert bool(re.search("[가-힣]", alt)) == (language == "ko"), cell.id


def prose_without_code(text):
    return re.sub(r"`[^`]*`|```.*?```|\$[^$]*\$", " ", text, flags=re.DOTALL)


@every_page
def test_the_prose_keeps_to_the_course_s_words(language, slug):
    for cell in read_notebook(language, slug).cells:
        if cell.cell_type == "markdown":
            text = prose_without_code(cell.source).lower()
            for word in BANNED[language]:
                found = re.search(rf"\b{word}\b" if language == "en" else word, text)
                assert not found, (cell.id, word, cell.source)


def list_korean_words_of_english(slug):
    """The Korean words that an English page may have: names of Colab's menu; the glossary's own."""
    words = "한국어 런타임 유형 변경 모두 실행"
    if slug == "glossary":
        words += json.dumps(load_glossary(), ensure_ascii=False)
    return set(re.findall("[가-힣]+", words))


@every_page
def test_the_prose_is_in_its_language_and_plain_markdown(language, slug):
    for cell in read_notebook(language, slug).cells:
        if cell.cell_type != "markdown":
            continue
        # what Colab and GitHub would show as raw marks
        assert not re.search(r"\{[a-z:-]+\}`|^:::|^```\{|^\([\w-]+\)=", cell.source, re.M), cell.id
        words = prose_without_code(cell.source)
        if language == "ko" and len(re.findall("[A-Za-z]", words)) > 20:
            assert re.search("[가-힣]", words), cell.id
        if language == "en":
            foreign = set(re.findall("[가-힣]+", words))
            assert foreign <= list_korean_words_of_english(slug), (cell.id, foreign)


@every_page
def test_a_korean_page_is_polite_to_the_end(language, slug):
    if language == "ko":
        for cell in read_notebook(language, slug).cells:
            if cell.cell_type == "markdown":
                plain = re.findall(r"[가-힣]+(?:한다|된다|이다|있다|없다|했다|였다)\.", cell.source)
                assert not plain, (cell.id, plain)


@every_page
def test_links_between_pages_lead_somewhere(language, slug):
    for cell in read_notebook(language, slug).cells:
        if cell.cell_type == "markdown":
            for target in re.findall(r"\]\((?!https?://)([^)#]+)", cell.source):
                assert (CHAPTERS / language / target).exists(), (cell.id, target)


@every_notebook
def test_a_chapter_says_its_time_between_15_and_30_minutes(language, slug):
    cell = next(c for c in read_notebook(language, slug).cells if c.id == "title")
    minutes = int(re.search(r"(\d+)(?:분| minutes)", cell.source)[1])
    assert 15 <= minutes <= 30


@every_notebook
def test_ignored_cells_are_at_most_a_tenth(language, slug):
    cells = code_cells(language, slug)[1:]
    ignoring = {"nbval-ignore-output", "nbval-skip"}
    ignored = [c.id for c in cells if ignoring & set(c.metadata.get("tags", []))]
    comments = [c.id for c in cells if "NBVAL_" in c.source]
    assert len(ignored + comments) <= 0.1 * len(cells)


def test_net_is_defined_once_and_the_chapter_shows_that_very_class():
    source = (ROOT / "lenet_course/model.py").read_text(encoding="utf-8")
    packaged = next(n for n in ast.parse(source).body if getattr(n, "name", "") == "Net")
    packaged.body = packaged.body[1:]  # less the docstring
    shown = next(c for c in read_source("01_define_the_net") if c["id"] == "define-net")
    assert ast.dump(ast.parse(shown["text"]).body[0]) == ast.dump(packaged)
    definitions = [
        (slug, cell["id"])
        for slug in list_slugs()
        for cell in read_source(slug)
        if cell["kind"] == "code" and re.search(r"self\.conv1 = ", cell["text"])
    ]
    assert definitions == [("01_define_the_net", "define-net")]


def list_exercises(slug):
    return [cell["id"] for cell in read_source(slug) if cell["metadata"].get("exercise")]


def read_verdict(language, slug, name):
    """The state that a checker's stored output is in."""
    found = re.findall(r"lenet-verdict (\w+)", json.dumps(get_cell(slug, name, language).outputs))
    assert len(found) == 1, (name, found)
    return found[0]


def test_there_are_at_least_24_exercises_and_three_a_chapter():
    exercises = {slug: list_exercises(slug) for slug in list_slugs()}
    assert min(map(len, exercises.values())) >= 3, exercises
    assert sum(map(len, exercises.values())) >= 24


@every_notebook
def test_a_stub_is_unanswered_and_its_solution_right(language, slug):
    for name in list_exercises(slug):
        assert read_verdict(language, slug, name) == "open", name
        assert read_verdict(language, slug, f"{name}-solution") == "right", name


@every_notebook
def test_exercises_are_numbered_in_order_and_take_5_to_15_minutes(language, slug):
    word, minutes = {"ko": ("연습", "분"), "en": ("Exercise", " min")}[language]
    text = "\n".join(c.source for c in read_notebook(language, slug).cells)
    headings = re.findall(rf"^### {word} (\d+)\.(\d+) · .+ \((\d+){minutes}\)$", text, re.M)
    wanted = [(int(slug[:2]), number) for number in range(1, len(list_exercises(slug)) + 1)]
    assert [(int(chapter), int(number)) for chapter, number, _ in headings] == wanted
    assert all(5 <= int(time) <= 15 for *_, time in headings)


@every_notebook
def test_quick_questions_have_one_right_choice_and_a_reason_for_each(language, slug):
    opening = {"ko": ("맞습니다.", "아닙니다."), "en": ("Right.", "No.")}[language]
    text = "\n".join(c.source for c in read_notebook(language, slug).cells)
    questions = re.findall(r'^<div class="question">\n\n(.*?)^</div>$', text, re.M | re.S)
    assert 2 <= len(questions) <= 3
    names = []
    for question in questions:
        choices = re.findall(
            r'^<details name="([\w-]+)"><summary>([^\n]+)</summary>\n\n(.+?)\n\n</details>$',
            question,
            re.M | re.S,
        )
        assert question.count("<details") == len(choices) and 2 <= len(choices) <= 4, question
        assert len({name for name, *_ in choices}) == 1
        names.append(choices[0][0])
        starts = [reason.split()[0] for *_, reason in choices]
        assert starts.count(opening[0]) == 1, question
        assert starts.count(opening[1]) == len(choices) - 1, question
        assert all(len(reason) > 25 for *_, reason in choices), question
    assert len(set(names)) == len(names)

"""What the checkers may say stands under the exercises, and the package has the same."""

import re
from contextlib import nullcontext

import pytest

import lenet_course.exercises
from book.course import LANGUAGES
from book.notebooks.hints import derive_hints, find_problems, locate, read_hints, write_hints
from book.notebooks.sources import confirm_twins, find_unconfirmed, read_cells
from tests.chapters import NAMES, NOTEBOOKS, read_notebook

EXERCISE = """# Title

```{code-cell}
:id: area
:exercise: true

check_area(3)
```

+++ {"lang": "ko", "id": "area-hints", "hints": true}

- right: 맞습니다.

+++ {"lang": "en", "id": "area-hints", "hints": true}

- right: That is it.
"""


@pytest.fixture
def chapters(tmp_path):
    (tmp_path / "chapters/src").mkdir(parents=True)
    (tmp_path / "chapters/src/01_area.md").write_text(EXERCISE, encoding="utf-8")
    (tmp_path / "lenet_course/exercises").mkdir(parents=True)
    write_hints(tmp_path / "chapters")
    return tmp_path / "chapters"


def edit(chapters, old, new):
    path = chapters / "src/01_area.md"
    assert path.read_text(encoding="utf-8").count(old) == 1
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_every_checker_has_its_hints():
    assert set(read_hints()) == set(lenet_course.exercises.__all__)
    assert find_problems() == []


def test_hints_are_read_by_checker_key_and_language(chapters):
    assert read_hints(chapters) == {
        "check_area": {"right": {"ko": "맞습니다.", "en": "That is it."}}
    }
    assert find_problems(chapters) == []


def test_an_edited_hint_is_a_stale_file_until_it_is_derived(chapters):
    edit(chapters, "That is it.", "That is the area.")
    assert find_problems(chapters) == ["hints.json: not what the sources give; run make prose"]
    write_hints(chapters)
    assert find_problems(chapters) == []
    assert locate(chapters).read_text(encoding="utf-8") == derive_hints(chapters)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("- right: That is it.", "right: That", "01_area:area-hints: expected '- key: …', got"),
        ("- right: That is it.", "- wrong: Not yet.", "expected hints in ko and en, got one for"),
        (":exercise: true\n", "", "01_area:area-hints: expected hints below an exercise's code"),
    ],
)
def test_a_hint_out_of_form_is_named(chapters, old, new, message):
    edit(chapters, old, new)
    with pytest.raises(ValueError, match=re.escape(message)):
        read_hints(chapters)


@pytest.mark.parametrize(("language", "slug"), NOTEBOOKS, ids=NAMES)
def test_a_notebook_shows_no_hint(language, slug):
    sentences = {words[language] for table in read_hints().values() for words in table.values()}
    prose = [
        cell.source for cell in read_notebook(language, slug).cells if cell.cell_type != "code"
    ]
    assert not any(sentence in text for sentence in sentences for text in prose)


@pytest.mark.parametrize(
    ("changes", "moved"),
    [
        ([("That is half of it.", "That is one half.")], []),
        ([("- half: ", "- part: ")], []),
        ([("That is half of it.", "That is it.")], ["half:en"]),
        ([("- right: ", "- x: "), ("- half: ", "- right: "), ("- x: ", "- half: ")],
         ["half:ko", "half:en", "right:ko", "right:en"]),
    ],
)  # fmt: skip
def test_a_hint_that_moves_to_another_key_is_not_derived(chapters, changes, moved):
    edit(chapters, "맞습니다.", "맞습니다.\n- half: 반만 구했습니다.")
    edit(chapters, "That is it.", "That is it.\n- half: That is half of it.")
    write_hints(chapters)
    source = chapters / "src/01_area.md"
    for old, new in changes:
        source.write_text(source.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    found = [f"check_area:{key}" for key in moved]
    with pytest.raises(ValueError, match=re.escape(str(found))) if moved else nullcontext():
        write_hints(chapters)
    assert bool(find_problems(chapters)) == bool(moved)


def test_no_sentence_stands_under_two_keys():
    for checker, table in read_hints().items():
        for language in LANGUAGES:
            said = [words[language] for words in table.values()]
            assert len(set(said)) == len(said), (checker, language)


def test_hints_are_confirmed_as_twins(chapters):
    confirm_twins(["01_area"], chapters)
    edit(chapters, "That is it.", "That is the area.")
    (found,) = find_unconfirmed("01_area", read_cells("01_area", chapters), chapters)
    assert found.startswith("01_area:area-hints: en edited since the twins were confirmed")

"""The builder: the same bytes, and every planted fault named."""

import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest

from book.course import CHAPTERS, ROOT, get_repository_url, list_slugs
from book.notebooks import __main__ as notebooks
from book.notebooks import build
from book.notebooks.build import build_notebook, build_tables, derive_all
from book.notebooks.check import find_problems
from book.notebooks.derive import (
    METADATA,
    derive_notebook,
    keep_outputs,
    write_exercise,
    write_setup,
    write_stub,
)
from book.notebooks.execute import LEFT_OUT, execute_notebook, shorten_traceback
from book.notebooks.front_pages import FRONT_PAGES
from book.notebooks.needs import raise_version
from book.notebooks.readdress import set_repository
from book.notebooks.sources import confirm_twins, find_source_problems, load_confirmed, read_source
from lenet_course.version import VERSION

SLUG = "01_define_the_net"


@pytest.fixture
def chapters(tmp_path):
    """A copy of one chapter, in step, of a repository that is named."""
    for language in ("ko", "en"):
        (tmp_path / "chapters" / language).mkdir(parents=True)
        shutil.copy(CHAPTERS / language / f"{SLUG}.ipynb", tmp_path / "chapters" / language)
    (tmp_path / "chapters/src").mkdir()
    shutil.copy(CHAPTERS / f"src/{SLUG}.md", tmp_path / "chapters/src")
    for name in ("_config.yml", *FRONT_PAGES):
        shutil.copy(ROOT / name, tmp_path)
    build_tables(tmp_path / "chapters")  # one chapter, neither glossary nor references
    for language in ("ko", "en"):  # without a glossary nothing leads there
        build_notebook(SLUG, language, execute=False, chapters=tmp_path / "chapters")
    confirm_twins([SLUG], tmp_path / "chapters")
    set_repository("https://github.com/a/b", tmp_path)
    assert find_problems(tmp_path / "chapters") == []
    return tmp_path / "chapters"


def edit_source(chapters, old, new):
    path = chapters / f"src/{SLUG}.md"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"expected {old!r} once, got {text.count(old)}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_same_source_gives_the_same_bytes():
    def derive():
        cells = read_source(SLUG)
        return nbformat.writes(derive_notebook(cells, "ko", "https://github.com/a/b"))

    assert derive() == derive()


def test_deriving_without_executing_keeps_the_stored_bytes(chapters):
    before = (chapters / f"ko/{SLUG}.ipynb").read_bytes()
    build_notebook(SLUG, "ko", execute=False, chapters=chapters)
    assert (chapters / f"ko/{SLUG}.ipynb").read_bytes() == before


def test_a_korean_cell_without_its_twin_is_named(chapters):
    path = chapters / f"src/{SLUG}.md"
    path.write_text(
        re.sub(
            r'\+\+\+ \{"lang": "en", "id": "pooling"\}.*?(?=```)',
            "",
            path.read_text(encoding="utf-8"),
            flags=re.S,
        ),
        encoding="utf-8",
    )
    assert any(
        problem == f"{SLUG}:pooling: the Korean cell has no English twin after it"
        for problem in find_problems(chapters)
    )


def test_a_hand_edited_notebook_is_named(chapters):
    path = chapters / f"en/{SLUG}.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace("Define `Net`: a", "Define `Net`, a"),
        encoding="utf-8",
    )
    assert find_problems(chapters) == [
        f"en/{SLUG}:the-definition: not what the source gives; run make notebooks"
    ]


def test_an_edited_code_cell_in_a_notebook_is_named(chapters):
    path = chapters / f"ko/{SLUG}.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace("nn.Linear(120, 84)", "nn.Linear(120, 85)", 1),
        encoding="utf-8",
    )
    assert find_problems(chapters) == [
        f"ko/{SLUG}:define-net: not what the source gives; run make notebooks"
    ]


@pytest.mark.parametrize(
    ("old", "new", "edited"),
    [
        ("Guess first: if", "Guess if", "en"),
        ("커널이 하나면", "커널이 한 장이면", "ko"),
    ],
)
def test_a_twin_edited_alone_is_named_until_it_is_confirmed(chapters, old, new, edited):
    edit_source(chapters, old, new)
    for language in ("ko", "en"):
        build_notebook(SLUG, language, execute=False, chapters=chapters)
    (problem,) = find_problems(chapters)
    assert problem.startswith(
        f"{SLUG}:slide-the-kernel: {edited} edited since the twins were confirmed"
    )
    assert confirm_twins([SLUG], chapters) == [f"{SLUG}:slide-the-kernel"]
    assert find_problems(chapters) == []


def test_a_notebook_without_a_source_is_named(chapters):
    shutil.copy(chapters / f"ko/{SLUG}.ipynb", chapters / "ko/99_stray.ipynb")
    assert find_problems(chapters) == ["ko/99_stray.ipynb: no source chapters/src/99_stray.md"]


def test_a_missing_notebook_and_foreign_metadata_are_named(chapters):
    (chapters / f"ko/{SLUG}.ipynb").unlink()
    path = chapters / f"en/{SLUG}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"]["language_info"]["version"] = "3.11.7"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    missing, metadata = find_problems(chapters)
    assert missing == f"ko/{SLUG}: no notebook; run make notebooks"
    assert metadata.startswith(f"en/{SLUG}: notebook metadata")


def edit_notebook(chapters, edit):
    path = chapters / f"en/{SLUG}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    edit(notebook.cells)
    nbformat.write(notebook, path)
    return [problem.removeprefix(f"en/{SLUG}") for problem in find_problems(chapters)]


def find_cell(cells, name):
    return next(cell for cell in cells if cell.id == name)


def test_cells_in_another_order_are_named(chapters):
    (problem,) = edit_notebook(chapters, lambda cells: cells.insert(3, cells.pop(5)))
    assert problem.startswith(": other cells, or another order, than the source")


def test_a_cell_more_or_less_is_named(chapters):
    (problem,) = edit_notebook(chapters, lambda cells: cells.pop(5))
    assert "one-position" in problem
    (problem,) = edit_notebook(
        chapters, lambda cells: cells.append(nbformat.v4.new_markdown_cell("more", id="more"))
    )
    assert "'more'" in problem


def test_other_metadata_of_a_cell_is_named(chapters):
    def edit(cells):
        find_cell(cells, "network-figure").metadata["mystnb"]["image"]["alt"] = "a picture"

    assert edit_notebook(chapters, edit) == [
        ":network-figure: other metadata than the source gives"
    ]


def test_a_cell_that_was_never_executed_is_named(chapters):
    def edit(cells):
        find_cell(cells, "call-net").execution_count = None

    assert edit_notebook(chapters, edit) == [":call-net: never executed; run make notebooks"]


def test_an_english_cell_without_its_twin_is_named(chapters):
    path = chapters / f"src/{SLUG}.md"
    text = path.read_text(encoding="utf-8")
    start = text.index('+++ {"lang": "ko", "id": "pooling"}')
    path.write_text(
        text[:start] + text[text.index('+++ {"lang": "en", "id": "pooling"}') :], encoding="utf-8"
    )
    wanted = f"{SLUG}:pooling: the English cell has no Korean twin before it"
    assert wanted in find_problems(chapters)


def test_confirming_one_chapter_keeps_the_others_and_forgets_those_that_are_gone(chapters):
    table = chapters / "src/twins.json"
    shutil.copy(chapters / f"src/{SLUG}.md", chapters / "src/02_other.md")
    table.write_text(json.dumps({SLUG: {"title": {"ko": "kept"}}, "99_gone": {}}), encoding="utf-8")
    assert len(confirm_twins(["02_other"], chapters)) > 10
    assert list(load_confirmed(chapters)) == [SLUG, "02_other"]
    assert load_confirmed(chapters)[SLUG] == {"title": {"ko": "kept"}}


@pytest.mark.parametrize(("problems", "status"), [([], 0), (["ko/a: stale"], 1)])
def test_check_fails_where_something_is_stale(monkeypatch, capsys, problems, status):
    monkeypatch.setattr(notebooks, "find_problems", lambda: problems)
    monkeypatch.setattr("sys.argv", ["notebooks", "--check"])
    assert notebooks.main() == status
    assert ("stale" in capsys.readouterr().out) == bool(problems)


def test_each_option_does_what_it_says_to_the_chapters_that_are_named(monkeypatch, capsys):
    done = []

    def note(name):
        return lambda *given, **named: done.append((name, *given, *named.items())) or []

    raised = []
    for name in ("derive_all", "build_tables", "confirm_twins", "build_all", "set_repository"):
        monkeypatch.setattr(notebooks, name, note(name))
    monkeypatch.setattr(notebooks, "raise_version", lambda: raised)
    slugs, tables = list_slugs(), ("build_tables",)
    for words, wanted in {
        ("--prose",): [("derive_all", slugs), tables],
        ("--prose", slugs[1]): [("derive_all", [slugs[1]]), tables],
        ("--confirm", slugs[1]): [("confirm_twins", [slugs[1]])],
        ("--confirm",): [("confirm_twins", slugs)],
        (slugs[2],): [("build_all", [slugs[2]]), ("derive_all", [])],
        ("--repository", "https://github.com/a/b"): [("set_repository", "https://github.com/a/b")],
    }.items():
        done.clear()
        monkeypatch.setattr("sys.argv", ["notebooks", *words])
        notebooks.main()
        assert done == wanted
    raised, others = [True], [slug for slug in slugs if slug != slugs[2]]
    done.clear()
    for words in ([slugs[2]], ["--prose", slugs[2]]):  # all set-up cells ask for another number
        monkeypatch.setattr("sys.argv", ["notebooks", *words])
        notebooks.main()
    assert done == [
        *(("build_all", [slugs[2]]), ("derive_all", others)),
        *(("derive_all", [slugs[2], *others]), tables),
    ]
    monkeypatch.setattr("sys.argv", ["notebooks", "12_unknown"])
    with pytest.raises(SystemExit):
        notebooks.main()
    assert "got ['12_unknown']" in capsys.readouterr().err


def test_notebooks_that_fail_are_named_and_their_number_is_the_exit_status(monkeypatch, capsys):
    def fail(slug, language):
        if language == "ko":
            raise ValueError("no")

    monkeypatch.setattr(build, "ProcessPoolExecutor", ThreadPoolExecutor)
    monkeypatch.setattr(build, "build_notebook", fail)
    monkeypatch.setattr(build, "build_tables", lambda: None)
    monkeypatch.setattr(notebooks, "raise_version", lambda: False)
    monkeypatch.setattr("sys.argv", ["notebooks", *list_slugs()[:2]])
    assert notebooks.main() == 2
    assert capsys.readouterr().err.count("/00_welcome: no") == 1


def test_outputs_are_kept_for_the_code_that_put_them_out_and_for_no_other():
    def make(source, **stored):
        setup = nbformat.v4.new_code_cell("setup", id="setup")
        cell = nbformat.v4.new_code_cell(source, id="a", **stored)
        return nbformat.v4.new_notebook(cells=[setup, cell])

    output = nbformat.v4.new_output("stream", text="1")
    stored = make("print(1)", outputs=[output], execution_count=2)
    stored.cells[0].source = "another set-up"  # has no output
    fresh = make("print(1)")
    keep_outputs(fresh, stored)
    assert fresh.cells[1].outputs == [output] and fresh.cells[1].execution_count == 2
    with pytest.raises(ValueError, match="cell a has other code than was executed"):
        keep_outputs(make("print(2)"), stored)


def test_prose_where_code_changed_ends_with_the_chapter_the_cell_and_what_to_do(chapters):
    edit_source(chapters, "self.fc2 = nn.Linear(120, 84)", "self.fc2 = nn.Linear(120, 85)")
    with pytest.raises(SystemExit) as ended:
        derive_all([SLUG], chapters)
    said = "cell define-net has other code than was executed; run make notebooks"
    assert ended.value.code == f"ko/{SLUG}: {said}"


def test_a_notebook_is_executed_in_an_empty_folder_and_stops_at_an_error(monkeypatch):
    import os

    import nbclient

    seen = {}

    class Client:
        def __init__(self, notebook, **how):
            seen.update(how)

        def execute(self):
            seen["files"] = os.listdir(seen["resources"]["metadata"]["path"])

    monkeypatch.setattr(nbclient, "NotebookClient", Client)
    cell = nbformat.v4.new_code_cell("1 / 0")
    frames = ["ZeroDivisionError", "Cell In[1], line 1", "File /x.py", "ZeroDivisionError: no"]
    cell.outputs = [nbformat.v4.new_output("error", ename="E", evalue="v", traceback=frames)]
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {}})
    done = execute_notebook(notebook)
    assert done.metadata == METADATA
    assert done.cells[0].outputs[0].traceback == [*frames[:2], LEFT_OUT, frames[3]]
    assert seen["files"] == [] and not os.path.exists(seen["resources"]["metadata"]["path"])
    assert seen["timeout"] == 300 and not seen.get("allow_errors")
    assert (seen["record_timing"], seen["store_widget_state"]) == (False, False)
    assert seen["coalesce_streams"] and seen["kernel_name"] == "python3"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_chapter_s_set_up_is_in_its_language_and_folded(language):
    cell = write_setup(language, "https://github.com/a/b", 12)
    assert cell.source.endswith(f'lenet_course.setup("{language}")')
    assert '"VERSION", 0) < 12:' in cell.source and '"VERSION", 0) >= 12, ' in cell.source
    lines = cell.source.splitlines()
    assert len(lines) <= 15 and all(len(line) <= 79 for line in lines if "%pip" not in line)
    assert 'install -q "lenet-course @ git+https://github.com/a/b@course"' in cell.source
    assert 'install -q "../.."' in write_setup(language, "", 1).source  # the clone that it lies in
    assert cell.metadata["tags"] == ["hide-input", "nbval-ignore-output"]
    show, hide = (cell.metadata["mystnb"][f"code_prompt_{name}"] for name in ("show", "hide"))
    words = {"ko": ("펼치기", "접기"), "en": ("Show", "Hide")}[language]
    assert words[0] in show and words[1] in hide


def test_ids_languages_headings_and_alt_texts_are_checked():
    def cell(name, lang=None, text="글", kind="markdown", **metadata):
        return {"id": name, "kind": kind, "lang": lang, "text": text, "metadata": metadata}

    problems = find_source_problems(
        "s",
        [
            *[cell("a", "ko", "## 가"), cell("a", "en", "### A")],
            *[cell("B!", "ko"), cell("B!", "en"), cell("c", "fr")],
            *[cell("d", kind="code", alt={"ko": "그림"}), cell("d", kind="code")],
        ],
    )
    assert len(problems) == 6
    for part in ("headings differ", "'B!'", "got 'fr'", "alt text in ko and en", "a second cell"):
        assert any(part in problem for problem in problems), part


def test_the_address_is_set_everywhere_and_keeps_the_outputs(chapters):
    before = nbformat.read(chapters / f"ko/{SLUG}.ipynb", as_version=4)
    set_repository("https://github.com/someone/a-course.git", chapters.parent)
    assert get_repository_url(chapters.parent) == "https://github.com/someone/a-course"
    assert find_problems(chapters) == []
    after = nbformat.read(chapters / f"ko/{SLUG}.ipynb", as_version=4)
    assert "git+https://github.com/someone/a-course" in after.cells[0].source
    assert [c.get("outputs") for c in after.cells] == [c.get("outputs") for c in before.cells]
    readme = (chapters.parent / "README.md").read_text(encoding="utf-8")
    assert "colab.research.google.com/github/someone/a-course/" in readme
    assert "github/a/b/" not in readme


@pytest.mark.parametrize("name", FRONT_PAGES)
def test_a_list_of_chapters_edited_by_hand_is_named_until_it_is_derived(chapters, name):
    path = chapters.parent / name
    text = path.read_text(encoding="utf-8")
    assert text.count("_define_the_net") == (2 if name in ("_toc.yml", "index.md") else 4)
    path.write_text(text.replace("_define_the_net", "_another"), encoding="utf-8")
    assert find_problems(chapters) == [f"{name}: not what the sources give; run make prose"]
    build_tables(chapters)
    assert path.read_text(encoding="utf-8") == text and find_problems(chapters) == []


def test_a_new_chapter_stands_in_every_list_by_its_title_and_number(chapters):
    source = (chapters / f"src/{SLUG}.md").read_text(encoding="utf-8")
    korean, english = re.findall("^# (.*)$", source, re.M)[:2]
    source = source.replace(f"# {korean}", "# 새 장").replace(f"# {english}", "# A new one")
    (chapters / "src/12_new.md").write_text(source, encoding="utf-8")
    build_tables(chapters)
    toc, index, readme, _ = (
        (chapters.parent / name).read_text(encoding="utf-8") for name in FRONT_PAGES
    )
    for language, title in (("ko", "새 장"), ("en", "A new one")):
        folder = f"      - file: chapters/{language}"
        assert f"{folder}/{SLUG}\n{folder}/12_new\n" in toc
        assert f"\n12. [{title}](chapters/{language}/12_new)\n\n" in index
        (row,) = re.findall(r"^\| 12 \| .*$", readme, re.M)
        notebook = f"chapters/{language}/12_new.ipynb"
        assert f"[{title}]({notebook}) | [![" in row
        colab = "https://colab.research.google.com/github/a/b/blob/course/"
        assert f"({colab}{notebook})" in row


def test_a_page_without_its_list_or_with_two_is_named(chapters):
    path = chapters.parent / "README.md"
    text = path.read_text(encoding="utf-8")
    rows = re.search(r"^\| 1 \|.*\n", text, re.M)[0]
    for planted, count in ((text.replace(rows, ""), 0), (f"{text}\n{rows}", 2)):
        path.write_text(planted, encoding="utf-8")
        (problem,) = find_problems(chapters)
        assert problem.startswith(f"README.md: expected one list of chapters, got {count} of")


def test_chapters_that_need_another_package_are_named_until_they_are_derived(chapters):
    (chapters.parent / "lenet_course").mkdir(exist_ok=True)
    shutil.copy(ROOT / "lenet_course/version.py", chapters.parent / "lenet_course")
    problem = "version.py: the chapters need other things of lenet_course; run make prose"
    assert problem in find_problems(chapters)  # one chapter is not all of them
    raise_version(chapters)
    derive_all([SLUG], chapters)
    assert find_problems(chapters) == []
    assert f">= {VERSION + 1}, " in (chapters / f"ko/{SLUG}.ipynb").read_text(encoding="utf-8")


@pytest.mark.parametrize("url", ["", "http://github.com/a/b", "https://gitlab.com/a/b", "a/b"])
def test_an_address_that_colab_cannot_open_is_refused(chapters, url):
    with pytest.raises(ValueError, match=re.escape(f"got {url!r}")):
        set_repository(url, chapters.parent)


def test_a_traceback_keeps_the_cell_and_the_message():
    inside = [f"File /x/torch/nn/module.py:{line}, in call" for line in (1, 2)]
    frames = ["-----", "RuntimeError  Traceback", "Cell In[3], line 1\n----> 1 net(x)"]
    frames += [*inside, "RuntimeError: shapes"]
    assert shorten_traceback(frames) == [*frames[:3], LEFT_OUT, frames[5]]


EXERCISE = """\
from lenet_course.exercises import check_area

def find_area(width, height):
    ### BEGIN SOLUTION
    area = width * height
    return area
    ### END SOLUTION

### BEGIN SOLUTION
side = 3
answer = find_area(side, side)
### END SOLUTION
check_area(answer)"""


def test_a_stub_keeps_all_but_what_is_to_be_written():
    assert (
        write_stub(EXERCISE)
        == """\
from lenet_course.exercises import check_area

def find_area(width, height):
    ...

answer = ...
check_area(answer)"""
    )


def test_an_exercise_is_a_stub_and_a_folded_solution_with_the_language_s_title():
    cell = {"id": "area", "text": EXERCISE, "metadata": {"exercise": True}}
    for language, title in (("ko", "풀이와 그 결과"), ("en", "A solution and its result")):
        stub, solution = write_exercise(cell, language)
        assert (stub.id, solution.id) == ("area", "area-solution")
        assert solution.source.startswith(f"# @title {title}\n")
        assert "SOLUTION" not in solution.source and "area = width * height" in solution.source
        assert solution.metadata["tags"] == ["hide-cell"]
        assert solution.metadata["cellView"] == "form"
        assert solution.metadata["jupyter"] == {"source_hidden": True, "outputs_hidden": True}
        words = {"ko": ("풀이 펼치기", "풀이 접기"), "en": ("Show", "Hide")}[language]
        prompts = solution.metadata["mystnb"]
        assert words[0] in prompts["code_prompt_show"] and words[1] in prompts["code_prompt_hide"]
        assert stub.metadata == {"tags": ["remove-output"]}


@pytest.mark.parametrize(
    "text", ["check_area(3)", EXERCISE + "\n### BEGIN SOLUTION", "### END SOLUTION"]
)
def test_an_exercise_whose_marks_do_not_pair_is_named(text):
    with pytest.raises(ValueError, match="area: expected pairs"):
        write_exercise({"id": "area", "text": text, "metadata": {}}, "ko")

"""The registry of widgets, and the JavaScript modules that are joined for each of them."""

import re
import subprocess

import pytest

import lenet_course.widgets
from book.browser import find_node
from book.site import widgets as page_widgets
from lenet_course.widgets.registry import FOLDER, SHARED, WIDGETS, find_file, get_words
from lenet_course.widgets.scripts import DECLARED, IMPORT, find_scripts, join_scripts


def test_every_folder_is_a_widget_with_its_class_and_its_files():
    assert {path.parent.name for path in FOLDER.glob("*/widget.py")} == set(WIDGETS)
    for name, widget in WIDGETS.items():
        made = getattr(lenet_course.widgets, widget.class_name)
        assert made.__module__ == f"lenet_course.widgets.{name}.widget"
        assert find_file(name, "css").is_file() and find_file(name, "js").is_file()
        assert made._name == name
        assert set(widget.needs) <= {"values", "digits", "labels"}  # the data file's
        assert {trait for pair in widget.fetches for trait in pair} <= set(made.class_traits())


def test_an_unknown_widget_is_named():
    with pytest.raises(KeyError, match="got 'browser'"):
        get_words("browser", "en")


@pytest.mark.parametrize("name", WIDGETS)
def test_a_style_is_what_all_have_and_then_the_widget_s_own(name):
    shared, own = (
        find_file(folder, "css").read_text(encoding="utf-8") for folder in ("shared", name)
    )
    style = getattr(lenet_course.widgets, WIDGETS[name].class_name)._css
    assert str(style) == shared + own
    script = page_widgets.make_script(name, "ko", {name: {}})
    rules = [line.strip() for line in shared.splitlines() if line.endswith("}")]
    shrunk = map(page_widgets.shrink_style, rules)
    assert all(page_widgets.write_json(rule)[1:-1] in script for rule in shrunk)
    assert "/*" not in script  # comments are for us


@pytest.mark.parametrize("name", WIDGETS)
def test_the_joined_modules_are_one_module(name, tmp_path):
    """To Node.js too, which finds any name that stands twice."""
    source = getattr(lenet_course.widgets, WIDGETS[name].class_name)._esm
    assert not re.search(r"^import\b", source, re.MULTILINE)
    (export,) = re.findall(r"^export .*$", source, re.MULTILINE)
    assert export.startswith("export default { render")
    check_syntax(tmp_path / "joined.mjs", str(source))


def test_the_page_s_scripts_are_classic_scripts(tmp_path):
    words = page_widgets.load_language_words()
    check_syntax(tmp_path / "loader.js", page_widgets.make_loader())
    for name in WIDGETS:
        script = page_widgets.make_script(name, "ko", words["ko"])
        check_syntax(tmp_path / f"{name}.js", script)


def check_syntax(path, source):
    path.write_text(source, encoding="utf-8")
    done = subprocess.run(
        [find_node(), "--check", str(path)], capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr


def test_every_module_is_of_a_widget_or_of_the_page():
    entries = [*(find_file(name, "js") for name in WIDGETS), page_widgets.LOADER]
    found = {path for entry in entries for path in find_scripts(entry)}
    page_s = {path for path in found if path.parent == page_widgets.LOADER.parent}
    assert found - page_s == set(FOLDER.rglob("*.js"))
    assert page_s == {page_widgets.LOADER, page_widgets.LOADER.with_name("aim.js")}


def test_a_module_stays_in_its_widget_s_folder_or_is_shared():
    for name in WIDGETS:
        modules = find_scripts(find_file(name, "js"))
        assert {path.parent for path in modules} == {FOLDER / name, SHARED}


def test_what_a_module_exports_another_imports():
    paths = [*FOLDER.rglob("*.js"), *page_widgets.LOADER.parents[1].rglob("*.js")]
    sources = [path.read_text(encoding="utf-8") for path in paths]
    exported = {name for each in sources for word, name in DECLARED.findall(each) if word}
    lists = [names.split(",") for each in sources for names, _ in IMPORT.findall(each)]
    assert exported - {name.strip() for names in lists for name in names} == set()


def write(folder, **sources):
    for name, source in sources.items():
        (folder / f"{name}.js").write_text(source, encoding="utf-8")
    return folder / "entry.js"


def test_a_module_comes_once_and_after_those_that_it_imports_from(tmp_path):
    entry = write(
        tmp_path,
        entry='import {\n  a, two,\n} from "./a.js";\nimport { b } from "./b.js";\na + b;\n',
        a='import { b } from "./b.js";\nexport const a = b;\nexport function two() {}\n',
        b="export const b = 1;\n",
    )
    modules = find_scripts(entry)
    assert [path.stem for path in modules] == ["b", "a", "entry"]
    joined = join_scripts(modules)
    assert joined == "const b = 1;\n\nconst a = b;\nfunction two() {}\n\na + b;\n"


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ({"entry": 'import { a } from "./b.js";\n'}, r"a module .*b\.js, which entry\.js imports"),
        ({"entry": 'import { a } from "./b.js";\n', "b": "const a = 1;\n"},
         r"b\.js to export a, which entry\.js imports"),
        ({"entry": 'import { a as b } from "./b.js";\n', "b": "export const a = 1;\n"},
         r"b\.js to export a as b"),
        ({"entry": 'import * as b from "./b.js";\n', "b": ""}, r"got import \* as b"),
        ({"entry": 'import { a } from "./b.js";\nfunction c() {}\n',
          "b": "export const a = 1;\nconst c = 2;\n"}, r"one c, got those of b\.js and entry\.js"),
        ({"entry": "let c = 1;\nclass c {}\n"}, r"one c, got those of entry\.js and entry\.js"),
        ({"entry": 'import { a } from "./b.js";\nexport const c = 1;\n',
          "b": 'import { c } from "./entry.js";\nexport const a = c;\n'},
         r"got entry\.js → b\.js → entry\.js"),
    ],
    ids=["missing", "not_exported", "renamed", "whole", "clash", "twice", "circle"],
)  # fmt: skip
def test_what_cannot_be_joined_is_named(tmp_path, sources, message):
    with pytest.raises(ValueError, match=message):
        find_scripts(write(tmp_path, **sources))

"""Text is UTF-8 whatever the machine's own code page is, Korean Windows' cp949 for one."""

import ast
import io
import re
import runpy
import sys

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from book.course import CHAPTERS, ROOT
from lenet_course import setup, text
from lenet_course.gpu_recording import show_kernels
from tests.test_requirements import IN_PAGE

OPENERS = {  # the mode where none is given
    **dict.fromkeys(("open", ".open", ".fdopen", ".read_text", ".write_text"), "r"),
    **dict.fromkeys((".NamedTemporaryFile", ".TemporaryFile"), "w+b"),
}
OTHERS = {
    "Image.open",
    "Pdf.open",
    "os.open",
    "search_index.read_text",
    "webbrowser.open",
}  # they open no text


def find_unspecified(source: str) -> list[str]:
    """List the calls that read or write text in whatever encoding the machine has."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        is_method = isinstance(node.func, ast.Attribute)
        name = f".{node.func.attr}" if is_method else getattr(node.func, "id", "")
        owner = getattr(node.func.value, "id", "") if is_method else ""
        names = {keyword.arg for keyword in node.keywords}
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        words = [str(value.value) for value in given if isinstance(value, ast.Constant)]
        modes = [word for word in words if re.fullmatch(r"[rwax][+bt]*", word)]
        mode = OPENERS.get(name) if f"{owner}{name}" not in OTHERS else None
        is_text = mode is not None and "b" not in [mode, *modes][-1]
        is_text |= bool(names & {"text", "universal_newlines"}) and "True" in words
        if is_text and "encoding" not in names and "utf-8" not in words:
            found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize(
    ("call", "is_found"),
    [
        ("open(path)", True),
        ("open(path, 'wb')", False),
        ("path.open(mode='a')", True),
        ("open(path, 'w', encoding='utf-8')", False),
        ("path.read_text()", True),
        ("path.read_text('utf-8')", False),
        ("(a / b).write_text(words)", True),
        ("subprocess.run(command, text=True)", True),
        ("new_output('stream', text='1')", False),
        ("subprocess.run(command, capture_output=True, encoding='utf-8')", False),
        ("tempfile.NamedTemporaryFile(suffix='.png')", False),
        ("tempfile.NamedTemporaryFile('w')", True),
        ("Image.open(path)", False),
    ],
)
def test_a_call_without_an_encoding_is_found(call, is_found):
    assert bool(find_unspecified(call)) == is_found


def test_every_module_says_in_which_encoding_it_reads_and_writes():
    folders = ("lenet_course", "book", "bench", "tests")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    paths = [
        path for path in paths if IN_PAGE not in path.as_posix()
    ]  # MicroPython knows UTF-8 alone
    sources = {str(path): path.read_text(encoding="utf-8") for path in paths}
    assert len(sources) > 200
    found = {path: calls for path, text in sources.items() if (calls := find_unspecified(text))}
    assert found == {}


def test_every_cell_says_so_too():
    transform = TransformerManager().transform_cell
    for path in CHAPTERS.glob("en/*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and not cell.source.startswith("%%"):
                assert find_unspecified(transform(cell.source)) == [], path


def test_a_sign_that_a_code_page_lacks_stops_no_program(monkeypatch):
    """cp949 has no en dash, no micro sign, and no minus but the hyphen."""
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="cp949")
    monkeypatch.setattr(sys, "stdout", stdout)
    monkeypatch.setattr(text, "_language", "ko")
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    setup("ko")
    show_kernels()
    stdout.reconfigure(errors="strict")
    monkeypatch.setattr(sys, "argv", ["python -m book.notebooks", "--check"])
    monkeypatch.setattr("book.notebooks.check.find_problems", lambda: ["– ² ⁻ ÷ → 낡았습니다"])
    with pytest.raises(SystemExit):
        runpy.run_module("book.notebooks", run_name="__main__")
    stdout.flush()
    printed = stdout.buffer.getvalue().decode("cp949")
    assert "준비되었습니다." in printed and "busy ?s" in printed
    assert "? ² ? ÷ → 낡았습니다" in printed


def test_every_program_that_prints_prints_so():
    for path in (*(ROOT / "book").rglob("*.py"), *(ROOT / "bench").rglob("*.py")):
        module, found, program = path.read_text(encoding="utf-8").partition("if __name__ ==")
        if found and "print(" in module and not module.isascii():
            assert 'sys.stdout.reconfigure(errors="replace")' in program, path


def test_what_pip_reads_is_ascii():
    """It takes a list of packages to be in the machine's own encoding."""
    paths = [*ROOT.glob("requirements*.txt"), *(ROOT / "tests").glob("*.txt")]
    assert len(paths) > 3
    assert [path for path in paths if not path.read_text(encoding="utf-8").isascii()] == []

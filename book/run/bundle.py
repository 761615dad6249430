"""What the Run buttons load at their first press, joined into scripts that need no fetch.

- lenet-run-page.js: the page's side, with its style;
- lenet-run-worker.js: the worker's script as text, MicroPython's wasm, the engine's Python;
- lenet-run-exercises-LANGUAGE.js, -digits.js and -weights.js: what a cell asks for, on demand.

Browsers block modules, fetch and workers' files for pages opened as files; a worker made of text
they let run. Imports no torch, and needs no Node.
"""

import base64
import gzip
import json
import zipfile
from pathlib import Path

from book.course import LANGUAGES, ROOT
from book.run.shrink import shrink_python
from book.site.widgets import ASSETS, read_array, scripts, shrink_script, shrink_style, write_json

FOLDER = Path(__file__).parent
EXERCISES = "lenet_course/exercises/"
HINTS = f"{EXERCISES}hints.json"
# what its makers ask themselves at each call into Python, a sixth of the time that cells take
ASSERTION = (
    ",assert(wasmTable.get(funcPtr)==func,"
    '"JavaScript-side Wasm function table mirror is out of date!")'
)
# MicroPython comes as a module that fetches its wasm; inside an async function it may await and
# import, and what is given it is not fetched
MODULE_WORDS = (
    ("export default _createMicroPythonModule;", ""),
    ("export async function loadMicroPython(", "async function loadMicroPython("),
    (
        "locateFile:(path,scriptDirectory)=>url||scriptDirectory+path",
        'wasmBinary:options.wasm,locateFile:()=>"",printErr(){}',
    ),
    ("import.meta.url", '""'),
)


def write_run_files(app) -> None:
    """Write them into the built book's _static, where all pages share them."""
    if app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    static.mkdir(parents=True, exist_ok=True)
    contents = {
        "page": make_page_script(),
        "worker": make_worker_script(),
        "digits": make_digits_script(),
        "weights": make_weights_script(),
        **{f"exercises-{language}": make_exercises_script(language) for language in LANGUAGES},
    }
    for name, content in contents.items():
        (static / f"lenet-run-{name}.js").write_text(content, encoding="utf-8")


def make_page_script() -> str:
    style = write_json(shrink_style((FOLDER / "run.css").read_text(encoding="utf-8")))
    return wrap(f"const STYLE = {style};\n{join('page.js')}")


def wrap(script: str) -> str:
    """Keep a script's names to itself."""
    return f'(() => {{\n"use strict";\n{script}}})();\n'


def make_worker_script() -> str:
    wasm = (FOLDER / "micropython" / "micropython.wasm").read_bytes()
    content = {
        "script": wrap(f"const loadsMicroPython = {make_classic()};\n{join('worker.js')}"),
        "wasm": pack(wasm),
        "files": {path: text for path, text in read_files().items() if EXERCISES not in path},
    }
    return f"lenetRun.worker = {write_json(content)};\n"


def make_exercises_script(language: str) -> str:
    """The checkers of the exercises, and what they say in a language."""
    files = {path: text for path, text in read_files().items() if EXERCISES in path}
    files[HINTS] = keep_language(files[HINTS], language)
    return f'lenetRun["exercises-{language}"] = {write_json(files)};\n'


def make_digits_script() -> str:
    """The packaged digits: bytes, and whose they are: (name, shape) one after the other."""
    parts, values = [], b""
    with zipfile.ZipFile(ASSETS / "digits.npz") as archive:
        for split in ("train", "test"):
            images, labels = (
                read_array(archive, f"{split}_{name}.npy") for name in ("images", "labels")
            )
            count = len(labels)
            parts += [(f"{split}_images", (count, 28, 28)), (f"{split}_labels", (count,))]
            values += images + labels
    return f"lenetRun.digits = {write_json({'data': pack(values), 'parts': parts})};\n"


def make_weights_script() -> str:
    return f"lenetRun.weights = {write_json(pack((ASSETS / 'lenet.pt').read_bytes()))};\n"


def pack(content: bytes) -> str:
    """Write bytes as host.js reads them: gzip, in base64."""
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()


def make_module() -> str:
    """MicroPython's module without the assertion."""
    path = FOLDER / "micropython" / "micropython.mjs"
    return replace_words(path.read_text(encoding="utf-8"), ((ASSERTION, ""),))


def make_classic() -> str:
    """Make of that module an expression of a script: a promise of loadMicroPython."""
    text = replace_words(make_module(), MODULE_WORDS)
    return f"(async () => {{\n{text}\nreturn loadMicroPython;\n}})()"


def replace_words(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for words, others in pairs:
        if words not in text:
            raise ValueError(f"expected {words!r} in micropython.mjs, found none")
        text = text.replace(words, others)
    return text


def join(entry: str) -> str:
    """Join a module and what it imports, without comments and indents."""
    return shrink_script(scripts.join_scripts(scripts.find_scripts(FOLDER / entry)))


def read_files() -> dict[str, str]:
    """Read the engine's files, path → text: the course's own, or what stands for them."""
    patterns = (FOLDER / "shipped.txt").read_text(encoding="utf-8").split()
    own = FOLDER / "python"
    return {
        path.relative_to(root).as_posix(): read_short(path)
        for root, globs in ((ROOT, patterns), (own, ["**/*.py"]))
        for pattern in globs
        for path in sorted(root.glob(pattern))
    }


def read_short(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return shrink_python(text) if path.suffix == ".py" else write_json(json.loads(text))


def keep_language(hints: str, language: str) -> str:
    """Keep a language's hints: checker → key → language → words."""
    return write_json(
        {
            checker: {key: {language: words[language]} for key, words in keys.items()}
            for checker, keys in json.loads(hints).items()
        }
    )


def setup(app):
    app.setup_extension("book.run.cells")
    app.connect("builder-inited", write_run_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

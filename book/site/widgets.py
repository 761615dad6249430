"""The widgets of the built book: a loader for all pages, and what it fetches: widgets and data.

Browsers block modules and `fetch` for pages opened as files, so a widget's modules are joined into
one script that needs neither, and the data is a script too. Imports no torch: the book is built
without it.
"""

import base64
import importlib.util
import json
import re
import zipfile
from collections import Counter
from pathlib import Path

from book.course import LANGUAGES, ROOT

ASSETS = ROOT / "lenet_course" / "assets"
SCRIPT = "lenet-widgets.js"
LOADER = Path(__file__).parent / "widget_loader.js"
PERMALINK = Path(__file__).parent / "permalink.js"
WEIGHTS_FILE = Path(__file__).parent / "weights" / "weights_file.js"


def load_module(name: str):
    """Load a module of lenet_course by itself; importing the package would import torch."""
    path = ROOT / f"{name.replace('.', '/')}.py"
    specification = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


data = load_module("lenet_course.widgets.data")
registry = load_module("lenet_course.widgets.registry")
scripts = load_module("lenet_course.widgets.scripts")
WIDGETS = registry.WIDGETS
# .js: servers know it; some send .mjs as bytes, which a browser told not to guess does not run
SPOKEN = {(name, language): f"{name}-{language}" for name in WIDGETS for language in LANGUAGES}
PARTS = ("data", "checkpoints", "links", "weights", *SPOKEN.values())
FILES = {name: f"lenet-widgets-{name}.js" for name in PARTS}
DATA, CHECKPOINTS, LINKS, WEIGHTS = (FILES[name] for name in PARTS[:4])


def load_language_words() -> dict[str, dict[str, dict[str, str]]]:
    """Load the widgets' words: language → widget → key → words."""
    return {
        language: {name: registry.get_words(name, language) for name in WIDGETS}
        for language in LANGUAGES
    }


def write_page_widgets(static_folder: Path, language_words: dict) -> None:
    """Write the loader and what it fetches.

    Args:
        static_folder: the built book's _static.
        language_words: what load_language_words() returns.
    """
    static_folder = Path(static_folder)
    static_folder.mkdir(parents=True, exist_ok=True)
    contents = {
        SCRIPT: make_loader(),
        DATA: make_data(),
        LINKS: f"lenetWidgets.links({_wrap(PERMALINK)});\n",
        WEIGHTS: f"lenetWidgets.weights({_wrap(WEIGHTS_FILE)});\n",
        CHECKPOINTS: f"lenetWidgets.checkpoints({data.read_checkpoints()});\n",
        **{
            FILES[SPOKEN[name, language]]: make_script(name, language, language_words[language])
            for name, language in SPOKEN
        },
    }
    for name, content in contents.items():
        (static_folder / name).write_text(content, encoding="utf-8")


def make_loader() -> str:
    """Make the one script that stands in a page, with what the registry says of each widget."""
    constants = {
        "FAILED": registry.read_shared_words()["failed"],
        "HEIGHTS": dict(list_heights()),
        "NEEDS": {name: widget.needs for name, widget in WIDGETS.items()},
        "FETCHES": {name: widget.fetches for name, widget in WIDGETS.items()},
        "FILES": FILES,
    }
    head = "".join(f"const {name} = {write_json(value)};\n" for name, value in constants.items())
    return f'(() => {{\n"use strict";\n{head}{_join(LOADER)}}})();\n'


def list_heights():
    """List the places of widgets, as selectors, each with its heights by the window's width."""
    for name, widget in WIDGETS.items():
        place = f".lenet-widget[data-widget={name}]"
        yield place, widget.heights
        for trait, heights in widget.views:
            yield f"{place}[data-state*='\"{trait}\":true']", heights


def make_script(name: str, language: str, words: dict) -> str:
    """Make a widget's script: its modules in one function, its style, a language's words."""
    style = write_json(shrink_style(registry.read_style(name)))
    # the fallback is the picture's, which Python draws
    said = write_json({key: text for key, text in words[name].items() if key != "fallback"})
    body = _wrap(registry.find_file(name, "js"))
    place = f'lenetWidgets["{SPOKEN[name, language]}"]'
    return f"{place}({{ style: {style}, words: {said}, ...{body} }});\n"


def shrink_style(style: str) -> str:
    """Leave out what browsers do not read: comments, spaces, a value's quotes, a last semicolon."""
    rules = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    rules = re.sub(r'="([a-z]\w*)"', r"=\1", re.sub(r"\s+", " ", rules))
    return re.sub(r"(?<=[{}:;,>]) | (?=[{}>])|;(?= })", "", rules)


def _wrap(entry: Path) -> str:
    """A module's default export, as an expression of a script."""
    body = _join(entry).replace("export default", "return")
    return f'(() => {{\n"use strict";\n{body}}})()'


def _join(entry: Path) -> str:
    return shrink_script(scripts.join_scripts(scripts.find_scripts(entry)))


def shrink_script(script: str) -> str:
    """Leave out comments, indents and empty lines, which are for us."""
    return re.sub(r"^\s*//.*\n| +// .*$|^\s+", "", script, flags=re.MULTILINE)


def make_data() -> str:
    """Make the data file: the digits, and the shipped float16 weights, low and high bytes apart.

    Low bytes are as good as random: base64. High bytes are not, and 15 kB smaller when served so.
    """
    images, labels = read_examples()
    weights = read_weights()
    content = {
        "low": base64.b64encode(weights[0::2]).decode(),
        "high": encode_bytes(weights[1::2]),
        "digits": encode_bytes(images),
        "labels": labels,
    }
    return f"lenetWidgets.data({write_json(content)});\n"


def encode_bytes(values: bytes) -> dict:
    """Write bytes as one character each, the commonest in ASCII: smaller than base64 once gzipped.

    Returns:
        order: the bytes that occur, the commonest first; codes: for each byte, its place in order
        as the character 35 + place.
    """
    order = [value for value, _ in Counter(values).most_common()]
    characters = {value: chr(35 + place) for place, value in enumerate(order)}
    return {"order": order, "codes": "".join(map(characters.get, values))}


def read_weights() -> bytes:
    """Read the shipped weights from torch.save's archive: its storages lie in the net's order."""
    with zipfile.ZipFile(ASSETS / "lenet.pt") as archive:
        folder = archive.namelist()[0].split("/")[0]
        return b"".join(archive.read(f"{folder}/data/{number}") for number in range(10))


def read_examples() -> tuple[bytes, list[int]]:
    """Read the images and labels that the widgets offer, from NumPy's archive."""
    with zipfile.ZipFile(ASSETS / "digits.npz") as archive:
        images, labels = (read_array(archive, f"test_{name}.npy") for name in ("images", "labels"))
    labels = list(labels[:: len(labels) * 784 // len(images)])  # the low byte of each integer
    indices = data.pick_examples(labels)
    chosen = b"".join(images[784 * index : 784 * (index + 1)] for index in indices)
    return chosen, [labels[index] for index in indices]


def read_array(archive: zipfile.ZipFile, name: str) -> bytes:
    """Read what follows the header, whose length stands in bytes 8 and 9 (NumPy's format 1.0)."""
    stored = archive.read(name)
    return stored[10 + int.from_bytes(stored[8:10], "little") :]


def write_json(value) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

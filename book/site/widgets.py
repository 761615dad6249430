"""The widgets of the built book: one classic script for all pages, and one data file.

Browsers block modules and `fetch` for pages opened as files, so the scripts are joined into one
that needs neither, and the data is a script too. Imports no torch: the book is built without it.
"""

import base64
import importlib.util
import json
import re
import zipfile
from collections import Counter
from pathlib import Path

from book.course import LANGUAGES, ROOT

PACKAGE = ROOT / "lenet_course"
# .mjs: Jupyter Book puts every .js of the static folder on every page, and this one is large
SCRIPT, DATA = "lenet-widgets.js", "lenet-widgets-data.mjs"
CHECKPOINTS = "lenet-widgets-checkpoints.mjs"  # 0.7 MB: fetched when a scrubber is opened
LOADER = Path(__file__).parent / "widget_loader.js"


def load_module(name: str):
    """Load a module of lenet_course by itself; importing the package would import torch."""
    path = PACKAGE / "widgets" / f"{name}.py"
    specification = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


data, registry, scripts = map(load_module, ("data", "registry", "scripts"))
WIDGETS = registry.WIDGETS


def load_language_words() -> dict[str, dict[str, dict[str, str]]]:
    """Load the widgets' words: language → widget → key → words."""
    return {
        language: {name: registry.get_words(name, language) for name in WIDGETS}
        for language in LANGUAGES
    }


def write_page_widgets(static_folder: Path, language_words: dict) -> None:
    """Write the script and the data files of the pages' widgets.

    Args:
        static_folder: the built book's _static.
        language_words: what load_language_words() returns.
    """
    static_folder = Path(static_folder)
    static_folder.mkdir(parents=True, exist_ok=True)
    (static_folder / SCRIPT).write_text(make_script(language_words), encoding="utf-8")
    (static_folder / DATA).write_text(make_data(), encoding="utf-8")
    checkpoints = f"lenetWidgets.checkpoints({data.read_checkpoints()});\n"
    (static_folder / CHECKPOINTS).write_text(checkpoints, encoding="utf-8")


def make_script(language_words: dict) -> str:
    """Make the one script: the shared modules, each widget in a function of its own, the loader."""
    files = {name: registry.find_file(name, "js") for name in WIDGETS}
    modules = {name: scripts.find_modules(path) for name, path in {**files, "": LOADER}.items()}
    every = dict.fromkeys(path for paths in modules.values() for path in paths)
    shared = [path for path in every if path.parent == registry.SHARED]
    parts = [scripts.join_modules(shared)]
    for name in WIDGETS:
        own = scripts.join_modules(path for path in modules[name] if path not in shared)
        body = own.replace("export default", "return")
        parts.append(f"WIDGETS.{name} = (() => {{\n{body}}})();\n")
    styles = {
        name: registry.find_file(name, "css").read_text("utf-8") for name in ("shared", *WIDGETS)
    }
    constants = {
        "WORDS": language_words,
        "STYLES": styles,
        "HEIGHTS": {name: widget.heights for name, widget in WIDGETS.items()},
        "NEEDS": {name: widget.needs for name, widget in WIDGETS.items()},
        "FETCHES": {name: widget.fetches for name, widget in WIDGETS.items()},
        "DATA": DATA,
        "FILES": {"checkpoints": CHECKPOINTS},
    }
    head = [f"const {name} = {write_json(value)};" for name, value in constants.items()]
    loader = scripts.join_modules([LOADER])
    body = "\n".join([*head, "const WIDGETS = {};", *parts, loader])
    body = re.sub(r"^\s*//.*\n", "", body, flags=re.MULTILINE)  # comments are for us
    return f'(() => {{\n"use strict";\n{body}}})();\n'


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
    with zipfile.ZipFile(PACKAGE / "assets" / "lenet.pt") as archive:
        folder = archive.namelist()[0].split("/")[0]
        return b"".join(archive.read(f"{folder}/data/{number}") for number in range(10))


def read_examples() -> tuple[bytes, list[int]]:
    """Read the images and labels that the widgets offer, from NumPy's archive."""
    with zipfile.ZipFile(PACKAGE / "assets" / "digits.npz") as archive:
        images, labels = (_read_array(archive, f"test_{name}.npy") for name in ("images", "labels"))
    labels = list(labels[:: len(labels) * 784 // len(images)])  # the low byte of each integer
    indices = data.pick_examples(labels)
    chosen = b"".join(images[784 * index : 784 * (index + 1)] for index in indices)
    return chosen, [labels[index] for index in indices]


def _read_array(archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes after the header, whose length stands in bytes 8 and 9 (NumPy's format 1.0)."""
    stored = archive.read(name)
    return stored[10 + int.from_bytes(stored[8:10], "little") :]


def write_json(value) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

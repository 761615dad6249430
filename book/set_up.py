"""The environment .venv, whole, with what a requirements file asks for: what `make` does first.

    python3 -m book.set_up book    # or all

Whichever Python 3 runs this must be able to read it, to say which one is wanted. What is there and
not whole is made again: without pip, as where Debian's python3-venv is missing; of a Python that is
gone. What was installed, where and for which folder is written beside it, since folders are moved
and may share an environment.
"""

import ast
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from book.turns import take_turns

ROOT = Path(__file__).resolve().parent.parent
BOOK, ALL = "requirements-book.txt", "requirements.txt"
FILES = {"book": (BOOK,), "all": (ALL, BOOK, "pyproject.toml")}
# pip's settings that say where packages come from; the rest of a person's say where they go
SOURCES = [
    f"PIP_{name}"
    for name in """
        INDEX_URL EXTRA_INDEX_URL FIND_LINKS NO_INDEX TRUSTED_HOST PROXY CERT CLIENT_CERT
        KEYRING_PROVIDER TIMEOUT DEFAULT_TIMEOUT RETRIES CACHE_DIR NO_CACHE_DIR CONSTRAINT
        DISABLE_PIP_VERSION_CHECK
    """.split()
]


def set_up(wanted: str, root: Path = ROOT) -> None:
    """Install what "book" or "all" needs into root's .venv, if it is not there; exit on failure."""
    folder = (root / ".venv").resolve()
    with take_turns(root / BOOK):
        own = make_environment(folder, sys.executable)
        states = {name: describe(name, folder, root) for name in FILES}
        marks = {name: folder / name for name in FILES}
        done = [n for n in marks if marks[n].exists() and marks[n].read_text("utf-8") == states[n]]
        if "all" in done or wanted in done:
            return
        for mark in marks.values():  # pip may replace what they name, and may be stopped
            mark.unlink(missing_ok=True)
        command = [str(own), "-m", "pip", "install", "--quiet", "--requirement", FILES[wanted][0]]
        if subprocess.run(command, cwd=root, env=find_sources(own)).returncode:
            sys.exit(f"expected pip to install {FILES[wanted][0]}, got its error")
        for name in {wanted, "book"}:
            marks[name].write_text(states[name], encoding="utf-8")


def describe(name: str, folder: Path, root: Path) -> str:
    """Describe what an installation depends on: requirements, its folder, and the project's."""
    content = b"".join((root / file).read_bytes() for file in FILES[name])
    return f"{folder} {root.resolve()} {hashlib.sha256(content).hexdigest()}\n"


def make_environment(folder: Path, python: str) -> Path:
    """Make an environment, unless a whole one is there; return its Python.

    Raises:
        SystemExit: it cannot be made; says what is missing. Nothing half-made is left.
    """
    own = folder / "bin" / "python"
    if is_whole(own):
        return own
    command = [python, "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    version = subprocess.run(command, stdout=subprocess.PIPE).stdout.decode().strip()
    number = tuple(map(int, version.split(".")))
    if number < (3, 10):
        sys.exit(f"expected Python 3.10 to 3.14, got {version}; try: make PYTHON=python3.14 ...")
    if number > (3, 14):
        print(f"expected Python 3.10 to 3.14, got {version}: going on, untested", file=sys.stderr)
    if folder.exists():
        print(f"expected a whole environment in {folder}, got half of one: making it again")
    sys.stdout.flush()
    made = False
    try:
        command = [python, "-m", "venv", "--clear", str(folder)]
        made = not subprocess.run(command, env=clean_settings()).returncode and is_whole(own)
    finally:  # as after Ctrl-C
        if not made:
            shutil.rmtree(folder, ignore_errors=True)
    if not made:
        sys.exit(
            f"expected `{python} -m venv` to make an environment, got an error; "
            f"on Debian and Ubuntu: apt-get install python{version}-venv"
        )
    return own


def is_whole(own: Path) -> bool:
    """Whether an environment's Python starts, is of this folder, and has pip."""
    code = "import os, pip, sys; sys.exit(not os.path.samefile(sys.prefix, sys.argv[1]))"
    command = [str(own), "-I", "-c", code, str(own.parent.parent)]
    return own.exists() and not subprocess.run(command, stderr=subprocess.DEVNULL).returncode


def clean_settings() -> dict:
    """Return this process's settings without what would lead Python elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def find_sources(own: Path) -> dict:
    """Return the settings of a pip that gets packages where the person's does, and puts them here.

    `user = yes` or `target = …` in the person's pip.conf or environment would put them elsewhere.
    """
    settings = clean_settings()
    theirs = {name: settings.pop(name) for name in [*settings] if name.startswith("PIP_")}
    told = {name: theirs[name] for name in theirs if name == "PIP_CONFIG_FILE"}
    command = [str(own), "-m", "pip", "config", "list"]
    listed = subprocess.run(command, env={**settings, **told}, stdout=subprocess.PIPE)
    for line in listed.stdout.decode().splitlines():  # global.index-url='https://…'
        key, _, value = line.partition("=")
        name = "PIP_" + key.rpartition(".")[2].upper().replace("-", "_")
        theirs.setdefault(name, ast.literal_eval(value))
    kept = {name: theirs[name] for name in SOURCES if name in theirs}
    return {**settings, **kept, "PIP_CONFIG_FILE": os.devnull}


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")
    try:
        set_up(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit(130)

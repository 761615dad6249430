"""Where a Chromium and a Node.js that start are, or one line that says what to install.

`python -m book.browser` installs Debian's Chromium and the library that Playwright's Node.js wants,
where they are missing and may be installed.
"""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from book.packages import get_hint, install

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FOLDERS = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")  # Playwright's: Linux, Mac
OWN = (  # in such a folder, of old and new releases
    "chromium_headless_shell-*/*/*headless*shell",
    "chromium-*/*/chrome",
    "chromium-*/*/*.app/Contents/MacOS/*",
)


@contextmanager
def open_browser() -> Iterator:
    """Open a headless Chromium, Playwright's Browser, as long as the block runs.

    Raises:
        FileNotFoundError: something is missing.
    """
    path = prepare_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def prepare_browser() -> str:
    """Name a Node.js to Playwright and return the path of Chromium.

    Raises:
        FileNotFoundError: something is missing.
    """
    if importlib.util.find_spec("playwright") is None:
        raise FileNotFoundError("expected Playwright, found none: pip install playwright")
    path = find_chromium()
    if path is None:
        raise FileNotFoundError(f"expected Chromium, found none: {get_hint('chromium')}")
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = find_node()
    return path


def find_chromium() -> str | None:
    """Return the path of a Chromium that starts: the system's, or one that Playwright installed.

    The shell without windows is looked for first, since it is three times as fast.
    """
    found = [*filter(None, map(shutil.which, NAMES)), *list_own_chromiums()]
    # Ubuntu's chromium-browser starts nothing where there is no snap
    return next((path for path in found if not explain_failure(path)), None)


def list_own_chromiums() -> list[str]:
    """List what `playwright install chromium` has put here, the newest of a kind first."""
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    folders = [Path(folder).expanduser() for folder in ((named,) if named else FOLDERS)]
    return [
        str(path)
        for pattern in OWN
        for folder in folders
        for path in sorted(folder.glob(pattern), reverse=True)
    ]


def find_node() -> str:
    """Return the path of a Node.js that starts: the one named, Playwright's, or the PATH's.

    Raises:
        FileNotFoundError: none does.
    """
    found = list_nodes()
    errors = [explain_failure(node) for node in found]
    for node, error in zip(found, errors, strict=True):
        if not error:
            return node
    error = errors[0] if errors else "none"
    hint = get_hint("libatomic" if "libatomic" in error else "node")
    raise FileNotFoundError(f"expected a Node.js that starts, got {error}: {hint}")


def list_nodes() -> list[str]:
    spec = importlib.util.find_spec("playwright")
    own = Path(spec.origin).parent / "driver" / "node" if spec else Path("none")
    named = os.environ.get("PLAYWRIGHT_NODEJS_PATH")
    return [*filter(None, (named, str(own) if own.exists() else None, shutil.which("node")))]


def explain_failure(program: str) -> str:
    """Say what keeps a program from starting; "" where it starts."""
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, encoding="utf-8", errors="replace"
        )
    except OSError as error:
        return str(error)
    return "" if done.returncode == 0 else done.stderr.strip() or f"exit status {done.returncode}"


def list_missing() -> list[str]:
    """List what a browser wants and this machine lacks, by the names of book/packages.py."""
    # Playwright's Node.js wants the library; a minimal system has none, nor another Node.js
    has_node = any(not explain_failure(node) for node in list_nodes())
    return [
        *(() if find_chromium() else ("chromium",)),
        *(() if has_node else ("libatomic",)),
    ]


def install_missing() -> None:
    """Install what a browser wants, or say in one line what to install."""
    missing = install(list_missing)
    if "chromium" in missing:
        print(f"No PDF and no browser's test without Chromium: {get_hint('chromium')}")
    if "libatomic" in missing:
        print(
            "No PDF and no browser's test without a Node.js that starts: "
            f"{get_hint('libatomic' if list_nodes() else 'node')}"
        )


if __name__ == "__main__":
    install_missing()

"""Where Chromium and a Node.js that starts are, or one line that says what to install.

`python -m book.browser` installs Debian's Chromium and the library that Playwright's Node.js wants,
where they are missing and may be installed.
"""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LIBATOMIC = "apt-get install libatomic1 (Fedora: dnf install libatomic)"


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


def prepare_browser() -> str | None:
    """Name a Node.js to Playwright and return the path of Chromium (None: Playwright's own).

    Raises:
        FileNotFoundError: something is missing.
    """
    if importlib.util.find_spec("playwright") is None:
        raise FileNotFoundError("expected Playwright, found none: pip install playwright")
    path = find_chromium()
    if path is None and not has_own_chromium():
        raise FileNotFoundError("expected Chromium, found none: apt-get install chromium")
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = find_node()
    return path


def find_chromium() -> str | None:
    """Return Chromium's path: the shell without windows where there is one, three times as fast."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def has_own_chromium() -> bool:
    """Whether `playwright install chromium` was run here (as it is on a Mac, say)."""
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "~/.cache/ms-playwright"))
    mac = Path("~/Library/Caches/ms-playwright")
    return any(any(place.expanduser().glob("chromium-*")) for place in (folder, mac))


def find_node() -> str:
    """Return the path of a Node.js that starts: the one named, Playwright's, or the PATH's.

    Raises:
        FileNotFoundError: none does.
    """
    found = list_nodes()
    errors = [explain_node(node) for node in found]
    for node, error in zip(found, errors, strict=True):
        if not error:
            return node
    error = errors[0] if errors else "none"
    hint = LIBATOMIC if "libatomic" in error else "apt-get install nodejs"
    raise FileNotFoundError(f"expected a Node.js that starts, got {error}: {hint}")


def list_nodes() -> list[str]:
    spec = importlib.util.find_spec("playwright")
    own = Path(spec.origin).parent / "driver" / "node" if spec else Path("none")
    named = os.environ.get("PLAYWRIGHT_NODEJS_PATH")
    return [*filter(None, (named, str(own) if own.exists() else None, shutil.which("node")))]


def explain_node(node: str) -> str:
    """Say what keeps a Node.js from starting; "" where it starts."""
    try:
        done = subprocess.run([node, "--version"], capture_output=True, encoding="utf-8")
    except OSError as error:
        return str(error)
    return "" if done.returncode == 0 else done.stderr.strip() or f"exit status {done.returncode}"


def list_missing() -> list[str]:
    """List Debian's packages that a browser wants and this machine lacks."""
    chromium = find_chromium() or has_own_chromium()
    # Playwright's Node.js wants the library; a minimal system has none, nor another Node.js
    node = any(not explain_node(node) for node in list_nodes())
    return [
        *(() if chromium else ("chromium-headless-shell", "fonts-noto-cjk")),
        *(() if node else ("libatomic1",)),
    ]


def install(list_missing: Callable[[], list[str]]) -> list[str]:
    """Install Debian's packages that are missing, where this user may; list what still is."""
    missing = list_missing()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in ("update", "install --yes --no-install-recommends " + " ".join(missing)):
            done = subprocess.run(
                ["apt-get", "--quiet", *command.split()],
                env=quiet,
                capture_output=True,
                encoding="utf-8",
            )
            if done.returncode:
                print(done.stderr)
        missing = list_missing()
    return missing


def install_missing() -> None:
    """Install what a browser wants, or say in one line what to install."""
    missing = install(list_missing)
    if "chromium-headless-shell" in missing:
        print("No PDF and no browser's test without Chromium: apt-get install chromium")
    if "libatomic1" in missing:
        print(f"No PDF and no browser's test without a Node.js that starts: {LIBATOMIC}")


if __name__ == "__main__":
    install_missing()

"""Where the browser and Node.js are, or one line that says what to install.

`python -m tests.browser.find` installs Debian's Chromium where it is missing and may be installed.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def find_browser():
    """Return Playwright's entry and the path of Chromium (None: Playwright's own)."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        pytest.fail("expected Playwright, found none: pip install playwright")
    path = find_chromium()
    if path is None and not has_own_chromium():
        pytest.fail("expected Chromium, found none: apt-get install chromium")
    return sync_playwright, path


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def has_own_chromium() -> bool:
    """Whether `playwright install chromium` was run here (as it is on a Mac, say)."""
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "~/.cache/ms-playwright"))
    mac = Path("~/Library/Caches/ms-playwright")
    return any(any(place.expanduser().glob("chromium-*")) for place in (folder, mac))


def find_node() -> str:
    """Return the path of Node.js: the one on the PATH, or the one that Playwright brings."""
    node = shutil.which("node")
    if node is None:
        import playwright

        node = str(Path(playwright.__file__).parent / "driver" / "node")
    return node


def install_chromium() -> None:
    """Install Debian's Chromium and a Hangul font where there is none and this user may."""
    if find_chromium() or has_own_chromium():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in ("update", "install --yes --no-install-recommends chromium fonts-noto-cjk"):
            done = subprocess.run(
                ["apt-get", "--quiet", *command.split()], env=quiet, capture_output=True, text=True
            )
            if done.returncode:
                print(done.stderr)
    if not find_chromium():
        print("The browser tests will fail without Chromium: apt-get install chromium")


if __name__ == "__main__":
    install_chromium()

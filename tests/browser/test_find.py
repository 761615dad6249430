"""Without a browser, or a Node.js that starts, one line says what to install."""

import os
import sys

import pytest

from book import browser, packages
from book.browser import find_node, prepare_browser
from tests.spelling import check

BROKEN = """#!/bin/sh
echo "node: error while loading shared libraries: libatomic.so.1: cannot open shared object" >&2
exit 127
"""


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine with nothing on its PATH; a function that puts a program there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PLAYWRIGHT_NODEJS_PATH", raising=False)
    monkeypatch.delenv("PLAYWRIGHT_BROWSERS_PATH", raising=False)
    monkeypatch.setattr(packages, "name_system", lambda: "debian")

    def write(name, script):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script, encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return write


@pytest.fixture
def broken_driver(bare, monkeypatch, tmp_path):
    """Playwright as on a minimal system: its Node.js wants a library that is not there."""
    node = bare("playwright/driver/node", BROKEN)
    bare("playwright/__init__.py", "")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "playwright", raising=False)
    return node


def test_without_a_browser_one_line_says_what_to_install(bare, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"^expected Chromium.* install chromium$"):
        prepare_browser()
    monkeypatch.setitem(sys.modules, "playwright", None)
    with pytest.raises(FileNotFoundError, match=r"^expected Playwright, .* playwright$"):
        prepare_browser()


@pytest.mark.parametrize(
    ("told", "hint"),
    [
        ({"ID": "debian"}, "apt-get install chromium"),
        ({"ID": "ubuntu", "ID_LIKE": "debian"}, packages.PLAYWRIGHT),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, packages.PLAYWRIGHT),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "dnf install chromium"),
        ({"ID": "arch"}, f"install Chromium or Google Chrome, or {packages.PLAYWRIGHT}"),
        (None, packages.PLAYWRIGHT),  # a Mac
    ],
)
def test_the_line_fits_the_system(bare, monkeypatch, told, hint):
    monkeypatch.undo()
    monkeypatch.setattr(packages.sys, "platform", "linux" if told else "darwin")
    monkeypatch.setattr(packages.platform, "freedesktop_os_release", lambda: told)
    assert packages.get_hint("chromium") == hint
    for program in packages.PLAIN:
        assert ("apt-get" in packages.get_hint(program)) == (
            "debian" in str(told) and packages.get_hint(program) != packages.PLAYWRIGHT
        )


@pytest.mark.parametrize("folder", browser.FOLDERS)
@pytest.mark.parametrize(
    "place",
    [
        "chromium_headless_shell-1228/chrome-headless-shell-linux64/chrome-headless-shell",
        "chromium_headless_shell-1148/chrome-linux/headless_shell",
        "chromium-1228/chrome-linux64/chrome",
        "chromium-1148/chrome-mac/Chromium.app/Contents/MacOS/Chromium",
    ],
)
def test_what_playwright_installed_is_found(bare, folder, place):
    path = bare(f"{folder.removeprefix('~/')}/{place}", "#!/bin/sh\n")
    assert browser.find_chromium() == path


def test_a_chromium_that_does_not_start_is_passed_over(bare):
    """Ubuntu's is a script that says to install the snap."""
    bare("chromium-browser", "#!/bin/sh\nexit 1\n")
    assert browser.find_chromium() is None
    bare("google-chrome", "#!/bin/sh\n")
    assert browser.find_chromium().endswith("google-chrome")


def test_where_playwright_s_node_does_not_start_another_node_does(bare, broken_driver):
    bare("chromium", "#!/bin/sh\n")
    node = bare("node", "#!/bin/sh\necho v24.0.0\n")
    try:
        prepare_browser()
        assert os.environ["PLAYWRIGHT_NODEJS_PATH"] == find_node() == node
    finally:
        os.environ.pop("PLAYWRIGHT_NODEJS_PATH", None)


def test_without_any_node_that_starts_one_line_names_the_package(bare, broken_driver):
    bare("chromium", "#!/bin/sh\n")
    with pytest.raises(
        FileNotFoundError,
        match=r"^expected a Node.js that starts, got .*libatomic\.so\.1.*: "
        r"apt-get install libatomic1$",
    ):
        prepare_browser()


@pytest.mark.parametrize(
    ("user", "system", "shell", "hint"),
    [
        (0, "debian", "chromium-headless-shell ", "apt-get install chromium"),
        (0, "ubuntu", "", packages.PLAYWRIGHT),
        (1000, "debian", None, "apt-get install chromium"),
    ],
)
def test_what_is_missing_is_installed_where_it_may_be_and_told_where_not(
    bare, broken_driver, monkeypatch, capsys, tmp_path, user, system, shell, hint
):
    monkeypatch.setattr(packages, "name_system", lambda: system)
    bare("apt-get", f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n')
    monkeypatch.setattr(browser.os, "geteuid", lambda: user)
    browser.install_missing()
    check.install_missing()
    asked = tmp_path / "asked"
    assert asked.exists() == (user == 0)
    if not user:
        lines = asked.read_text(encoding="utf-8").splitlines()[1::2]
        first, second = (line.split(" --no-install-recommends ")[1] for line in lines)
        assert first == f"{shell}fonts-noto-cjk libatomic1"
        assert second == "hunspell hunspell-ko hunspell-en-gb"
    chromium, node, words = capsys.readouterr().out.splitlines()  # this apt-get installed nothing
    assert chromium.endswith(hint)
    assert node.endswith("apt-get install libatomic1")
    assert words.endswith("apt-get install hunspell hunspell-ko hunspell-en-gb")


def test_where_nothing_is_missing_nothing_is_said_or_asked_for(bare, capsys, tmp_path):
    bare("apt-get", f"#!/bin/sh\necho asked >> {tmp_path}/asked\n")
    bare("chromium", "#!/bin/sh\n")
    bare("node", "#!/bin/sh\necho v24.0.0\n")
    bare("hunspell", "#!/bin/sh\necho /dictionaries/ko /dictionaries/en_GB >&2\n")
    browser.install_missing()
    check.install_missing()
    assert capsys.readouterr().out == "" and not (tmp_path / "asked").exists()

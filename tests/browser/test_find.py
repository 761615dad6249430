"""Without a browser, one line says what to install."""

import sys
from types import ModuleType

import pytest

from tests.browser.find import find_browser


def test_without_a_browser_one_line_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "playwright.sync_api", ModuleType("playwright.sync_api"))
    sys.modules["playwright.sync_api"].sync_playwright = None
    with pytest.raises(pytest.fail.Exception, match=r"^expected Chromium.* install chromium$"):
        find_browser()
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(pytest.fail.Exception, match=r"^expected Playwright, .* playwright$"):
        find_browser()

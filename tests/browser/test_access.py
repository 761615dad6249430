"""axe-core over every page, light and dark, wide and narrow: no violation, no rule left out."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from book.sources import LANGUAGES, list_pages

PAGES = ["index.html"] + [
    f"chapters/{language}/{name}.html"
    for language in LANGUAGES
    for name in ("search", *list_pages())
]
WIDTHS = (1280, 390)
SETTLE = 500  # ms in which the theme lets code that scrolls sideways take the focus


@pytest.fixture
def axe_page(browser, site):
    """Open a page for axe, whose script the page's policy would not let in."""
    context = browser.new_context(
        viewport={"width": WIDTHS[0], "height": 900}, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(5000)

    def open_page(name):
        page.goto(site + name)
        return page

    yield open_page
    context.close()


def load_whole(page):
    """Go down the page once, so that every widget is there."""
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    for widget in page.locator(".lenet-widget").all():
        widget.scroll_into_view_if_needed()
    for widget in page.locator(".lenet-widget[data-widget]").all():
        widget.and_(page.locator("[data-live]")).wait_for(state="attached")


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(axe_page, name):
    page = axe_page(name)
    load_whole(page)
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(SETTLE)
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
            response = Axe().run(page).response
            assert len(response["passes"]) > 10  # it ran
            for violation in response["violations"]:
                for node in violation["nodes"]:
                    found.append((width, theme, violation["id"], node["html"][:200]))
    assert found == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_s_page_does_not_scroll_sideways(visit, name):
    page = visit(name, viewport={"width": 390, "height": 844}, has_touch=True)
    load_whole(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_axe_would_find_a_fault(axe_page):
    page = axe_page("index.html")
    page.evaluate("document.body.append(document.createElement('img'))")
    assert "image-alt" in [v["id"] for v in Axe().run(page).response["violations"]]

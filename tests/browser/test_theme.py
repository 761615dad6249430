"""Light and dark: a first visit follows the reader's system, and the first press changes it."""

import pytest

from tests.browser.conftest import needs_storage


@needs_storage
@pytest.mark.parametrize(("system", "other"), [("dark", "light"), ("light", "dark")])
def test_a_first_visit_looks_as_the_system_and_one_press_changes_it(visit, system, other):
    page = visit("chapters/en/references.html", color_scheme=system)
    html = page.locator("html")
    assert html.get_attribute("data-theme") == system
    page.locator(".theme-switch-button:visible").click()
    assert html.get_attribute("data-theme") == other
    page.reload()
    assert html.get_attribute("data-theme") == other  # what was chosen stays

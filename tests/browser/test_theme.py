"""Light and dark: a first visit follows the reader's system, and the first press changes it."""

import pytest

from tests.browser.conftest import needs_storage

PAGE, BUTTON = "chapters/en/references.html", ".theme-switch-button:visible"
WATCH = """button => {
  const { documentElement } = document;
  const note = () => looks.push([documentElement.dataset.theme, button.matches(".pressed")]);
  window.looks = [];
  addEventListener("click", ({ isTrusted }) => isTrusted && requestAnimationFrame(note), true);
  new MutationObserver(note).observe(documentElement, { attributeFilter: ["data-theme"] });
}"""


@needs_storage
@pytest.mark.parametrize(("system", "other"), [("dark", "light"), ("light", "dark")])
def test_a_first_visit_looks_as_the_system_and_one_press_changes_it(visit, system, other):
    page = visit(PAGE, color_scheme=system)
    html = page.locator("html")
    assert html.get_attribute("data-theme") == system
    page.locator(BUTTON).click()
    page.locator(f"html[data-theme={other}]").wait_for()
    page.reload()
    assert html.get_attribute("data-theme") == other  # what was chosen stays


@pytest.mark.parametrize("press", ["mouse", "keyboard"])
def test_the_button_shows_a_press_a_frame_before_the_page_changes_its_colours(visit, press):
    page = visit(PAGE, color_scheme="light")
    button = page.locator(BUTTON)
    button.evaluate(WATCH)
    button.click() if press == "mouse" else button.press("Enter")
    page.locator("html[data-theme=dark]").wait_for()
    assert page.evaluate("looks") == [["light", True], ["dark", False]]

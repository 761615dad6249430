"""A term's definition in place: pointed at, by keyboard, by touch, and without a script."""

from datetime import datetime

import pytest

CHAPTER = "chapters/{}/05_chain_rule.html"
SIGN = {"ko": "기호 ∂로 적습니다", "en": "written with the sign ∂"}  # a formula, as MathML
MORE = {"ko": "용어집에서 보기", "en": "In the glossary"}


def find_term(page, name="partial-derivative"):
    term = page.locator(f"article a[href='glossary.html#{name}']")
    term.evaluate("e => e.scrollIntoView({ behavior: 'instant', block: 'center' })")
    return term


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_definition_comes_under_the_pointer_and_stays_while_it_is_on_it(visit, language):
    page = visit(CHAPTER.format(language), has_touch=True)
    page.clock.install(time=datetime(2026, 1, 1))
    page.clock.pause_at(datetime(2026, 1, 2))  # no time passes but what the test lets pass
    term, box = find_term(page), page.get_by_role("tooltip")
    term.hover()
    page.clock.run_for(100)
    assert not box.is_visible()  # a pointer that passes by opens nothing
    page.clock.run_for(300)
    assert SIGN[language] in box.text_content()
    box.hover()
    page.clock.run_for(5000)
    assert box.is_visible()
    page.keyboard.press("Escape")
    assert not box.is_visible()
    term.hover()
    page.clock.run_for(400)
    assert box.is_visible()
    page.mouse.move(0, 0)
    page.clock.run_for(100)
    assert box.is_visible()  # there is time to move onto it
    page.clock.run_for(300)
    assert not box.is_visible()
    term.tap()
    assert page.get_by_role("note").get_by_role("link").inner_text() == MORE[language]


def test_by_keyboard_a_definition_describes_its_link_and_enter_leads_on(visit):
    page = visit(CHAPTER.format("en"))
    term, box = find_term(page), page.get_by_role("tooltip")
    term.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert box.is_visible()
    assert term.get_attribute("aria-describedby") == box.get_attribute("id")
    page.keyboard.press("Escape")
    assert not box.is_visible() and term.get_attribute("aria-describedby") is None
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary.html#partial-derivative")


def test_the_first_tap_shows_a_definition_inside_the_window_and_the_second_leads_on(visit):
    page = visit(CHAPTER.format("ko"), viewport={"width": 320, "height": 640}, has_touch=True)
    for name in ("partial-derivative", "parameter"):  # one at the right edge, another at the left
        term = find_term(page, name)
        term.tap()
        box = page.get_by_role("note").filter(has_text=MORE["ko"]).bounding_box()
        assert 0 <= box["x"] and box["x"] + box["width"] <= 320
        assert 0 <= box["y"] and box["y"] + box["height"] <= 640
    page.touchscreen.tap(5, 300)  # anywhere else closes it
    assert page.locator(".definition").count() == 0
    term.tap()
    term.tap()
    page.wait_for_url("**/glossary.html#parameter")

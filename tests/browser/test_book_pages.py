"""The widgets in the built book: as files, offline, and as a site."""

import pytest

from tests.browser.test_explorer import draw, expect_answer, find_explorer, read_answer

# what chapter 0 asks the reader to draw: one stroke over the open top of a 4
CLOSING = [(0.42, 0.2), (0.49, 0.2), (0.56, 0.22), (0.62, 0.27), (0.66, 0.34)]
WELCOME = "chapters/{}/00_welcome.html"
THEME_FONT = "fontawesome"  # the theme preloads its fonts, which a page opened as a file may not


@pytest.mark.parametrize("language", ["ko", "en"])
def test_one_stroke_turns_the_4_into_a_9(visit, language):
    page = visit(WELCOME.format(language))
    explorer = find_explorer(page)
    assert read_answer(explorer) == "4"
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    draw(page, explorer, CLOSING)
    expect_answer(explorer, 9)
    words = explorer.locator(".answer").inner_text()
    assert ("신경망의 답은 9" in words) == (language == "ko")


def test_the_page_works_as_a_file(open_file, html):
    page = open_file(html, WELCOME.format("ko"))
    assert read_answer(find_explorer(page)) == "4"
    open_file.problems[:] = [
        p for p in open_file.problems if THEME_FONT not in p and "FAILED" not in p
    ]


def test_the_data_is_fetched_once_for_both_languages_and_only_near_a_widget(visit):
    page = visit(WELCOME.format("ko"))
    data = [url for url in page.requests if "lenet-widgets-data" in url]
    assert data == []
    find_explorer(page)
    page.goto(page.url.replace("/ko/", "/en/"))
    find_explorer(page)
    data = {url for url in page.requests if "lenet-widgets-data" in url}
    assert len(data) == 1


def test_without_javascript_the_picture_stands(visit):
    page = visit(WELCOME.format("en"), java_script_enabled=False)
    picture = page.locator(".lenet-widget > img")
    assert picture.is_visible()
    assert "feature maps of conv1 for a 4" in picture.get_attribute("alt")

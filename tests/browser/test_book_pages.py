"""The widgets in the built book: as files, offline, and as a site."""

import pytest

from tests.browser.serve import serve
from tests.browser.test_explorer import draw, expect_answer, find_explorer, read_answer

# what chapter 0 asks the reader to draw: one stroke over the open top of a 4
CLOSING = [(0.42, 0.2), (0.49, 0.2), (0.56, 0.22), (0.62, 0.27), (0.66, 0.34)]
WELCOME = "chapters/{}/00_welcome.html"
THEME_FONT = "fontawesome"  # the theme preloads its fonts, which a page opened as a file may not


@pytest.fixture(scope="module")
def site(html):
    """The book's address while a server of this machine alone shows it."""
    with serve(html) as site:
        yield site


@pytest.fixture
def visit(browser, site):
    """Open a page of the site; in the end nothing else was asked, and the console has no error."""
    problems, contexts = [], []

    def visit(name, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.requests = []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("console", lambda m: m.type == "error" and problems.append(describe(m)))
        page.goto(site + name)
        return page

    yield visit
    for context in contexts:
        for page in context.pages:
            foreign = (url for url in page.requests if not url.startswith((site, "data:")))
            problems.extend(f"request to {url}" for url in foreign)
        context.close()
    # the book has no favicon yet, and browsers ask for one unasked
    assert [problem for problem in problems if "/favicon.ico" not in problem] == []


def describe(message):
    return f"{message.location['url']}: {message.text}"


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

"""The page for addresses that lead nowhere, and the buttons that lead to a section's source."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from bench.serve import QuietHandler, serve
from book.course import LANGUAGES, ROOT
from tests.browser.conftest import TIMEOUT
from tests.browser.inspection import NARROW, SCRIPTS
from tests.built_book import REPOSITORY

NAME = REPOSITORY.split("/")[-1]
CHAPTER = "chapters/{}/04_measure_the_loss.html"


class PagesHandler(QuietHandler):
    """What GitHub Pages does: the site below its name, and 404.html for what is not there."""

    site = NAME

    def send_error(self, code, message=None, explain=None):
        page = (Path(self.directory) / self.site / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page)


@pytest.fixture(scope="module")
def hosted(html, tmp_path_factory):
    root = tmp_path_factory.mktemp("host")
    (root / NAME).symlink_to(html)
    with serve(root, PagesHandler) as address:
        yield f"{address}{NAME}/"


@pytest.fixture
def lost(browser, hosted):
    """Open an address that is not there."""
    contexts = []

    def lost(path, host=hosted, **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(TIMEOUT)
        assert page.goto(host + path).status == 404
        return page

    yield lost
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", ["nothing.html", "chapters/ko/nothing.html", "a/b/c/d/"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_404_looks_as_the_book_in_the_reader_s_language_and_leads_on(lost, path, language):
    page = lost(path, locale={"ko": "ko-KR", "en": "en-GB"}[language])
    shown = page.locator("article [lang] h1").locator("visible=true").all_inner_texts()
    assert shown == [{"ko": "페이지를 찾지 못했습니다", "en": "Page not found"}[language]]
    frame = ".search-button, .theme-switch-button, .language-choice"
    assert page.locator(frame).locator("visible=true").count() == 3
    font = "getComputedStyle(document.querySelector('p')).fontFamily"
    own = page.evaluate(font)
    links = page.locator(f".lost > [lang={language}] a")
    for number in range(links.count()):
        with page.expect_navigation():
            links.nth(number).click()
        assert page.title() and "404" not in page.title()
        assert page.locator("#main-content").count() == 1
        assert page.evaluate(font) == own or page.url.endswith("index.html")
        assert page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus") == 200
        page.go_back()


@pytest.mark.parametrize("site", ["/", "/previews/12/"])
def test_404_finds_a_site_that_lives_elsewhere_than_it_was_built_for(lost, html, tmp_path, site):
    place = tmp_path / "host" / site.strip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(html)
    handler = type("Handler", (PagesHandler,), {"site": site.strip("/")})
    with serve(tmp_path / "host", handler) as address:
        page = lost("chapters/en/nothing.html", address.rstrip("/") + site, locale="en-GB")
        page.locator(f"html[data-content_root='{site}']").wait_for()
        page.locator(".theme-switch-button").click()  # its script, and its look, came from there
        page.locator("html[data-mode=dark]").wait_for()
        assert page.evaluate("document.styleSheets[0].cssRules.length") > 1000
        link = page.locator(".lost > [lang=en] a").nth(1)
        with page.expect_navigation() as navigation:
            link.click()
        assert navigation.value.status == 200
        assert page.url == f"{address.rstrip('/')}{site}chapters/en/00_welcome.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_404_and_320_pixels_hold_it(lost, scheme):
    page = lost("nothing.html", bypass_csp=True, color_scheme=scheme)
    response = Axe().run(page).response
    assert len(response["passes"]) > 5
    assert [violation["id"] for violation in response["violations"]] == []
    page.evaluate(SCRIPTS)
    for size in NARROW:
        page.set_viewport_size(size)
        assert page.evaluate("inspection.findNarrow()") == []


def press(page, locator):
    """Click as a hand does; click() scrolls away from a place under a fixed header."""
    locator.wait_for()
    box = locator.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def click_button(page, name):
    """Click a button of the repository's menu; return where it would lead."""
    page.context.route("https://**", lambda route: route.abort())
    press(page, page.locator(".dropdown-source-buttons > button"))
    link = page.locator(f".btn-source-{name}-button")
    link.evaluate("link => link.addEventListener('click', (event) => event.preventDefault())")
    press(page, link)
    return link.get_attribute("href")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", [0, 3, -3])
def test_edit_and_report_lead_to_the_section_that_is_read(visit, language, place):
    page = visit(CHAPTER.format(language))
    name = page.locator("article section[id]").evaluate_all("all => all.map(s => s.id)")[place]
    page.locator(f"#{name}").evaluate("s => s.scrollIntoView({ behavior: 'instant' })")
    edit = click_button(page, "edit")
    address, line = edit.split("#L")
    lines = (ROOT / "chapters/src/04_measure_the_loss.md").read_text(encoding="utf-8").splitlines()
    assert f'"lang": "{language}", "id": "{name}"' in lines[int(line) - 1]
    body = parse_qs(urlsplit(click_button(page, "issues")).query)["body"][0].split("\n")
    assert body[0].endswith(f"{CHAPTER.format(language)}#{name}")
    assert body[1].endswith(edit) and body[1].endswith(f"#L{line}")
    assert re.search("무엇이|What", "".join(body[2:]))
    assert address.endswith("?plain=1")


def test_the_landing_page_leads_to_the_tour_which_the_address_then_forgets(visit):
    page = visit("index.html", locale="en", reduced_motion="reduce")
    page.locator(".landing > .lang-en a[href$='#tour']").click()
    page.locator(".card .count", has_text="1 / 10").wait_for()
    page.wait_for_function("() => !location.hash.includes('tour')")
    assert page.url.partition("#")[0].endswith("chapters/en/00_welcome.html")


def test_the_landing_page_s_search_leads_to_that_of_its_language(visit):
    page = visit("index.html", locale="ko-KR")
    page.keyboard.press("Control+k")
    page.keyboard.type("softmax")
    page.keyboard.press("Enter")
    page.wait_for_url("**/chapters/ko/search.html?q=softmax")

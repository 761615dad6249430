"""Verdicts over every page: access, light and dark, wide and narrow; weight; jumps; paper."""

from functools import cache

import pytest

from bench.serve import serve
from bench.site import WATCH, list_pages, weigh
from book.course import LANGUAGES
from tests.browser.conftest import open_guarded
from tests.browser.hosts import FrameHandler, SlowHandler
from tests.browser.inspection import PHONE, SCRIPTS, WIDE, Found, inspect_axe, inspect_page

PAGES = list_pages()
SEARCH = [f"chapters/{language}/search.html" for language in LANGUAGES]
every_page = pytest.mark.parametrize("name", PAGES)
every_page_and_search = pytest.mark.parametrize("name", PAGES + SEARCH)


@pytest.fixture(scope="module")
def inspect(browser, html, site):
    """Look at a page, by its name; once, for all verdicts."""
    read = set()
    with serve(html, FrameHandler) as framed:
        yield cache(lambda name: inspect_page(browser, html, site, framed, name, read))


@every_page_and_search
def test_axe_finds_nothing(inspect, name):
    assert inspect(name).faults == []


@every_page_and_search
def test_a_page_asks_nobody_else_and_has_no_error(inspect, name):
    assert inspect(name).problems == []


@every_page_and_search
def test_a_phone_s_page_does_not_scroll_sideways(inspect, name):
    assert inspect(name).phone_width <= PHONE["viewport"]["width"]


@every_page_and_search
def test_at_320_pixels_all_is_reached_and_no_word_of_a_button_breaks(inspect, name):
    assert inspect(name).narrow == []


@every_page
def test_a_first_view_is_light_and_stands_still(inspect, html, name):
    has_widget = 'class="lenet-widget"' in (html / name).read_text(encoding="utf-8")
    assert 50_000 < inspect(name).bytes <= (550_000 if has_widget else 400_000)
    assert inspect(name).jumps <= 0.05
    assert inspect(name).grown == []


@pytest.mark.parametrize("name", ["index.html", "chapters/en/03_run_it_forward.html"])
def test_what_is_painted_before_the_rest_arrives_stays_where_it_is(browser, html, name):
    with serve(html, SlowHandler) as site, open_guarded(browser, site, [], **WIDE) as page:
        page.add_init_script(WATCH)
        page.goto(site + name)
        page.evaluate(SCRIPTS)
        page.evaluate("inspection.rest()")
        assert page.evaluate("measured.jumps") <= 0.05


@every_page
def test_nothing_is_wider_than_the_paper(inspect, name):
    assert inspect(name).cut == []


PLANT = """([rule, html]) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rule);
  const place = document.createElement("div");
  place.attachShadow({ mode: "open" }).innerHTML = html;  // as a widget's
  for (const root of [document, place.shadowRoot]) root.adoptedStyleSheets.push(sheet);
  document.querySelector("article").append(place);
}"""
DARK_GREY = "html[data-theme=dark] { --planted: #333 } b { color: var(--planted, inherit) }"
NARROW = "{} {{ display: none }} @media (max-width: 600px) {{ {} {{ display: inline }} }}"


@pytest.mark.parametrize(
    ("view", "rule", "planted", "wanted"),
    [
        (WIDE, DARK_GREY, "<b>planted</b>", {(1280, "dark", "color-contrast")}),
        (PHONE, DARK_GREY, "<b>planted</b>", {(390, "dark", "color-contrast")}),
        (WIDE, NARROW.format("img", "img"), "<img>", set()),
        (PHONE, NARROW.format("img", "img"), "<img>", {(390, "light", "image-alt")}),
        (
            PHONE,
            "p { overflow: auto; white-space: pre } @media (max-width: 600px) { p { width: 9em } }",
            "<p>a line that scrolls sideways where there is little room</p>",
            {(390, "light", "scrollable-region-focusable")},
        ),
        (
            WIDE,
            "img { display: none } html[data-theme=dark] { --shown: inline }"
            "img { display: var(--shown, none) }",
            "<img>",
            {(1280, "dark", "image-alt")},
        ),
    ],
    ids=["dark wide", "dark narrow", "hidden", "narrow", "scrolls", "shown in dark"],
)
def test_a_planted_fault_is_found_where_it_shows(browser, site, view, rule, planted, wanted):
    found = Found()
    with open_guarded(browser, site, [], **view) as page:
        page.goto(site + "index.html")
        page.evaluate(SCRIPTS)
        page.evaluate(PLANT, [rule, planted])
        inspect_axe(page, found, set(), with_all=view is WIDE)
    assert {fault[:3] for fault in found.faults} == wanted


FAULTY = """<!doctype html><html><body><article>
<p style="width: 900px; height: 700px">wide</p><p id="late">moved down</p><img>
<ul><li><a href="#late" aria-label="a" role="link" tabindex="0">a</a></li></ul>
<button aria-pressed="true">b</button><label>c <input autocomplete="name"></label>
</article><script>
const block = Object.assign(document.createElement("p"), { style: "height: 500px" });
setTimeout(() => document.querySelector("article").prepend(block), 30);
fetch("http://localhost:9/").catch(() => {});
console.error("an error");
</script></body></html>"""


def test_a_faulty_page_has_every_fault_found(browser, tmp_path):
    (tmp_path / "page.html").write_text(FAULTY, encoding="utf-8")
    with serve(tmp_path) as address:
        found = inspect_page(browser, tmp_path, address, address, "page.html", set())
    assert any("an error" in problem for problem in found.problems)
    assert "request to http://localhost:9/" in found.problems
    assert found.bytes == weigh(tmp_path / "page.html")
    assert found.jumps > 0.05
    assert found.phone_width > 390 and "pixels wide" in found.narrow[0]
    assert any("wide" in element for element in found.cut)
    assert {"html-has-lang", "image-alt"} <= {rule for _, _, rule, _ in found.faults}

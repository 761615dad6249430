"""The widgets in the built book: as files, offline, and as a site."""

import re

import pytest

from book.site.extension import WITHOUT_SCRIPT
from tests.browser.inspection import SCRIPTS
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


SIZES = [(1280, 720), (1280, 900), (1440, 900), (1920, 1080), (820, 1180)]
# Moves over 30 points of conv1, of what lies uppermost there, as a mouse does.
SWEEP = """async ([place, share]) => {
  const root = place.querySelector("div").shadowRoot;
  const find = (selector) => root.querySelector(selector).getBoundingClientRect();
  const [head, row] = [48, find(".maps.conv1")];
  scrollBy(0, row.top - head - share * (innerHeight - head - row.height));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const { left, top, width, height } = find(".maps.conv1");
  const values = [];
  for (let i = 0; i < 30; i++) {
    const [clientX, clientY] = [left + ((i + 0.5) * width) / 30, top + height / 2];
    root.elementFromPoint(clientX, clientY)?.dispatchEvent(new PointerEvent("pointermove",
      { clientX, clientY, pointerType: "mouse", bubbles: true }));
    values.push(root.querySelector(".title code")?.textContent ?? "");
  }
  const panel = find(".panel");
  const { pointerEvents } = getComputedStyle(root.querySelector(".panel"));
  return { values, pointerEvents, beside: panel.left > left + width,
    moved: find(".maps.conv1").top - top,
    seen: Math.min(innerHeight, panel.bottom) - Math.max(head, panel.top),
    free: panel.left > left + width || panel.top >= top + height || panel.bottom <= top,
    sideways: document.documentElement.scrollWidth - innerWidth };
}"""


def test_what_is_pointed_at_is_never_covered(visit):
    page = visit(WELCOME.format("en"), reduced_motion="reduce")
    page.evaluate(SCRIPTS)
    explorer = find_explorer(page)
    handle = explorer.element_handle()
    contents = page.locator(".bd-sidebar-secondary")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for share in (0, 0.5, 1):  # the row at the window's top, in its middle, at its foot
            found = page.evaluate(SWEEP, [handle, share])
            case = (width, height, share, found)
            maps = [value.removeprefix("conv1[").split(",")[0] for value in found["values"]]
            assert len(set(found["values"])) == 30 and sorted(set(maps)) == list("012345"), case
            assert found["free"] and found["moved"] == 0 and found["sideways"] <= 0, case
            assert found["seen"] > 250, case
            assert found["beside"] == (width >= 1200), case
            assert found["beside"] or found["pointerEvents"] == "none", case  # until it is held
        if width >= 1200:  # the page's contents give way
            assert contents.bounding_box()["height"] <= 48
        assert page.evaluate("inspection.findGrown()") == []
    page.set_viewport_size({"width": 1280, "height": 720})
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    page.wait_for_function("contents => contents.offsetHeight > 200", arg=contents.element_handle())


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


@pytest.mark.parametrize("language", ["ko", "en"])
def test_without_javascript_the_picture_stands_and_a_sentence_says_why(visit, language):
    page = visit(WELCOME.format(language), java_script_enabled=False)
    picture = page.locator(".lenet-widget > img")
    assert picture.is_visible()
    words = {"ko": "입력은 숫자 4", "en": "feature maps of conv1 for the digit 4"}[language]
    assert words in picture.get_attribute("alt")
    assert page.locator(".lenet-widget noscript p").inner_text() == WITHOUT_SCRIPT[language]


def test_every_widget_says_what_it_is_without_javascript(html):
    widgets = re.compile(r'<div class="lenet-widget" data-widget.*?</div>', re.DOTALL)
    found = [
        part
        for path in html.rglob("*.html")
        for part in widgets.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(found) > 10
    assert all(part.count("<noscript><p>") == 1 for part in found)


# as if far too little room were kept for a widget, in a browser that does not anchor (Safari)
UNSTEADY = """const sheet = new CSSStyleSheet();
sheet.replaceSync(`* { overflow-anchor: none !important }
  .lenet-widget[data-widget] { min-height: 400px !important }`);
document.adoptedStyleSheets.push(sheet);"""
FRAMES = "new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))"
HEADER = 64  # pixels that the theme keeps above what a link leads to


def test_a_link_to_a_section_below_a_late_widget_comes_to_rest_at_it(visit):
    page = visit("chapters/en/references.html", reduced_motion="reduce")  # no smooth scrolling
    page.add_init_script(UNSTEADY)
    page.goto(page.url.replace("references.html", "00_welcome.html#what-is-it"))
    section = page.locator("#what-is-it")

    def find_top():
        page.evaluate(FRAMES)
        return round(section.evaluate("section => section.getBoundingClientRect().top"))

    def grow():
        page.evaluate("document.querySelector('article').prepend(document.createElement('hr'))")

    page.locator("[data-live]").wait_for(state="attached")
    assert find_top() == HEADER
    page.mouse.wheel(0, 1)
    grow()
    assert find_top() > HEADER + 9  # whoever has moved is not called back
    page.locator(".page-toc a[href='#what-is-it']").click()
    grow()
    assert find_top() == HEADER
    page.evaluate("scrollBy({ top: 200, behavior: 'instant' })")  # as a scrollbar does
    page.evaluate(FRAMES)
    grow()
    assert find_top() < 0

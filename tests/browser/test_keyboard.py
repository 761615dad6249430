"""The page by keyboard: a skip link first, nothing left out, no trap, the focus always seen."""

import pytest

from book.site.widget_demo import write_demo
from tests.browser.test_explorer import find_explorer
from tests.browser.test_graph_widget import MSE, find_graph
from tests.browser.test_tour import go_to

PAGES = ["index", "chapters/ko/00_welcome", "chapters/en/03_run_it_forward", "chapters/en/search"]
# the contents' inner lists come and go with what is read
NAME_ALL = """() => {
  const all = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const shown = [...document.querySelectorAll(all)].filter((element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.disabled
    && element.tabIndex >= 0 && !element.closest("[inert], .page-toc .nav .nav"));
  const wanted = shown.filter((element) => element.type !== "radio" || element.checked);
  document.querySelectorAll("*").forEach((element, number) => { element.number = number; });
  return wanted.map((element) => [element.number, element.outerHTML.slice(0, 150)]);
}"""
# the theme lets code that scrolls sideways take the focus
CAN_SCROLL = """() => [...document.querySelectorAll("pre, .cell_output > .output")].every(
  (code) => code.scrollWidth <= code.clientWidth || code.tabIndex === 0)"""
LOOK = """() => {
  let element = document.activeElement;
  if (element === document.body) return null;
  const { number } = element;  // inside a widget, the widget's
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  const { x, y, right, bottom } = element.getBoundingClientRect();
  const isMarked = (place) => {
    const style = getComputedStyle(place);
    const seen = place.checkVisibility({ opacityProperty: true });
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    return seen && (outlined || style.boxShadow !== "none");
  };
  return {
    number, html: element.outerHTML.slice(0, 150),
    inView: right > x && bottom > y && bottom > 0 && y < innerHeight && right > 0 && x < innerWidth,
    marked: isMarked(element) || isMarked(element.closest("label") ?? element),
  };
}"""


def walk(page, most):
    """Press Tab until it comes round; return what had the focus, in order."""
    seen = []
    for _ in range(most):
        page.keyboard.press("Tab")
        found = page.evaluate(LOOK)
        if found is None:  # between the page's end and its beginning
            continue
        if seen and found["number"] == seen[0]["number"]:
            break
        seen.append(found)
    return seen


@pytest.mark.parametrize("name", PAGES)
def test_tab_reaches_everything_and_the_focus_is_seen(visit, name):
    page = visit(f"{name}.html", reduced_motion="reduce")
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    for widget in page.locator(".lenet-widget[data-widget]:visible").all():
        widget.scroll_into_view_if_needed()
        widget.and_(page.locator("[data-live]")).wait_for(state="attached")
    page.wait_for_function(CAN_SCROLL)
    page.evaluate("scrollTo(0, 0)")
    page.evaluate("document.activeElement.blur()")
    wanted = page.evaluate(NAME_ALL)
    seen = walk(page, 3 * len(wanted))
    reached = {found["number"] for found in seen}
    assert [html for number, html in wanted if number not in reached] == []
    assert [found["html"] for found in seen if not found["inView"]] == []
    assert [found["html"] for found in seen if not found["marked"]] == []
    assert len(seen) < 3 * len(wanted), "the focus never came back"


@pytest.mark.parametrize("name", PAGES[:3])  # on the search page its field has the focus
def test_the_first_tab_skips_to_the_text(visit, name):
    page = visit(f"{name}.html", reduced_motion="reduce")
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.get_attribute("href") == "#main-content"
    assert link.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main-content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#main-content, main') !== null")


def test_the_focus_is_seen_on_a_choice_of_the_tour(open_file, demo):
    page = open_file(demo, reduced_motion="reduce")
    explorer = find_explorer(page)
    go_to(page, explorer, "loss")
    for _ in range(9):
        page.keyboard.press("Tab")
        if 'name="right"' in (found := page.evaluate(LOOK))["html"]:
            break
    assert 'name="right"' in found["html"] and found["marked"]


def test_the_button_that_hides_the_chapters_keeps_the_focus(visit):
    page = visit("chapters/en/00_welcome.html", viewport={"width": 1280, "height": 800})
    button, links = page.locator(".primary-toggle"), page.locator(".chapter-list")
    button.focus()
    for shown in (False, True):
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)  # the theme moves it after 100 ms, and fades for 250
        assert links.is_visible() == shown
        assert page.evaluate("document.activeElement.matches('.primary-toggle')")


HOLD = """element => ["altKey", "ctrlKey", "metaKey"].every((held) =>
  element.dispatchEvent(new KeyboardEvent("keydown",
    { key: "ArrowLeft", [held]: true, bubbles: true, cancelable: true })))"""


def test_no_widget_takes_the_browser_s_way_back(open_file, tmp_path):
    """Alt+← or, on a Mac, Cmd+←."""
    write_demo(tmp_path, ("LeNetExplorer(load_trained(), index=3)", MSE))
    page = open_file(tmp_path)
    explorer, graph = find_explorer(page), find_graph(page, 1)
    places = [explorer.locator(name) for name in (".pad", ".strip button", ".maps.conv1")]
    places = [place.first for place in (*places, graph.locator(".node"))]
    assert [place for place in places if not place.evaluate(HOLD)] == []

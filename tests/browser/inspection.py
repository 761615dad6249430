"""A page looked at once in a wide window and once on a phone; test_pages.py gives the verdicts.

axe-core reads what a page says, what of it is shown and where, and colours. On a few pages, in the
wide window, all of its rules read everything. Contrast would be four fifths of the work and depends
on the kind of text (`pickKinds`: size, colour, what lies behind), so on all pages, wide and narrow,
light and dark, each kind that no page had before is read once. The other rules run on every page,
wide and on a phone, and in dark where the theme has narrowed, shown or renamed anything
(`describe`); else nothing that they read is another.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from bench.site import WATCH, weigh_requests
from tests.browser.conftest import open_guarded

WIDE = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
NARROW = [{"width": 320, "height": height} for height in (568, 256)]  # 256: zoomed by 400 %
PAPER = 665  # CSS pixels between the margins of A4
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
READ_WHOLE = ("index.html", "chapters/en/00_welcome.html")
OUTCOMES = ("violations", "passes", "incomplete", "inapplicable")
AXE_S_OWN = re.compile(r"^\S+(?<!/_static)/basic\.css: ")
SCRIPTS = (Path(__file__).parent / "inspection.js").read_text(encoding="utf-8")


@dataclass
class Found:
    problems: list[str] = field(default_factory=list)  # requests to others, errors
    bytes: int = 0  # of the first view, with gzip
    jumps: float = 0  # cumulative layout shift, of the first view and on the way down
    grown: list[str] = field(default_factory=list)  # widgets higher than the place kept for them
    phone_width: int = 0  # of what a phone's page scrolls over
    narrow: list[str] = field(default_factory=list)  # faults at 320 pixels (WCAG 2.2, 1.4.10)
    cut: list[str] = field(default_factory=list)  # what is wider than the paper
    faults: list[tuple] = field(default_factory=list)  # axe's: width, theme, rule, element


def inspect_page(
    browser: Browser, html: Path, site: str, framed: str, name: str, read: set[str]
) -> Found:
    """Look at a page of the site; `read`, the kinds of text without a fault, grows.

    Args:
        site: the address of a usual host, for the wide window.
        framed: of a poor one, whose pages can store nothing, for the phone.
    """
    found = Found()
    with open_guarded(browser, site, found.problems, **WIDE) as page:
        page.add_init_script(WATCH)
        page.goto(site + name)
        page.evaluate(SCRIPTS)
        page.evaluate("inspection.rest()")
        found.bytes = weigh_requests(html, site, page.requests)
        page.evaluate("inspection.goDown()")
        load_widgets(page)
        found.jumps = page.evaluate("measured.jumps")
        found.grown += page.evaluate("inspection.findGrown()")
        inspect_axe(page, found, read, with_all=name in READ_WHOLE)
        page.set_viewport_size({"width": PAPER, "height": 900})
        page.emulate_media(media="print")
        found.cut = page.evaluate("width => inspection.findCut(width)", PAPER)
    with open_guarded(browser, framed, found.problems, **PHONE) as page:
        page.goto(framed + name)
        page.evaluate(SCRIPTS)
        load_widgets(page)
        found.grown += page.evaluate("inspection.findGrown()")
        found.phone_width = page.evaluate("document.documentElement.scrollWidth")
        inspect_axe(page, found, read)
        for size in NARROW:
            page.set_viewport_size(size)
            found.narrow += page.evaluate("inspection.findNarrow()")
    # axe looks in the page's own folder for what a style sheet imports
    found.problems[:] = [each for each in found.problems if not AXE_S_OWN.search(each)]
    return found


def load_widgets(page: Page) -> None:
    """Go to every widget once, so that it is there."""
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    for widget in page.locator(".lenet-widget:visible").all():
        widget.scroll_into_view_if_needed()
    for widget in page.locator(".lenet-widget[data-widget]:visible").all():
        widget.and_(page.locator("[data-live]")).wait_for(state="attached")


def inspect_axe(page: Page, found: Found, read: set[str], with_all: bool = False) -> None:
    """Run axe in light and in dark.

    Args:
        read: the kinds of text that had no fault yet; it grows.
        with_all: in light, read the colours of all text, not of each kind alone.
    """
    page.emulate_media(reduced_motion="reduce")  # colours would fade over
    page.evaluate(Axe().axe_script)
    for theme in ("light", "dark"):
        is_another = page.evaluate("theme => inspection.setTheme(theme)", theme)
        if with_all and theme == "light":
            found.faults += run_axe(page, theme, {})
            continue
        kinds = page.evaluate("read => inspection.pickKinds(read)", list(read))
        if is_another or kinds:
            only = {} if is_another else {"runOnly": COLOUR_RULES}
            found.faults += (faults := run_axe(page, theme, only))
            read.update([] if faults else kinds)


def run_axe(page: Page, theme: str, options: dict, place: str = "document") -> list:
    """Run axe on a page that has its script; return its violations."""
    options = {"resultTypes": ["violations"], **options}
    response = page.evaluate(f"options => axe.run({place}, options)", options)
    said = {rule["id"] for kind in OUTCOMES for rule in response[kind]}
    assert said >= set(COLOUR_RULES) if "runOnly" in options else len(response["passes"]) > 10
    width = page.viewport_size["width"]
    return [
        (width, theme, violation["id"], node["html"][:200])
        for violation in response["violations"]
        for node in violation["nodes"]
    ]


def hide_tab(page: Page) -> None:
    """Let the page believe that its tab is hidden."""
    page.evaluate(
        """() => { Object.defineProperty(document, "hidden", { value: true, configurable: true });
                 document.dispatchEvent(new Event("visibilitychange")); }"""
    )

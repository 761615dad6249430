"""A page looked at once in a wide window and once on a phone; test_pages.py gives the verdicts.

axe-core reads what a page says, what of it is shown and where, and colours. In the wide window all
of its rules read all of the page. Contrast is four fifths of the work and depends on the kind of
text (`pickKinds`: size, colour, what lies behind), so on a phone, in dark, and on a page whose twin
was read whole, it is read on one element of each kind. The other rules run on the phone, too, and
in dark where the theme has narrowed, shown or renamed anything (`describe`); else nothing that they
read is another.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.bench.site import WATCH, weigh_requests
from tests.browser.conftest import open_guarded

WIDE = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
PAPER = 665  # CSS pixels between the margins of A4
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
AXE_S_OWN = re.compile(r"^\S+(?<!/_static)/basic\.css: ")
SCRIPTS = (Path(__file__).parent / "inspection.js").read_text()


@dataclass
class Found:
    problems: list[str] = field(default_factory=list)  # requests to others, errors
    bytes: int = 0  # of the first view, with gzip
    jumps: float = 0  # cumulative layout shift, of the first view and on the way down
    phone_width: int = 0  # of what a phone's page scrolls over
    cut: list[str] = field(default_factory=list)  # what is wider than the paper
    faults: list[tuple] = field(default_factory=list)  # axe's: width, theme, rule, element


def inspect_page(browser: Browser, html: Path, site: str, name: str) -> Found:
    """Look at a page of the site."""
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
        inspect_axe(page, found, with_all=not name.startswith("chapters/ko/"))
        page.set_viewport_size({"width": PAPER, "height": 900})
        page.emulate_media(media="print")
        found.cut = page.evaluate("width => inspection.findCut(width)", PAPER)
    with open_guarded(browser, site, found.problems, **PHONE) as page:
        page.goto(site + name)
        page.evaluate(SCRIPTS)
        load_widgets(page)
        found.phone_width = page.evaluate("document.documentElement.scrollWidth")
        inspect_axe(page, found, with_all=False)
    # axe looks in the page's own folder for what a style sheet imports
    found.problems[:] = [each for each in found.problems if not AXE_S_OWN.search(each)]
    return found


def load_widgets(page: Page) -> None:
    """Go to every widget once, so that it is there."""
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    for widget in page.locator(".lenet-widget").all():
        widget.scroll_into_view_if_needed()
    for widget in page.locator(".lenet-widget[data-widget]").all():
        widget.and_(page.locator("[data-live]")).wait_for(state="attached")


def inspect_axe(page: Page, found: Found, with_all: bool) -> None:
    """Run axe in light and in dark.

    Args:
        with_all: in light, read the colours of all text, not of each kind alone.
    """
    page.emulate_media(reduced_motion="reduce")  # colours would fade over
    page.evaluate(Axe().axe_script)
    for theme in ("light", "dark"):
        is_another = page.evaluate("theme => inspection.setTheme(theme)", theme)
        if with_all and theme == "light":
            found.faults += run_axe(page, theme, {})
            continue
        if is_another:
            others = {rule: {"enabled": False} for rule in COLOUR_RULES}
            found.faults += run_axe(page, theme, {"rules": others})
        found.faults += run_axe(page, theme, {"runOnly": COLOUR_RULES}, "inspection.pickKinds()")


def run_axe(page: Page, theme: str, options: dict, place: str = "document") -> list:
    """Run axe on a page that has its script; return its violations."""
    options = {"resultTypes": ["violations"], **options}
    response = page.evaluate(f"options => axe.run({place}, options)", options)
    assert len(response["passes"]) > (0 if "runOnly" in options else 10)  # it ran
    width = page.viewport_size["width"]
    return [
        (width, theme, violation["id"], node["html"][:200])
        for violation in response["violations"]
        for node in violation["nodes"]
    ]

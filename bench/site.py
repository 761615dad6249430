"""The book's pages as a reader's browser meets them: bytes, largest paint, jumps, clicks.

In headless Chromium, from a server on this machine, with the processor slowed down as browsers
simulate a phone's: `python -m bench.site [HTML]`.
"""

import gzip
import statistics
import sys
from pathlib import Path
from urllib.parse import urlsplit

from bench.serve import serve
from book.browser import open_browser
from book.course import ROOT, list_paths

SLOW_DOWN = 4
PACKED = {".png", ".jpg", ".woff2", ".ico"}  # compressed already: served as they are
WATCH = """
window.measured = { paint: 0, jumps: 0, answer: 0 };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) measured.paint = entry.startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) measured.jumps += entry.value;
}).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => {
  for (const { interactionId, duration } of list.getEntries()) {
    if (interactionId) measured.answer = Math.max(measured.answer, duration);
  }
}).observe({ type: "event", buffered: true, durationThreshold: 16 });
"""
CLICKS = (".theme-switch-button", ".primary-toggle", ".copybtn")
REST = "() => new Promise((resume) => requestIdleCallback(resume))"


def list_pages() -> list[str]:
    """The landing page, and every page of both languages."""
    return ["index.html", *(f"{path}.html" for path in list_paths())]


def measure_page(browser, html: Path, site: str, name: str, slow_down: int = SLOW_DOWN) -> dict:
    """Measure one page.

    Returns:
        bytes: what the first view transfers with gzip; paint: ms to the largest contentful paint;
        jumps: cumulative layout shift, of the first view and on the way down; answer: ms of the
        slowest of a few clicks until the next paint.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slow_down})
    page.goto(site + name)
    page.wait_for_timeout(500)
    size = weigh_requests(html, site, asked)
    paint = page.evaluate("measured.paint")
    for selector in CLICKS:
        button = page.locator(selector).locator("visible=true").first
        if button.count():
            button.click()
            page.wait_for_timeout(200)
            page.evaluate(REST)  # what this click asked for is no part of the next one's answer
    for place in range(0, page.evaluate("document.documentElement.scrollHeight"), 800):
        page.evaluate("y => scrollTo({ top: y, behavior: 'instant' })", place)
        page.wait_for_timeout(50)
    page.wait_for_timeout(300)
    found = page.evaluate("measured")
    context.close()
    return {"bytes": size, "paint": paint, "jumps": found["jumps"], "answer": found["answer"]}


def weigh_requests(html: Path, site: str, asked: list[str]) -> int:
    """Bytes of what was asked of the site, each file once."""
    paths = {urlsplit(url).path for url in asked if url.startswith(site)}
    return sum(weigh(html / path.lstrip("/")) for path in paths)


def weigh(file: Path) -> int:
    """Bytes of a file as a server sends it."""
    data = file.read_bytes()
    return len(data) if file.suffix in PACKED else len(gzip.compress(data, 6))


def measure_site(html: Path, names: list[str]) -> dict[str, dict]:
    """Measure pages of the built book: name → what measure_page returns."""
    with open_browser() as browser, serve(html) as site:
        return {name: measure_page(browser, html, site, name) for name in names}


def print_site(found: dict[str, dict]) -> None:
    title = f"{len(found)} pages, processor {SLOW_DOWN} times slower"
    print(f"{title:44}{'median':>8}{'worst':>8}")
    for key, name, unit in (
        ("bytes", "first view, kB with gzip", 1000),
        ("paint", "largest paint, ms", 1),
        ("jumps", "layout shift", 1),
        ("answer", "a click until the next paint, ms", 1),
    ):
        values = [page[key] / unit for page in found.values()]
        print(f"{name:44}{statistics.median(values):8.2f}{max(values):8.2f}")


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a code page lacks signs such as –
    html = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "_build/html"
    measured = measure_site(html, list_pages())
    for name, page in measured.items():
        print(name, page)
    print_site(measured)

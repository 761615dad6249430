"""The explorer in a page: what it weighs, when it first answers, how long an update takes.

In headless Chromium, from a server on this machine; the page holds one explorer and nothing else.
"""

import gzip
import statistics
import sys
import tempfile
from pathlib import Path

from bench.serve import serve
from book.browser import open_browser
from book.site import widgets as page_widgets
from book.site.widget_demo import write_demo

SLOW_DOWN = 6  # of the processor, as browsers simulate a phone
FIRST_ANSWER = """
new MutationObserver(() => {
  const place = document.querySelector(".lenet-widget > div");
  if (!window.answered && place?.shadowRoot?.querySelector(".answer[data-digit]")) {
    window.answered = performance.now();
  }
}).observe(document, { subtree: true, childList: true });
"""
# frames that come when they are called: what a page asks for waits until run()
HOLD_FRAMES = """
void (window.holdFrames = async () => {
  const own = window.requestAnimationFrame;
  await new Promise((resume) => own(resume)); // what was asked for before is painted
  const asked = [];
  window.requestAnimationFrame = (callback) => asked.push(callback);
  const run = () => { for (const callback of asked.splice(0)) callback(performance.now()); };
  return { run, release: () => { run(); window.requestAnimationFrame = own; } };
});
"""
# one update a frame would make of each; times are of the event and all that follows from it
TIME_UPDATES = """
async (place, count) => {
  const pad = place.shadowRoot.querySelector(".pad");
  const { left, top } = pad.getBoundingClientRect();
  pad.setPointerCapture = () => {};
  const send = (type, x, y) => pad.dispatchEvent(new PointerEvent(type, {
    isPrimary: true, button: 0, clientX: left + x, clientY: top + y }));
  const { run, release } = await holdFrames();
  const times = [], sums = [];
  const values = Float32Array.from({ length: 1000 }, Math.random);
  send("pointerdown", 100, 30);
  for (let i = 0; i < count; i++) {
    let start = performance.now();
    send("pointermove", 100 + 60 * Math.sin(i / 30), 100 + 70 * Math.cos(i / 20));
    run();
    times.push(performance.now() - start);
    start = performance.now();
    let sum = 0;
    for (let turn = 0; turn < 1000; turn++) {
      for (let k = 0; k < 1000; k++) sum += values[k] * values[999 - k];
    }
    window.kept = sum;
    sums.push(performance.now() - start);
    if (i % 10 === 0) await new Promise((resume) => setTimeout(resume));
  }
  send("pointerup", 100, 30);
  release();
  return { times, sums };
}
"""


def time_updates(page, count: int = 200) -> dict[str, list[float]]:
    """Milliseconds of `count` updates, and, in turns, of a million multiplications each."""
    page.evaluate(HOLD_FRAMES)
    place = page.locator(".lenet-widget > div").first
    return place.evaluate(TIME_UPDATES, count)


def measure_page(rounds: int = 15) -> dict:
    """Measure the page's explorer.

    Returns:
        bytes: of each file as served with gzip; first_answer: ms since navigation, median; update
        and update_slowed: ms, median and p95, without and with the processor slowed down.
    """
    with tempfile.TemporaryDirectory() as name, open_browser() as browser:
        folder = Path(name)
        write_demo(folder, ("LeNetExplorer(load_trained(), index=3)",))
        files = (page_widgets.SCRIPT, *page_widgets.FILES.values())
        sizes = {
            file: len(gzip.compress((folder / "_static" / file).read_bytes())) for file in files
        }
        with serve(folder) as site:
            address = f"{site}en.html"
            answers = [_time_first_answer(browser, address) for _ in range(rounds)]
            page = browser.new_page(viewport={"width": 1200, "height": 900})
            page.goto(address)
            page.locator(".lenet-widget[data-live]").wait_for(state="attached")
            updates = time_updates(page)["times"]
            session = page.context.new_cdp_session(page)
            session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_DOWN})
            slowed = time_updates(page)["times"]
    return {
        "bytes": sizes,
        "first_answer": statistics.median(answers),
        "update": _summarise(updates),
        "update_slowed": _summarise(slowed),
    }


def _time_first_answer(browser, address: str) -> float:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.add_init_script(FIRST_ANSWER)
    page.goto(address)
    page.wait_for_function("window.answered")
    answered = page.evaluate("window.answered")
    context.close()
    return answered


def _summarise(times: list[float]) -> dict[str, float]:
    return {"median": statistics.median(times), "p95": statistics.quantiles(times, n=20)[-1]}


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a code page lacks signs such as –
    print(measure_page())

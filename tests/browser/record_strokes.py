"""How tests/strokes/*.json were made: python -m tests.browser.record_strokes [thick_3 …]

Ten digits in three hands, drawn on the explorer's pad in a real browser: the mouse follows the
ways of ways.json, unsteadily and at an uneven pace, and what the pad's pointer events said is kept,
with the answer that the page then gave. The ways were written down before any answer was seen, and
none was changed afterwards. Once all 30 had been read rightly, the thick hand was made to go over
three times in place of two, with more room between, so that it is thick.
"""

import json
import math
import random
import sys
import tempfile
from pathlib import Path

from bench.hand import move_like_a_hand
from bench.ink import SIDE
from book.browser import open_browser
from book.site.widget_demo import write_demo

FOLDER = Path(__file__).parents[1] / "strokes"
# hand → how far it strays (pixels), how fast it is (pixels a millisecond), how often it goes over
HANDS = {"upright": (1.2, 0.35, 1), "slanted": (1.8, 0.55, 1), "thick": (2.6, 0.4, 3)}

# hand → digit → strokes, each a way through points of the pad; a point given twice is a corner
WAYS = json.loads(Path(__file__).with_name("ways.json").read_text(encoding="utf-8"))

LISTEN = """pad => {
  window.strokes = [];
  const { left, top, width } = pad.querySelector("canvas").getBoundingClientRect();
  const keep = (event) => strokes.at(-1).push([
    Number(((event.clientX - left) * 196 / width).toFixed(1)),
    Number(((event.clientY - top) * 196 / width).toFixed(1)), event.timeStamp]);
  pad.addEventListener("pointerdown", (event) => { strokes.push([]); keep(event); });
  pad.addEventListener("pointermove", (event) => {
    if (event.buttons) event.getCoalescedEvents().forEach(keep);
  });
}"""


def draw_digit(page, hand: str, digit: int) -> dict:
    """Draw one digit with the mouse; return what the pad was told and what the page answered."""
    explorer = page.locator(".lenet-widget").first
    explorer.locator('[data-tool="clear"]').click()
    page.evaluate("window.strokes.length = 0")
    stray, speed, times = HANDS[hand]
    draw = random.Random(f"{hand}_{digit}")
    box = explorer.locator(".pad canvas").bounding_box()
    scale = box["width"] / SIDE
    for way in WAYS[hand][digit]:
        angle = draw.uniform(0, 2 * math.pi)
        for turn in range(times):  # again, a little beside the first, then on its other side
            beside = draw.uniform(7, 11) if turn else 0
            dx, dy = beside * math.cos(angle), beside * math.sin(angle)
            angle += math.pi + draw.uniform(-0.6, 0.6)
            down = False
            for x, y, wait in move_like_a_hand(way, stray, speed, draw):
                page.mouse.move(box["x"] + (x + dx) * scale, box["y"] + (y + dy) * scale)
                if not down:
                    page.mouse.down()
                    down = True
                page.wait_for_timeout(wait)
            page.mouse.up()
            page.wait_for_timeout(draw.uniform(80, 200))
    strokes = page.evaluate("window.strokes")
    start = strokes[0][0][2]
    bar = explorer.locator(".fc3 .best")
    return {
        "label": int(digit),
        "hand": hand,
        "side": SIDE,
        "answer": int(explorer.locator(".answer").get_attribute("data-digit")),
        "probability": bar.locator(".bar + span").inner_text(),
        "strokes": [[[x, y, round(t - start)] for x, y, t in stroke] for stroke in strokes],
    }


def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        write_demo(Path(folder), ("LeNetExplorer(load_trained())",))
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.goto((Path(folder) / "en.html").as_uri())
        page.locator(".explorer").wait_for()
        page.locator(".pad").evaluate(LISTEN)
        for hand, ways in WAYS.items():
            for digit in ways:
                name = f"{hand}_{digit}"
                if names and name not in names:
                    continue
                record = draw_digit(page, hand, digit)
                text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
                (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
                print(name, record["answer"], record["probability"], flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

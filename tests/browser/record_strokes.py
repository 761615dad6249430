"""How tests/strokes/*.json were made: python -m tests.browser.record_strokes [thick_3 …]

Ten digits in three hands, drawn on the explorer's pad in a real browser: the mouse follows the
ways below, unsteadily and at an uneven pace, and what the pad's pointer events said is kept, with
the answer that the page then gave. The ways were written down before any answer was seen, and
none was changed afterwards. Once all 30 had been read rightly, the thick hand was made to go over
three times in place of two, with more room between, so that it is thick.
"""

import json
import math
import random
import sys
import tempfile
from pathlib import Path

from book.browser import open_browser
from book.site.widget_demo import write_demo

FOLDER = Path(__file__).parents[1] / "strokes"
SIDE = 196  # of the pad

# hand → how far it strays (pixels), how fast it is (pixels a millisecond), how often it goes over
HANDS = {"upright": (1.2, 0.35, 1), "slanted": (1.8, 0.55, 1), "thick": (2.6, 0.4, 3)}

# digit → strokes, each a way through points of the pad; a point given twice is a corner
WAYS = {
    "upright": {
        0: [[(104, 38), (78, 52), (62, 88), (66, 130), (92, 156), (122, 146), (138, 108), (132, 64),
             (108, 40), (98, 42)]],
        1: [[(98, 34), (97, 70), (99, 110), (97, 158)]],
        2: [[(62, 66), (76, 44), (104, 38), (126, 54), (122, 82), (98, 112), (62, 154), (62, 154),
             (90, 150), (118, 152), (140, 148)]],
        3: [[(66, 50), (92, 36), (118, 48), (116, 74), (88, 91), (88, 91), (118, 100), (130, 126),
             (110, 154), (80, 158), (60, 144)]],
        4: [[(76, 36), (66, 70), (54, 106), (54, 106), (90, 106), (140, 104)],
            [(116, 62), (116, 110), (114, 162)]],
        5: [[(74, 44), (72, 66), (68, 90), (68, 90), (92, 80), (120, 90), (130, 116), (116, 146),
             (86, 156), (62, 146)], [(76, 44), (102, 42), (128, 40)]],
        6: [[(116, 36), (88, 58), (68, 96), (66, 132), (86, 156), (112, 148), (120, 124),
             (102, 106), (78, 114), (68, 130)]],
        7: [[(58, 46), (90, 44), (134, 42), (134, 42), (116, 82), (100, 120), (90, 160)]],
        8: [[(122, 56), (98, 40), (74, 54), (80, 80), (104, 96), (128, 122), (122, 150), (96, 160),
             (70, 148), (70, 122), (98, 98), (120, 76), (122, 56)]],
        9: [[(120, 62), (98, 46), (72, 58), (68, 84), (88, 100), (114, 88), (122, 62), (122, 62),
             (120, 100), (114, 160)]],
    },
    "slanted": {
        0: [[(128, 58), (104, 70), (84, 104), (78, 138), (92, 154), (116, 138), (134, 104),
             (138, 72), (126, 58), (118, 62)]],
        1: [[(62, 64), (90, 32), (90, 32), (80, 68), (70, 102), (62, 136)]],
        2: [[(106, 92), (126, 74), (150, 80), (148, 104), (124, 136), (94, 164), (88, 172),
             (96, 160), (112, 166), (128, 174), (150, 170)]],
        3: [[(70, 38), (96, 28), (112, 40), (100, 60), (78, 72), (78, 72), (100, 78), (102, 102),
             (80, 126), (50, 130), (36, 118)]],
        4: [[(106, 52), (92, 82), (76, 112), (76, 112), (104, 112), (134, 108)],
            [(138, 66), (124, 106), (108, 152)]],
        5: [[(104, 62), (96, 86), (92, 102), (92, 102), (114, 98), (124, 118), (110, 144),
             (82, 156), (62, 148)], [(104, 62), (126, 60), (146, 56)]],
        6: [[(128, 26), (96, 52), (70, 90), (66, 122), (86, 136), (110, 122), (112, 100), (94, 92),
             (74, 108)]],
        7: [[(72, 60), (100, 56), (138, 54), (138, 54), (118, 90), (96, 128), (84, 156)],
            [(84, 106), (106, 102), (128, 100)]],
        8: [[(136, 62), (116, 48), (98, 62), (104, 84), (114, 106), (104, 138), (80, 152),
             (66, 136), (82, 112), (112, 90), (134, 76), (138, 62)]],
        9: [[(150, 90), (132, 76), (110, 88), (104, 112), (120, 122), (142, 106), (152, 86),
             (152, 86), (140, 128), (120, 178)]],
    },
    "thick": {
        0: [[(100, 28), (56, 44), (36, 96), (52, 150), (98, 170), (146, 150), (164, 96), (146, 46),
             (104, 28)]],
        1: [[(72, 58), (100, 30), (100, 30), (102, 90), (98, 166)], [(66, 168), (98, 168),
            (134, 164)]],
        2: [[(44, 62), (70, 32), (116, 30), (144, 60), (128, 98), (86, 132), (44, 166), (44, 166),
             (100, 162), (158, 164)]],
        3: [[(48, 46), (90, 26), (136, 44), (130, 78), (88, 94), (88, 94), (140, 104), (154, 138),
             (116, 168), (70, 168), (38, 146)]],
        4: [[(74, 30), (60, 66), (38, 112), (38, 112), (96, 114), (164, 110)],
            [(126, 54), (126, 112), (122, 170)]],
        5: [[(58, 36), (54, 64), (50, 92), (50, 92), (92, 74), (140, 90), (152, 128), (122, 164),
             (76, 168), (42, 148)], [(58, 36), (104, 34), (150, 32)]],
        6: [[(132, 30), (80, 52), (46, 106), (52, 152), (98, 170), (142, 152), (146, 116),
             (104, 98), (60, 118)]],
        7: [[(36, 40), (96, 38), (160, 34), (160, 34), (126, 86), (96, 134), (86, 170)]],
        8: [[(146, 54), (102, 28), (56, 48), (62, 78), (104, 98), (150, 126), (142, 160),
             (98, 172), (50, 158), (48, 124), (98, 98), (142, 78), (146, 54)]],
        9: [[(142, 60), (104, 30), (58, 48), (50, 86), (86, 108), (132, 88), (144, 56), (144, 56),
             (144, 112), (128, 170)]],
    },
}  # fmt: skip

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


def bend(way: list[tuple[float, float]], share: float, piece: int) -> list[float]:
    """A place between two points of a way, on a Catmull–Rom spline through all of them."""
    a, b, c, d = (way[min(max(piece + k, 0), len(way) - 1)] for k in (-1, 0, 1, 2))
    if a == b or c == d:  # a corner: the curve ends here
        a, d = (b if a == b else a), (c if c == d else d)
    t = share
    return [
        0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t**2
               + (3 * q - p - 3 * r + s) * t**3)
        for p, q, r, s in zip(a, b, c, d, strict=True)
    ]  # fmt: skip


def move_like_a_hand(way, stray: float, speed: float, draw: random.Random):
    """Yield (x, y, milliseconds since the last): it trembles, hurries, and slows at the ends."""
    aim = [(x + draw.gauss(0, stray), y + draw.gauss(0, stray)) for x, y in way]
    for k in range(1, len(way)):  # what was a corner stays one
        if way[k] == way[k - 1]:
            aim[k] = aim[k - 1]
    tremble, pace = [0.0, 0.0], 1.0
    for piece in range(len(aim) - 1):
        (x, y), (right, down) = aim[piece : piece + 2]
        length = ((right - x) ** 2 + (down - y) ** 2) ** 0.5
        share = 0.0
        while length and share < 1:
            tremble = [0.8 * shift + draw.gauss(0, 0.25 * stray) for shift in tremble]
            pace = min(1.6, max(0.5, pace + draw.gauss(0, 0.12)))
            x, y = (v + shift for v, shift in zip(bend(aim, share, piece), tremble, strict=True))
            wait = draw.uniform(7, 17)
            yield min(max(x, 8), SIDE - 8), min(max(y, 8), SIDE - 8), wait
            ends = (piece == 0 and share < 0.3) or (piece == len(aim) - 2 and share > 0.7)
            share += wait * speed * pace * (0.6 if ends else 1) / length
    yield *aim[-1], 10


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
        "label": digit,
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

"""30 digits drawn by three hands, drawn again: the page sees and reads what Python says it should.

The answers are kept in _build/strokes.md as a table.
"""

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

from bench import taught
from bench.ink import draw_strokes, prepare_ink
from book.browser import FLAGS, prepare_browser
from book.course import ROOT
from book.site.widget_demo import write_demo
from lenet_course import load_trained

HANDS = ("upright", "slanted", "thick")
FILES = sorted((Path(__file__).parents[1] / "strokes").glob("*.json"))
RECORDED = json.loads(taught.ASSET.read_text(encoding="utf-8"))["taught"]


def compute_input(record):
    """The network's input, from the recorded points alone."""
    return prepare_ink(draw_strokes(record["strokes"]))


READ = """place => {
  const { shadowRoot } = place.querySelector("div");
  const image = shadowRoot.querySelector(".maps.input canvas").getContext("2d")
    .getImageData(0, 0, 32, 32);
  const bars = [...shadowRoot.querySelectorAll(".fc3 .bar + span")];
  return {
    red: Array.from(image.data.filter((_, i) => i % 4 === 0)),
    shares: bars.map((bar) => parseFloat(bar.textContent) / 100),
    nearer: shadowRoot.querySelector(".measured p").textContent,
    answer: Number(shadowRoot.querySelector(".answer").dataset.digit),
  };
}"""


DRAW = """(surface, points) => points.forEach(([clientX, clientY], i) => {
  const type = i === 0 ? "pointerdown" : "pointermove";
  const init = { clientX, clientY, pointerId: 1, isPrimary: true, bubbles: true };
  surface.dispatchEvent(new PointerEvent(type, init));
  if (i === points.length - 1) surface.dispatchEvent(new PointerEvent("pointerup", init));
})"""


async def draw_again(page, record):
    """Draw what was recorded; return what the page saw and read.

    One digit of each hand is drawn by the browser's mouse. The moves are sent without waiting for
    each other: the pad is told of them all, in fewer frames. The others are drawn by the events
    that a mouse makes, made in the page: ten times as fast.
    """
    explorer = page.locator(".lenet-widget")
    await explorer.locator('[data-tool="clear"]').click()
    box = await explorer.locator(".pad canvas").bounding_box()
    scale = box["width"] / record["side"]
    for stroke in record["strokes"]:
        points = [(box["x"] + scale * x, box["y"] + scale * y) for x, y, _ in stroke]
        if record["label"] != 8:
            await explorer.locator(".pad canvas").evaluate(DRAW, points)
            continue
        (x, y), *others = points
        await page.mouse.move(x, y)
        await page.mouse.down()
        await asyncio.gather(*(page.mouse.move(x, y) for x, y in others))
        await page.mouse.up()
    await page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    return await explorer.evaluate(READ)


async def draw_all_again(folder, records):
    path = prepare_browser()
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        options = {"viewport": {"width": 1200, "height": 900}, "color_scheme": "light"}
        page = await browser.new_page(**options)
        await page.goto((folder / "en.html").as_uri())
        await page.locator(".explorer").wait_for()
        seen = {name: await draw_again(page, record) for name, record in records.items()}
        await browser.close()
    return seen


@pytest.fixture
def records():
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FILES}


def test_the_files_are_three_hands_of_ten_digits(records):
    assert set(records) == {f"{hand}_{digit}" for hand in HANDS for digit in range(10)}
    for name, record in records.items():
        assert name == f"{record['hand']}_{record['label']}"
        for stroke in record["strokes"]:
            x, y, times = np.array(stroke).T
            assert 0 <= min(x.min(), y.min()) and max(x.max(), y.max()) <= record["side"]
            assert (np.diff(times) >= 0).all() and len(set(np.diff(times))) > 3  # an uneven pace


def shrink(record, scale):
    """The same digit, smaller, in the pad's upper left corner."""
    points = np.concatenate([np.array(stroke)[:, :2] for stroke in record["strokes"]])
    left, top = scale * points.min(0) - 8
    strokes = [
        [(scale * x - left, scale * y - top, time) for x, y, time in stroke]
        for stroke in record["strokes"]
    ]
    return {**record, "strokes": strokes}


def test_drawn_digits_are_read(tmp_path, records):
    records["tiny_8"] = shrink(records["upright_8"], 1 / 4)
    write_demo(tmp_path, ("LeNetExplorer(load_trained())",))
    with ThreadPoolExecutor(1) as thread:  # the browser fixture's event loop runs in this one
        seen = thread.submit(asyncio.run, draw_all_again(tmp_path, records)).result()
    net = load_trained()
    table = ["| strokes | answer | probability |", "|---|---|---|"]
    for name, record in records.items():
        red, shares, answer = (seen[name][key] for key in ("red", "shares", "answer"))
        wanted = compute_input(record)
        ink = 1 - np.array(red).reshape(32, 32) / 255  # paper is 255, ink is 0
        np.testing.assert_allclose(ink, wanted, atol=0.01, err_msg=name)
        with torch.no_grad():
            logits = net(torch.from_numpy(wanted).float().view(1, 1, 32, 32))[0]
        np.testing.assert_allclose(shares, logits.softmax(0), atol=0.005, err_msg=name)
        assert answer == record["answer"] == logits.argmax(), name
        distance = taught.measure_taught(RECORDED, logits[None].double().numpy())
        count = max(0, np.searchsorted(RECORDED["percentiles"], distance)[0] - 1)
        assert abs(int(re.search(r"digits of MNIST, (\d+)", seen[name]["nearer"])[1]) - count) <= 2
        table.append(f"| {name} | {answer} | {100 * max(shares):.1f} % |")
    wrong = [name for name, record in records.items() if seen[name]["answer"] != record["label"]]
    table.append(f"\n{len(records) - len(wrong)} of {len(records)} read rightly")
    (ROOT / "_build").mkdir(exist_ok=True)
    (ROOT / "_build" / "strokes.md").write_text("\n".join(table) + "\n", encoding="utf-8")
    assert len(records) - len(wrong) >= 29 and "tiny_8" not in wrong, wrong


def test_small_digits_are_read_as_large_ones_are(records):
    """The pen is thinner on a small drawing: with one of 7 pixels, 21 of these would be read."""
    inputs = [compute_input(shrink(each, 1 / 4)) for each in records.values()]
    with torch.no_grad():
        answers = load_trained()(torch.tensor(np.array(inputs)).float().unsqueeze(1)).argmax(1)
    assert answers.tolist() == [record["label"] for record in records.values()]

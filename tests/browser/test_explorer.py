"""The explorer in a real browser: pages opened as files, every number held to PyTorch's."""

import base64
import json
import re
import shutil
import statistics

import numpy as np
import pytest
import torch

from bench.page import time_updates
from book.site import widgets as page_widgets
from book.site.widget_demo import make_mounts, write_demo, write_page
from lenet_course import (
    Net,
    compute_feature_maps,
    find_receptive_field,
    load_digits,
    load_trained,
    pick_digit,
    prepare_images,
)
from lenet_course.widgets import LeNetExplorer
from lenet_course.widgets.arguments import load_examples
from lenet_course.widgets.registry import get_words
from tests.browser.notebook import expect_nothing_left, open_notebook
from tests.browser.shares import check_shares

THREE = [(0.3, 0.25), (0.45, 0.15), (0.62, 0.2), (0.66, 0.33), (0.55, 0.45), (0.42, 0.48)]
THREE += [(0.6, 0.52), (0.7, 0.66), (0.6, 0.82), (0.42, 0.86), (0.28, 0.76)]
WORDS = get_words("explorer", "en")


@pytest.fixture
def open_page(open_file, demo):
    def open_page(name="en.html", folder=demo, **options):
        return open_file(folder, name, **options)

    open_page.problems = open_file.problems
    return open_page


@pytest.fixture(scope="module")
def maps():
    """What PyTorch computes for the first explorer's digit, a 3."""
    images, _ = pick_digit(load_examples(), 3)
    return compute_feature_maps(load_trained(), images)


def find_explorer(page, number=0):
    explorer = page.locator(".lenet-widget").nth(number)
    explorer.scroll_into_view_if_needed()
    explorer.locator(".explorer").wait_for()
    return explorer


def read_answer(explorer):
    return explorer.locator(".answer").get_attribute("data-digit")


def expect_answer(explorer, digit):
    explorer.locator(f'.answer[data-digit="{digit}"]').wait_for(state="attached")


def list_places(explorer, points):
    box = explorer.locator(".pad").bounding_box()
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]


def draw(page, explorer, points):
    explorer.locator(".pad").scroll_into_view_if_needed()
    first, *others = list_places(explorer, points)
    page.mouse.move(*first)
    page.mouse.down()
    for place in others:
        page.mouse.move(*place, steps=3)
    page.mouse.up()


def point(explorer, layer, channel=0, row=0, column=0, act="click"):
    """Point at a value with the mouse, in the middle of its pixel."""
    shapes = {"input": 32, "conv1": 28, "pool1": 14, "conv2": 10, "pool2": 5}
    folds = {"fc1": (4, 30), "fc2": (3, 28)}
    rows, columns = folds.get(layer) or [shapes.get(layer, 1)] * 2
    if layer in folds:
        channel, row, column = 0, channel // columns, channel % columns
    cell = explorer.locator(f".maps.{layer} > .map").nth(channel)
    cell.evaluate("cell => cell.scrollIntoView()")  # to the top: at the foot may be the panel
    box = cell.bounding_box()
    place = {
        "x": (column + 0.5) * box["width"] / columns,
        "y": (row + 0.5) * box["height"] / rows,
    }
    getattr(cell, act)(position=place, force=True)


def read_numbers(explorer, selector):
    """The exact numbers of <data>, in thousandths."""
    values = explorer.locator(f"{selector} data").evaluate_all("all => all.map(d => d.value)")
    return [round(1000 * float(value)) for value in values]


def read_terms(explorer, *names):
    return [n for name in names for n in read_numbers(explorer, f'[data-term="{name}"]')]


def thousandths(values):
    return np.round(1000 * values.double().numpy()).flatten().tolist()


def check_close(shown, wanted):
    """Equal to a thousandth: JavaScript and PyTorch may round a half differently."""
    assert len(shown) == len(wanted)
    assert np.abs(np.subtract(shown, wanted)).max() <= 1


def test_the_first_answer_is_the_network_s(open_page, maps):
    explorer = find_explorer(open_page())
    assert read_answer(explorer) == "3"
    check_shares(explorer, maps["fc3"][0])


def test_the_input_and_every_map_are_painted(open_page, maps):
    page = open_page()
    explorer = find_explorer(page)
    counts = {"input": 1, "conv1": 6, "pool1": 6, "conv2": 16, "pool2": 16, "fc1": 1, "fc2": 1}
    read = """canvases => canvases.map(canvas => {
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
      return { width, height, red: Array.from(data.filter((_, i) => i % 4 === 0)),
               blue: Array.from(data.filter((_, i) => i % 4 === 2)) };
    })"""
    for layer, count in counts.items():
        painted = explorer.locator(f".maps.{layer} canvas").evaluate_all(read)
        values = maps[layer][0].reshape(count, -1).numpy()
        assert len(painted) == count
        for canvas, wanted in zip(painted, values, strict=True):
            red, blue = np.array(canvas["red"]), np.array(canvas["blue"])
            if layer == "input":  # black ink on white paper
                assert np.corrcoef(red, wanted)[0, 1] < -0.999
            else:  # the sign is the colour: red above zero, blue below
                clear = np.abs(wanted) > 0.05 * np.abs(values).max()
                assert ((red > blue) == (wanted > 0))[clear].all()


def test_conv1_adds_up(open_page, maps):
    explorer = find_explorer(open_page())
    kernel = load_trained().conv1.weight.detach()[2, 0]
    for row, column in ((0, 0), (9, 13), (27, 27)):
        point(explorer, "conv1", 2, row, column)
        value = maps["conv1"][0, 2, row, column]
        window = maps["input"][0, 0, row : row + 5, column : column + 5]
        check_close(read_numbers(explorer, '[data-grid="window"]'), thousandths(window))
        check_close(read_numbers(explorer, '[data-grid="kernel"]'), thousandths(kernel))
        products = read_numbers(explorer, '[data-grid="products"]')
        check_close(products, thousandths(window * kernel))
        assert sum(products) == read_terms(explorer, "products")[0]
        check_sum(explorer, value, "products", "bias", "rounding")
        check_close(read_terms(explorer, "relu"), thousandths(value.relu()))


def check_sum(explorer, value, *names):
    """What is shown adds up exactly, to what PyTorch computed."""
    (shown,) = read_terms(explorer, "sum")
    assert sum(read_terms(explorer, *names)) == shown
    check_close([shown], thousandths(value))
    check_close(read_numbers(explorer, ".title"), thousandths(value))


def test_conv2_shows_six_channels_that_add_up(open_page, maps):
    explorer = find_explorer(open_page())
    point(explorer, "conv2", 5, 3, 6)
    check_sum(explorer, maps["conv2"][0, 5, 3, 6], "products", "bias", "rounding")
    net = load_trained()
    sums = read_numbers(explorer, ".channels")
    assert sum(sums) == read_terms(explorer, "products")[0]
    for channel in (0, 3, 5):
        explorer.locator(f'[data-channel="{channel}"]').click()
        assert explorer.locator('[data-channel][aria-pressed="true"]').count() == 1
        window = maps["pool1"][0, channel, 3:8, 6:11]
        kernel = net.conv2.weight.detach()[5, channel]
        check_close(read_numbers(explorer, '[data-grid="window"]'), thousandths(window))
        products = read_numbers(explorer, '[data-grid="products"]')
        check_close(products, thousandths(window * kernel))
        assert sum(products) == sums[channel]


def test_pooling_shows_the_winner_of_four(open_page, maps):
    explorer = find_explorer(open_page())
    for layer, relu, (channel, row, column) in (
        ("pool1", "relu1", (2, 5, 8)),
        ("pool2", "relu2", (3, 2, 3)),
    ):
        point(explorer, layer, channel, row, column)
        four = maps[relu][0, channel, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        check_close(read_numbers(explorer, '[data-grid="four"]'), thousandths(four))
        winner = read_numbers(explorer, ".winner")
        assert winner == read_terms(explorer, "sum")
        check_close(winner, thousandths(maps[layer][0, channel, row, column]))


def test_linear_layers_show_their_largest_contributions(open_page, maps):
    explorer = find_explorer(open_page())
    for layer, before, neuron in (
        ("fc1", "flatten", 57),
        ("fc2", "relu3", 83),
        ("fc3", "relu4", 3),
    ):
        point(explorer, layer, neuron)
        check_sum(explorer, maps[layer][0, neuron], "product", "rest", "bias", "rounding")
        weight = getattr(load_trained(), layer).weight.detach()[neuron]
        products = weight * maps[before][0]
        largest = products[products.abs().argsort(descending=True)[:8]]
        check_close(sorted(read_terms(explorer, "product")), sorted(thousandths(largest)))
        assert explorer.locator(".ring").count() == 8


def test_hovering_shows_and_a_click_holds(open_page):
    page = open_page()
    explorer = find_explorer(page)
    point(explorer, "conv1", 1, 3, 4, act="hover")
    title = explorer.locator(".title code")
    assert title.inner_text() == "conv1[1, 3, 4]"
    point(explorer, "conv1", 0, 20, 20, act="hover")
    assert title.inner_text() == "conv1[0, 20, 20]"
    point(explorer, "conv1", 0, 20, 20)
    point(explorer, "conv1", 1, 3, 4, act="hover")
    assert title.inner_text() == "conv1[0, 20, 20]"
    explorer.locator('[data-tool="Right"]').click()
    assert title.inner_text() == "conv1[0, 20, 21]"
    explorer.locator('[data-tool="close"]').click()
    assert not explorer.locator(".panel").is_visible()
    assert read_fields(explorer, "input") == {}


def test_the_panel_s_arrows_are_heard_and_closing_it_keeps_the_focus(open_page):
    explorer = find_explorer(open_page())
    point(explorer, "conv1", 0, 20, 20)
    explorer.locator('[data-tool="Right"]').press("Enter")
    check_live(explorer, r"conv1\[0, 20, 21\]: ")
    explorer.locator('[data-tool="close"]').press("Enter")
    assert explorer.locator(".maps.conv1:focus").count() == 1
    assert not explorer.locator(".panel").is_visible()


def test_a_probability_is_heard_with_its_logit(open_page):
    page = open_page()
    explorer = find_explorer(page)
    page.keyboard.press("Tab")  # a key, so that what comes next is the keyboard's
    explorer.locator(".maps.fc3").focus()
    check_live(explorer, r"^fc3\[3\]: \d+\.\d+, softmax \d+\.\d\u00a0%$")


def read_fields(explorer, layer):
    """map → [top, left, height, width] of the outline in it, in values."""
    side = {"input": 32, "conv1": 28, "pool1": 14, "conv2": 10, "pool2": 5}[layer]
    fields = explorer.locator(f".maps.{layer} .field").evaluate_all(
        """marks => marks.map(m => m.hidden ? null : ["top", "left", "height", "width"].map(
             name => parseFloat(m.style[name])))"""
    )
    return {
        number: [round(percent * side / 100) for percent in field]
        for number, field in enumerate(fields)
        if field
    }


def test_the_receptive_field_is_outlined_in_every_earlier_layer(open_page):
    explorer = find_explorer(open_page())
    places = {"conv1": (27, 0), "pool1": (3, 13), "conv2": (9, 4), "pool2": (4, 1)}
    for layer, (row, column) in places.items():
        point(explorer, layer, 4, row, column)
        rows, columns = find_receptive_field(layer, row, column)
        size = [rows.start, columns.start, rows.stop - rows.start, columns.stop - columns.start]
        assert read_fields(explorer, "input") == {0: size}, layer
    # pool2[4, 4, 1] reads one map of conv2, all six of pool1 and conv1
    assert read_fields(explorer, "conv2") == {4: [8, 2, 2, 2]}
    assert read_fields(explorer, "pool1") == {n: [8, 2, 6, 6] for n in range(6)}
    assert read_fields(explorer, "conv1") == {n: [16, 4, 12, 12] for n in range(6)}
    assert read_fields(explorer, "pool2") == {}
    point(explorer, "fc2", 11)
    assert read_fields(explorer, "pool2") == {n: [0, 0, 5, 5] for n in range(16)}
    assert read_fields(explorer, "input") == {0: [0, 0, 32, 32]}


def test_draw_erase_undo_and_clear(open_page):
    page = open_page()
    explorer = find_explorer(page)
    tool = {name: explorer.locator(f'[data-tool="{name}"]') for name in ("erase", "undo", "clear")}
    tool["clear"].click()
    expect_answer(explorer, "")
    assert explorer.locator(".answer").inner_text() == WORDS["blank"]
    draw(page, explorer, THREE)
    expect_answer(explorer, 3)
    assert explorer.locator(".caption").inner_text() == WORDS["prepared"]
    assert explorer.locator(".strip [aria-checked=true]").count() == 0
    before = explorer.locator(".answer").inner_text()
    tool["erase"].click()
    assert tool["erase"].get_attribute("aria-pressed") == "true"
    rows = [(y / 10, (0.05, 0.95)[:: 1 if y % 2 else -1]) for y in range(1, 10)]
    draw(page, explorer, [(x, y) for y, ends in rows for x in ends])
    expect_answer(explorer, "")
    tool["undo"].click()
    expect_answer(explorer, 3)
    assert explorer.locator(".answer").inner_text() == before
    tool["undo"].click()
    expect_answer(explorer, "")
    tool["undo"].click()  # the digit that was there at first
    expect_answer(explorer, 3)
    assert tool["undo"].is_disabled()
    tool["erase"].click()
    tool["clear"].click()  # whoever begins anew gets the pen
    assert tool["erase"].get_attribute("aria-pressed") == "false"
    draw(page, explorer, THREE)
    expect_answer(explorer, 3)


def test_drawn_ink_fits_the_box_of_20(open_page):
    page = open_page()
    explorer = find_explorer(page)
    explorer.locator('[data-tool="clear"]').click()
    draw(page, explorer, [(0.1, 0.1), (0.12, 0.3)])
    page.wait_for_timeout(50)
    sizes = explorer.locator(".maps.input .ink-box").evaluate(
        "box => [box.style.height, box.style.width].map(parseFloat)"
    )
    assert max(sizes) == pytest.approx(100 * 20 / 32)
    ink = explorer.locator(".maps.input canvas").evaluate(
        """canvas => Array.from(canvas.getContext("2d").getImageData(0, 0, 32, 32).data)
             .filter((_, i) => i % 4 === 0)"""
    )
    rows, _ = np.nonzero(255 - np.array(ink).reshape(32, 32))
    assert rows.max() - rows.min() + 1 == 20


def test_pick_a_digit(open_page):
    page = open_page()
    explorer = find_explorer(page)
    for number, label in ((8, 8), (11, 1), (19, 9)):
        explorer.locator(".strip button").nth(number).click()
        expect_answer(explorer, label)
    page.keyboard.press("ArrowRight")
    expect_answer(explorer, 0)
    checked = explorer.locator(".strip [aria-checked=true]")
    assert checked.get_attribute("aria-label") == WORDS["digit"].format(label=0, number=1)
    assert explorer.locator(".caption").inner_text() == WORDS["packaged"]


def test_the_keyboard_alone_is_enough(open_page):
    page = open_page()
    explorer = find_explorer(page)
    focused = "document.activeElement.shadowRoot?.activeElement"
    page.keyboard.press("Tab")
    assert page.evaluate(f"{focused}.ariaLabel") == WORDS["pad"]
    for _ in range(3):  # eraser, undo (nothing to undo: no stop), clear
        page.keyboard.press("Tab")
        if page.evaluate(f"{focused}.dataset.tool") == "clear":
            break
    page.keyboard.press("Enter")
    expect_answer(explorer, "")
    for _ in range(4):
        if page.evaluate(f"{focused}.ariaLabel") == WORDS["pad"]:
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+z")
    expect_answer(explorer, 3)
    page.keyboard.press("Control+z")
    # a one: up with the pen lifted, down with the pen on the paper
    page.keyboard.press("Tab")
    while page.evaluate(f"{focused}.dataset.tool") != "clear":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    while page.evaluate(f"{focused}.ariaLabel") != WORDS["pad"]:
        page.keyboard.press("Shift+Tab")
    for key, times in (("ArrowUp", 10), (" ", 1), ("ArrowDown", 20), (" ", 1), ("ArrowUp", 3)):
        for _ in range(times):
            page.keyboard.press(key)
    expect_answer(explorer, 1)
    for key, is_down in ((" ", 1), ("ArrowLeft", 1), ("Control+z", 0)):  # what is gone has no pen
        page.keyboard.press(key)
        assert explorer.locator(".pad .down").count() == is_down
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate(f"{focused}.className") == "maps conv2":
            break
    outline = page.evaluate(f"getComputedStyle({focused}).outlineStyle")
    assert outline == "solid"
    title = explorer.locator(".title code")
    assert re.fullmatch(r"conv2\[\d+, \d+, \d+\]", title.inner_text())
    for _ in range(10):
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowLeft")
    assert re.fullmatch(r"conv2\[\d+, 0, 0\]", title.inner_text())
    for key in ("ArrowRight", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    channel = int(re.match(r"conv2\[(\d+), 2, 1\]", title.inner_text())[1])
    page.keyboard.press("PageDown")
    assert title.inner_text() == f"conv2[{(channel + 1) % 16}, 2, 1]"
    check_live(explorer, r"conv2\[\d+, 2, 1\]: −?\d+\.\d{3}")
    page.keyboard.press("Escape")
    assert not explorer.locator(".panel").is_visible()


def check_live(explorer, pattern):
    explorer.locator(".live", has_text=re.compile(pattern)).wait_for(state="attached")


def test_a_screen_reader_hears_the_answer_once(open_page):
    page = open_page()
    explorer = find_explorer(page)
    page.evaluate(
        """() => {
          const { shadowRoot } = document.querySelector(".lenet-widget > div");
          window.heard = [];
          new MutationObserver(() => heard.push(shadowRoot.querySelector(".live").textContent))
            .observe(shadowRoot.querySelector(".live"), { childList: true });
        }"""
    )
    explorer.locator('[data-tool="clear"]').click()
    draw(page, explorer, THREE)
    page.wait_for_timeout(1000)
    heard = page.evaluate("heard")
    assert [words for words in heard if words != WORDS["blank"]] == heard[-1:]
    assert heard[-1].startswith("The network reads 3,")


def test_what_is_out_of_sight_is_painted_when_it_comes(open_page):
    page = open_page(viewport={"width": 1200, "height": 400})
    explorer = find_explorer(page)
    explorer.locator(".strip").scroll_into_view_if_needed()
    fc2 = explorer.locator(".maps.fc2 canvas")
    look = "canvas => canvas.toDataURL()"
    before = fc2.evaluate(look)
    explorer.locator(".strip button").nth(8).click()
    expect_answer(explorer, 8)
    assert fc2.evaluate(look) == before
    fc2.scroll_into_view_if_needed()
    expect_painted = f"canvas => ({look})(canvas) !== '{before}'"
    page.wait_for_function(expect_painted, arg=fc2.element_handle())


def test_every_control_has_a_name_and_is_large_enough(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    explorer = find_explorer(page)
    point(explorer, "conv2", 1, 1, 1, act="tap")
    controls = explorer.locator("button, [tabindex]").evaluate_all(
        """all => all.filter(c => c.checkVisibility()).map(c => ({
          name: c.ariaLabel || c.textContent.trim(),
          width: c.offsetWidth, height: c.offsetHeight }))"""
    )
    assert len(controls) > 35
    assert all(control["name"] for control in controls)
    assert all(min(control["width"], control["height"]) >= 24 for control in controls)


def test_a_finger_draws_points_and_scrolls_at_390_pixels(open_page):
    page = open_page("ko.html", viewport={"width": 390, "height": 844}, has_touch=True)
    explorer = find_explorer(page)
    explorer.locator('[data-tool="clear"]').tap()
    touch = page.context.new_cdp_session(page)

    def swipe(places):
        for kind, (x, y) in zip(
            ["touchStart", *["touchMove"] * (len(places) - 1)], places, strict=True
        ):
            point = {"type": kind, "touchPoints": [{"x": x, "y": y}]}
            touch.send("Input.dispatchTouchEvent", point)
            explorer.locator(".pad").dispatch_event("pointerup")  # of another finger
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    explorer.locator(".pad").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    swipe(list_places(explorer, THREE))
    expect_answer(explorer, 3)
    assert page.evaluate("scrollY") == before  # the pad draws …
    place = explorer.locator(".caption").bounding_box()
    swipe([(place["x"] + 50, place["y"] - 15 * step) for step in range(12)])
    assert wait_until_still(page) > before + 50  # … and beside it the page scrolls
    words = get_words("explorer", "ko")  # a finger has no Esc
    assert explorer.locator(".hint").inner_text() == f"{words['hint']} {words['hold_touch']}"
    for layer in ("conv1", "conv2", "fc1"):
        point(explorer, layer, 1, act="tap")
        assert explorer.locator(".title code").inner_text().startswith(layer)
        assert explorer.evaluate(READ_FIRST_SEEN) == "sum"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


# The first thing below the panel's head, if all of it can be seen and is what a finger would meet.
READ_FIRST_SEEN = """place => {
  const root = place.querySelector("div").shadowRoot;
  const first = root.querySelector(".numbers").firstElementChild;
  const { left, top, bottom } = first.getBoundingClientRect();
  const met = [top + 1, bottom - 1].map((y) => root.elementFromPoint(left + 1, y));
  return met.every((each) => first.contains(each)) && first.className;
}"""


def wait_until_still(page):
    """A tap on a page that still glides would only stop it."""
    before, now = None, page.evaluate("scrollY")
    while before != now:
        page.wait_for_timeout(200)
        before, now = now, page.evaluate("scrollY")
    return now


def test_the_enlarged_map_can_be_pointed_at(open_page):
    explorer = find_explorer(open_page(viewport={"width": 390, "height": 844}, has_touch=True))
    point(explorer, "conv2", 7, 1, 1, act="tap")
    zoom = explorer.locator(".zoom .map")
    side = zoom.bounding_box()["width"]
    assert side >= 120
    zoom.tap(position={"x": 0.85 * side, "y": 0.55 * side})
    assert explorer.locator(".title code").inner_text() == "conv2[7, 5, 8]"


def test_nothing_is_wider_than_the_window(open_page):
    page = open_page()
    explorer = find_explorer(page)
    panel = explorer.locator(".panel")
    for width in (320, 390, 560, 700, 1200):
        page.set_viewport_size({"width": width, "height": 800})
        for layer in ("conv2", "fc1", "pool1"):
            point(explorer, layer, 1)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert panel.evaluate("p => p.scrollWidth <= p.clientWidth"), (width, layer)


def test_dark_mode_follows_the_book_then_the_system(open_page):
    page = open_page(color_scheme="dark")
    explorer = find_explorer(page)
    inner = explorer.locator(".explorer")
    read = "e => getComputedStyle(e).color"
    corner = "c => Array.from(c.getContext('2d').getImageData(0, 0, 1, 1).data)"
    pad = explorer.locator(".pad canvas")
    assert inner.get_attribute("data-theme") == "dark"
    dark = inner.evaluate(read)
    assert max(pad.evaluate(corner)[:3]) < 60
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    inner.and_(page.locator("[data-theme=light]")).wait_for()
    page.wait_for_timeout(50)
    assert inner.evaluate(read) != dark
    assert min(pad.evaluate(corner)[:3]) > 200


def test_two_explorers_know_nothing_of_each_other(open_page):
    page = open_page()
    first, second = find_explorer(page), find_explorer(page, 1)
    assert (read_answer(first), read_answer(second)) == ("3", "8")
    second.locator('[data-tool="clear"]').click()
    expect_answer(second, "")
    point(second, "conv1")
    assert read_answer(first) == "3"
    assert not first.locator(".panel").is_visible()
    assert page.locator(f'script[src$="{page_widgets.DATA}"]').count() == 1


def test_a_page_that_was_left_answers_again(open_page):
    page = open_page()
    find_explorer(page)
    page.goto(page.url.replace("en.html", "ko.html"))
    assert "신경망" in find_explorer(page).locator(".answer").inner_text()
    page.go_back()
    explorer = find_explorer(page)
    point(explorer, "fc2", 3)
    draw(page, explorer, THREE)
    expect_answer(explorer, 3)


FIVE = "LeNetExplorer(load_trained(), index=5)"


def write_page_beside(demo, folder, body, data=None):
    """A page of its own in a folder, with the demo's scripts."""
    shutil.copytree(demo / "_static", folder / "_static")
    if data is not None:
        (folder / "_static" / page_widgets.DATA).write_text(data, encoding="utf-8")
    write_page(folder / "page.html", "en", [body])


def test_nothing_is_fetched_until_a_widget_is_near(open_page, demo, tmp_path):
    (mount,) = make_mounts("en", (FIVE,))
    write_page_beside(demo, tmp_path, f'<div style="height: 5000px"></div>{mount}')
    page = open_page("page.html", folder=tmp_path)
    page.wait_for_timeout(200)
    assert page.locator(f'script[src$="{page_widgets.DATA}"]').count() == 0
    assert page.locator(".lenet-widget > img").count() == 1
    assert read_answer(find_explorer(page)) == "5"
    assert not page.locator(".lenet-widget > img").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".lenet-widget > img").is_visible()
    assert not page.locator(".explorer").is_visible()


@pytest.mark.parametrize(
    ("key", "short"),
    [
        ("low", "AAAA"),  # 3 bytes
        ("digits", {"order": [0], "codes": "###"}),
    ],
)
def test_a_failed_load_shows_a_sentence(open_page, demo, tmp_path, key, short):
    (mount,) = make_mounts("en", (FIVE,))
    data = json.loads(page_widgets.make_data().removeprefix("lenetWidgets.data(")[:-3])
    data[key] = short
    write_page_beside(demo, tmp_path, mount, f"lenetWidgets.data({json.dumps(data)});")
    page = open_page("page.html", folder=tmp_path)
    alert = page.locator('[role="alert"]')
    alert.wait_for()
    assert alert.inner_text().startswith(WORDS["failed"])
    assert "got 3" in alert.inner_text()


def test_the_notebook_s_module_reads_what_python_sends(open_page, tmp_path):
    """And the drawing is sent back."""
    widget = LeNetExplorer(load_trained(), index=12)
    page = open_notebook(open_page, tmp_path, widget)
    explorer = page.locator("body > div")
    assert read_answer(explorer) == "2"
    page.evaluate("model.set('index', 4)")  # as from Python
    expect_answer(explorer, 4)
    explorer.locator('[data-tool="clear"]').click()
    draw(page, explorer, THREE)
    page.wait_for_timeout(300)
    assert page.evaluate("model.get('index')") == -1
    drawing = page.evaluate("Array.from(new Uint8Array(model.get('drawing').buffer))")
    widget.set_state({"index": -1, "drawing": memoryview(bytes(drawing))})
    with torch.no_grad():
        assert int(load_trained()(widget.drawing).argmax()) == 3
    assert page.evaluate("model.saved") >= 1
    other = torch.zeros(61706)
    values = base64.b64encode(other.numpy().tobytes()).decode()
    page.evaluate("values => model.receive({ values })", {"base64": values})
    page.wait_for_timeout(50)
    assert "10.0\u00a0%" in explorer.locator(".fc3").inner_text()
    expect_nothing_left(page)


A = [[(0.3, 0.75), (0.5, 0.15), (0.7, 0.75)], [(0.36, 0.55), (0.64, 0.55)]]
W = [[(0.3, 0.33), (0.4, 0.73), (0.5, 0.38), (0.6, 0.73), (0.7, 0.33)]]
NINE = [(0.65, 0.3), (0.5, 0.22), (0.38, 0.3), (0.4, 0.42), (0.52, 0.46), (0.63, 0.4), (0.66, 0.3)]
NINE = [[*NINE, (0.65, 0.5), (0.6, 0.8)]]


def draw_anew(page, explorer, strokes):
    explorer.locator('[data-tool="clear"]').click()
    for stroke in strokes:
        draw(page, explorer, stroke)


def test_what_is_no_digit_is_doubted_and_the_challenges_are_ticked_off(open_page):
    page = open_page()
    explorer = find_explorer(page)
    text = explorer.locator(".doubt").inner_text()
    assert WORDS["no_answer"] in text and WORDS["misses"] in text and WORDS["far"] not in text
    done = explorer.locator(".challenges [data-done]")
    for strokes, name in ((NINE, "nine"), (A, "letter"), (W, "sure")):
        assert explorer.locator(f"[data-challenge={name}][data-done]").count() == 0
        draw_anew(page, explorer, strokes)
        done.and_(explorer.locator(f"[data-challenge={name}]")).wait_for()
        check_live(explorer, f"{WORDS['done']}: {re.escape(WORDS['challenge_' + name])}")
        is_far = name == "sure"
        assert (WORDS["far"] in explorer.locator(".doubt").inner_text()) == is_far
        assert (WORDS["far"] in explorer.locator(".live").inner_text()) == is_far
    assert done.count() == 3
    explorer.locator('[data-tool="clear"]').click()
    expect_answer(explorer, "")
    assert WORDS["far"] not in explorer.locator(".doubt").inner_text()


SEND = """(pad, events) => { // in no time
  pad.setPointerCapture = () => {};
  for (const [type, [clientX, clientY]] of events) {
    pad.dispatchEvent(new PointerEvent(`pointer${type}`, { isPrimary: true, clientX, clientY }));
  }
}"""


def test_a_nine_that_was_there_is_no_nine_of_the_reader_s(open_page):
    """Nor is one of two strokes."""
    page = open_page()
    explorer = find_explorer(page)
    explorer.locator(".strip button").nth(19).click()
    draw(page, explorer, [(0.5, 0.45), (0.51, 0.46)])
    expect_answer(explorer, 9)
    page.wait_for_timeout(300)
    (way,) = NINE
    explorer.locator('[data-tool="clear"]').click()
    places = list_places(explorer, way)
    moves = [("move", place) for place in places]
    pad = explorer.locator(".pad")
    first = [("down", places[0]), *moves[:5], ("up", places[4])]
    # so far it is far from any digit, and read as a 0 for sure; but the pen is not lifted yet
    between = [start + 0.67 * (end - start) for start, end in zip(*places[4:6], strict=True)]
    pad.evaluate(SEND, [*first, ("down", places[4]), ("move", between)])
    page.wait_for_timeout(300)
    pad.evaluate(SEND, [*moves[5:], ("up", places[-1])])
    expect_answer(explorer, 9)
    page.wait_for_timeout(300)
    assert explorer.locator(".challenges [data-done]").count() == 0


def test_a_compact_explorer_doubts_in_one_sentence_and_only_where_there_is_reason(
    open_page, demo, tmp_path
):
    (mount,) = make_mounts("en", (FIVE,))
    write_page_beside(demo, tmp_path, mount.replace("{&quot;", "{&quot;compact&quot;:true,&quot;"))
    page = open_page("page.html", folder=tmp_path)
    explorer = find_explorer(page)
    assert explorer.locator(".doubt").inner_text() == ""
    roles = {n: explorer.locator(f".maps.{n}").get_attribute("role") for n in ("conv1", "fc3")}
    assert roles == {"conv1": "img", "fc3": "group"}  # percentages are text, to be read
    look = "canvas => canvas.toDataURL()"
    pad, undo = explorer.locator(".pad canvas"), explorer.locator('[data-tool="undo"]')
    draw(page, explorer, THREE)  # in place of the digit that was shown, not upon it
    expect_answer(explorer, 3)
    drawn = pad.evaluate(look)
    undo.click()
    expect_answer(explorer, 5)
    draw(page, explorer, THREE)
    expect_answer(explorer, 3)
    assert pad.evaluate(look) == drawn
    draw_anew(page, explorer, W)
    explorer.locator(".doubt", has_text=WORDS["far"]).wait_for()
    assert explorer.locator(".doubt").inner_text() == WORDS["far"]
    check_live(explorer, re.escape(WORDS["far"]))


def test_the_page_computes_with_a_network_and_digits_of_the_reader_s_own(open_page, tmp_path):
    own = "(torch.manual_seed(1), Net())[1], Digits(*(part[:20] for part in load_digits()))"
    write_demo(tmp_path, (f"LeNetExplorer({own}, index=7)",))
    explorer = find_explorer(open_page(folder=tmp_path))
    with torch.random.fork_rng():
        torch.manual_seed(1)
        net = Net().half().float()  # the page has them rounded
    images, labels = load_digits()
    assert explorer.get_by_role("radio").count() == 20
    named = explorer.get_by_role("radio", checked=True).get_attribute("aria-label")
    assert named == WORDS["digit"].format(label=labels[7], number=8)
    with torch.no_grad():
        check_shares(explorer, net(prepare_images(images[7:8]))[0])
    lines = explorer.locator(".doubt").inner_text().splitlines()  # whose logits nobody has measured
    assert [line for line in lines if line.strip()] == [
        WORDS[name] for name in ("distance", "unmeasured", "no_answer")
    ]


def test_an_update_fits_a_frame(open_page):
    """Ink → input → forward → paint, against a million multiplications in turns with it."""
    page = open_page()
    find_explorer(page)
    found = time_updates(page)
    update, million = (statistics.median(found[name]) for name in ("times", "sums"))
    assert update <= 3 * million, (update, million)

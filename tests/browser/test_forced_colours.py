"""Forced colours (Windows' high contrast): what is chosen, next, best or found still differs."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.browser.inspection import load_widgets

BUTTONS = [f".dropdown-{name}-buttons > button" for name in ("launch", "source", "download")]
BUTTONS += [".theme-switch-button", ".search-button-field i"]
FRAME = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
FIND = """selectors => {
  const inner = document.querySelectorAll(".lenet-widget[data-live] > div");
  const roots = [document, ...Array.from(inner, (each) => each.shadowRoot)];
  window.found = roots.flatMap((root) => selectors.flatMap((selector) => {
    const seen = [...root.querySelectorAll(selector)].filter((each) => each.checkVisibility());
    return seen.slice(-1).map((each) => ({ each, selector }));
  }));
  return found.map(({ selector }) => selector);
}"""
SHOW = """number => {
  const { each } = found[number];
  const place = each.matches("input") ? each.nextElementSibling : each;
  place.scrollIntoView({ block: "center", behavior: "instant" });
  const { x, y, width, height } = place.getBoundingClientRect();
  return { x: Math.max(0, x - 4), y: Math.max(0, y - 4), width: width + 8, height: height + 8 };
}"""
TURN = """([number, on]) => {
  const { each, selector } = found[number];
  const [, name, value] = selector.match(/^\\[(.*)='(.*)'\\]$/) ?? [];
  if (name) on ? each.setAttribute(name, value) : each.removeAttribute(name);
  else if (selector.endsWith(":checked")) each.checked = on;
  else each.classList.toggle(selector.split(".").pop(), on);
}"""


def shoot(page, box):
    return np.asarray(Image.open(io.BytesIO(page.screenshot(clip=box))).convert("L")).astype(int)


def check_marks(page, *marks):
    """An element has other pixels once its mark is taken away."""
    found = page.evaluate(FIND, marks)
    assert set(found) == set(marks)
    for number, mark in enumerate(found):
        box = page.evaluate(SHOW, number)
        marked = shoot(page, box)
        page.evaluate(FIND, marks)  # a widget that drew itself anew has another element
        page.evaluate(TURN, [number, False])
        assert (abs(marked - shoot(page, box)) > 60).sum() > 30, mark
        page.evaluate(TURN, [number, True])


def check_painted(page, *parts):
    """What would be nothing without its background is there."""
    found = page.evaluate(FIND, parts)
    assert set(found) == set(parts)
    for number, part in enumerate(found):
        assert np.ptp(shoot(page, page.evaluate(SHOW, number))) > 100, part


@pytest.fixture
def show_forced(visit):
    """Open a page in forced colours, for each of both schemes."""

    def show_forced(name, prepare):
        page = visit(name, forced_colors="active", reduced_motion="reduce")
        load_widgets(page)
        prepare(page)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.locator(f"[data-theme={scheme}] > *").last.wait_for(state="attached")
            for _ in range(5):  # in which widgets are drawn anew
                page.evaluate(FRAME)
            yield page

    return show_forced


def test_in_an_explorer_and_beside_it(show_forced):
    def choose(page):
        page.locator(".conv2 .map").nth(3).click()
        page.locator('[data-channel="2"]').click()
        page.locator(".here").wait_for()

    marks = ("[aria-pressed='true']", "[aria-checked='true']", "[aria-current='page']")
    for page in show_forced("chapters/en/00_welcome.html", choose):
        check_marks(page, *marks, ".best", ".here")
        check_painted(page, ".best .bar i", ".here i", ".meter i", ".legend i", ".centre")
        check_painted(page, ".search-button__button, .primary-toggle", *BUTTONS)


def test_in_a_graph_in_steps_and_in_what_search_found(show_forced):
    def choose(page):
        page.locator(".side .node").nth(2).click()
        page.locator("[data-step=forward]").click()
        page.locator("[data-step=loss]").click()

    current = ("[aria-current='true']", "[aria-current='step']", ".nav-link.active")
    chosen = (".choice:not(.index) :checked", ".index :checked")
    for page in show_forced("chapters/en/07_send_it_backward.html?highlight=gradient", choose):
        check_marks(page, *current, *chosen, ".changed", "li > .linked", ".next", ".highlighted")
        check_painted(page, "figcaption i", ".curve i")


def test_on_the_search_field(visit):
    page = visit("chapters/en/search.html", forced_colors="active")
    field = page.locator("main input:focus")
    box = field.bounding_box()
    marked = shoot(page, box)
    field.evaluate("field => { field.style.outline = 'none' }")
    assert (abs(marked - shoot(page, box)) > 60).sum() > 30

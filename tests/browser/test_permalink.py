"""What widgets show stands in the page's address, and comes back from it; strangers' hashes too."""

import re

import numpy as np

from lenet_course import load_trained
from lenet_course.widgets import LeNetExplorer
from tests.browser.conftest import BLOCK_STORAGE
from tests.browser.notebook import open_notebook
from tests.browser.test_explorer import (
    THREE,
    draw,
    expect_answer,
    find_explorer,
    point,
    read_answer,
)

CHAPTER = "chapters/{}/{}.html"
LEVELS = 11  # of ink, above none, in a link
OWN = "explorer:;explorer-2:;"  # both as the page has them, where nothing else is said


def find_widget(page, kind):
    place = page.locator(f'.lenet-widget[data-widget="{kind}"]').first
    place.scroll_into_view_if_needed()
    place.and_(page.locator("[data-live]")).wait_for()
    return place


def open_anew(page, address):
    page.goto("about:blank")  # another hash alone would not load the page
    page.goto(address)


def set_hash(page, text):
    page.evaluate("text => { location.hash = text; }", text)
    page.wait_for_timeout(50)


def wait_for_end(page, text):
    page.wait_for_url(lambda url: url.endswith(text))


def read_reds(explorer, selector):
    read = """canvas => { const { width, height } = canvas;
      const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
      return Array.from(data.filter((_, i) => i % 4 === 0)); }"""
    return np.array(explorer.locator(f"{selector} canvas").evaluate(read))


def expect_the_drawing(page, ink):
    explorer = find_explorer(page)
    assert np.abs(read_reds(explorer, ".pad") - ink).max() <= 255 / LEVELS
    explorer.locator(".readout", has_text="352").wait_for()
    expect_answer(explorer, 3)
    explorer.locator(".title code", has_text="conv2[3, 4, 5]").wait_for()
    return explorer


def find_top(page, selector):
    page.wait_for_timeout(300)
    return page.locator(selector).first.bounding_box()["y"]


def test_a_drawing_survives_back_the_language_switch_and_an_anchor(visit):
    page = visit(CHAPTER.format("ko", "00_welcome") + "#six-steps")
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    explorer = find_explorer(page)
    copies = explorer.get_by_role("button", name="링크 복사")
    assert copies.get_attribute("data-tool") == "copy-link"
    explorer.locator('[data-tool="clear"]').click()
    draw(page, explorer, THREE)
    point(explorer, "conv2", 3, 4, 5)
    explorer.locator(".scrubber").evaluate("details => { details.open = true; }")
    explorer.locator(".scrubber input").fill("7")
    page.wait_for_url(
        re.compile(r"#six-steps;explorer:ink=[\w-]{100,700}&at=conv2,3,4,5&checkpoint=7$")
    )
    written = page.evaluate("location.hash")
    assert page.evaluate("history.length") == 2  # a blank page and this one
    ink = read_reds(explorer, ".pad")

    page.goto(page.url.split("ko/")[0] + "en/glossary.html")
    page.go_back()
    expect_the_drawing(page, ink)
    assert page.evaluate("location.hash") == written
    section = page.locator("#six-steps")
    section.evaluate("s => s.scrollIntoView({ behavior: 'instant' })")
    box = page.locator(".language-switch").bounding_box()  # click() would scroll the page first
    page.mouse.click(box["x"] + 5, box["y"] + 5)
    page.wait_for_url("**/en/**")
    assert 0 <= find_top(page, "#six-steps") < 300
    assert "The network reads 3" in expect_the_drawing(page, ink).locator(".answer").inner_text()
    assert page.evaluate("location.hash") == written

    set_hash(page, "six-steps")  # as a link of the page: what the widget shows stays
    assert page.evaluate("location.hash") == written
    open_anew(page, page.url.replace("six-steps;", "").replace(",", "%2C").replace("&", "%26"))
    assert 0 <= find_top(page, ".lenet-widget") < 200
    expect_the_drawing(page, ink)


def test_the_steps_of_training_and_the_graph_s_node_come_back(visit):
    page = visit(CHAPTER.format("en", "07_send_it_backward"))
    graph, step = find_widget(page, "graph"), find_widget(page, "step")
    step.locator(".rate input").fill("0")
    for name in ("forward", "loss", "backward", "update"):
        step.locator(f"[data-step={name}]").click()
    step.locator(".rate input").fill("-0.3")
    step.locator("[name=momentum][value='0.9']").check(force=True)
    for name in 2 * ("zero_grad", "forward", "loss", "backward", "update") + ("zero_grad",):
        step.locator(f"[data-step={name}]").click()
    graph.locator(".steps button").last.click()
    node = graph.locator(".node[aria-current=true]").get_attribute("data-node")
    did = "step:rate=1&steps=flbu&rate=0.5&momentum=0.9&rounds=2&steps=z"
    wait_for_end(page, f"#graph:node={node};{did}")
    read = [".sentence", ".losses strong", ".curve", ".moves", ".setup", ".values", ".weights"]
    shown = [step.locator(each).inner_text() for each in read]
    page.reload()
    step = find_widget(page, "step")
    step.locator(".sentence", has_text=shown[0]).wait_for()
    assert [step.locator(each).inner_text() for each in read] == shown
    assert find_widget(page, "graph").locator(".node[aria-current=true][tabindex='0']").count() == 1
    step.locator("[data-tool=reset]").click()
    wait_for_end(page, ";step:rate=0.5&momentum=0.9")
    for hostile, rate in {
        "step:steps=bu&rate=11&rate=0.5&rate=.&images=3&rounds=401&loss=hinge": "0.5",
        "step:steps=flx&momentum=1&momentum=-0.1&rounds=9999&picture=8": "0.1",
        "graph:node=99;step:__proto__=1&constructor=z&toString=f": "0.1",
    }.items():
        set_hash(page, hostile)
        step = find_widget(page, "step")
        assert f"lr={rate})" in step.locator(".setup").inner_text()
        assert step.locator("[name=batch_size][value='1']").is_checked()
        assert step.get_attribute("data-live") == "" and step.locator(".moves").is_hidden()
    assert find_widget(page, "graph").locator(".place").inner_text().startswith("1 /")


def test_the_layer_and_the_channel_come_back_and_agree(visit):
    page = visit(CHAPTER.format("en", "03_run_it_forward"))
    for text, told in {
        "layer=conv1&channel=6": "Feature map 0 of conv1",
        "picture=3&layer=relu&channel=15": "Feature map 15 of pool2",
        "picture=2&layer=conv1&channel=5": "Feature map 5 of conv1",
    }.items():
        set_hash(page, f"feature_maps:{text}")
        browser = find_widget(page, "feature_maps")
        browser.locator("p[role=status]", has_text=told).wait_for()
    browser.locator("[name=layer][value=fc1]").check(force=True)
    wait_for_end(page, "#feature_maps:picture=2&layer=fc1&channel=5")


HOSTILE = {  # → the two answers, and what is held
    "explorer:digit=5": ["5", "8"],
    "explorer:digit=20;explorer-2:digit=4": ["3", "4"],
    "explorer:digit=-1&digit=7": ["3", "8"],
    "explorer:digit=NaN": ["3", "8"],
    "explorer:digit=1e1": ["3", "8"],
    "explorer:digit=5&at=conv1,5,27,27": ["5", "8", "conv1[5, 27, 27]"],
    "explorer:digit=5&at=conv1,6,0,0": ["5", "8"],
    "explorer:at=conv1,1": ["3", "8"],
    "explorer:at=fc3,9": ["3", "8", "fc3[9]"],
    "explorer:at=relu1,0,0,0": ["3", "8"],
    "explorer:at=__proto__,0&digit=6": ["6", "8"],
    "explorer:__proto__=1&constructor=2&digit=7": ["7", "8"],
    "__proto__:digit=1;constructor:digit=2;explorer-2:digit=0": ["3", "0"],
    "explorer-1:digit=1;explorer-99:digit=1": ["3", "8"],
    "explorer:ink=%00!;explorer-2:ink=<img src=x onerror=document.title=1>": ["3", "8"],
    "explorer:ink=": ["3", "8"],
    "explorer:ink=A&digit=4": ["", "8"],  # a blank pad
    f"explorer:ink={6_000 * 'A'};explorer-2:digit=1": ["3", "1"],
    f"explorer:digit=1&at={1_500 * '1,'}": ["1", "8"],
    9_900 * ";" + "explorer:digit=2": ["2", "8"],
    10_000 * ";" + "explorer:digit=2": ["3", "8"],
    "explorer:digit=%E0%A4%A": ["3", "8"],
    "explorer:digit=2:3;;;&&&==;explorer-2:digit=2": ["3", "2"],
    "javascript:alert(1);explorer:digit=0": ["0", "8"],
}


def read_explorers(page):
    explorers = [find_explorer(page, number) for number in (0, 1)]
    titles = [explorer.locator(".title").text_content() for explorer in explorers]
    held = [title.split("]")[0].strip() + "]" for title in titles if title]
    return [*map(read_answer, explorers), *held]


def test_a_hash_from_outside_is_checked_like_any_input(open_file, demo):
    """What is wrong is left out silently, what is right beside it stays; nothing can be stored."""
    page = open_file(demo)
    page.add_init_script(BLOCK_STORAGE)
    page.reload()
    read_explorers(page)
    for hostile, wanted in HOSTILE.items():
        set_hash(page, f"{OWN}{hostile}")
        assert read_explorers(page) == wanted, hostile[:80]
    assert page.title() == "LeNet"
    open_anew(page, page.url.split("#")[0] + "#explorer-2:digit=1")
    assert read_explorers(page) == ["3", "1"]


CLIPBOARD = """clipboard => {
  Object.defineProperty(navigator, "clipboard", { configurable: true, value: clipboard && {
    writeText: async (text) => { window.copied = text; },
    write: async ([item]) => {
      if (clipboard === "text") throw new DOMException("", "NotAllowedError");
      window.copied = await item.getType("image/png");
    } } });
}"""
READ_INPUT = """async () => {
  const picture = new OffscreenCanvas(1200, 630).getContext("2d");
  picture.drawImage(await createImageBitmap(window.copied), 0, 0);
  const { data } = picture.getImageData(40, 96, 304, 304);  // 9.5 pixels a value
  const middle = (at) => Math.floor(9.5 * (at + 0.5));
  return Array.from({ length: 1024 }, (_, i) =>
    data[4 * (304 * middle(Math.floor(i / 32)) + middle(i % 32))]);
}"""


def test_the_link_and_a_picture_are_copied_or_a_word_says_why_not(open_file, demo):
    page = open_file(demo)
    second = find_explorer(page, 1)
    second.locator(".strip button").nth(4).click()
    expect_answer(second, 4)
    link, picture = (
        second.get_by_role("button", name=f"Copy {name}") for name in ("link", "picture")
    )
    said = second.locator(".lenet-links [role=status]")

    def press(button, clipboard, word):
        page.evaluate(CLIPBOARD, clipboard)
        button.click()
        said.filter(has_text=word).wait_for()

    press(link, "all", "Link copied")
    assert page.evaluate("copied") == page.url.split("#")[0] + "#explorer-2:digit=4"
    press(picture, "all", "Picture copied")
    assert page.evaluate(READ_INPUT) == read_reds(second, ".input").tolist()
    press(link, None, "did not let")
    for clipboard in ("text", None):
        with page.expect_download() as download:
            press(picture, clipboard, "saved as a file")
        assert download.value.suggested_filename == "lenet.png"


def test_a_notebook_has_no_link_to_copy(open_file, tmp_path):
    page = open_notebook(
        lambda name, folder: open_file(folder, name), tmp_path, LeNetExplorer(load_trained())
    )
    page.locator(".explorer").wait_for()
    page.locator(".strip button").nth(1).click()
    page.wait_for_function("model.saved > 0")
    assert page.locator("[data-tool^=copy]").count() == 0
    assert page.evaluate("location.hash") == "" and page.evaluate("model.get('ink')") is None

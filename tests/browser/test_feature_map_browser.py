"""FeatureMapBrowser in a page: every map that is painted is held to PyTorch's."""

import io

import numpy as np
import pytest
import torch
from matplotlib import colormaps
from PIL import Image

from book.site.widget_demo import write_demo
from lenet_course import compute_feature_maps, load_digits, load_trained, prepare_images
from lenet_course.figures import SIGNED
from lenet_course.widgets import FeatureMapBrowser
from lenet_course.widgets.registry import get_words
from tests.browser.notebook import expect_nothing_left, open_notebook

CHOSEN = [1848, 3, 7]
IMAGES = prepare_images(load_digits("test").images)
SEVERAL = (
    "FeatureMapBrowser(load_trained(), "
    f"prepare_images(load_digits('test').images[{CHOSEN}]), layer='pool1')"
)
ONE = (
    "FeatureMapBrowser(load_trained(), prepare_images(load_digits('test').images), index=9, "
    "layer='fc1')"
)
COLUMNS = {"conv1": 3, "relu1": 3, "pool1": 3, "conv2": 4, "relu2": 4, "pool2": 4,
           "fc1": 12, "relu3": 12, "fc2": 12, "relu4": 12, "fc3": 5}  # fmt: skip
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
READ = """canvas => {
  const { width, height } = canvas;
  return [height, width, ...canvas.getContext("2d").getImageData(0, 0, width, height).data];
}"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("feature_maps")
    write_demo(folder, (SEVERAL, ONE))
    return folder


@pytest.fixture
def open_page(open_file, demo):
    def open_page(name="en.html", folder=demo, **options):
        return open_file(folder, name, **options)

    return open_page


def find_browser(page, number=0):
    place = page.locator(".lenet-widget").nth(number)
    place.scroll_into_view_if_needed()
    place.locator(".browser").wait_for()
    return place.locator(".browser")


def choose(browser, name):
    browser.get_by_role("radio", name=name, exact=True).check(force=True)
    rest(browser)


def rest(browser):
    """Wait for the frame in which what changed is drawn."""
    browser.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def measure(found) -> list[dict]:
    return found.evaluate_all("all => all.map((each) => each.getBoundingClientRect().toJSON())")


def list_names(browser) -> list[str]:
    return browser.locator("figcaption code").all_inner_texts()


def read_figure(browser, name) -> np.ndarray:
    """The colours of a figure's canvases, shape (maps, rows, columns, 4)."""
    caption = browser.page.get_by_text(name, exact=True)
    canvases = browser.locator("figure").filter(has=caption).locator("canvas")
    found = [np.array(values) for values in canvases.evaluate_all(f"all => all.map({READ})")]
    return np.stack([values[2:].reshape(*values[:2], 4) for values in found])


def check_colours(found, maps, limit=None, cmap=SIGNED):
    """The figures' colours; what is not a number has none."""
    values = maps.detach().numpy()
    limit = np.abs(values[np.isfinite(values)]).max(initial=0) if limit is None else limit
    wanted = cmap.resampled(4096)(np.clip(values / (limit or 1), -1, 1) / 2 + 0.5, bytes=True)
    lost = np.isnan(values)
    assert (found[lost] == 0).all()
    assert np.abs(found[~lost].astype(int) - wanted[~lost]).max(initial=0) <= 2


def check_maps(browser, maps, layer, channel):
    """All of the layer, and the chosen map in the same colours."""
    limit = float(maps[maps.isfinite()].abs().max())
    if maps.shape[1:] == (1, 1):
        shape = (1, len(maps) // COLUMNS[layer], COLUMNS[layer])
        check_colours(read_figure(browser, layer), maps.view(shape))
    else:
        check_colours(read_figure(browser, layer), maps)
        across = browser.locator(".large .grid").get_attribute("style")
        assert across == f"--across:{COLUMNS[layer]}"
    check_colours(read_figure(browser, f"{layer}[{channel}]"), maps[channel : channel + 1], limit)


def compute(net, index) -> dict[str, torch.Tensor]:
    outputs = compute_feature_maps(net, IMAGES[index : index + 1])
    return {
        name: outputs[name][0] if outputs[name].ndim == 4 else outputs[name].view(-1, 1, 1)
        for name in COLUMNS
    }


def test_every_map_of_every_layer_is_pytorch_s(open_page):
    browser = find_browser(open_page())
    assert list_names(browser) == ["images[0]", "pool1", "pool1[0]"]
    for layer, maps in compute(load_trained(), CHOSEN[0]).items():
        choose(browser, layer)
        check_maps(browser, maps, layer, 0)
        kernel = [f"{layer}.weight[0]"] if layer.startswith("conv") else []
        assert list_names(browser)[1:] == [layer, f"{layer}[0]", *kernel]


def test_every_picture_can_be_chosen(open_page):
    browser = find_browser(open_page())
    for place, index in reversed([*enumerate(CHOSEN)]):
        choose(browser, f"Image {place}, as it goes in")
        digit = 2 * IMAGES[index] - 1
        check_colours(read_figure(browser, f"images[{place}]"), digit, 1, colormaps["gray_r"])
        check_maps(browser, compute(load_trained(), index)["pool1"], "pool1", 0)


def test_what_is_painted_is_said_too(open_page):
    browser = find_browser(open_page())
    words, net = get_words("feature_maps", "en"), load_trained()
    maps = compute(net, CHOSEN[0])

    def say(key, values, **names):
        low, high = (f"{value:.3g}".replace("-", "−") for value in values.aminmax())
        return words[key].format(low=low, high=high, channel=3, **names)

    for layer, shape in (("conv2", "10×10"), ("fc3", "1×1")):
        choose(browser, layer)
        browser.get_by_role("spinbutton").fill("3")
        browser.get_by_role("spinbutton").press("Enter")
        rest(browser)
        every, one = ("values", "value") if layer == "fc3" else ("maps", "map")
        count = len(maps[layer])
        told = say(one, maps[layer][3], layer=layer, shape=shape)
        said = [
            words["input"].format(index=0),
            say(every, maps[layer], layer=layer, count=count, shape=shape),
            told,
        ]
        if layer == "conv2":
            said.append(say("kernels", net.conv2.weight[3], layer=layer, count=6, shape="5×5"))
            check_colours(read_figure(browser, "conv2.weight[3]"), net.conv2.weight[3])
        labels = browser.locator(".grid").evaluate_all("all => all.map((each) => each.ariaLabel)")
        assert labels == said
        assert browser.get_by_role("status").inner_text() == told
        limit = f"{float(maps[layer].abs().max()):.3g}"
        scale = browser.locator("figure", has=browser.page.get_by_text(layer, exact=True))
        assert scale.locator(".scale").inner_text() == f"−{limit}{limit}"


def test_a_map_is_chosen_by_pointing_at_it(open_page):
    browser = find_browser(open_page())
    maps = compute(load_trained(), CHOSEN[0])
    for layer, cell, place, channel in (("conv2", 13, 0.5, 13), ("fc2", 0, 0.9, 82)):
        choose(browser, layer)
        figure = browser.locator(".large .map").nth(cell)
        box = figure.bounding_box()
        spot = {"x": place * box["width"], "y": 0.95 * box["height"]}
        figure.click(position=spot)
        rest(browser)
        check_maps(browser, maps[layer], layer, channel)
        assert browser.get_by_role("spinbutton").input_value() == str(channel)
        marked = figure.locator(".mark").bounding_box()
        box = figure.bounding_box()
        assert marked["x"] - 3 <= box["x"] + spot["x"] <= marked["x"] + marked["width"] + 3
        assert marked["y"] - 3 <= box["y"] + spot["y"] <= marked["y"] + marked["height"] + 3


def test_two_browsers_on_a_page_do_not_meet(open_page):
    page = open_page()
    several, one = find_browser(page), find_browser(page, 1)
    choose(several, "pool2")
    choose(one, "relu1")
    assert list_names(several) == ["images[0]", "pool2", "pool2[0]"]
    assert list_names(one) == ["images[9]", "relu1", "relu1[0]"]
    check_maps(one, compute(load_trained(), 9)["relu1"], "relu1", 0)
    assert one.get_by_role("spinbutton").count() == 1  # there is one picture


def test_the_keyboard_does_all(open_page):
    page = open_page()
    browser = find_browser(page)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    rest(browser)
    assert list_names(browser)[0] == "images[1]"
    page.keyboard.press("Tab")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    rest(browser)
    assert list_names(browser) == ["images[1]", "relu2", "relu2[0]"]
    for keys, channel in ((["Tab", "1", "2", "Enter"], 12), (["Tab", "ArrowRight"], 13),
                          (["Shift+Tab", "9", "9", "Enter"], 15)):  # fmt: skip
        for key in keys:
            page.keyboard.press(key)
        rest(browser)
        assert list_names(browser)[-1] == f"relu2[{channel}]"
    page.keyboard.press("Shift+Tab")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    rest(browser)
    assert list_names(browser)[1:] == ["relu1", "relu1[5]"]  # a layer of fewer takes its last


@pytest.mark.parametrize(
    ("name", "options"), [("ko.html", PHONE), ("en.html", {"color_scheme": "dark"})]
)
def test_a_phone_and_the_dark_show_all_of_it(open_page, name, options):
    page = open_page(name, **options)
    width = page.viewport_size["width"]
    for number in range(2):
        browser = find_browser(page, number)
        for box in measure(browser.locator("label, input[type=range]")):
            assert box["height"] >= 40 and box["right"] <= width
        for box in measure(browser.locator("canvas")):
            assert box["width"] >= 40 and box["right"] <= width
        assert browser.get_attribute("data-theme") == options.get("color_scheme", "light")
        index, layer = [(CHOSEN[0], "pool1"), (9, "fc1")][number]
        check_maps(browser, compute(load_trained(), index)[layer], layer, 0)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_forced_colours_leave_the_choice_and_the_maps(open_page):
    browser = find_browser(open_page(forced_colors="active"))
    check_maps(browser, compute(load_trained(), CHOSEN[0])["pool1"], "pool1", 0)
    chosen, other = (
        np.asarray(Image.open(io.BytesIO(browser.locator(f"{which} + span").last.screenshot())))
        for which in ("fieldset.layer :checked", "fieldset.layer :not(:checked)")
    )
    assert chosen[5:-5, :3, :3].mean() + 50 < other[5:-5, :3, :3].mean()  # it has a thick edge
    ramp = browser.locator(".scale i").first
    assert "gradient" in ramp.evaluate("each => getComputedStyle(each).backgroundImage")


def test_the_words_are_the_page_s(open_page):
    browser = find_browser(open_page("ko.html"))
    assert browser.locator("legend").all_inner_texts() == ["이미지", "계층"]
    assert browser.get_by_role("spinbutton", name="채널").count() == 1
    assert get_words("feature_maps", "ko")["recorded"] in browser.inner_text()
    assert browser.get_by_role("button").count() == 0  # there is no Python to run again


def test_paper_and_a_page_without_scripts_show_the_picture(open_page):
    page = open_page()
    find_browser(page)
    pictures = [page, open_page(java_script_enabled=False)]
    assert not page.locator(".lenet-widget > img").first.is_visible()
    page.emulate_media(media="print")
    assert not page.locator(".browser").first.is_visible()
    for page in pictures:
        picture = page.locator(".lenet-widget > img").first
        assert picture.is_visible()
        assert "6 feature maps of pool1, 14×14 each" in picture.get_attribute("alt")


def test_the_notebook_s_module_asks_python_at_each_choice(open_page, tmp_path):
    net = load_trained()
    widget = FeatureMapBrowser(net, IMAGES, index=3, layer="conv2", channel=12)
    page = open_notebook(open_page, tmp_path, widget, answering=True)
    browser = page.locator(".browser")
    words = get_words("feature_maps", "en")
    assert words["recorded"] not in browser.inner_text()

    def check(index, layer, channel):
        page.wait_for_function(
            "name => document.querySelector('body > div').shadowRoot.textContent.includes(name)",
            arg=f"{layer}[{channel}]",
        )
        rest(browser)
        assert (widget.index, widget.layer, widget.channel) == (index, layer, channel)
        assert list_names(browser)[0] == f"images[{index}]"
        check_maps(browser, compute(net, index)[layer], layer, channel)
        if layer.startswith("conv"):
            weight = net.get_parameter(f"{layer}.weight")[channel]
            check_colours(read_figure(browser, f"{layer}.weight[{channel}]"), weight)

    check(3, "conv2", 12)
    with torch.no_grad():
        net.conv1.weight.mul_(-2)
    number = browser.get_by_role("spinbutton", name=words["picture"])
    number.fill("1848")
    number.press("Enter")
    choose(browser, "conv1")
    check(1848, "conv1", 5)
    with torch.no_grad():
        net.conv1.weight.mul_(-1)
        net.conv1.weight[2] = torch.nan
        net.conv1.weight[3] = torch.inf
    browser.get_by_role("button", name=words["refresh"]).click()
    page.wait_for_function("model.get('runs') === 1")
    rest(browser)
    check(1848, "conv1", 5)
    browser.locator(".large .map").nth(2).click()
    check(1848, "conv1", 2)
    assert "nan" in browser.get_by_role("status").inner_text()
    expect_nothing_left(page)

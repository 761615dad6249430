"""StepByStep in a real browser: every press does what PyTorch does in the same test."""

import base64
import io
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from book.site.widget_demo import make_mounts, write_demo, write_page
from lenet_course import Digits, Net, load_digits, load_trained, prepare_images
from lenet_course.widgets import StepByStep
from lenet_course.widgets.arguments import load_examples
from lenet_course.widgets.registry import FOLDER, get_words
from tests.browser.inspection import hide_tab
from tests.browser.notebook import expect_nothing_left, open_notebook

WORDS = get_words("step", "en")
LAYERS = ["conv1", "conv2", "fc1", "fc2", "fc3"]
LOOP = ["zero_grad", "forward", "loss", "backward", "update"]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
FRESH = "(torch.manual_seed(0), StepByStep(Net(){}))[1]"
TEST = "Digits(load_digits('test').images[:8], load_digits('test').labels[:8])"
EIGHT, ONE, TRAINED, NINE = range(4)  # the widgets of the page


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("step")
    widgets = (
        FRESH.format(""),
        FRESH.format(f", {TEST}, batch_size=1, learning_rate=0.01, momentum=0.9"),
        "StepByStep(load_trained(), criterion='mse_loss', learning_rate=0.001)",
        FRESH.format(", Digits(*(part[:1] for part in load_digits('test')))"),
    )
    write_demo(folder, widgets)
    return folder


@pytest.fixture
def open_page(open_file, demo):
    def open_page(name="en.html", folder=demo, **options):
        return open_file(folder, name, **options)

    return open_page


class Loop:
    """The same loop in PyTorch, line by line."""

    def __init__(self, number, learning_rate=None, momentum=None, criterion=None, batch=None):
        torch.manual_seed(0)
        self.net = load_trained() if number == TRAINED else Net()
        digits = load_digits("test") if number in (ONE, NINE) else load_examples()
        batch = batch or {ONE: [0], NINE: [0]}.get(number, list(range(8)))
        self.images, self.labels = prepare_images(digits.images[batch]), digits.labels[batch]
        rates = {EIGHT: (0.1, 0), ONE: (0.01, 0.9), TRAINED: (0.001, 0), NINE: (0.1, 0)}[number]
        self.rate = learning_rate or rates[0]
        self.optimizer = torch.optim.SGD(
            self.net.parameters(), self.rate, rates[1] if momentum is None else momentum
        )
        self.criterion = criterion or ("mse_loss" if number == TRAINED else "cross_entropy")

    def zero_grad(self):
        self.optimizer.zero_grad()

    def forward(self):
        self.logits = self.net(self.images)

    def measure(self, logits, labels):
        if self.criterion == "mse_loss":
            return F.mse_loss(logits, F.one_hot(labels, 10).float())
        return F.cross_entropy(logits, labels)

    def loss(self):
        self.value = self.measure(self.logits, self.labels)

    def backward(self):
        self.value.backward(retain_graph=True)

    def update(self):
        self.before = {name: p.detach().clone() for name, p in self.net.named_parameters()}
        self.optimizer.step()

    def get_weight(self, layer):
        return getattr(self.net, layer).weight


def find_stepper(page, number=EIGHT):
    place = page.locator(".lenet-widget").nth(number)
    place.scroll_into_view_if_needed()
    place.locator(".stepper").wait_for()
    return place.locator(".stepper")


def get_button(stepper, step):
    return stepper.locator(f'button[data-step="{step}"]')


def press(stepper, *steps, loop=None):
    for step in steps:
        get_button(stepper, step).click()
        if loop:
            getattr(loop, step)()


def read_data(stepper, selector):
    values = stepper.locator(f"{selector} data").evaluate_all("all => all.map(d => d.value)")
    return [float(value) for value in values]


def read_sentence(stepper):
    return stepper.locator(".sentence").inner_text()


def check_loss(stepper, loop):
    (loss,) = read_data(stepper, ".number")
    assert loss == pytest.approx(loop.value.item(), abs=1e-4, rel=1e-4)
    shown = stepper.locator(".number strong").inner_text()
    assert float(shown) == pytest.approx(loss, abs=5.1e-5)
    pairs = zip(loop.logits, loop.labels, strict=True)
    terms = [loop.measure(row[None], label[None]) for row, label in pairs]
    shown = read_data(stepper, ".index label small:nth-of-type(3)")
    assert shown == pytest.approx(torch.stack(terms).tolist(), abs=1e-4, rel=1e-4)
    assert np.mean(shown) == pytest.approx(loss)


def check_gradients(stepper, loop):
    norms = [loop.get_weight(layer).grad.norm().item() for layer in LAYERS]
    assert read_data(stepper, ".gradients") == pytest.approx(norms, rel=1e-4)


def check_update(stepper, loop):
    weights = [loop.get_weight(layer).detach() for layer in LAYERS]
    olds = [loop.before[f"{layer}.weight"] for layer in LAYERS]
    norms = [(new - old).norm().item() for new, old in zip(weights, olds, strict=True)]
    assert read_data(stepper, ".weights") == pytest.approx(norms, rel=1e-4)
    places = stepper.locator(".moves code").all_inner_texts()
    numbers = np.reshape(read_data(stepper, ".moves"), (5, 3))
    for layer, new, old, place, shown in zip(LAYERS, weights, olds, places, numbers, strict=True):
        name, index = re.fullmatch(r"(\w+)\.weight\[([\d, ]+)\]", place).groups()
        at = tuple(map(int, index.split(", ")))
        assert name == layer and len(at) == new.ndim
        change = new - old
        assert change[at].abs() == pytest.approx(change.abs().max().item(), rel=1e-4)
        wanted = [old[at].item(), -change[at].item() / loop.rate, new[at].item()]
        assert shown == pytest.approx(wanted, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize(("number", "rounds"), [(EIGHT, 10), (ONE, 3), (TRAINED, 3)])
def test_every_round_shows_pytorch_s_loss_gradients_and_weights(open_page, number, rounds):
    stepper, loop = find_stepper(open_page(), number), Loop(number)
    for _ in range(rounds):
        press(stepper, *LOOP[:3], loop=loop)
        check_loss(stepper, loop)
        answers = stepper.locator(".index label small:nth-of-type(1)").all_inner_texts()
        right = loop.logits.argmax(1) == loop.labels
        pairs = zip(loop.logits.argmax(1).tolist(), right, strict=True)
        wanted = [f"{answer} {'✓' if good else '✗'}" for answer, good in pairs]
        assert [answer for answer in answers if answer] == wanted
        press(stepper, "backward", loop=loop)
        check_gradients(stepper, loop)
        press(stepper, "update", loop=loop)
        check_update(stepper, loop)
    probability = F.softmax(loop.logits, 1) if number != TRAINED else loop.logits
    wanted = probability[range(len(loop.labels)), loop.labels].tolist()
    shown = read_data(stepper, ".index label small:nth-of-type(2)")
    assert shown == pytest.approx(wanted, abs=1e-4, rel=1e-4)


def read_pixels(stepper, part, layer):
    canvas = stepper.locator(f'.{part} [data-layer="{layer}"] canvas')
    picture = canvas.evaluate("canvas => canvas.toDataURL()").split(",")[1]
    return np.array(Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGBA"))


def lay_out(values, across):
    """Tiles (N, H, W) side by side, nan between them."""
    padded = F.pad(values, (0, 1, 0, 1), value=torch.nan)
    rows = [torch.cat(list(row), 1) for row in padded.split(across)]
    return torch.cat(rows)[:-1, :-1].detach().numpy()


def check_colours(pixels, wanted):
    """Red above zero, blue below it, clear where there is no value."""
    assert pixels.shape[:2] == wanted.shape
    blank = np.isnan(wanted)
    assert (pixels[..., 3] == np.where(blank, 0, 255)).all()
    clear = np.abs(np.nan_to_num(wanted)) > 0.1 * np.nanmax(np.abs(wanted))
    assert clear.sum() > 5
    assert ((pixels[..., 0] > pixels[..., 2].astype(int)) == (wanted > 0))[clear].all()


def test_the_maps_are_the_layers_weights_and_gradients(open_page):
    stepper, loop = find_stepper(open_page()), Loop(EIGHT)
    press(stepper, *LOOP, loop=loop)
    layers = {}
    for layer in LAYERS:
        module = getattr(loop.net, layer)
        module.register_forward_hook(lambda _m, _i, out, layer=layer: layers.update({layer: out}))
    stepper.locator(".index label").nth(3).click()
    press(stepper, "forward", loop=loop)
    assert stepper.locator(".values h3 code").inner_text() == "images[3]"
    folds = {"conv1": 3, "conv2": 8}
    shapes = {"fc1": (1, 4, 30), "fc2": (1, 3, 28), "fc3": (1, 1, 10)}
    for layer in LAYERS:
        values = layers[layer][3].reshape(shapes.get(layer, layers[layer][3].shape))
        check_colours(read_pixels(stepper, "values", layer), lay_out(values, folds.get(layer, 1)))
        for part in ("weights", "gradients"):
            tensor = loop.get_weight(layer)
            tensor = tensor if part == "weights" else tensor.grad
            if layer == "conv2":  # a column of six kernels for each map
                tensor = tensor.transpose(0, 1)
            tiles = tensor.reshape(-1, *tensor.shape[2:]) if tensor.ndim == 4 else tensor[None]
            across = {"conv1": 3, "conv2": 16}.get(layer, 1)
            check_colours(read_pixels(stepper, part, layer), lay_out(tiles, across))


def read_state(stepper):
    """All that a press may change, part by part."""
    pixels = """part => Array.from(part.querySelectorAll("canvas"),
      (canvas) => canvas.toDataURL()).join() + part.innerText"""
    names = ("values", "weights", "gradients", "losses")
    parts = {name: stepper.locator(f".part.{name}").evaluate(pixels) for name in names}
    places = [f".index label small:nth-of-type({n})" for n in (1, 2, 3)]
    readings = [stepper.locator(place).all_inner_texts() for place in places]
    return {**parts, "answers": readings[:2], "terms": readings[2]}


def test_a_press_changes_what_it_says_and_nothing_else(open_page):
    stepper = find_stepper(open_page())
    changes = {
        "forward": {"values", "answers"},
        "loss": {"losses", "terms"},
        "backward": {"gradients"},
        "update": {"weights"},
        "zero_grad": {"gradients"},
    }
    marked = {"forward": "values", "loss": "losses", "update": "weights"}
    for turn in range(2):
        for step in ("forward", "loss", "backward", "backward", "update", "zero_grad"):
            before = read_state(stepper)
            press(stepper, step)
            after = read_state(stepper)
            changed = {part for part in before if before[part] != after[part]}
            left = {"terms"} if turn and step == "forward" else set()  # the last loss's are gone
            assert changed == changes[step] | left, (turn, step)
            part = stepper.locator(".part.changed")
            assert marked.get(step, "gradients") in part.get_attribute("class")
            current = stepper.locator('[aria-current="step"]')
            assert current.get_attribute("data-step") == step
            code = current.locator("code").text_content()
            assert code == stepper.locator(".ran").text_content()
    press(stepper, "zero_grad")
    assert read_sentence(stepper) == WORDS["said_zero_again"]


def test_a_map_has_its_layer_s_name_and_the_curve_its_first_and_last_loss(open_page):
    stepper = find_stepper(open_page())
    names = stepper.locator(".gradients").get_by_role("group")
    assert [name.get_attribute("aria-label") for name in names.all()] == LAYERS
    curve = stepper.get_by_role("img", name="curve")
    assert curve.count() == 0  # an empty one
    losses = []
    for _ in range(2):
        press(stepper, *LOOP)
        losses += read_data(stepper, ".number")
    said = re.findall(r"\d+\.\d+", curve.get_attribute("aria-label"))
    assert [*map(float, said)] == pytest.approx(losses, rel=0.01)


def test_backward_twice_doubles_and_zero_grad_gives_none(open_page):
    stepper, loop = find_stepper(open_page(), NINE), Loop(NINE)
    none = stepper.locator(".gradients .empty i")
    assert none.all_inner_texts() == ["None"] * 5
    press(stepper, "forward", "loss", "backward", loop=loop)
    check_gradients(stepper, loop)
    once = read_data(stepper, ".gradients")
    pale = read_pixels(stepper, "gradients", "fc3")
    press(stepper, "backward", loop=loop)
    check_gradients(stepper, loop)
    assert read_data(stepper, ".gradients") == pytest.approx([2 * norm for norm in once])
    assert WORDS["retained"] in read_sentence(stepper)
    scale = stepper.locator(".gradients .size small:first-child").all_inner_texts()
    assert (read_pixels(stepper, "gradients", "fc3") != pale).any()  # one scale: seen, not hidden
    press(stepper, "forward", "loss", "backward", loop=loop)
    check_gradients(stepper, loop)
    assert read_data(stepper, ".gradients") == pytest.approx([3 * norm for norm in once], rel=1e-4)
    assert WORDS["retained"] not in read_sentence(stepper)
    assert scale != stepper.locator(".gradients .size small:first-child").all_inner_texts()
    press(stepper, "zero_grad", loop=loop)
    assert loop.net.conv1.weight.grad is None
    assert none.all_inner_texts() == ["None"] * 5
    press(stepper, "backward", loop=loop)
    check_gradients(stepper, loop)
    assert read_data(stepper, ".gradients") == pytest.approx(once, rel=1e-4)
    assert WORDS["retained"] in read_sentence(stepper)  # the loss is the one sent back before


def test_what_cannot_be_done_yet_says_why(open_page):
    stepper = find_stepper(open_page())

    def check_refused(step, reason):
        button = get_button(stepper, step)
        assert button.get_attribute("aria-disabled") == "true"
        before = read_state(stepper)
        button.click(force=True)
        assert read_sentence(stepper) == WORDS[reason]
        assert stepper.locator(".live").text_content() == WORDS[reason]
        assert read_state(stepper) == before

    assert read_sentence(stepper) == WORDS["begin"]
    check_refused("loss", "no_logits")
    check_refused("backward", "no_loss")
    check_refused("update", "no_gradients")
    press(stepper, "forward")
    check_refused("backward", "no_loss")
    press(stepper, "loss", "backward", "update")
    check_refused("loss", "old")
    check_refused("backward", "old")  # PyTorch: modified by an inplace operation
    press(stepper, "update", "forward")  # PyTorch would take the same gradients again
    check_refused("backward", "old")
    press(stepper, "loss", "backward", "zero_grad")
    check_refused("update", "no_gradients")


def test_pytorch_refuses_what_the_widget_refuses():
    loop = Loop(NINE)
    for step in LOOP:
        getattr(loop, step)()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loop.backward()


def set_rate(stepper, key):
    stepper.locator("input[type=range]").press(key)


def test_too_high_a_learning_rate_climbs(open_page):
    stepper, loop = find_stepper(open_page()), Loop(EIGHT, learning_rate=10)
    set_rate(stepper, "End")
    assert stepper.locator("output").inner_text() == "10"
    assert "lr=10)" in stepper.locator(".setup").text_content()
    losses = []
    for _ in range(3):
        press(stepper, *LOOP, loop=loop)
        losses += read_data(stepper, ".number")
        assert losses[-1] == pytest.approx(loop.value.item(), rel=1e-2)
    assert losses[2] > 5 * losses[0]


def test_a_small_learning_rate_hardly_moves(open_page):
    stepper, loop = find_stepper(open_page()), Loop(EIGHT, learning_rate=0.001)
    set_rate(stepper, "Home")
    assert stepper.locator("output").inner_text() == "0.001"
    for _ in range(3):
        press(stepper, *LOOP, loop=loop)
    check_update(stepper, loop)
    (loss,) = read_data(stepper, ".number")
    assert loss == pytest.approx(2.31, abs=0.01)


def choose(stepper, name, value):
    stepper.locator(f'[name="{name}"][value="{value}"]').check(force=True)


def test_the_settings_reach_the_loop(open_page):
    page = open_page()
    stepper = find_stepper(page)
    press(stepper, *LOOP)
    choose(stepper, "criterion", "mse_loss")
    assert "MSELoss()" in stepper.locator(".setup").text_content()
    assert stepper.locator(".number").inner_text().strip() == ""  # another loss: nothing yet
    assert get_button(stepper, "loss").get_attribute("aria-disabled") == "true"
    assert get_button(stepper, "update").get_attribute("aria-disabled") == "false"
    stepper.locator('[data-tool="reset"]').click()
    choose(stepper, "batch_size", 1)
    choose(stepper, "index", 6)
    choose(stepper, "momentum", 0.9)
    assert "momentum=0.9" in stepper.locator(".setup").text_content()
    assert stepper.locator(".index .unused").count() == 7
    loop = Loop(EIGHT, momentum=0.9, criterion="mse_loss", batch=[6])
    for _ in range(4):
        press(stepper, *LOOP, loop=loop)
    check_loss(stepper, loop)
    check_gradients(stepper, loop)
    check_update(stepper, loop)
    assert stepper.locator(".setup").text_content().count("0.9") == 1
    choose(stepper, "momentum", 0)  # another optimizer: the old velocity is forgotten
    choose(stepper, "momentum", 0.9)
    loop.optimizer = torch.optim.SGD(loop.net.parameters(), 0.1, 0.9)
    press(stepper, *LOOP, loop=loop)
    check_update(stepper, loop)


def play(stepper):
    stepper.locator('[data-tool="play"]').click()


def wait_for_loss(stepper, below):
    stepper.page.wait_for_function(
        "([stepper, below]) => Number(stepper.querySelector('.number data')?.value) < below",
        arg=[stepper.element_handle(), below],
        timeout=60_000,
    )


def test_play_learns_the_digits_and_stops(open_page):
    page = open_page()
    stepper = find_stepper(page)
    choose(stepper, "momentum", 0.9)
    button = stepper.locator('[data-tool="play"]')
    play(stepper)
    assert button.inner_text() == WORDS["pause"]
    assert stepper.locator('[aria-current="step"], .changed, .next').count() == 0
    wait_for_loss(stepper, 0.001)
    assert button.inner_text() == WORDS["play"]
    answers = stepper.locator(".index label small:nth-of-type(1)").all_inner_texts()
    assert answers == [f"{label} ✓" for label in range(8)]
    count = int(re.search(r"\d+", read_sentence(stepper))[0])
    points = stepper.locator("polyline").get_attribute("points").split(" ")
    assert len(points) == count > 20
    assert stepper.locator(".live").text_content() == read_sentence(stepper)
    heights = [100 - float(point.split(",")[1]) for point in points]
    loop = Loop(EIGHT, momentum=0.9)
    losses = []
    for _ in range(10):
        for step in LOOP:
            getattr(loop, step)()
        losses.append(loop.value.item())
    ratios = [height / heights[0] for height in heights[:10]]
    assert ratios == pytest.approx([loss / losses[0] for loss in losses], rel=1e-3)


def test_what_plays_pauses_in_a_hidden_tab(open_page):
    page = open_page()
    stepper = find_stepper(page)
    play(stepper)
    hide_tab(page)
    assert stepper.locator('[data-tool="play"]').inner_text() == WORDS["play"]


def test_pause_reset_and_a_step_by_hand(open_page):
    page = open_page()
    stepper = find_stepper(page)
    play(stepper)
    page.wait_for_function(
        "stepper => stepper.querySelector('polyline')?.points.length > 3",
        arg=stepper.element_handle(),
    )
    play(stepper)
    count = stepper.locator("polyline").get_attribute("points").count(" ")
    page.wait_for_timeout(300)
    assert stepper.locator("polyline").get_attribute("points").count(" ") == count
    play(stepper)
    get_button(stepper, "forward").click()  # takes the loop into one's own hand
    assert stepper.locator('[data-tool="play"]').inner_text() == WORDS["play"]
    assert stepper.locator(".part.changed.values").count() == 1
    stepper.locator('[data-tool="reset"]').click()
    assert stepper.locator(".curve svg").count() == 0
    assert read_sentence(stepper) == WORDS["begin"]
    loop = Loop(EIGHT)
    press(stepper, *LOOP, loop=loop)
    check_loss(stepper, loop)
    check_update(stepper, loop)


def test_a_quiet_page_shows_fewer_pictures_of_a_running_loop(open_page):
    page = open_page(reduced_motion="reduce")
    stepper = find_stepper(page)
    press(stepper, "forward")
    animation = stepper.locator(".values .map").first
    assert animation.evaluate("map => getComputedStyle(map).animationName") == "none"
    play(stepper)
    assert stepper.locator("polyline").get_attribute("points").count(" ") == 9  # ten rounds at once
    play(stepper)


def test_before_change_and_after(open_page):
    stepper, loop = find_stepper(open_page()), Loop(EIGHT)
    assert stepper.locator(".view input:disabled").count() == 3
    press(stepper, *LOOP, loop=loop)
    after = read_pixels(stepper, "weights", "conv1")
    choose(stepper, "view", "before")
    assert (read_pixels(stepper, "weights", "conv1") != after).any()
    choose(stepper, "view", "change")
    change = loop.net.conv1.weight.detach() - loop.before["conv1.weight"]
    check_colours(read_pixels(stepper, "weights", "conv1"), lay_out(change[:, 0], 3))
    choose(stepper, "view", "after")
    assert (read_pixels(stepper, "weights", "conv1") == after).all()


def test_the_keyboard_alone_is_enough(open_page):
    page = open_page()
    stepper, loop = find_stepper(page), Loop(EIGHT, momentum=0.9, criterion="mse_loss", batch=[0])
    focused = "document.activeElement.shadowRoot?.activeElement"

    def go_to(what):
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate(f"{focused}?.matches({what!r})"):
                return
        raise AssertionError(what)

    for name, key in (("batch_size", "Left"), ("momentum", "Right"), ("criterion", "Right")):
        go_to(f"[name={name}]")
        page.keyboard.press(f"Arrow{key}")
    outline = f"getComputedStyle({focused}.closest('label')).outlineStyle"
    assert page.evaluate(outline) == "solid"
    for step in LOOP:
        go_to(f"[data-step={step}]")
        assert page.evaluate(f"getComputedStyle({focused}).outlineStyle") == "solid"
        page.keyboard.press("Enter" if step != "loss" else " ")
        getattr(loop, step)()
    check_loss(stepper, loop)
    check_update(stepper, loop)
    go_to("[data-tool=play]")
    page.keyboard.press("Enter")
    assert stepper.locator('[data-tool="play"]').inner_text() == WORDS["pause"]
    page.keyboard.press("Enter")
    go_to("[data-tool=reset]")
    page.keyboard.press("Enter")
    go_to("[type=range]")
    page.keyboard.press("ArrowRight")
    assert stepper.locator("output").inner_text() == "0.11"
    go_to("[name=index]")
    page.keyboard.press("ArrowRight")
    assert stepper.locator('[name="index"]').nth(1).is_checked()


def test_a_finger_takes_the_steps_at_390_pixels(open_page):
    page = open_page("ko.html", **PHONE)
    words = get_words("step", "ko")
    stepper, loop = find_stepper(page), Loop(EIGHT)
    stepper.locator(".board").evaluate("board => board.scrollIntoView()")
    before = page.evaluate("scrollY")
    for step in LOOP:
        get_button(stepper, step).tap()
        getattr(loop, step)()
        assert stepper.locator(".ran").is_visible()
        part = stepper.locator(".changed")
        boxes = [each.bounding_box() for each in (part, stepper.locator(".controls"))]
        assert boxes[0]["y"] >= 0  # what changed and what is pressed are seen together
        assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"] + 1 or step == "loss"
        assert boxes[1]["y"] + boxes[1]["height"] <= 844
    assert page.evaluate("scrollY") == before
    check_loss(stepper, loop)
    check_update(stepper, loop)
    assert words["said_update"].format(rate=0.1) == read_sentence(stepper)
    controls = stepper.locator("button, label").evaluate_all(
        "all => all.map(c => ({ name: c.ariaLabel || c.textContent.trim()"
        " || c.querySelector('canvas')?.ariaLabel, width: c.offsetWidth, height: c.offsetHeight }))"
    )
    assert len(controls) > 22
    assert all(control["name"] for control in controls)
    assert all(min(c["width"], c["height"]) >= 34 for c in controls), controls
    keys = stepper.locator("button").evaluate_all("all => all.map(c => c.offsetHeight)")
    assert min(keys) >= 40


def test_nothing_is_wider_than_the_window(open_page):
    page = open_page("en.html")
    for number in (EIGHT, ONE, TRAINED, NINE):
        stepper = find_stepper(page, number)
        press(stepper, *LOOP)
        for width in (320, 390, 640, 800, 1200):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            edges = stepper.locator("button, canvas, data, code").evaluate_all(
                "all => all.map(each => each.getBoundingClientRect().right)"
            )
            assert max(edges) <= width, (number, width)


# Ten rounds of the loop, and the three views of each; where all stands at first, and what moved or
# is wider than its place afterwards.
WATCH_ROWS = """async (stepper, rate) => {
  const press = (selector) => stepper.querySelector(selector).click();
  const slider = stepper.querySelector("[type=range]");
  slider.value = Math.log10(rate);
  slider.dispatchEvent(new Event("input"));
  const list = (rows) => [...stepper.querySelectorAll(rows)];
  const rows = ".cell, .part, .index label, .number, .curve, .moves p, .view, .loop, .said, .tools";
  const measure = () => list(rows).map((row) => {
    const { top, left } = stepper.getBoundingClientRect(), box = row.getBoundingClientRect();
    const place = row.closest(".controls") ? [0, 0] : [box.left - left, box.top - top]; // sticky
    return [row.className.split(" ")[0], ...place, box.width, box.height].join();
  });
  const faults = new Set(), first = {};
  const look = () => [288, 688].forEach((width) => { // in a window of 320 pixels, and of 1280
    stepper.getRootNode().host.style.width = `${width}px`;
    const now = measure();
    first[width] ??= now;
    now.forEach((row, n) => row !== first[width][n] && faults.add(`${first[width][n]} > ${row}`));
    for (const text of list("data, small, strong, .moves span")) {
      if (text.scrollWidth > text.clientWidth + 1 && text.clientWidth
        || text.getBoundingClientRect().right > stepper.getBoundingClientRect().right + 1) {
        faults.add(`${width}: ${text.textContent}`);
      }
    }
  });
  for (let round = 0; round < 10; round++) {
    for (const step of ["zero_grad", "forward", "loss", "backward", "update"]) {
      press(`[data-step=${step}]`);
      if (round === 0 && step !== "update") continue; // the weights that moved come with it
      for (const view of step === "update" ? ["before", "change", "after"] : ["after"]) {
        press(`.view [value=${view}]`);
        look();
      }
    }
  }
  return [first[288].length, [...faults], list(".size").map((size) => size.textContent).join(" ")];
}"""


@pytest.mark.parametrize("rate", [0.01, 10])
def test_no_row_moves_as_values_grow_and_every_number_fits(open_page, rate):
    stepper = find_stepper(open_page(reduced_motion="reduce"))
    count, faults, shown = stepper.evaluate(WATCH_ROWS, rate)
    assert (count, faults) == (38, [])
    assert bool(re.search(r"\de\d", shown)) == (rate == 10), shown


def test_numbers_are_written_as_in_python_and_short(open_page):
    page = open_page()
    source = (FOLDER / "shared/numbers.js").read_text(encoding="utf-8").replace("export ", "")
    values = [0, 1234, -39000, 1.3e13, -0.00001234, float("nan"), float("-inf"), 0.5]
    shorten = f"values => {{ {source} return values.map((value) => shorten(value, 2)) }}"
    shown = page.evaluate(shorten, values)
    assert shown == ["0", "1200", "−3.9e4", "1.3e13", "−1.2e−5", "nan", "−inf", "0.5"]
    digits = [float(text.replace("−", "-")) for text in shown]
    assert digits == pytest.approx(values, rel=0.05, nan_ok=True)


def test_dark_mode_follows_the_book_then_the_system(open_page):
    page = open_page(color_scheme="dark")
    stepper = find_stepper(page)
    assert stepper.get_attribute("data-theme") == "dark"
    dark = read_pixels(stepper, "weights", "conv1")
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    page.locator(".stepper[data-theme=light]").first.wait_for()
    assert (read_pixels(stepper, "weights", "conv1") != dark).any()


def test_two_on_a_page_and_a_page_come_back_to(open_page):
    page = open_page()
    first, second = find_stepper(page), find_stepper(page, ONE)
    start = read_state(first)
    play(second)
    wait_for_loss(second, 1.5)
    assert read_state(first) == start
    page.goto(page.url.replace("en.html", "ko.html"))
    assert get_words("step", "ko")["begin"] in find_stepper(page).inner_text()
    page.go_back()
    stepper, loop = find_stepper(page), Loop(EIGHT)
    press(stepper, *LOOP, loop=loop)
    check_loss(stepper, loop)
    assert not page.locator(".lenet-widget > img").first.is_visible()


def test_a_fresh_net_needs_no_data_file(open_page, demo, tmp_path):
    (tmp_path / "_static").symlink_to(demo / "_static")
    write_page(tmp_path / "page.html", "en", make_mounts("en", (FRESH.format(""),)))
    page = open_page("page.html", folder=tmp_path)
    assert WORDS["untrained"].format(seed=0) in find_stepper(page).inner_text()
    assert page.locator('script[src$="data.js"]').count() == 0
    page = open_page()
    assert WORDS["given"] in find_stepper(page, TRAINED).inner_text()
    assert page.locator('script[src$="data.js"]').count() == 1


def test_a_failed_load_shows_a_sentence(open_page, demo, tmp_path):
    (mount,) = make_mounts("en", (FRESH.format(""),))
    (tmp_path / "_static").symlink_to(demo / "_static")
    broken = mount.replace("&quot;labels&quot;:[0,", "&quot;labels&quot;:[")
    assert broken != mount
    write_page(tmp_path / "page.html", "en", [broken])
    page = open_page("page.html", folder=tmp_path)
    alert = page.locator('.lenet-widget [role="alert"]')
    alert.wait_for()
    assert alert.inner_text().startswith(WORDS["failed"])
    assert "got 6272" in alert.inner_text()


def test_the_notebook_s_module_follows_python_and_tells_it(open_page, tmp_path):
    digits = load_digits("test")
    net = Net()
    net.fc3.bias.data += 0.5  # of no seed
    widget = StepByStep(net, Digits(digits.images[:4], digits.labels[:4]))
    page = open_notebook(open_page, tmp_path, widget)
    stepper = page.locator(".stepper")
    assert WORDS["given"] in stepper.inner_text()
    press(stepper, "forward", "loss")
    with torch.no_grad():
        loss = F.cross_entropy(net(prepare_images(digits.images[:4])), digits.labels[:4])
    assert read_data(stepper, ".number") == pytest.approx([loss.item()], abs=1e-4)
    page.evaluate("model.set('learning_rate', 0.125)")
    assert stepper.locator("output").inner_text() == "0.125"
    assert page.evaluate("model.saved") == 0
    set_rate(stepper, "ArrowRight")
    choose(stepper, "batch_size", 1)
    settings = page.evaluate("[model.get('learning_rate'), model.get('batch_size')]")
    assert settings == [0.14, 1] and page.evaluate("model.saved") == 2
    widget.set_state({"learning_rate": settings[0], "batch_size": settings[1]})
    assert (widget.learning_rate, widget.batch_size) == (0.14, 1)
    play(stepper)
    expect_nothing_left(page)
    said = read_sentence(stepper)
    page.wait_for_timeout(300)
    assert read_sentence(stepper) == said  # a loop that ran has ended


def test_a_loss_that_is_no_number_stops_the_loop(open_page, tmp_path):
    net = load_trained()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter *= 1e7
    digits = Digits(load_examples().images[:8], torch.arange(1, 9))  # each label is wrong
    page = open_notebook(open_page, tmp_path, StepByStep(net, digits, learning_rate=10))
    stepper = page.locator(".stepper")
    play(stepper)
    page.wait_for_function(
        "stepper => !stepper.classList.contains('playing')", arg=stepper.element_handle()
    )
    optimizer = torch.optim.SGD(net.parameters(), 10)
    loss, rounds = torch.tensor(0.0), 0
    while loss.isfinite():
        optimizer.zero_grad()
        loss = F.cross_entropy(net(prepare_images(digits.images)), digits.labels)
        loss.backward()
        optimizer.step()
        rounds += 1
    assert rounds > 1
    shown = stepper.locator(".number strong").inner_text()
    assert shown == str(loss.item())
    assert read_sentence(stepper) == WORDS["said_nan"].format(loss=shown)

"""The guided tour in a real browser: every number of every card is held to PyTorch's."""

import pytest
import torch
import torch.nn.functional as F
from axe_playwright_python.sync_playwright import Axe

from lenet_course import compute_feature_maps, load_trained, pick_digit
from lenet_course.widgets.arguments import load_examples
from lenet_course.widgets.registry import get_words
from tests.browser.inspection import run_axe
from tests.browser.test_explorer import THREE, draw, find_explorer, point

CARDS = "pixel convolution relu pooling channels flatten softmax loss gradient step".split()
FRAME = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
RATE = 0.001
WIDE = {"viewport": {"width": 1200, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
NO_PAGE = {"rules": {"heading-order": {"enabled": False}}}  # around the widget is no chapter
FOCUSED = "document.activeElement.shadowRoot?.activeElement"
PLACES = """card => {
  const spoken = card.closest(".explorer").querySelector(".spoken");
  return [spoken, spoken.querySelector(".point:not([hidden])"), card].map((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return { top, bottom };
  });
}"""
HEARD = """explorer => {
  const read = (name) => explorer.querySelector(name).textContent;
  return explorer.querySelector(".answer").dataset.digit === "3"
    && read(".live") === `${read(".answer")} ${read(".told p")}`;
}"""
SNAPSHOT = """explorer => [
  ...Array.from(explorer.querySelectorAll(".maps canvas"), (canvas) => canvas.toDataURL()),
  ...Array.from(explorer.querySelectorAll(".field:not([hidden]), .point:not([hidden])"),
    (mark) => mark.outerHTML),
  explorer.className, explorer.offsetHeight, explorer.querySelector(".panel").outerHTML,
  explorer.querySelector(".read").textContent, explorer.querySelectorAll("[inert]").length]"""


def start_tour(page, explorer):
    """By keyboard; the focus goes to the card."""
    explorer.locator('[data-tool="start"]').focus()
    page.keyboard.press("Enter")
    assert page.evaluate(f"{FOCUSED}.className") == "card"


def go_to(page, explorer, name):
    start_tour(page, explorer)
    for _ in range(CARDS.index(name)):
        page.keyboard.press("ArrowRight")


def read_card(explorer):
    """The exact numbers of a card's text."""
    numbers = explorer.locator(".told p data").evaluate_all(
        "all => all.map(data => [data.dataset.name, Number(data.value)])"
    )
    return dict(numbers)


def find_path(net, maps):
    """From the answer back, the places that gave most: layer → index in that layer's tensor."""
    (digit,) = maps["fc3"].argmax(1).tolist()
    path = {"fc3": (digit,)}
    for layer, before in (("fc3", "relu4"), ("fc2", "relu3"), ("fc1", "pool2")):
        products = getattr(net, layer).weight[path[layer]] * maps[before].flatten()
        most = int(products.argmax())
        path[{"relu4": "fc2", "relu3": "fc1"}.get(before, before)] = (most,)
    path["pool2"] = divmod_place(path["pool2"][0], 5)
    for number, before in ((2, "pool1"), (1, "input")):
        channel, row, column = path[f"pool{number}"]
        rows, columns = (slice(2 * at, 2 * at + 2) for at in (row, column))
        four = maps[f"relu{number}"][0, channel, rows, columns]
        down, right = divmod(int(four.argmax()), 2)
        row, column = 2 * row + down, 2 * column + right
        path[f"conv{number}"] = channel, row, column
        window = maps[before][0, :, row : row + 5, column : column + 5]
        products = window * getattr(net, f"conv{number}").weight[channel]
        source, down, right = divmod_place(int(products.argmax()), 5)
        path[before] = source, row + down, column + right
    return path


def divmod_place(index, side):
    return index // side**2, index // side % side, index % side


def compute_cards(image, label):
    """What PyTorch says of each card's numbers, in float64."""
    net, image = load_trained().double(), image.double()
    maps = compute_feature_maps(net, image)
    path = find_path(net, maps)
    values = {layer: maps[layer][0][place].item() for layer, place in path.items()}
    shares = maps["fc3"][0].softmax(0)
    loss = F.cross_entropy(net(image), torch.tensor([label]))
    loss.backward()
    slopes = net.conv1.weight.grad[path["conv1"][0], 0].flatten()
    weights = net.conv1.weight[path["conv1"][0], 0].flatten()
    at = int(slopes.abs().argmax())
    weight, slope = weights[at].item(), slopes[at].item()
    torch.optim.SGD(net.parameters(), lr=RATE).step()
    now = F.cross_entropy(net(image), torch.tensor([label])).item()
    other = max(set(range(10)) - {label}, key=lambda digit: maps["fc3"][0, digit])
    kept = {"value": values["conv1"], "kept": max(0, values["conv1"])}
    (digit,) = path["fc3"]
    return {
        "pixel": {"value": values["input"]},
        "convolution": {"value": values["conv1"]},
        "relu": {**kept, "cut": (maps["conv1"] <= 0).sum().item(), "all": 6 * 28 * 28},
        "pooling": {"value": values["pool1"]},
        "channels": {"value": values["conv2"]},
        "flatten": {"value": values["fc1"], "all": 400},
        "softmax": {"digit": digit, "logit": values["fc3"], "share": shares[digit].item()},
        "loss": {
            "label": label,
            "other": other,
            "loss": loss.item(),
            "share": shares[label].item(),
        },
        "gradient": {"all": 61_706, "slope": slope},
        "step": {
            "rate": RATE,
            "weight": weight,
            "slope": slope,
            "moved": weight - RATE * slope,
            "label": label,
            "before": loss.item(),
            "now": now,
        },
    }


def check_card(explorer, name, wanted):
    got = read_card(explorer)
    assert set(got) == set(wanted[name])
    for key, value in wanted[name].items():
        near = {"rel": 0.1} if (name, key) == ("step", "slope") else {"rel": 1e-3}  # rounded
        assert got[key] == pytest.approx(value, abs=2e-5, **near), (name, key)


@pytest.mark.parametrize(("language", "options"), [("en", WIDE), ("ko", PHONE)])
def test_every_card_is_reached_by_keyboard_and_says_what_pytorch_says(
    open_file, demo, language, options
):
    """On a phone, too, the card stands below what it speaks of, and both are in the window."""
    words = get_words("explorer", language)
    page = open_file(demo, f"{language}.html", reduced_motion="reduce", **options)
    explorer = find_explorer(page)
    wanted = compute_cards(pick_digit(load_examples(), 3)[0], 3)
    start_tour(page, explorer)
    for number, name in enumerate(CARDS):
        assert explorer.locator(".count").inner_text() == f"{number + 1} / {len(CARDS)}"
        title = words[f"tour_{name}"].split("\n")[0]
        assert explorer.locator(".card h3").inner_text() == title
        check_card(explorer, name, wanted)
        spoken, pointed, card = explorer.locator(".card").evaluate(PLACES)
        assert 0 <= pointed["top"] < pointed["bottom"] <= spoken["bottom"] + 2 <= card["top"]
        assert card["top"] < 0.75 * options["viewport"]["height"]
        if name == "loss":  # another right answer, with more to learn
            explorer.locator('.card input[value="5"]').focus()
            page.keyboard.press("Space")
            wanted = compute_cards(pick_digit(load_examples(), 3)[0], 5)
            check_card(explorer, name, wanted)
            assert words["tour_chosen"].split("{")[0] in explorer.locator(".told p").inner_text()
            explorer.locator('[data-tool="next"]').focus()
        page.keyboard.press("ArrowRight" if name != "gradient" else "Enter")
    assert explorer.locator(".card").count() == 0
    assert page.evaluate(f"{FOCUSED}.dataset.tool") == "start"


def test_left_at_any_card_the_view_is_what_it_was(open_file, demo):
    page = open_file(demo, reduced_motion="reduce")
    explorer = find_explorer(page)
    point(explorer, "conv2", 4, 2, 7)
    explorer.locator('[data-channel="3"]').click()
    before = explorer.locator(".explorer").evaluate(SNAPSHOT)
    for name in CARDS:
        go_to(page, explorer, name)
        assert explorer.locator(".explorer").evaluate(SNAPSHOT) != before
        page.keyboard.press("Escape")
        assert explorer.locator(".explorer").evaluate(SNAPSHOT) == before, name


def test_a_card_follows_the_digit(open_file, demo):
    """Picked, its own label is right; drawn, the answer is, and a screen reader hears it all."""
    page = open_file(demo, reduced_motion="reduce")
    explorer = find_explorer(page)
    words = get_words("explorer", "en")
    go_to(page, explorer, "loss")
    explorer.locator(".strip button").nth(9).click()
    explorer.locator(".told data[data-name=label]", has_text="9").wait_for()
    check_card(explorer, "loss", compute_cards(pick_digit(load_examples(), 9)[0], 9))
    explorer.locator('[data-tool="clear"]').click()
    draw(page, explorer, THREE)
    page.wait_for_function(HEARD, arg=explorer.locator(".explorer").element_handle())
    said = explorer.locator(".told p").inner_text()
    assert said.startswith(words["tour_drawn"].format(label=3))
    explorer.locator(".card").focus()
    page.keyboard.press("ArrowRight")
    title = words["tour_gradient"].split("\n")[0]
    explorer.locator(".live", has_text=f"{title}. How would").wait_for(state="attached")


def test_axe_finds_nothing_in_the_tour(open_file, demo):
    page = open_file(demo, reduced_motion="reduce", **PHONE)
    explorer = find_explorer(page)
    page.evaluate(Axe().axe_script)
    go_to(page, explorer, "loss")
    for theme, key in (("light", "ArrowRight"), ("dark", "Escape")):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        page.evaluate(FRAME)
        assert run_axe(page, theme, NO_PAGE, "document.querySelector('.lenet-widget')") == []
        page.keyboard.press(key)

"""The graph explorer in a real browser: what it shows is held to the live graph's."""

import base64
import io
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from book.site.widget_demo import make_mounts, write_demo, write_page
from lenet_course import load_digits, load_trained, pick_digit, trace_graph
from lenet_course.graph import walk_functions
from lenet_course.widgets import GraphExplorer
from lenet_course.widgets.registry import get_words
from tests.browser.notebook import expect_nothing_left, open_notebook
from tests.browser.test_step_by_step import check_colours, lay_out

WORDS = get_words("graph", "en")
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
MAKE = (
    "(lambda net, images: GraphExplorer(torch.nn.functional.{}, net))"
    "(load_trained(), pick_digit(load_digits('test'), 0)[0])"
)
MSE = MAKE.format("mse_loss(net(images), torch.zeros(1, 10))")
ENTROPY = MAKE.format("cross_entropy(net(images), torch.tensor([9]))")
MLP = (
    "(lambda net: GraphExplorer(net(torch.ones(2, 4)).square().mean(), net))"
    "(torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Sigmoid(), torch.nn.Linear(3, 1)))"
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("graph")
    write_demo(folder, (MSE, ENTROPY, MLP))
    return folder


@pytest.fixture
def open_page(open_file, demo):
    def open_page(name="en.html", folder=demo, **options):
        return open_file(folder, name, **options)

    return open_page


@pytest.fixture
def live():
    """The first explorer's loss and net, and the second's."""
    net = load_trained()
    images, _ = pick_digit(load_digits("test"), 0)
    return net, {
        0: F.mse_loss(net(images), torch.zeros(1, 10)),
        1: F.cross_entropy(net(images), torch.tensor([9])),
    }


def find_graph(page, number=0):
    place = page.locator(".lenet-widget").nth(number)
    place.scroll_into_view_if_needed()
    place.locator(".graph").wait_for()
    return place.locator(".graph")


def read_chosen(graph):
    node = graph.locator('.node[aria-current="true"]')
    assert node.count() == 1
    return int(node.get_attribute("data-node"))


def read_facts(graph):
    terms = graph.locator("dt").all_inner_texts()
    return dict(zip(terms, graph.locator("dd").all_inner_texts(), strict=True))


def step(graph, name="next"):
    graph.get_by_role("button", name=WORDS[name], exact=True).click()


@pytest.mark.parametrize("number", [0, 1])
def test_the_walk_is_backward_s_and_every_shape_is_pytorch_s(open_page, live, number):
    net, losses = live
    functions, _ = walk_functions(losses[number].grad_fn)
    passed, shapes = [], {}

    def watch(index):
        def note(gradients):
            passed.append(index)
            shapes[index] = str(tuple(gradients[0].shape))

        return note

    for index, function in enumerate(functions):
        function.register_prehook(watch(index))
    nodes = trace_graph(losses[number], net)
    losses[number].backward()
    graph = find_graph(open_page(), number)
    walked = []
    for place in range(len(nodes)):
        if place:
            step(graph)
        index = read_chosen(graph)
        walked.append(index)
        node, facts = nodes[index], read_facts(graph)
        title = f"{node.name} {node.parameter}" if node.parameter else node.name
        assert graph.locator(".story h3").inner_text() == title
        assert graph.locator(".place").inner_text() == f"{place + 1} / {len(nodes) + 1}"
        gradient = f"{node.parameter}.grad" if node.parameter else WORDS["gradient"]
        assert facts[gradient] == facts[node.parameter or WORDS["value"]] == shapes[index]
        ways = graph.locator(".ways button").all_inner_texts()
        wanted = [nodes[way] for way in node.next if way is not None]
        assert ways == [" ".join(filter(None, (way.name, way.parameter))) for way in wanted]

    def order(indices):  # autograd takes a convolution's two parameters as it likes
        return [(nodes[i].parameter or str(i)).split(".")[0] for i in indices]

    assert order(walked) == order(passed)
    step(graph)
    assert read_facts(graph) == {
        WORDS["value"]: "(1, 1, 32, 32)",
        "requires_grad": "False",
        WORDS["gradient"]: "None",
    }
    assert pick_digit(load_digits("test"), 0)[0].requires_grad is False
    down = graph.get_by_role("button", name=WORDS["next"])
    assert down.get_attribute("aria-disabled") == "true"
    down.click(force=True)
    assert graph.locator(".place").inner_text() == f"{len(nodes) + 1} / {len(nodes) + 1}"


def test_the_picture_at_a_node_is_the_gradient_that_arrives_there(open_page, live):
    net, losses = live
    functions, _ = walk_functions(losses[0].grad_fn)
    arrived = {}  # of each name the last: the one that lies nearest to the input
    for function in functions:
        name = type(function).__name__
        function.register_prehook(lambda found, name=name: arrived.update({name: found[0]}))
    losses[0].backward()
    graph = find_graph(open_page())
    maps, kernels = arrived["ConvolutionBackward0"][0], net.conv2.weight.grad.transpose(0, 1)
    wanted = {
        "AddmmBackward0": lay_out(arrived["AddmmBackward0"].view(1, 10, 12), 1),
        "ConvolutionBackward0": lay_out(maps, 3),
        "conv2.weight": lay_out(kernels.reshape(-1, 5, 5), 16),  # a column for each map
    }
    for name, tiles in wanted.items():
        graph.locator(".node", has_text=name).last.click()
        picture = graph.locator("canvas").evaluate("canvas => canvas.toDataURL()").split(",")[1]
        pixels = np.array(Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGBA"))
        check_colours(pixels, tiles)
        if name.startswith("Conv"):
            told = WORDS["zeros"].format(count="4,704", zeros=f"{(maps == 0).sum():,}")
            ends = f"−{maps.abs().max():.3g}{maps.abs().max():.3g}"
            assert "".join(graph.locator("figcaption span").all_inner_texts()) == ends + told
    graph.locator(".node", has_text="fc1.weight").click()
    assert graph.locator("canvas").count() == 0
    assert WORDS["not_drawn"].format(count="48,000") in graph.locator(".story").inner_text()


def test_node_and_line_lead_to_each_other(open_page):
    graph = find_graph(open_page())
    line = graph.locator('.line[aria-current="true"]')
    assert line.inner_text() == WORDS["outside"]
    graph.locator(".node", has_text="fc2.weight").click()
    assert line.inner_text() == "    x = F.relu(self.fc2(x))"
    assert line.locator("mark").inner_text() == "self.fc2(x)"
    relu = graph.locator(".node.linked", has_text="Relu")
    assert relu.count() == 1
    relu.click()
    assert line.locator("mark").inner_text() == "F.relu(self.fc2(x))"
    assert graph.locator(".line mark").count() == 1
    conv1 = graph.locator(".line", has_text="conv1")
    linked = ["MaxPool2DWithIndicesBackward0", "ReluBackward0", "ConvolutionBackward0"]
    linked += ["conv1.weight", "conv1.bias"]
    for name in [*linked, linked[0]]:  # pressed again, the line goes on to its next node
        conv1.click()
        chosen = graph.locator('.node[aria-current="true"]')
        assert chosen.locator("code").inner_text() == name
        assert graph.locator(".node.linked code").all_inner_texts() == linked
    graph.locator(".node.input").click()
    assert line.inner_text() == "def forward(self, images):"


def test_each_kind_of_node_has_its_sentence(open_page):
    page = open_page()
    kinds = {"Relu": "ReluB", "MaxPool": "MaxPool", "Addmm": "Addmm"}
    kinds |= {"View": "ViewB", "Transpose": "TBackward", "MseLoss": "Mse"}
    graph = find_graph(page)
    for key, name in kinds.items():
        graph.locator(".node", has_text=re.compile(f"^{name}")).first.click()
        assert WORDS[key] in graph.locator(".story").inner_text()
    convolutions = graph.locator(".node", has_text="ConvolutionBackward0")
    convolutions.first.click()
    assert WORDS["none_before"] not in graph.locator(".story").inner_text()
    convolutions.last.click()
    assert WORDS["none_before"] in graph.locator(".story").inner_text()
    entropy = find_graph(page, 1)
    assert WORDS["NllLoss"] in entropy.locator(".story").inner_text()
    step(entropy)
    assert WORDS["LogSoftmax"] in entropy.locator(".story").inner_text()


def test_another_net_gives_another_picture(open_page):
    graph = find_graph(open_page(), 2)
    spine = graph.locator(".picture li > .node code").all_inner_texts()
    names = ("Mean", "Pow", "Addmm", "Sigmoid", "Addmm")
    assert spine == [*(f"{name}Backward0" for name in names), "input"]  # what Sequential calls it
    graph.locator(".node", has_text="Sigmoid").click()
    assert WORDS["other"] in graph.locator(".story").inner_text()
    assert "module(input)" in graph.locator('.line[aria-current="true"]').inner_text()


def test_the_keyboard_alone_is_enough(open_page):
    page = open_page()
    graph = find_graph(page)
    focused = "document.activeElement.shadowRoot?.activeElement"
    page.keyboard.press("Tab")
    assert page.evaluate(f"{focused}.classList.contains('line')")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert "self.conv1" in graph.locator('.line[aria-current="true"]').inner_text()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate(f"{focused}.classList.contains('node')"):
            break
    assert page.evaluate(f"getComputedStyle({focused}).outlineStyle") == "solid"
    page.keyboard.press("Home")
    assert read_chosen(graph) == 0
    wanted = {
        "ArrowDown": "AddmmBackward0",
        "ArrowRight": "fc3.bias",
        "ArrowLeft": "AddmmBackward0",
    }
    for key, name in wanted.items():
        page.keyboard.press(key)
        assert page.evaluate(f"{focused}.querySelector('code').textContent") == name
        assert page.evaluate(f"{focused}.ariaCurrent") == "true"
    page.keyboard.press("End")
    assert page.evaluate(f"{focused}.classList.contains('input')")
    page.keyboard.press("ArrowDown")  # nothing lies beyond
    page.keyboard.press("ArrowUp")
    assert page.evaluate(f"{focused}.querySelector('code').textContent") == "conv1.bias"
    live = graph.locator(".live").inner_text()
    assert live.startswith("AccumulateGrad conv1.bias: ") and "conv1.bias.grad" in live


def test_a_finger_walks_at_390_pixels(open_page):
    page = open_page("ko.html", **PHONE)
    graph = find_graph(page)
    down = graph.locator(".steps button").nth(1)
    down.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    picture = graph.locator(".picture").element_handle()
    for _ in range(20):
        down.tap()
        chosen = graph.locator('.node[aria-current="true"]').element_handle()
        page.wait_for_function(  # the picture has scrolled, the page has not
            """([node, box]) => {
              const [inner, outer] = [node, box].map((e) => e.getBoundingClientRect());
              return inner.top >= outer.top && inner.bottom <= outer.bottom;
            }""",
            arg=[chosen, picture],
        )
    assert page.evaluate("scrollY") == before
    assert graph.locator(".place").inner_text() == "21 / 27"
    controls = graph.locator("button").evaluate_all(
        "all => all.map(c => ({ name: c.ariaLabel || c.textContent.trim(),"
        " width: c.offsetWidth, height: c.offsetHeight }))"
    )
    assert len(controls) > 35
    assert all(control["name"] for control in controls)
    assert all(min(control["width"], control["height"]) >= 40 for control in controls)


def test_nothing_is_wider_than_the_window(open_page):
    page = open_page()
    for number in (0, 1, 2):
        graph = find_graph(page, number)
        for width in (320, 390, 560, 700, 1200):
            page.set_viewport_size({"width": width, "height": 800})
            for node in graph.locator(".node").all()[:6]:
                node.evaluate("node => node.click()")
                assert page.evaluate("document.documentElement.scrollWidth") <= width
            edges = graph.locator(".node").evaluate_all(
                "all => all.map(node => node.getBoundingClientRect().right)"
            )
            assert max(edges) <= width, width


def test_the_code_stands_beside_the_picture_where_there_is_room(open_page):
    page = open_page()
    graph = find_graph(page)
    code, picture = (graph.locator(name).bounding_box() for name in (".code", ".picture"))
    assert picture["x"] + picture["width"] <= code["x"]
    page.set_viewport_size({"width": 390, "height": 844})
    code, picture = (graph.locator(name).bounding_box() for name in (".code", ".picture"))
    assert code["y"] + code["height"] <= picture["y"]


def test_dark_mode_follows_the_book_then_the_system(open_page):
    page = open_page(color_scheme="dark")
    graph = find_graph(page)
    assert graph.get_attribute("data-theme") == "dark"
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    page.locator(".graph[data-theme=light]").first.wait_for()


def test_two_explorers_and_a_page_come_back_to(open_page):
    page = open_page()
    first, second = find_graph(page), find_graph(page, 1)
    step(second)
    assert (read_chosen(first), read_chosen(second)) == (0, 1)
    page.goto(page.url.replace("en.html", "ko.html"))
    assert get_words("graph", "ko")["MseLoss"] in find_graph(page).inner_text()
    page.go_back()
    graph = find_graph(page)
    step(graph)
    assert read_chosen(graph) == 1
    assert not page.locator(".lenet-widget > img").first.is_visible()
    assert page.locator('script[src$="data.js"]').count() == 0  # it needs no data


def test_a_failed_load_shows_a_sentence(open_page, demo, tmp_path):
    (mount,) = make_mounts("en", (MSE,))
    (tmp_path / "_static").symlink_to(demo / "_static")
    broken = mount.replace("&quot;chain&quot;:[0", "&quot;chain&quot;:[99")
    assert broken != mount
    write_page(tmp_path / "page.html", "en", [broken])
    page = open_page("page.html", folder=tmp_path)
    alert = page.locator('.lenet-widget [role="alert"]')
    alert.wait_for()
    assert alert.inner_text().startswith(WORDS["failed"])
    assert page.locator(".lenet-widget > img").is_visible()


def test_the_notebook_s_module_follows_python(open_page, live, tmp_path):
    net, losses = live
    widget = GraphExplorer(losses[0], net, chosen=4)
    page = open_notebook(open_page, tmp_path, widget)
    graph = page.locator(".graph")
    assert read_chosen(graph) == 4
    page.evaluate("model.set('chosen', 9)")
    assert read_chosen(graph) == 9
    assert page.evaluate("model.saved") == 0  # nothing goes back to where it came from
    step(graph, "previous")
    chosen = page.evaluate("model.get('chosen')")
    assert chosen == read_chosen(graph) != 9
    assert page.evaluate("model.saved") == 1
    widget.set_state({"chosen": chosen})
    assert widget.chosen == chosen
    expect_nothing_left(page)

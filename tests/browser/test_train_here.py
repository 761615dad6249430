"""Training in the page: its curve, the trained network in the explorer, its weights in files."""

import re
import zipfile

import numpy as np
import pytest
import torch

from lenet_course import Net, load_trained, pick_digit
from lenet_course.widgets.arguments import load_examples
from tests.browser.cells import CHAPTER, FIRST, Cell
from tests.browser.shares import check_shares

STEPS = 20  # of fewer nothing is told
TRAINING = """import torch
import torch.nn.functional as F
from lenet_course import Net, load_digits, prepare_images

class Normalized(Net):
    def forward(self, images):
        return super().forward((images - 0.1) / 0.3)

digits = load_digits("train")
images, labels = prepare_images(digits.images[:4]), digits.labels[:4]
torch.manual_seed(0)
untrained, net = Net(), KIND()
same = net
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(STEPS):
    optimizer.zero_grad()
    loss = F.cross_entropy(net(images), labels)
    loss.backward()
    optimizer.step()
net(images[:1])[0].tolist()"""
LABEL = re.compile(r"The curve of (\d+) losses, from ([\d.]+) to ([\d.]+)\.")


def write_code(steps=STEPS, kind="Net"):
    return TRAINING.replace("STEPS", str(steps)).replace("KIND", kind)


def pick(explorer, index):
    explorer.locator(".strip button").nth(index).click()
    explorer.locator(f".strip button[aria-checked=true]:nth-child({index + 1})").wait_for()


def check_reads(explorer, net):
    """The explorer reads its digit 3 as a network does."""
    pick(explorer, 3)
    images, _ = pick_digit(load_examples(), 3)
    with torch.no_grad():
        check_shares(explorer, net(images)[0])


def say(explorer, words):
    explorer.locator(".owner p").get_by_text(words, exact=True).wait_for()


def test_a_network_trained_in_the_page(open_file, html, tmp_path):
    """Its losses are PyTorch's, its file is load_trained's, and the explorer reads with it."""
    page = open_file(html, f"chapters/en/{CHAPTER}.html")
    cell = Cell(page, FIRST)
    said = cell.run(write_code())
    first, last = {}, {}
    exec(write_code(1), first)
    exec(write_code(), last)
    label = LABEL.fullmatch(cell.output.locator(".run-curve").get_attribute("aria-label"))
    assert int(label[1]) == STEPS
    for number, names in zip(label.groups()[1:], (first, last), strict=True):
        assert float(number) == pytest.approx(names["loss"].item(), abs=0.006)
    path = cell.output.locator(".run-curve path").get_attribute("d")
    points = np.array(re.findall(r"[ML]([\d.]+) ([\d.]+)", path), float)
    assert len(points) == STEPS and (np.diff(points[:, 0]) > 0).all()
    assert points[-1, 1] > points[0, 1]  # further down: less
    assert page.get_by_role("status").last.inner_text().startswith(label[0])

    offers = cell.output.locator(".run-trained")
    assert offers.locator("code").all_inner_texts() == ["same"]  # net too; assigned last
    with page.expect_download() as download:
        offers.get_by_role("button", name="same: download its weights").click()
    assert download.value.suggested_filename == "lenet-same.pt"
    download.value.save_as(tmp_path / "net.pt")
    trained = load_trained(tmp_path / "net.pt")
    with torch.no_grad():
        logits = trained(last["images"])
    shown = [float(number) for number in re.findall(r"-?[\d.]+(?:e-\d+)?", said.split("[")[1])[:10]]
    np.testing.assert_allclose(shown, logits[0], atol=1e-6)
    assert trained.recipe["script"] == write_code() and trained.recipe["losses"] == STEPS

    offers.get_by_role("button", name="same: let it read in the explorer").click()
    explorer = cell.output.locator(".lenet-widget")
    say(explorer, "It reads with the weights of same.")
    check_reads(explorer, trained)
    explorer.locator("[data-tool=own]").click()
    say(explorer, "It reads with the packaged weights.")
    check_reads(explorer, load_trained())
    explorer.locator("input[type=file]").set_input_files(tmp_path / "net.pt")
    say(explorer, "It reads with the weights of net.pt.")
    check_reads(explorer, trained)
    cell.button("reset").click()
    assert cell.output.count() == 0


def test_what_is_no_training_and_what_is_no_net_are_not_offered(open_file, html):
    cell = Cell(open_file(html, f"chapters/ko/{CHAPTER}.html"), FIRST, "ko")
    cell.run(write_code(5))
    assert cell.output.locator(".run-curve, .run-trained").count() == 0
    cell.run(write_code(kind="Normalized"))  # the explorer would read with other numbers
    assert cell.output.locator(".run-curve").count() == 1
    assert cell.output.locator(".run-trained").count() == 0
    cell.run(write_code())
    cell.run(write_code())  # the same weights, trained again
    words = "same: 탐색기에서 읽혀 보기 · 가중치 내려받기"
    assert cell.output.locator(".run-trained").inner_text() == words
    again = f"for step in range({STEPS}):\n    F.cross_entropy(untrained(images), labels)"
    cell.run(f"{again}.backward()\nsame")
    assert cell.output.locator(".run-curve path").count() == 1
    assert (
        cell.output.locator(".run-trained").count() == 0
    )  # one made no step, one made them before


def test_a_page_without_widgets_gets_the_explorer_and_a_short_axis_has_marks(open_file, html):
    cell = Cell(open_file(html, "chapters/en/10_use_a_gpu.html"), "torch.cuda.is_available()")
    cell.run(write_code().replace("lr=0.1", "lr=1e-3"))  # from 2.30 to 2.29, say
    assert cell.output.locator(".run-curve text[text-anchor=end]").count() > 1
    cell.output.get_by_role("button", name="same: let it read in the explorer").click()
    say(cell.output.locator(".lenet-widget"), "It reads with the weights of same.")


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(1)
    return Net()


@pytest.fixture(scope="module")
def files(net, tmp_path_factory):
    """Files of torch.save by their names: of weights, and of others."""
    folder = tmp_path_factory.mktemp("weights")
    wide, broken, brain = Net(), Net(), Net().bfloat16()
    wide.conv1 = torch.nn.Conv2d(1, 8, 5)
    broken.fc3.bias.data[3] = torch.nan
    last = Net()
    last.load_state_dict(net.state_dict())
    contents = {
        "half": {name: value.half() for name, value in net.state_dict().items()},
        "double": {name: value.double() for name, value in net.state_dict().items()},
        "last": last.to(memory_format=torch.channels_last).state_dict(),
        "kept": {"weights": dict(net.named_parameters()), "recipe": {"n": [1 << 40, -1.5, None]}},
        "module": net,
        "wide": wide.state_dict(),
        "broken": broken.state_dict(),
        "brain": brain.state_dict(),
    }
    for name, content in contents.items():
        torch.save(content, folder / f"{name}.pt")
    stored = zipfile.ZipFile(folder / "last.pt")
    with zipfile.ZipFile(folder / "packed.pt", "w", zipfile.ZIP_DEFLATED) as packed:
        for name in stored.namelist():
            packed.writestr(name, stored.read(name))
    whole = (folder / "last.pt").read_bytes()
    (folder / "cut.pt").write_bytes(whole[:100_000])
    (folder / "hole.pt").write_bytes(whole[:2000] + whole[100_000:])
    with open(folder / "huge.pt", "wb") as huge:
        huge.truncate(50_000_001)
    return folder


def open_explorer(page):
    explorer = page.locator(".lenet-widget").first
    explorer.locator(".owner").wait_for()
    return explorer


def test_the_explorer_reads_files_of_torch_save(open_file, demo, files, net):
    explorer = open_explorer(open_file(demo))
    before = explorer.bounding_box()
    for name in ("half", "double", "last", "kept", "packed"):
        explorer.locator("input[type=file]").set_input_files(files / f"{name}.pt")
        say(explorer, f"It reads with the weights of {name}.pt.")
        check_reads(explorer, net)
        assert explorer.bounding_box() == before
        explorer.locator("[data-tool=own]").click()
        say(explorer, "It reads with the packaged weights.")
        assert explorer.bounding_box() == before


REFUSED = {
    "module": (
        "아닌 객체가 들어 있습니다(lenet_course.model.Net)",
        "words (lenet_course.model.Net)",
    ),
    "wide": ("Net에서 6×1×5×5, 이 파일에서 8×1×5×5", "conv1.weight is 8×1×5×5, not 6×1×5×5"),
    "broken": ("유한하지 않은 값이 1개", "values that are not finite: 1"),
    "brain": ("BFloat16Tensor입니다", "its numbers are BFloat16Tensor"),
    "cut": ("아닙니다(100,000바이트)", "torch.save (100,000 bytes)"),
    "hole": ("손상되어", "damaged"),
    "huge": ("너무 큽니다(50,000,001바이트)", "too large for that (50,000,001 bytes)"),
}


@pytest.mark.parametrize(("language", "wanted"), [("ko", "가중치"), ("en", "the weights of Net")])
def test_other_files_are_refused_in_a_sentence(open_file, demo, files, language, wanted):
    explorer = open_explorer(open_file(demo, f"{language}.html"))
    text = explorer.locator(".owner p")
    for name, words in REFUSED.items():
        explorer.locator("input[type=file]").set_input_files(files / f"{name}.pt")
        text.get_by_text(words[language == "en"]).wait_for()
        assert text.inner_text().startswith(f"{name}.pt: ") and wanted in text.inner_text()
    check_reads(explorer, load_trained())  # still


def test_a_file_is_opened_by_keyboard(open_file, demo, files):
    page = open_file(demo, viewport={"width": 390, "height": 844})
    explorer = open_explorer(page)
    before = explorer.bounding_box()
    field = explorer.get_by_label("Open weights (.pt)")
    field.focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(files / "last.pt")
    say(explorer, "It reads with the weights of last.pt.")
    assert explorer.bounding_box()["height"] == before["height"]
    back = explorer.get_by_role("button", name="Its own weights again")
    back.focus()
    page.keyboard.press("Enter")
    assert field.evaluate("field => field === field.getRootNode().activeElement")

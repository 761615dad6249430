"""What chapter 12 says of error messages, held against the torch that is installed.

The chapter's own cells are executed one after another, the failing ones too, so the messages are
those a reader would see. Ran at torch 2.6.0, the lowest that pyproject.toml allows, at 2.14.1 and
at 2.15.0. At another version, with nothing but torch, matplotlib and pytest beside it:

PYTHONPATH=. python -m pytest -c /dev/null --rootdir . --noconftest tests/test_messages.py
"""

import contextlib
import copy
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest
import torch
import torch.nn.functional as F

from lenet_course import Net

CHAPTERS = Path(__file__).resolve().parent.parent / "chapters"
SLUG = "12_when_it_breaks"
INPLACE = "modified by an inplace operation"

# cell → what its message must match, at every version
MESSAGES = {
    "flatten-error": r"mat1 and mat2 shapes cannot be multiplied \(64x256 and 400x120\)$",
    "channels-error": r"weight of size \[6, 1, 5, 5\], expected input\[64, 3, 32, 32\] to have "
    r"1 channels, but got 3 channels",
    "byte-error": r"Input type \(unsigned char\) and bias type \(float\) should be the same",
    "target-error": r"expected scalar type Long but found Float|"
    r"expected target dtype to be Long or Byte, but got Float",
    "inplace-error": INPLACE + r": \[torch\.FloatTensor \[64, 10\]\], which is output 0 of "
    r"Softmax(Backward0)?, is at version 1; expected version 0",
    "twice-error": r"backward through the graph a second time.*Specify retain_graph=True",
    "no-grad-error": r"does not require grad and does not have a grad_fn",
    "device-error": r"Tensor on device meta is not on the expected device cpu|"
    r"Input type \(torch\.FloatTensor\) and weight type \(torch\.cuda\.FloatTensor\) "
    r"should be the same",
    "memory-error": r"you tried to allocate 5184000000000000 bytes",
}
# what the prose quotes of them, word for word, at every version; "…" leaves something out
QUOTED = {
    "flatten-error": ["mat1 and mat2 shapes cannot be multiplied (64x256 and 400x120)"],
    "channels-error": [
        "weight of size [6, 1, 5, 5]",
        "input[64, 3, 32, 32]",
        "groups=1",
        "expected … 1 channels, but got 3 channels",
    ],
    "byte-error": ["unsigned char", "float"],
    "target-error": ["Long", "Float"],
    "inplace-error": [
        INPLACE,
        "[torch.FloatTensor [64, 10]]",
        "output 0 of Softmax",
        "is at version 1; expected version 0",
        "set_detect_anomaly",
    ],
    "twice-error": ["backward through the graph a second time", "retain_graph=True"],
    "no-grad-error": ["does not require grad and does not have a grad_fn"],
    "memory-error": ["you tried to allocate 5184000000000000 bytes"],
}


def read_cells(language: str) -> list[dict]:
    cells = json.loads((CHAPTERS / language / f"{SLUG}.ipynb").read_text(encoding="utf-8"))["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in cells]


def is_failing(cell: dict) -> bool:
    return "raises-exception" in cell["metadata"].get("tags", [])


@pytest.fixture(scope="module")
def chapter():
    """The chapter, executed: cell → the error it raised, and the names it left.

    It ends with the last failing cell's mended one: the trainings after it raise nothing.
    """
    matplotlib.use("agg")
    errors, names = {}, {}
    cells = [c for c in read_cells("en") if c["cell_type"] == "code" and c["id"] != "setup"]
    last = max(number for number, cell in enumerate(cells) if is_failing(cell))
    for cell in cells[: last + 2]:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(cell["source"], cell["id"], "exec"), names)
        except Exception as error:
            if not is_failing(cell):
                raise
            errors[cell["id"]] = error
    return errors, names


def catch(function, *arguments) -> str:
    with pytest.raises((RuntimeError, IndexError, TypeError)) as caught:
        function(*arguments)
    return f"{caught.type.__name__}: {caught.value}"


def test_every_failing_cell_fails_and_every_mended_one_runs(chapter):
    failing = [cell["id"] for cell in read_cells("en") if is_failing(cell)]
    assert failing == list(chapter[0]) == list(MESSAGES)
    assert len(failing) == 9  # as the chapter's first lines say


@pytest.mark.parametrize("name", MESSAGES)
def test_the_message_is_the_one_that_the_chapter_reads(chapter, name):
    error = chapter[0][name]
    assert type(error) is RuntimeError
    assert re.search(MESSAGES[name], str(error), re.S), error


@pytest.mark.parametrize("name", QUOTED)
def test_the_prose_quotes_it_word_for_word(chapter, name):
    message = str(chapter[0][name])
    for language in ("ko", "en"):
        cells = read_cells(language)
        after = [cell["id"] for cell in cells].index(name) + 1
        for words in QUOTED[name]:
            assert f"`{words}" in cells[after]["source"], (language, words)
            assert all(part in message for part in words.split("…")), (message, words)


def test_the_stored_messages_are_these_too():
    for language in ("ko", "en"):
        for cell in filter(is_failing, read_cells(language)):
            (error,) = (o for o in cell["outputs"] if o["output_type"] == "error")
            assert error["ename"] == "RuntimeError"
            assert re.search(MESSAGES[cell["id"]], error["evalue"], re.S), cell["id"]


def test_both_wordings_of_the_target_s_dtype_are_told():
    for language in ("ko", "en"):
        told = next(c for c in read_cells(language) if c["id"] == "target-read")["source"]
        assert "2.6" in told and "`expected scalar type Long but found Float`" in told


def test_a_missing_channel_dimension_counts_the_pictures_as_channels(chapter):
    measure, images, labels = (chapter[1][name] for name in ("measure", "images", "labels"))
    assert "got 64 channels" in catch(measure, images[:, 0], labels)


def test_messages_call_the_dtypes_as_the_table_says():
    net, images, labels = Net(), torch.rand(2, 1, 32, 32), torch.tensor([1, 2])
    named = {torch.bool: "bool", torch.int32: "int", torch.int64: "long int"}
    named |= {torch.float16: "c10::Half", torch.bfloat16: "c10::BFloat16", torch.float64: "double"}
    for dtype, told in named.items():
        assert f"({told})" in catch(net, images.to(dtype))
    for dtype, told in ((torch.float32, "Float"), (torch.float64, "Double")):
        assert catch(F.cross_entropy, net(images), labels.to(dtype)).endswith(told)
    named = {torch.bool: "Bool", torch.uint8: "Byte", torch.int32: "Int", torch.int64: "Long"}
    named |= {torch.float16: "Half", torch.bfloat16: "BFloat16"}
    for dtype, told in named.items():
        assert torch.empty(0, dtype=dtype).type() == f"torch.{told}Tensor"


def test_anomaly_detection_shows_the_line_that_made_the_tensor():
    source = "p = w.softmax(1)\np += 1e-8\nloss = -p[0, 0].log()\nloss.backward()\n"
    names = {"w": torch.zeros(1, 3, requires_grad=True)}
    with (
        pytest.warns(UserWarning, match="forward call that caused the error") as told,
        torch.autograd.set_detect_anomaly(True, check_nan=False),
        pytest.raises(RuntimeError, match=INPLACE),
    ):
        exec(compile(source, "anomaly-cell", "exec"), names)
    assert any('"anomaly-cell", line 1' in str(warning.message) for warning in told)
    assert not any('"anomaly-cell", line 2' in str(warning.message) for warning in told)


def test_a_class_number_too_large_says_so_on_the_cpu():
    message = catch(F.cross_entropy, torch.zeros(1, 10), torch.tensor([10]))
    assert message == "IndexError: Target 10 is out of bounds."


def test_chapter_6_s_message_is_quoted():
    def update():
        for parameter in Net().parameters():
            parameter -= 1

    assert "a leaf Variable that requires grad" in catch(update)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_a_gpu_says_what_the_page_copies():
    net, images = Net().to("cuda"), torch.rand(2, 1, 32, 32)
    assert "Input type (torch.FloatTensor) and weight type (torch.cuda.FloatTensor)" in catch(
        net, images
    )
    assert "Expected all tensors to be on the same device" in catch(net.fc3, torch.rand(2, 84))
    huge = torch.cuda.get_device_properties(0).total_memory
    assert "CUDA out of memory. Tried to allocate" in catch(
        lambda: torch.empty(2 * huge, dtype=torch.uint8, device="cuda")
    )


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize("blocking, line", [("0", 5), ("1", 4)])
def test_a_device_side_assert_points_at_a_later_line_unless_each_kernel_is_waited_for(
    blocking, line
):
    lines = [
        "import torch, torch.nn.functional as F",
        'labels = torch.tensor([1, 10], device="cuda")',
        'outputs = torch.rand(2, 10, device="cuda")',
        "loss = F.cross_entropy(outputs, labels)",
        "more = outputs * 2",
    ]
    run = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        env=os.environ | {"CUDA_LAUNCH_BLOCKING": blocking},
        capture_output=True,
        encoding="utf-8",
    )
    assert "device-side assert triggered" in run.stderr
    assert f"line {line}, in <module>" in run.stderr


# --- the messages of the exercises


def read_fences(name: str, mark: str) -> list[str]:
    task = next(c for c in read_cells("en") if c["id"] == name)["source"]
    return re.findall(rf"^```{mark}\n(.*?)^```$", task, re.M | re.S)


def run_numbered(lines: list[str]):
    labels = torch.arange(8)
    names = {"net": Net(), "images": torch.rand(8, 1, 32, 32), "labels": labels}
    exec("\n".join(lines), names)


def test_exercise_1_fails_so_and_line_5_mends_it():
    listing, told = read_fences("blamed-line-task", "text")
    lines = [line[3:] for line in listing.splitlines()]
    message = catch(run_numbered, lines)
    head, tail = told.strip().split("output 0 of Exp")
    assert message.startswith(head) and tail in message
    assert re.search(r"output 0 of Exp(Backward0)?, is at", message)
    assert lines[4].strip() == "p /= total"
    lines[4] = "    p = p / total"
    run_numbered(lines)


def test_exercise_2_fails_so_and_more_follows():
    (told,) = read_fences("prepare-photos-task", "text")
    photos, labels = torch.zeros(8, 32, 32, 3, dtype=torch.uint8), torch.arange(8).int()
    net = Net()
    assert catch(net, photos) == told.strip()
    assert "to have 1 channels, but got 32 channels" in catch(net, photos.float())
    grey = photos.float().mean(3)[:, None] / 255
    assert "Int" in catch(F.cross_entropy, net(grey), labels)


def test_exercise_3_fails_so_and_one_fault_hides_the_other():
    (source,) = read_fences("mend-the-loop-task", "python")
    (told,) = read_fences("mend-the-loop-task", "text")
    names = {"torch": torch, "F": F}
    exec(source, names)
    net, images, labels = Net(), torch.rand(8, 1, 32, 32), torch.arange(8)
    before = copy.deepcopy(net.state_dict())
    assert catch(names["teach"], net, images, labels, 2, 0.1) == told.strip()
    lines = source.splitlines()
    lines.insert(3, lines.pop(5))  # zero_grad first
    exec("\n".join(lines), names)
    assert len(names["teach"](net, images, labels, 2, 0.1)) == 2
    assert all(torch.equal(p, before[name]) for name, p in net.state_dict().items())

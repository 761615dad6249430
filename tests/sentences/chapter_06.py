"""What the marks of the chapter on backpropagation layer by layer are computed with."""

import contextlib
import io
import math

import torch

from book.notebooks.sources import read_source
from tests.checks import test_questions_layers as shown
from tests.sentences.looks import name_colour
from tests.sentences.verdicts import rank, sign  # noqa: F401

SLUG = "06_layer_by_layer"
QUESTIONS = {  # name → (place of the right choice, from 0; the test that shows it)
    "q-blocked": (0, shown.test_layers_a_blocked_output_gives_its_weights_no_gradient),
}


def run_cells() -> dict:
    """Run the chapter's code up to its exercises: the names that it leaves."""
    names = {}
    with torch.random.fork_rng(), contextlib.redirect_stdout(io.StringIO()):
        for cell in read_source(SLUG):
            if cell["kind"] == "code" and "exercise" not in cell["metadata"]:
                exec(cell["text"], names)
    return names


_ran = run_cells()
net, parameters, label = _ran["net"], _ran["parameters"], _ran["label"]
kept, sheet, hundred = _ran["kept"], _ran["sheet"], _ran["hundred"]
images, J, never = _ran["images"], _ran["J"], _ran["never"]
p, d_fc3, d_fc2, paths = _ran["p"], _ran["d_fc3"], _ran["d_fc2"], _ran["paths"]
winner = _ran["winner"].flatten().tolist()
logits_of_batch = net(images)

_names = list(kept)
same_shapes = sum(  # functions that leave the shape alone
    kept[name].shape == kept[below].shape
    for name, below in zip(_names[1:], _names[:-1], strict=True)
)
losers_share = _ran["max_pool_backward"](
    torch.tensor([[[[5.0, 4.9], [1.0, 0.0]]]]), torch.tensor([[[[3.0]]]])
)[0, 0, 0, 1]

"""Makes checkpoints.json.gz, the run of training behind the explorer's scrubber: 15 minutes.

    python lenet_course/assets/make_checkpoints.py SHARES [ROOT]

It is make_weights.py's recipe, run once more and watched: the weights after each of STEPS, and at
the end the moving average that it leaves. Threads and instruction set decide in which order a
sum is added up, and 46,800 steps later the weights are others: so this run ends as good as lenet.pt
(99.70 % of the packaged test digits), but not in its weights; README.md beside this file says how
far it comes back.

Each weight is stored as its change since the checkpoint before, a whole number of steps of 2^e, as
coarse as leaves the probabilities of the 2,000 packaged test digits within LIMIT of the run's own,
which go to the file SHARES. Sums of such steps are exact in float32, in any language.
"""

import copy
import gzip
import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

from lenet_course.assets.make_weights import SEED, make_weights
from lenet_course.digits import Digits, load_digits, prepare_images
from lenet_course.model import Net
from lenet_course.training import evaluate
from lenet_course.training.standardise import Standardised, fold

# roughly geometric, closer where most is learnt; the learning rate climbs until step 9,360
STEPS = (0, 64, 128, 192, 256, 288, 320, 352, 384, 448, 512, 640, 768)
STEPS += (1024, 2048, 4096, 8192, 16384, 32768, 46800)
LIMIT = 0.0095  # the largest difference of a probability
COARSEST = {"conv1": -6, "conv2": -8, "fc1": -8, "fc2": -8, "fc3": -9}  # e of the weights
HERE = Path(__file__).parent


def record_run(digits: Digits, seed: int, progress: bool = False) -> list[Net]:
    """Train as make_weights does; return the network after each of STEPS, inputs 0 to 1."""
    torch.manual_seed(seed)
    nets = {0: fold(Standardised(Net()))}  # what make_weights begins with
    step = 0

    def keep(optimizer, *_):
        nonlocal step
        step += 1
        if step in STEPS:
            net = Net()
            with torch.no_grad():
                torch._foreach_copy_(list(net.parameters()), optimizer.param_groups[0]["params"])
            nets[step] = fold(Standardised(net))

    hook = register_optimizer_step_post_hook(keep)
    try:
        nets[STEPS[-1]] = make_weights(digits, seed, progress)
    finally:
        hook.remove()
    return [nets[step] for step in STEPS]


@torch.no_grad()
def encode_run(nets: list[Net], test: Digits) -> tuple[dict, np.ndarray]:
    """Make what is stored.

    Returns:
        steps, accuracies (of the decoded networks on the test digits, 0 to 1), exponents (of each
        checkpoint's ten tensors) and codes (a character a weight: 0, −1, 1, −2, 2 … from 35 on);
        and the probabilities of the networks as they were, float64 (checkpoints, digits, 10).
    """
    images = prepare_images(test.images)
    stored = {"steps": list(STEPS), "accuracies": [], "exponents": [], "codes": ""}
    shares = [net(images).double().softmax(1) for net in nets]
    before = copy.deepcopy(nets[0])
    torch.nn.utils.vector_to_parameters(torch.zeros(61706), before.parameters())
    for net, wanted in zip(nets, shares, strict=True):
        for finer in range(12):
            exponents = [
                COARSEST[name.split(".")[0]] - finer - 2 * name.endswith("bias")
                for name, _ in net.named_parameters()
            ]
            decoded = copy.deepcopy(before)
            changes = []
            for value, goal, exponent in zip(
                decoded.parameters(), net.parameters(), exponents, strict=True
            ):
                change = ((goal - value) / 2.0**exponent).round()
                value += change * 2.0**exponent
                changes.append(change.flatten().long())
            if (decoded(images).double().softmax(1) - wanted).abs().max() <= LIMIT:
                break
        else:
            raise ValueError(f"expected probabilities within {LIMIT}, got none in 12 tries")
        before = decoded
        change = torch.cat(changes)
        codes = torch.where(change < 0, -2 * change - 1, 2 * change) + 35
        stored["codes"] += "".join(map(chr, codes.tolist()))
        stored["exponents"].append(exponents)
        stored["accuracies"].append(round(evaluate(decoded, test)["accuracy"], 4))
    return stored, torch.stack(shares).numpy()


def write_run(stored: dict, shares: np.ndarray, path: str) -> None:
    """Write the asset and, to `path`, the run's own probabilities in thousandths."""
    text = json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
    packed = gzip.compress(text.encode(), compresslevel=9, mtime=0)
    (HERE / "checkpoints.json.gz").write_bytes(packed)
    np.savez_compressed(path, shares=(1000 * shares).round().astype(np.uint16))
    print(f"{len(packed):,} bytes; accuracies", *stored["accuracies"])


def main() -> None:
    torch.set_num_threads(1)
    path, root = [*sys.argv[1:], None][:2]
    digits = load_digits(full=True, root=root)
    write_run(*encode_run(record_run(digits, SEED, progress=True), load_digits("test")), path)


if __name__ == "__main__":
    main()

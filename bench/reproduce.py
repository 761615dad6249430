"""Does the run behind the explorer's scrubber come back, bit for bit? python -m bench.reproduce

Trains once more, 20 minutes on one core, under the settings of book/notebooks/environment.py, and
compares every checkpoint with checkpoints.json.gz and the last network with lenet.pt. What was
found is told in lenet_course/assets/README.md.
"""

import gzip
import json
import os
import platform
import subprocess
import sys

from book.course import ROOT
from book.notebooks.environment import FIXED


def compare() -> bool:
    """Train, and print what is equal; True where the whole run is."""
    import torch  # here, since it reads the settings when it is imported

    from bench.mnist import find_mnist
    from lenet_course import load_digits, load_trained
    from lenet_course.assets.make_checkpoints import HERE, STEPS, encode_run, record_run
    from lenet_course.assets.make_weights import SEED

    root = find_mnist()
    if root is None:
        sys.exit("expected full MNIST, found none: load_digits(full=True) fetches it")
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, {platform.processor() or platform.machine()}", flush=True)
    print(*(f"{name}={value}" for name, value in FIXED.items()), flush=True)
    nets = record_run(load_digits(full=True, root=root), SEED, progress=True)
    found, _ = encode_run(nets, load_digits("test"))
    stored = json.loads(gzip.decompress((HERE / "checkpoints.json.gz").read_bytes()))
    size = len(stored["codes"]) // len(STEPS)
    for place, step in enumerate(STEPS):
        pairs = zip(*(run["codes"][place * size :][:size] for run in (found, stored)), strict=True)
        print(
            f"step {step}: {sum(one != other for one, other in pairs):,} of {size:,} codes differ"
        )
    pairs = zip(nets[-1].parameters(), load_trained().parameters(), strict=True)
    apart = torch.cat([(one - other).abs().flatten() for one, other in pairs])
    print(
        f"lenet.pt: {(apart > 0).sum():,} of {size:,} weights differ, at most by {apart.max():.2f}"
    )
    return found == stored


def main() -> None:
    if any(os.environ.get(name) != value for name, value in FIXED.items()):
        again = [sys.executable, "-m", "bench.reproduce"]
        sys.exit(subprocess.run(again, cwd=ROOT, env=os.environ | FIXED).returncode)
    sys.exit(0 if compare() else 1)


if __name__ == "__main__":
    main()

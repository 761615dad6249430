"""How far a drawing is from the digits that load_trained()'s network was taught.

    python -m bench.taught

The candidates of measures.py are fitted on 8,000 packaged training digits. A candidate's limit is
the 95th percentile of the other 2,000, and CHOSEN is the one that best tells these from letters of
two fonts. Only then is it asked what lies beyond its limit: of the test digits, of letters of other
fonts, of letters and shapes drawn by hand, and of the recorded digits of tests/strokes. Writes
lenet_course/assets/taught.json, and the chosen measure as the explorer's taught.js.
"""

import json
import sys

import numpy as np
import torch

from bench.ink import draw_strokes, prepare_ink
from bench.letters import LETTERS, draw_letters, draw_shapes, print_letters
from bench.measures import CANDIDATES, Maps, find_whitening, group, look, measure_nearest
from book.course import ROOT
from lenet_course import load_digits, load_trained, prepare_images
from lenet_course.widgets.arguments import read_weights

ASSET = ROOT / "lenet_course/assets/taught.json"
SCRIPT = ROOT / "lenet_course/widgets/explorer/taught.js"
HEAD = "// By bench/taught.py: where load_trained()'s network puts the digits that it was taught.\n"
STROKES = ROOT / "tests/strokes"
FITTED, LIMIT = 8000, 95  # digits; percentile
CHOSEN_BY = ("DejaVuSans", "DejaVuSansMono")  # fonts
REPORTED = ("DejaVuSerif", "STIXGeneral", "cmss10", "cmtt10")
CHOSEN = "nearest mean of fc3, Mahalanobis"


def rank(inside: np.ndarray, outside: np.ndarray) -> float:
    """The chance that one from outside lies farther than one from inside (the ROC's area)."""
    return (outside[:, None] > inside).mean() + (outside[:, None] == inside).mean() / 2


def compare(fitted: Maps, labels: np.ndarray, validation: Maps, letters: Maps) -> dict:
    """Every candidate on the validation digits and the letters of CHOSEN_BY's fonts, in percent."""
    rows = {}
    for name, (fit, numbers) in CANDIDATES.items():
        measure = fit(fitted, labels)
        inside, outside = measure(validation), measure(letters)
        beyond = (outside > np.percentile(inside, LIMIT)).mean()
        rows[name] = {"numbers": numbers, "area": round(rank(inside, outside), 3)}
        rows[name]["letters"] = round(100 * beyond, 1)
    return rows


def fit_chosen(fitted: Maps, labels: np.ndarray, validation: Maps) -> dict:
    """The chosen measure, in as many digits as matter: what taught.js holds.

    Returns:
        turn: rows of a lower triangular matrix; means: of each digit's turned logits; percentiles,
        0 to 99, of the validation digits' distances; limit; sum: of the network's parameters.
    """
    means, apart = group(fitted["fc3"], labels)
    turn = find_whitening(apart)
    taught = {
        "sum": round(np.frombuffer(read_weights(load_trained()), "<f4").sum(dtype=float), 3),
        "limit": LIMIT,
        "turn": [[float(f"{x:.4g}") for x in row[: n + 1]] for n, row in enumerate(turn)],
        "means": (means @ turn.T).round(2).tolist(),
    }
    distances = measure_taught(taught, validation["fc3"])
    return taught | {"percentiles": np.percentile(distances, range(100)).round(3).tolist()}


def measure_taught(taught: dict, logits: np.ndarray) -> np.ndarray:
    """The distances of logits, of shape (N, 10), as taught.js has it."""
    turn = np.zeros((10, 10))
    for n, row in enumerate(taught["turn"]):
        turn[n, : n + 1] = row
    return measure_nearest(logits @ turn.T, np.array(taught["means"]))


def count_far(taught: dict, images) -> np.ndarray:
    """Which images are beyond the limit: bools of shape (N,)."""
    return measure_taught(taught, look(images)["fc3"]) > taught["percentiles"][taught["limit"]]


def report(taught: dict) -> dict:
    """What lies beyond the limit: counts, and the letters that never did, or always."""
    strokes = [
        json.loads(path.read_text(encoding="utf-8"))["strokes"]
        for path in sorted(STROKES.glob("*.json"))
    ]
    shapes = draw_shapes()
    digits = count_far(taught, prepare_images(load_digits("test").images))
    mouse = count_far(taught, [prepare_ink(draw_strokes(each)) for each in strokes])
    printed = np.stack([count_far(taught, print_letters(font)) for font in REPORTED])
    drawn = count_far(taught, draw_letters())
    ever = np.vstack([printed, drawn]).any(0)
    found = {"test digits": digits, "recorded digits": mouse, "printed letters": printed}
    found |= {"drawn letters": drawn, "shapes": (other := count_far(taught, list(shapes.values())))}
    return {
        **{name: {"far": int(far.sum()), "of": far.size} for name, far in found.items()},
        "never": "".join(np.array(list(LETTERS))[~ever]),
        "near shapes": [name for name, far in zip(shapes, other, strict=True) if not far],
    }


def split() -> tuple[Maps, np.ndarray, Maps]:
    """What the network computes of digits to fit to, their labels, and of validation digits."""
    digits = load_digits("train")
    maps = look(prepare_images(digits.images))
    fitted = {name: values[:FITTED] for name, values in maps.items()}
    validation = {name: values[FITTED:] for name, values in maps.items()}
    return fitted, digits.labels.numpy()[:FITTED], validation


def measure() -> dict:
    """Fit, compare and report: what taught.json holds."""
    fitted, labels, validation = split()
    letters = look(np.concatenate([print_letters(font) for font in CHOSEN_BY]))
    rows = compare(fitted, labels, validation, letters)
    taught = fit_chosen(fitted, labels, validation)
    return {
        "script": "bench/taught.py",
        "candidates": rows,
        "far": report(taught),
        "taught": taught,
    }


def write_script(taught: dict) -> str:
    lines = [f"  {key}: {json.dumps(value)},\n" for key, value in taught.items()]
    return f"{HEAD}export const TAUGHT = {{\n{''.join(lines)}}};\n"


def main() -> None:
    torch.set_num_threads(1)
    found = measure()
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in found.items()]
    ASSET.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    SCRIPT.write_text(write_script(found["taught"]), encoding="utf-8")
    for name, row in found["candidates"].items():
        print(f"{name:44}{row['numbers']:7}{row['area']:8.3f}{row['letters']:7.1f} %")
    for name, value in found["far"].items():
        print(f"{name:44}{value}")


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a code page lacks signs such as –
    main()

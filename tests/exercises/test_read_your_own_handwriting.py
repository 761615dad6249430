"""Chapter 13."""

import pytest
import torch

from lenet_course import Net
from lenet_course.exercises import read_your_own_handwriting as exercises
from lenet_course.text import LANGUAGES, set_language
from tests.chapters import get_cell
from tests.exercises.judging import *  # noqa: F403

CHAPTER = {}
exec("import torch\nimport torch.nn.functional as F", CHAPTER)
for cell in ("photo-ink", "photo-function"):
    exec(get_cell("13_read_your_own_handwriting", cell).source, CHAPTER)
prepare_photo = CHAPTER["prepare_photo"]


def rename(stored):
    return {".".join(name.split(".")[-2:]): value for name, value in stored.items()}


def load(values, **how):
    net = Net()
    net.load_state_dict(values, **how)
    return net


def rename_in_place(stored):
    for name in list(stored):
        stored[".".join(name.split(".")[-2:])] = stored.pop(name)
    return load(stored)


def restore_one_by_one(stored):
    net = Net()
    own = dict(net.named_parameters())
    with torch.no_grad():
        for name, value in stored.items():
            layer, kind = name.split(".")[-2:]
            own[f"{layer}.{kind}"].copy_(value)
    return net


def restore_weights(stored):
    values = {name: value for name, value in rename(stored).items() if "weight" in name}
    return load(values, strict=False)


def prepare_chalk(photo):
    return prepare_photo(255 - photo)


def prepare_any(photo):
    corner = photo[:5, :5].float().mean()
    return prepare_photo(photo if corner > 128 else 255 - photo)


CASES = {
    exercises.check_restored: [
        ("right", lambda stored: load(rename(stored))), ("right", restore_one_by_one),
        ("dict", rename),
        ("names", load),
        ("names", lambda stored: load({name[2:]: value for name, value in stored.items()})),
        ("one_prefix", lambda stored: load(
            {name.removeprefix("module."): value for name, value in stored.items()})),
        ("not_loaded", lambda stored: Net()),
        ("not_loaded", lambda stored: load(stored, strict=False)),
        ("partly", restore_weights),
        ("wrapped", lambda stored: torch.nn.ModuleDict({"module": load(rename(stored))})),
        ("half", lambda stored: load(rename(stored)).half()),
        ("half", lambda stored: load(rename(stored), assign=True)),
        ("changed_stored", rename_in_place),
        ("shared", lambda stored: load(
            {name: value.float() for name, value in rename(stored).items()}, assign=True)),
        ("other", lambda stored: torch.nn.Linear(2, 2)),
    ],
    exercises.check_enough_digits: [
        ("right", lambda worse, better: int((worse**0.5 - better**0.5) ** -2) + 1),
        ("fraction", lambda worse, better: (worse**0.5 - better**0.5) ** -2),
        ("floor", lambda worse, better: int((worse**0.5 - better**0.5) ** -2)),
        ("combined", lambda worse, better: (worse + better) / (worse - better) ** 2),
        ("fixed", lambda worse, better: 2980),
        ("other", lambda worse, better: 1000 * worse),
    ],
    exercises.check_chalk: [
        ("right", prepare_any),
        ("chalk", prepare_photo),
        ("paper", prepare_chalk),
        ("shape", lambda photo: prepare_any(photo)[0]),
        ("shape", lambda photo: photo),
        ("range", lambda photo: 255 * prepare_any(photo) - 100),
        ("ground", lambda photo: 1 - prepare_any(photo)),
        ("off_centre", lambda photo: prepare_any(photo).roll(9, 3)),
        ("other", lambda photo: prepare_any(photo).flip(2)),
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_number_that_is_told_is_the_one_that_the_solution_counts(language):
    names = {}
    source = get_cell("13_read_your_own_handwriting", "enough-solution", language).source
    exec(source.replace("check_enough_digits(count_digits)", ""), names)
    set_language(language)
    told = exercises.check_enough_digits(names["count_digits"])
    assert f"{names['count_digits'](0.014, 0.010):,}" in str(told)

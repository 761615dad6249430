"""The explorer's distance from the digits that the network was taught, and what is said of it."""

import json

import pytest

from bench import taught

RECORDED = json.loads(taught.ASSET.read_text(encoding="utf-8"))


def flatten(values):
    return [n for value in values for n in flatten(value)] if isinstance(values, list) else [values]


def test_the_explorer_has_the_recorded_measure():
    assert taught.SCRIPT.read_text(encoding="utf-8") == taught.write_script(RECORDED["taught"])


def test_the_measure_is_fitted_to_the_training_digits_anew():
    fitted = taught.fit_chosen(*taught.split())
    assert set(fitted) == set(RECORDED["taught"])
    for name, values in fitted.items():
        assert flatten(values) == pytest.approx(flatten(RECORDED["taught"][name]), abs=0.02), name


def test_the_chosen_measure_told_letters_best():
    areas = {name: row["area"] for name, row in RECORDED["candidates"].items()}
    assert areas[taught.CHOSEN] == max(areas.values())
    assert len(areas) == len(taught.CANDIDATES)


def test_what_is_far_is_counted_anew():
    """Chapter 0 has these counts; another release of the fonts may move a letter over the limit."""
    found, recorded = taught.report(RECORDED["taught"]), RECORDED["far"]
    assert set(found) == set(recorded)
    for name in ("test digits", "recorded digits", "drawn letters", "shapes"):
        assert found[name] == pytest.approx(recorded[name], abs=1), name
    assert found["printed letters"] == pytest.approx(recorded["printed letters"], abs=4)
    assert set("OS") <= set(found["never"]) & set(recorded["never"])  # as the page says

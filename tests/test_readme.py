"""The READMEs: short, alike, and true."""

import re

import pytest

from book.course import LANGUAGES, ROOT
from lenet_course import load_trained

READMES = ("README.md", "README.ko.md")


@pytest.mark.parametrize("name", READMES)
def test_at_most_100_lines_with_both_commands_and_one_picture(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 100
    assert re.search(r"^make book .*\nmake test ", text, re.M)
    (picture,) = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", text)
    assert len(picture[0]) > 20
    assert (ROOT / picture[1]).stat().st_size < 400_000


@pytest.mark.parametrize("name", [*READMES, "index.md"])
def test_links_lead_somewhere(name):
    for target in re.findall(
        r"\]\((?!https?://)([^)#]+)\)", (ROOT / name).read_text(encoding="utf-8")
    ):
        assert (ROOT / target).exists() or (ROOT / f"{target}.ipynb").exists(), target


def test_each_half_of_the_landing_page_leads_to_its_own_language():
    text = (ROOT / "index.md").read_text(encoding="utf-8")
    _, *halves = re.split(r"^::::\{container\} lang-(?=\w)", text, flags=re.M)
    assert [half[:2] for half in halves] == list(LANGUAGES)
    for half in halves:
        assert set(re.findall(r"chapters/(\w+)/", half)) == {half[:2]}


def test_every_command_of_the_readmes_is_in_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in READMES:
        for command in re.findall(
            r"\bmake ([a-z]+)\b(?! )?", (ROOT / name).read_text(encoding="utf-8")
        ):
            assert command in ("sure", "it") or re.search(rf"^{command}:", makefile, re.M), command


@pytest.mark.parametrize("name", READMES)
def test_the_shipped_weights_lie_in_the_spread_that_is_told(name):
    row = next(
        line
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if "load_trained" in line
    )
    mean, least, most, *_ = (float(n) for n in re.findall(r"\d\d\.\d\d", row))
    shipped = float(load_trained().recipe["accuracy on MNIST's 10,000 test digits"].split()[0])
    assert least <= mean <= most and least <= shipped <= most

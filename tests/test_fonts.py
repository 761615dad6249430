"""What a reader writes in Korean is drawn in a font that has it, or one sentence says why not."""

import io
import warnings

import pytest
import torch
from matplotlib import font_manager

from lenet_course import draw_curves, draw_digits, fonts
from lenet_course.computation_graph import draw_computation_graph
from lenet_course.figures import draw_confusion
from lenet_course.tables import draw_tables


class Number:
    value, name, parents, local, grad = 2.0, "값", (), (), 0.0


IMAGES = torch.rand(2, 1, 8, 8)
FIGURES = {
    "curves": lambda: draw_curves({"학습": [1.0, 2.0], "loss": [2.0, 1.0]}, "스텝", "손실(loss)"),
    "digits": lambda: draw_digits(IMAGES, ["하나", "two"]),
    "confusion": lambda: draw_confusion(torch.eye(2), {"사와 9": IMAGES}),
    "tables": lambda: draw_tables({"표": torch.eye(2)}),
    "graph": lambda: draw_computation_graph(Number()),
}


@pytest.fixture
def fresh(monkeypatch):
    """matplotlib as it was imported before a reader installed any font."""
    own = [entry for entry in font_manager.fontManager.ttflist if "mpl-data" in str(entry.fname)]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", own)
    fonts._tell_missing.cache_clear()


def save(figure):
    figure.savefig(io.BytesIO(), format="png")


@pytest.mark.skipif(not fonts.find_family({"한"}), reason="no font with Hangul is installed")
@pytest.mark.parametrize("name", FIGURES)
def test_hangul_is_drawn_in_a_font_that_has_it(name, fresh, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # such as that a glyph is missing
        figure = FIGURES[name]()
        save(figure)
    assert capsys.readouterr().out == ""
    found = figure.findobj(fonts.Text)
    families = {tuple(text.get_fontfamily()) for text in found if fonts.HANGUL.search(str(text))}
    others = {tuple(text.get_fontfamily()) for text in found} - families
    assert families and all(len(family) == 2 for family in families)
    assert all(len(family) == 1 for family in others)


def test_where_no_font_has_it_one_sentence_says_so_once(fresh, monkeypatch, capsys):
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):
            save(FIGURES["curves"]())
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("No installed font has Hangul") and "fonts-nanum" in line

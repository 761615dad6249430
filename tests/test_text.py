"""The language, the words, and setup()."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

import lenet_course
from lenet_course import text


@pytest.fixture(autouse=True)
def restore_language():
    before = text.get_language()
    yield
    text.set_language(before)


def test_every_word_stands_in_both_languages():
    assert all(set(words) == set(text.LANGUAGES) for words in text.WORDS.values())


def test_setup_sets_the_language_and_says_the_same_every_time(capsys):
    lenet_course.setup("ko")
    lenet_course.setup("ko")
    assert capsys.readouterr().out == "준비되었습니다.\n" * 2
    assert text.get_language() == "ko"
    assert str(torch.tensor([0.12345])) == "tensor([0.12])"


@pytest.mark.parametrize("language", ["fr", "KO", None, ""])
def test_a_wrong_language_is_named(language):
    with pytest.raises(ValueError, match=f"got {language!r}"):
        lenet_course.setup(language)


def test_a_wrong_word_is_named():
    with pytest.raises(KeyError, match="got 'nothing'"):
        text.say("nothing")


def test_the_package_has_at_most_20_public_names():
    assert len(lenet_course.__all__) <= 20
    assert all(hasattr(lenet_course, name) for name in lenet_course.__all__)


def test_imports_point_down():
    """text, model and digits know nothing of each other; features, graph nothing of figures."""
    below = {name: [] for name in ("text", "model", "digits", "features", "graph")}
    below["figures"] = ["features", "graph"]
    for module, allowed in below.items():
        source = (Path(lenet_course.__path__[0]) / f"{module}.py").read_text(encoding="utf-8")
        imported = [m for m in below if f"from lenet_course.{m} import" in source]
        assert imported == allowed, module
    program = "import lenet_course, sys; print('torchvision' in sys.modules)"
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    assert loaded.stdout.strip() == "False"  # two seconds that only load_digits(full=True) needs

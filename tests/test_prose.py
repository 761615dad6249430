"""Sentences fit what stands around them: code, formulas, links to chapters, Korean particles."""

import re

import pytest
import torch

from book.course import LANGUAGES, list_slugs, number_chapter
from tests.sentences.formulas import FORMULAS, find_formulas
from tests.sentences.names import find_code, find_unknown
from tests.sentences.particles import find_wrong_particles, list_uses
from tests.sentences.texts import ALL, GLOSSARY, list_hints, list_texts

every_source = pytest.mark.parametrize("slug", ALL)
EVERY_TEXT = [text for slug in ALL for text in list_texts(slug)]

# code of a sentence whose names are the reader's, or of another program
NOT_OURS = {
    "Backward0": "the ending of grad_fn's names",
    "Addmm": "the beginning of one",
    "to(device, non_blocking=True)": "an argument of Tensor.to, which has no signature",
    "Root Cause": "torchrun's report",
    "Connection closed by peer": "a message of gloo",
    "Connection reset by peer": "another",
    "OMP_NUM_THREADS": "an environment variable, of OpenMP",
    "-u": "an option of Python",
    "HOST:PORT": "an address, to be filled in",
    "accelerate launch": "a program of Hugging Face",
    "loader": "the reader's DataLoader",
    "transforms.Normalize((0.1307,), (0.3081,))": "torchvision's, which its users write",
    "ipython-input": "a traceback in Colab",
    "Cell In": "a traceback",
    "expected scalar type Long but found Float": "a message: tests/test_messages.py",
    "Double": "a dtype's name in a message: tests/test_messages.py",
    "c10::Half": "another",
    "c10::BFloat16": "another",
    "Half": "another",
    "BFloat16": "another",
    "CUDA_LAUNCH_BLOCKING=1": "an environment variable, of CUDA",
    "%debug": "a command of IPython",
    "import pdb; pdb.set_trace()": "Python's debugger",
    **dict.fromkeys("udnscq", "commands of the debugger"),
    "Target 10 is out of bounds.": "a message: tests/test_messages.py",
    "device-side assert triggered": "a message of CUDA",
    "CUDA out of memory. Tried to allocate": "a message of CUDA",
    "mat1 and mat2 shapes cannot be multiplied (32x400 and 256x120)": "a message",
}


@every_source
def test_code_in_a_sentence_exists(slug):
    unknown = [
        (text.name, text.language, code, names)
        for text in list_texts(slug)
        for code in find_code(text.text)
        if (names := find_unknown(code, set(NOT_OURS)))
    ]
    assert unknown == []


def test_no_allowance_for_code_is_needless():
    written = {code for text in EVERY_TEXT for code in find_code(text.text)}
    assert set(NOT_OURS) - written == set()


def test_every_formula_of_a_sentence_has_its_computation():
    found = {formula for text in EVERY_TEXT for formula in find_formulas(text.text)}
    assert found - set(FORMULAS) == set()
    assert set(FORMULAS) - found == set()


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_right(formula):
    assert FORMULAS[formula]()


@every_source
def test_both_languages_have_the_same_formulas(slug):
    found = {}
    for text in list_texts(slug):
        formulas = [re.sub(r"\\text\{.*?\}", "text", f) for f in find_formulas(text.text)]
        found.setdefault(text.name, {})[text.language] = sorted(formulas)
    assert {name: pair for name, pair in found.items() if pair["ko"] != pair["en"]} == {}


UPDATE = re.compile(r"`((\w+) = \2 \S learning_rate \S (\w+))`")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_update_rule_in_a_sentence_does_what_sgd_does(language):
    parameter = torch.tensor(3.0, requires_grad=True)
    parameter.grad = torch.tensor(2.0)
    torch.optim.SGD([parameter], lr=0.1).step()
    rules = [
        r for text in EVERY_TEXT if text.language == language for r in UPDATE.findall(text.text)
    ]
    assert rules
    for code, weight, gradient in rules:
        names = {weight: 3.0, gradient: 2.0, "learning_rate": 0.1}
        exec(code, names)
        assert names[weight] == pytest.approx(parameter.item()), code


LINK = re.compile(r"\[([^\]\n]+)\]\((\d\d_\w+)\.ipynb(?:#[^)]*)?\)")


def find_wrong_links(text: str, slug: str) -> list[str]:
    """Find the links whose words name another chapter than they lead to."""
    wrong = []
    for words, target in LINK.findall(text):
        numbers = re.findall(r"[Cc]hapter (\d+)|(\d+)장", words)
        named = {int(english or korean) for english, korean in numbers}
        if re.search(r"다음 장|[Nn]ext chapter", words):
            named.add(number_chapter(slug) + 1)
        if re.search(r"앞 장|[Pp]revious chapter", words):
            named.add(number_chapter(slug) - 1)
        if named - {number_chapter(target)}:
            wrong.append(f"[{words}]({target})")
    return wrong


@every_source
def test_chapter_n_agrees_with_its_link(slug):
    found = [(t.name, t.language, find_wrong_links(t.text, slug)) for t in list_texts(slug)]
    assert [entry for entry in found if entry[2]] == []


def test_a_link_to_another_chapter_would_be_found():
    assert find_wrong_links("[chapter 4](05_x.ipynb)", "02_y") == ["[chapter 4](05_x)"]
    assert find_wrong_links("[5장](04_x.ipynb#there)", "02_y") == ["[5장](04_x)"]
    assert find_wrong_links("[다음 장](04_x.ipynb)", "02_y") == ["[다음 장](04_x)"]
    assert find_wrong_links("[3장](03_x.ipynb), [the text](04_x.ipynb)", "02_y") == []


@every_source
def test_links_lead_to_chapters_that_exist(slug):
    targets = {target for text in list_texts(slug) for _, target in LINK.findall(text.text)}
    assert targets <= set(list_slugs())


@every_source
def test_particles_agree_with_the_sound_before_them(slug):
    hints = [] if slug == GLOSSARY else list_hints(slug)
    wrong = [
        (text.name, *fault)
        for text in [*list_texts(slug), *hints]
        if text.language == "ko"
        for fault in find_wrong_particles(text.text)
    ]
    assert wrong == []


def test_code_and_latin_words_are_read_one_way_in_the_whole_book():
    """`conv1`은 and `conv1`가 cannot both be right: a name ends in a consonant or in a vowel."""
    uses = list_uses(text.text for text in EVERY_TEXT if text.language == "ko")
    assert {name: found for name, found in uses.items() if len(found) > 1} == {}


def test_a_wrong_particle_would_be_found():
    assert find_wrong_particles("매개변수(parameter)을") == [("수", "을")]
    assert find_wrong_particles("61,706를") == [("6", "를")]
    assert find_wrong_particles("1/64이 1/64가") == [("1", "가")]
    assert find_wrong_particles("10를, 3은, 0이 7로 9가") == [("0", "를")]
    assert find_wrong_particles("합성곱(convolution)을, 28로, 3가지, 2만 원") == []
    assert list_uses(["`a`은 `a`가 `b`를"]) == {"a": {"vowel", "consonant"}, "b": {"vowel"}}

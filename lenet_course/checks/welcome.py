"""Chapter 0: an answer read off its scores, the accuracy on fours, a 9 mended with ink."""

import torch

from lenet_course.checks.answers import is_close, read_number, read_tensor
from lenet_course.checks.verdict import Hint, checker
from lenet_course.digits import load_digits, pick_digit, prepare_images
from lenet_course.model import load_trained

SCORED = 1350  # the test digit whose scores exercise 0.1 prints
MOST_INK = 12  # pixels


def compute_scores(images: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return load_trained()(images)


@checker({
    "right": {
        "ko": "점수가 1 높으면 확률은 e배, 약 2.7배입니다. 어느 두 숫자를 견주어도 그렇습니다.",
        "en": "Each point of score makes a digit e times as probable, about 2.7 times.",
    },
    "two": {
        "ko": "숫자 두 개가 필요합니다. 0, 1처럼 쉼표를 사이에 두고 적으십시오.",
        "en": "Two digits are wanted. Put a comma between them, as in 0, 1.",
    },
    "scores": {
        "ko": "점수를 적었습니다. 물은 것은 그 점수가 어느 숫자의 것인가입니다.",
        "en": "Those are scores. The question is which digits they belong to.",
    },
    "from_one": {
        "ko": "자리를 1부터 센 것 같습니다. 첫 점수는 어느 숫자의 것입니까?",
        "en": "It looks as if you counted from 1. Which digit does the first score belong to?",
    },
    "swapped": {
        "ko": "두 숫자는 찾았는데 차례가 바뀌었습니다. 점수가 높은 쪽을 먼저 적으십시오.",
        "en": "The two digits are there, in the wrong order. The higher score comes first.",
    },
    "minus": {
        "ko": "빼기 표시를 지나쳤습니다. 음수인 점수는 0점보다도 낮습니다.",
        "en": "A minus sign went unnoticed. A score below zero ranks below a score of zero.",
    },
    "lowest": {
        "ko": "가장 낮은 점수를 찾았습니다. 신경망의 답은 그 반대쪽에 있습니다.",
        "en": "You looked for the lowest score. The network's answer lies at the other end.",
    },
    "second": {
        "ko": "첫 숫자는 맞습니다. 그 점수를 가리고, 남은 아홉 가운데 가장 높은 것을 찾으십시오.",
        "en": "The first is right. Cover its score and find the highest of the other nine.",
    },
    "first": {
        "ko": "가장 높은 점수를 찾고, 그보다 앞에 점수가 몇 개 있는지 세어 보십시오.",
        "en": "Find the highest score, then count how many scores stand before it.",
    },
})  # fmt: skip
def check_two_best(answer):
    """Exercise 0.1: the digit that a picture's scores name, and the runner-up."""
    try:
        found = read_tensor(answer)
    except Hint as hint:
        if hint.key == "type":  # a set, say
            return "two"
        raise
    if found.numel() != 2:
        return "two"
    found = found.flatten()
    scores = compute_scores(pick_digit(load_digits("test"), SCORED)[0])[0]
    highest, wanted = (part[:2] for part in scores.sort(descending=True))
    answers = [
        ("right", wanted), ("swapped", wanted.flip(0)), ("from_one", wanted + 1),
        ("minus", scores.abs().topk(2).indices), ("lowest", scores.argsort()[:2]),
    ]  # fmt: skip
    if is_close(found, highest, rtol=0, atol=0.01):  # as printed, to two decimals
        return "scores"
    rest = "second" if is_close(found[0], wanted[0]) else "first"
    return next((key for key, pair in answers if is_close(found, pair)), rest)


@checker({
    "right": {
        "ko": "숫자마다 따로 잰 정확도는 모두 합친 정확도가 감추는 약한 곳을 드러냅니다.",
        "en": "Measured for each digit, accuracy shows weak spots that the overall figure hides.",
    },
    "percent": {
        "ko": "퍼센트로 적었습니다. 바라는 것은 0과 1 사이의 비율입니다.",
        "en": "That is in percent. What is wanted is a share between 0 and 1.",
    },
    "count": {
        "ko": "비율이 아니라 장수를 적었습니다. 몇 장 가운데 그만큼입니까?",
        "en": "That is a number of pictures, not a share. Out of how many?",
    },
    "wrong_share": {
        "ko": "틀린 비율을 구했습니다. 정확도는 맞힌 쪽의 비율입니다.",
        "en": "That is the share it got wrong. Accuracy is about the other ones.",
    },
    "all_digits": {
        "ko": "열 숫자를 모두 합친 정확도입니다. 이번에는 정답이 4인 그림만 봅니다.",
        "en": "That is the accuracy on all ten digits. This time only the fours are asked for.",
    },
    "all_pictures": {
        "ko": "2,000장으로 나누었습니다. 그 가운데 정답이 4인 그림은 몇 장입니까?",
        "en": "You divided by all 2,000 pictures. How many of them are fours?",
    },
    "arrow": {
        "ko": "4라고 잘못 답한 다른 숫자까지 셌습니다. 화살표의 어느 쪽이 정답입니까?",
        "en": "You counted another digit, misread as a 4. Which side of the arrow is the label?",
    },
    "called_four": {
        "ko": "4라고 답한 그림의 수로 나누었습니다. 나눌 것은 정답이 4인 그림의 수입니다.",
        "en": "You divided by the pictures that it called a 4, not by those that are a 4.",
    },
    "all_seven": {
        "ko": "틀린 일곱 장을 모두 뺐습니다. 그 가운데 정답이 4인 것은 몇 장입니까?",
        "en": "You took all seven mistakes for fours. Of how many is the label a 4?",
    },
    "missed": {
        "ko": "틀린 4를 하나 빠뜨렸습니다. 일곱 장을 끝까지 보십시오.",
        "en": "One misread four has escaped you. Go through all seven.",
    },
    "other": {
        "ko": "정답이 4인 그림은 몇 장이고, 그 가운데 몇 장을 맞혔습니까? 둘을 나누십시오.",
        "en": "How many pictures are a 4, and how many of them did it get right? Divide the two.",
    },
})  # fmt: skip
def check_accuracy_on_fours(answer):
    """Exercise 0.2: the share of the test fours that the network reads as a 4."""
    found, test = read_number(answer), load_digits("test")
    calls = compute_scores(prepare_images(test.images)).argmax(1)
    four, called = test.labels == 4, calls == 4
    fours, right, others = (mask.sum().item() for mask in (four, four & called, called & ~four))
    answers = [
        ("right", right / fours), ("percent", 100 * right / fours), ("count", right),
        ("count", fours - right), ("wrong_share", 1 - right / fours),
        ("all_pictures", right / len(four)), ("arrow", (right - others) / fours),
        ("called_four", right / (right + others)), ("missed", (right + 1) / fours),
        ("all_seven", 1 - (calls != test.labels).sum().item() / fours),
    ]  # fmt: skip
    overall = (calls == test.labels).float().mean()
    if is_close(found, overall, rtol=0, atol=6e-4):  # 99.7 %, as the chapter rounds it
        return "all_digits"
    return next((key for key, value in answers if is_close(found, value, 0, 1e-5)), "other")


@checker({
    "right": {
        "ko": "무엇이 달랐다면 답도 달랐을지를 들어 설명하는 것을 반사실적 설명이라고 합니다.",
        "en": "Explaining an answer by what would have changed it is a counterfactual explanation.",
    },
    "shape": {
        "ko": "그림의 모양이 (1, 1, 32, 32)가 아닙니다. picture의 일부가 아니라 전체를 건네십시오.",
        "en": "The picture is not of shape (1, 1, 32, 32). Hand over all of picture, not a part.",
    },
    "range": {
        "ko": "0과 1 밖의 값이 있습니다. 빈 종이가 0이고, 1보다 진한 잉크는 없습니다.",
        "en": "There are values outside 0 to 1. Bare paper is 0, and no ink is darker than 1.",
    },
    "too_many": {
        "ko": "픽셀 {count}개가 바뀌었습니다. 열두 개까지입니다. 행과 열을 모두 적었습니까?",
        "en": "{count} pixels differ; twelve is the most. Did you give both rows and columns?",
    },
    "erased": {
        "ko": "있던 잉크가 옅어진 자리가 있습니다. 이번에는 잉크를 보태기만 하십시오.",
        "en": "Some ink has become lighter. This time, only add to it.",
    },
    "swapped": {
        "ko": "행과 열을 서로 바꾸면 통합니다. 어느 번호가 먼저입니까?",
        "en": "It would work with rows and columns exchanged. Which of the two comes first?",
    },
    "another_digit": {
        "ko": "4는 벗어났지만 이번에는 답이 {digit}입니다. 보탠 잉크는 9의 어느 획입니까?",
        "en": "It no longer says 4, but {digit}. Which stroke of a 9 is your ink part of?",
    },
    "nearer": {
        "ko": "답은 아직 4이지만 9의 확률이 {share:.2f}까지 올랐습니다. 그 언저리가 맞습니다.",
        "en": "It still says 4, but the probability of 9 is up to {share:.2f}. You are near.",
    },
    "farther": {
        "ko": "답은 4이고 9의 확률도 오르지 않았습니다. 9라면 획이 이어져 있을 곳이 어디입니까?",
        "en": "It still says 4, and 9 has not gained. Where would the strokes of a 9 meet?",
    },
})  # fmt: skip
def check_mended_nine(answer):
    """Exercise 0.3: ink added to the 9 that is read as a 4, until it is read as a 9."""
    found, before = read_tensor(answer).float(), pick_misread_nine()
    if found.shape != before.shape:
        return "shape"
    added = found - before
    count = (added.abs() > 1e-6).sum().item()
    if count == 0:
        return "open"
    if found.min() < 0 or found.max() > 1:
        return "range"
    if count > MOST_INK:
        raise Hint("too_many", count=count)
    if added.min() < -1e-6:
        return "erased"
    turned = (before + added.transpose(2, 3)).clamp(0, 1)
    old, new, other = compute_scores(torch.cat([before, found, turned])).softmax(1)
    digit = new.argmax().item()
    if digit == 9:
        return "right"
    if other.argmax() == 9:
        return "swapped"
    if digit != 4:
        raise Hint("another_digit", digit=digit)
    if new[9] > old[9] + 0.01:
        raise Hint("nearer", share=new[9].item())
    return "farther"


def pick_misread_nine() -> torch.Tensor:
    """The test digit labelled 9 that the network calls a 4, of shape (1, 1, 32, 32)."""
    test = load_digits("test")
    nines = (test.labels == 9).nonzero().flatten()
    calls = compute_scores(prepare_images(test.images[nines])).argmax(1)
    return pick_digit(test, nines[calls == 4].item())[0]

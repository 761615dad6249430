"""Chapter 7: a row of a confusion matrix, when to stop, 97 percent from 2,000 digits."""

import random

import torch

from lenet_course.checks.answers import is_close, read_model, read_number
from lenet_course.checks.calling import call_function
from lenet_course.checks.verdict import Hint, checker
from lenet_course.digits import Digits, load_digits
from lenet_course.training import evaluate

TABLE = [[46, 1, 3], [0, 58, 2], [4, 0, 36]]  # exercise 7.1 prints it
GOAL = 0.97


@checker({
    "right": {
        "ko": "줄마다 이렇게 구한 값을 재현율이라고 합니다. 세로로 나누면 정밀도가 됩니다.",
        "en": "Found for a row, this is called recall. Divided down a column, it is precision.",
    },
    "overall": {
        "ko": "세 숫자를 모두 합친 정확도입니다. 정답이 2인 그림만 보십시오.",
        "en": "That is the accuracy on all three digits. Look only at those labelled 2.",
    },
    "column": {
        "ko": "2라고 답한 그림 가운데 맞은 비율입니다. 세로줄이 아니라 가로줄을 보십시오.",
        "en": "That is the share of right ones among the answers 2. Go along a row, not a column.",
    },
    "wrong_share": {
        "ko": "정답이 2인 그림 가운데 틀린 비율입니다.",
        "en": "That is the share of the twos that went wrong.",
    },
    "percent": {
        "ko": "퍼센트로 적었습니다. 0과 1 사이의 비율로 적으십시오.",
        "en": "That is in percent. Give a share between 0 and 1.",
    },
    "count": {
        "ko": "맞힌 장수입니다. 정답이 2인 그림이 모두 몇 장인지로 나누십시오.",
        "en": "That is how many were right. Divide by how many twos there are.",
    },
    "all_pictures": {
        "ko": "표에 있는 모든 그림의 수로 나누었습니다.",
        "en": "You divided by all the pictures in the table.",
    },
    "total": {
        "ko": "한 줄을 모두 더한 장수입니다. 그 가운데 얼마를 맞혔습니까?",
        "en": "That is a whole row, or column, added up. How many in it are right?",
    },
    "other_row": {
        "ko": "다른 숫자의 줄입니다. 줄은 0부터 셉니다.",
        "en": "That is another digit's row. Rows are counted from 0.",
    },
    "other": {
        "ko": "위의 표에서 정답이 2인 줄을 찾아, 대각선 위의 수를 그 줄의 합으로 나누십시오.",
        "en": "In the table above, divide what is on the diagonal by the sum of the row of twos.",
    },
})  # fmt: skip
def check_row(answer):
    """Exercise 7.1: the accuracy on the digits labelled 2, off a confusion matrix."""
    table = torch.tensor(TABLE, dtype=torch.float64)
    rows, columns, right = table.sum(1), table.sum(0), table.diagonal()
    answers = [
        ("right", right[2] / rows[2]), ("overall", right.sum() / table.sum()),
        ("column", right[2] / columns[2]), ("wrong_share", 1 - right[2] / rows[2]),
        ("count", right[2]),
        ("all_pictures", right[2] / table.sum()), ("other_row", right[0] / rows[0]),
        ("other_row", right[1] / rows[1]), ("total", rows[2]), ("total", columns[2]),
    ]  # fmt: skip
    found = read_number(answer)
    for scale in (1, 100):
        for key, value in answers:
            if is_close(found / scale, value, 0, 6e-4):
                return key if scale == 1 else "percent"
    return "other"


@checker({
    "right": {
        "ko": "학습을 실제로 거기서 멈추는 것을 조기 종료(early stopping)라고 합니다.",
        "en": "Stopping there in earnest is called early stopping.",
    },
    "training": {
        "ko": "학습용 손실이 가장 작은 에폭입니다. 외울수록 그쪽은 줄기만 합니다.",
        "en": "That is where the training loss is smallest, and knowing by heart lowers that too.",
    },
    "first_rise": {
        "ko": "검증용 손실이 처음 오른 데서 멈추었습니다. 그 뒤에 더 낮은 곳이 있습니다.",
        "en": "You stopped where the validation loss first rose. It gets lower after that.",
    },
    "last_fall": {
        "ko": "바로 앞보다 줄어든 마지막 에폭입니다. 더 낮은 곳이 그 앞에 있습니다.",
        "en": "That is the last epoch lower than the one just before. A lower one comes earlier.",
    },
    "both": {
        "ko": "두 손실을 더해 골랐습니다. 외운 글씨의 손실까지 세면 새 글씨가 가려집니다.",
        "en": "You chose by the sum of the two. What it knows by heart then hides what is new.",
    },
    "at_once": {
        "ko": "1번에서 벌써 멈추었습니다. 반복문 속의 return은 처음 닿는 순간 함수를 끝냅니다.",
        "en": "You stopped at number 1. A return in a loop ends the function when reached.",
    },
    "fixed": {
        "ko": "어떤 곡선을 주어도 {number}번을 돌려줍니다. 건네받은 목록에서 찾으십시오.",
        "en": "Whatever the curves, you return {number}. Look in the lists that are handed over.",
    },
    "reordered": {
        "ko": "목록의 차례를 바꾸었습니다. 그러면 몇 번이 몇째 에폭인지 알 수 없습니다.",
        "en": "You changed the order of a list, and with it which epoch has which number.",
    },
    "from_one": {
        "ko": "옳은 목록을 보았는데 번호가 하나 어긋납니다. 목록의 첫 값이 0번입니다.",
        "en": "The right list, but the number is off by one. The first value has the number 0.",
    },
    "last": {
        "ko": "목록의 끝을 골랐습니다. 검증용 손실은 거기서 가장 작지 않습니다.",
        "en": "You chose the end of the list. The validation loss is not smallest there.",
    },
    "untaught": {
        "ko": "0번, 곧 가르치기 전을 골랐습니다. 검증용 손실은 거기서 가장 큽니다.",
        "en": "You chose number 0, before any teaching. The validation loss is largest there.",
    },
    "loss": {
        "ko": "손실을 돌려주었습니다. 바라는 것은 그 손실이 나온 에폭의 번호입니다.",
        "en": "You returned the loss. What is wanted is the number of its epoch.",
    },
    "gap": {
        "ko": "두 손실의 차이로 골랐습니다. 차이가 작아도 둘 다 클 수 있습니다.",
        "en": "You chose by the gap between the two. It may be small while both are large.",
    },
    "other": {
        "ko": "본 적 없는 글씨를 가장 잘 읽는 에폭은 두 목록 가운데 어느 것에서 보입니까?",
        "en": "Which of the two lists shows when it reads new handwriting best?",
    },
})  # fmt: skip
def check_picked_epoch(answer):
    """Exercise 7.2: pick_epoch(training, validation), the epoch whose parameters to keep."""
    histories = [make_history(epochs) for epochs in (15, 20, 31)]
    keys = [judge_epoch(answer, *history) for history in histories]
    key = next((key for key in keys if key != "right"), "right")
    if key in ("other", "from_one", "last_fall", "both"):
        found = {read_number(call_function(answer, *map(list, pair))) for pair in histories}
        if len(found) == 1:
            raise Hint("fixed", number=f"{found.pop():g}")
    return key


def judge_epoch(function, training: list[float], validation: list[float]) -> str:
    """Return the key of what a function picks from one pair of curves."""
    given = list(training), list(validation)
    found = read_number(call_function(function, *given))
    if given != (training, validation):
        return "reordered"
    best = validation.index(min(validation))
    rise = next(n for n in range(1, len(validation)) if validation[n] > validation[n - 1])
    fall = max(n for n in range(1, len(validation)) if validation[n] < validation[n - 1])
    pairs = list(zip(training, validation, strict=True))
    gaps, sums = [kept - taught for taught, kept in pairs], [sum(pair) for pair in pairs]
    answers = [
        ("right", best), ("from_one", best + 1), ("from_one", best - 1),
        ("training", training.index(min(training))),
        ("first_rise", rise), ("first_rise", rise - 1), ("last_fall", fall),
        ("both", sums.index(min(sums))),
        ("untaught", 0), ("at_once", 1), ("gap", gaps.index(min(gaps))),
        ("loss", min(validation)), ("loss", validation[-1]), ("loss", min(training)),
        ("last", len(validation) - 1), ("last", len(validation)),
    ]  # fmt: skip
    return next((key for key, value in answers if found == value), "other")


def make_history(epochs: int) -> tuple[list[float], list[float]]:
    """Make two loss curves: one that falls, one with a bump, a lowest place, a rise with a dip.

    Each mistake has a place of its own: the lowest training loss is not at the end, a drop in it
    puts the lowest sum of both after the best, and the best place is never the same for all.
    """
    chance = random.Random()
    best = chance.randint(7, 8) if epochs < 20 else chance.randint(9, 12)
    training = [2.3 * 0.8**n * (0.3 if n > best + 1 else 1) for n in range(epochs)]
    training[-2:] = training[-1] * 0.9, training[-1] * 0.95
    validation = [2.3 * 0.85 ** min(n, best) + 0.04 * max(0, n - best) for n in range(epochs)]
    bump = chance.randint(4, best - 3)
    validation[bump] = validation[bump - 1] + 0.05
    validation[best + 4] = validation[best + 3] - 0.001
    validation[0] = 2.9  # the largest
    validation[2] = training[2] + 0.001  # the smallest gap
    return training, validation


@checker({
    "right": {
        "ko": "시험용에서 {share:.1f} %입니다. 흔든 숫자는 장수를 늘리는 가장 싼 길입니다.",
        "en": "{share:.1f} % of the test digits. Jitter is the cheapest way to have more digits.",
    },
    "untrained": {
        "ko": "찍은 것과 다르지 않습니다. 학습시킨 바로 그 신경망을 건넸는지 보십시오.",
        "en": "That is no better than guessing. Is this the very network that was trained?",
    },
    "one_answer": {
        "ko": "무엇을 보여 주어도 답이 {digit} 하나뿐입니다. 손실이 줄기는 했습니까?",
        "en": "Whatever it is shown, it says {digit}. Did the loss come down at all?",
    },
    "nan": {
        "ko": "신경망의 출력에 NaN이 있습니다. 학습률이 너무 컸을 수 있습니다.",
        "en": "Its outputs hold NaN. The learning rate may have been too large.",
    },
    "input": {
        "ko": "신경망이 (N, 1, 32, 32) 모양의 그림을 받아 (N, 10) 점수를 내지 못합니다.",
        "en": "The network does not turn pictures of shape (N, 1, 32, 32) into scores (N, 10).",
    },
    "too_short": {
        "ko": "시험용에서 {share:.1f} %입니다. 배울 2,000장도 다 못 읽으니, 더 가르치십시오.",
        "en": "{share:.1f} % on the test digits. Even of the 2,000 some go wrong: teach it more.",
    },
    "more": {
        "ko": "앞쪽 2,000장 밖의 학습용 숫자도 배운 것으로 보입니다. 그 2,000장만 가르치십시오.",
        "en": "It seems to have been taught other training digits too. Teach the first 2,000 only.",
    },
    "history": {
        "ko": "train()이 돌려준 에폭별 기록입니다. 가르친 신경망을 건네십시오.",
        "en": "That is the record that train() returns. Hand over the network that was taught.",
    },
    "overfit": {
        "ko": "시험용에서 {share:.1f} %입니다. 배운 숫자는 거의 다 읽으니 과적합입니다.",
        "en": "{share:.1f} % on the test digits, and nearly all of those taught: it overfits.",
    },
})  # fmt: skip
def check_trained(answer):
    """Exercise 7.3: a network that reads 97 percent of the test digits, taught at most 2,000."""
    if isinstance(answer, list) and answer and isinstance(answer[0], dict):
        return "history"
    net = read_model(answer)
    test, digits = load_digits("test"), load_digits("train")
    taught, others = (
        Digits(digits.images[part], digits.labels[part])
        for part in (slice(2000), slice(2000, 8000))
    )
    answers = read_answers(net)
    share = evaluate(net, test)["accuracy"]
    if share >= GOAL:
        if 1 - evaluate(net, others)["accuracy"] < max(0.005, (1 - share) / 2):
            return "more"  # it reads them far better than handwriting that is new to it
        raise Hint("right", share=100 * share)
    if len(answers.unique()) == 1:
        raise Hint("one_answer", digit=answers[0].item())
    if share < 0.2:
        return "untrained"
    known = evaluate(net, taught)["accuracy"]
    raise Hint("overfit" if known > 0.99 else "too_short", share=100 * share)


def read_answers(net: torch.nn.Module) -> torch.Tensor:
    """Return what a network reads in a few test digits; raise the Hint where it cannot."""
    from lenet_course.digits import prepare_images

    images = prepare_images(load_digits("test").images[:200])
    try:
        with torch.no_grad():
            outputs = call_function(net, images)
    except Hint as hint:
        raise Hint("input" if hint.key == "raised" else hint.key, **hint.fields) from None
    if not isinstance(outputs, torch.Tensor) or outputs.shape != (200, 10):
        raise Hint("input")
    if torch.isnan(outputs).any():
        raise Hint("nan")
    return outputs.argmax(1)

"""Chapter 4: mean squared error by hand, a thread through the graph, cross-entropy by hand."""

import math
import re

import torch
import torch.nn.functional as F

from lenet_course.checks.answers import is_close, read_number, read_tensor
from lenet_course.checks.calling import call_function
from lenet_course.checks.verdict import Hint, checker
from lenet_course.model import Net


@checker({
    "right": {
        "ko": "F.mse_loss(logits, 원-핫)과 같습니다. 그림이 늘어도 커지지 않는 수입니다.",
        "en": "The same as F.mse_loss with one-hot rows. It does not grow with more pictures.",
    },
    "summed": {
        "ko": "모두 더하기만 했습니다. 그림이 늘면 손실도 늘어납니다. 이름의 앞 글자를 보십시오.",
        "en": "You only added up, so the loss grows with the pictures. What is the M in MSE?",
    },
    "pictures_only": {
        "ko": "그림의 장수로만 나누었습니다. 평균은 표에 든 모든 수에 대해 냅니다.",
        "en": "You divided by the number of pictures only. The mean is over every number there is.",
    },
    "classes_only": {
        "ko": "10으로만 나누었습니다. 그림이 여러 장이면 표에 든 수는 몇 개입니까?",
        "en": "You divided by 10 only. With several pictures, how many numbers are there?",
    },
    "root": {
        "ko": "제곱근까지 구했습니다. 이름에 제곱근은 없습니다.",
        "en": "You took a square root at the end. The name says nothing of a root.",
    },
    "absolute": {
        "ko": "차이를 제곱하지 않고 부호만 떼었습니다.",
        "en": "You dropped the sign of each difference in place of squaring it.",
    },
    "not_squared": {
        "ko": "차이를 그대로 평균했습니다. 넘친 것과 모자란 것이 서로 지워집니다.",
        "en": "You averaged the bare differences. Too much and too little cancel each other.",
    },
    "square_of_mean": {
        "ko": "평균을 먼저 내고 제곱했습니다. 자리마다 제곱한 다음에 평균합니다.",
        "en": "You squared a mean. Square the difference in each place first, then average.",
    },
    "squared_apart": {
        "ko": "로짓과 목표를 따로 제곱했습니다. 먼저 빼고 그 차이를 제곱합니다.",
        "en": "Logits and targets were squared apart. Subtract first, then square the difference.",
    },
    "doubled": {
        "ko": "차이를 제곱하지 않고 두 배로 만들었습니다. 파이썬의 제곱은 별이 둘, **입니다.",
        "en": "The differences were doubled, not squared. A power takes two stars in Python: **.",
    },
    "divided_twice": {
        "ko": "평균을 낸 다음 한 번 더 나누었습니다.",
        "en": "After taking the mean you divided once more.",
    },
    "one_picture": {
        "ko": "그림 한 장만 셈에 들어갔습니다. return이 for 안쪽에 있거나 더할 곳에서 "
        "덮어쓰지 않았는지 보십시오.",
        "en": "A single picture was counted. Does the return stand inside a for, or is a sum "
        "overwritten where it should grow?",
    },
    "same_target": {
        "ko": "그림마다 같은 목표를 뺐습니다. 원-핫 줄은 그림마다 제 정답으로 만듭니다.",
        "en": "Every picture got the same target. Each has a one-hot row of its own label.",
    },
    "guessed_target": {
        "ko": "점수가 가장 큰 자리를 목표로 삼았습니다. 목표는 labels에서 만듭니다.",
        "en": "You made the target of the highest score. It is to be made of the labels.",
    },
    "shifted": {
        "ko": "1이 한 칸 옆에 있습니다. 자리는 0번부터 세므로 9의 자리는 9번입니다.",
        "en": "The 1 is one place off. Places are counted from 0: that of the 9 is number 9.",
    },
    "added": {
        "ko": "목표를 빼지 않고 더했습니다.",
        "en": "The targets were added, not subtracted.",
    },
    "paired": {
        "ko": "로짓 하나하나를 모든 목표와 짝지었습니다. 빼기 전에 두 모양을 찍어 보십시오.",
        "en": "Every logit was paired with every target. Print both shapes before you subtract.",
    },
    "entropy": {
        "ko": "그 값은 교차 엔트로피입니다. 여기서 잴 것은 평균제곱오차입니다.",
        "en": "That is the cross-entropy. What is wanted here is the mean squared error.",
    },
    "constant": {
        "ko": "무엇을 건네도 같은 값이 나옵니다. 건네받은 logits와 labels로 셈하십시오.",
        "en": "Whatever goes in, the same value comes out. Use the logits and labels you get.",
    },
    "number_target": {
        "ko": "정답의 번호에서 바로 뺐습니다. 9는 1보다 아홉 배 큰 목표가 아닙니다.",
        "en": "You subtracted the digit itself. A 9 is no target nine times as large as a 1.",
    },
    "right_place_only": {
        "ko": "정답의 자리만 보았습니다. 목표가 0인 아홉 자리에도 차이가 있습니다.",
        "en": "You looked at the right place only. The nine places with target 0 count as well.",
    },
    "no_target": {
        "ko": "목표를 빼지 않았습니다. 정답이 어디에도 쓰이지 않았습니다.",
        "en": "No target was subtracted. The labels have not been used at all.",
    },
    "softmax": {
        "ko": "확률로 바꾼 다음에 쟀습니다. 여기서는 로짓을 그대로 견줍니다.",
        "en": "You turned them into probabilities first. Here the logits are compared as they are.",
    },
    "few_columns": {
        "ko": "정답에 9가 없는 미니 배치에서 멈추었습니다. 원-핫 줄의 칸은 늘 몇 개여야 합니까?",
        "en": "It stopped at a mini-batch without a 9. How many places must a one-hot row have?",
    },
    "not_one": {
        "ko": "수가 여러 개 나왔습니다. 손실은 수 하나입니다.",
        "en": "Several numbers came out. A loss is a single one.",
    },
    "other": {
        "ko": "원-핫 표를 찍어 로짓과 모양이 같은지 보고, 차이, 제곱, 평균의 차례로 가십시오.",
        "en": "Print the one-hot rows: same shape as the logits? Then difference, square, mean.",
    },
})  # fmt: skip
def check_mse(answer):
    """Exercise 4.1: mean squared error between logits and one-hot targets."""
    values, matches = [], []
    for labels in (torch.tensor([9, 0, 3, 9, 5, 1]), torch.tensor([2, 9, 7])):
        logits = torch.randn(len(labels), 10) + 0.5
        values.append(read_tensor(call_function(answer, logits, labels, without=["mse_loss"])))
        matches.append(judge_squared(values[-1], logits, labels))
    if (key := pick_common(matches, values)) != "right":
        return key
    logits, labels = torch.randn(4, 10), torch.randint(9, (4,))  # no 9 among them
    try:
        found = read_tensor(call_function(answer, logits, labels, without=["mse_loss"]))
    except Hint as hint:
        raise Hint("few_columns") if hint.key == "raised" else hint from None
    return pick_common([judge_squared(found, logits, labels)], [found])


def pick_common(matches: list[list[str]], values: list[torch.Tensor]) -> str:
    """Pick the first key that every call matched; one number may match another by chance."""
    constant = len(values) > 1 and all(torch.equal(values[0], value) for value in values)
    other = "constant" if constant else "other"
    return next((key for key in matches[0] if all(key in keys for keys in matches)), other)


def judge_squared(found, logits, labels) -> list[str]:
    """Name what may have been found in place of the mean squared error."""
    if found.numel() != 1:
        return ["not_one"]
    rows, targets = torch.arange(len(labels)), F.one_hot(labels, 10)
    difference = logits - targets
    squares = difference.square()
    mean, many = squares.mean(), len(labels)
    nine = F.one_hot(torch.tensor([9]), 10)  # the label of the chapter's own digit
    same = [nine, targets[:1], targets[-1:]]
    values = [
        ("right", squares.mean()), ("summed", squares.sum()), ("root", squares.mean().sqrt()),
        ("root", squares.sum().sqrt()), ("pictures_only", squares.sum(1).mean()),
        ("classes_only", squares.mean(1).sum()), ("absolute", difference.abs().mean()),
        ("not_squared", difference.mean()), ("not_squared", -difference.mean()),
        ("number_target", (logits - labels[:, None]).square().mean()),
        ("number_target", (logits.argmax(1) - labels).double().square().mean()),
        ("right_place_only", squares[rows, labels].mean()),
        ("no_target", logits.square().mean()),
        ("softmax", (logits.softmax(1) - targets).square().mean()),
        ("square_of_mean", difference.mean().square()),
        ("squared_apart", (logits.square() - targets).mean()),
        ("doubled", 2 * difference.mean()), ("doubled", -2 * difference.mean()),
        *[("divided_twice", mean / number) for number in (2, 10, many)],
        *[("one_picture", squares[row].mean() / d) for row in (0, -1) for d in (1, many)],
        *[("one_picture", squares[row].sum() / d) for row in (0, -1) for d in (1, 10 * many)],
        *[("same_target", (logits - target).square().mean()) for target in same],
        ("guessed_target", (logits - F.one_hot(logits.argmax(1), 10)).square().mean()),
        *[("shifted", (logits - targets.roll(by, 1)).square().mean()) for by in (1, -1)],
        ("added", (logits + targets).square().mean()),
        ("paired", (logits.view(-1, 1) - targets.view(-1)).square().mean()),
        ("entropy", F.cross_entropy(logits, labels)),
    ]  # fmt: skip
    return [key for key, value in values if is_close(found.view(()), value)]


@checker({
    "right": {
        "ko": "역전파는 바로 이 길을 지나 이 매개변수의 .grad에 이릅니다.",
        "en": "This is the very way that gradients will take to the .grad of this parameter.",
    },
    "variable": {
        "ko": "길의 끝까지 왔습니다. 그 끝이 기다리는 매개변수를 꺼내는 이름이 하나 더 있습니다.",
        "en": "You are at the end of the way. One more name takes out the parameter it serves.",
    },
    "on_the_way": {
        "ko": "{name}에서 멈추었습니다. 아직 길의 끝이 아닙니다.",
        "en": "You stopped at {name}. That is not yet the end of a way.",
    },
    "pair": {
        "ko": "next_functions에는 (연산, 번호) 짝이 들어 있습니다. 짝에서 연산만 꺼내십시오.",
        "en": "next_functions holds pairs of operation and number. Take the operation out.",
    },
    "past_end": {
        "ko": "길의 끝을 지나치려 했거나 없는 갈래를 골랐습니다. 걸음마다 이름을 찍어 보십시오.",
        "en": "You went past an AccumulateGrad, or took a way that is not there. Print each name.",
    },
    "not_end": {
        "ko": "variable은 길의 끝인 AccumulateGrad에만 있습니다. {name}에서는 더 가야 합니다.",
        "en": "Only an AccumulateGrad, the end of a way, has a variable. From {name}, go on.",
    },
    "grad_fn": {
        "ko": "last가 이미 손실의 grad_fn입니다. 거기서 바로 next_functions로 가십시오.",
        "en": "The last is already the grad_fn of the loss. Go from it to its next_functions.",
    },
    "returned_none": {
        "ko": "함수가 None을 돌려주었습니다. return이 빠졌거나, 길이 끝난 자리의 None까지 갔거나, "
        "아직 비어 있는 grad를 꺼냈습니다.",
        "en": "The function returned None. Is a return missing, did you go on to the None where a "
        "way stops, or take out a grad that is still empty?",
    },
    "bias": {
        "ko": "계층은 맞지만 편향입니다. AddmmBackward0의 세 갈래가 무엇이었는지 떠올리십시오.",
        "en": "The layer is right, but this is its bias. Which three ways lead on from Addmm?",
    },
    "other_layer": {
        "ko": "{name}에 닿았습니다. 거기서 갈라지지 말고 입력 쪽으로 더 가십시오.",
        "en": "You arrived at {name}. Do not turn off there; go on along the way of the input.",
    },
    "too_far": {
        "ko": "{name}에 닿았습니다. 찾는 계층을 지나쳤습니다.",
        "en": "You arrived at {name}, past the layer in question.",
    },
    "copy": {
        "ko": "수는 맞지만 매개변수 자신이 아니라 거기서 떼어 낸 텐서입니다.",
        "en": "Those are its numbers, but in a tensor taken off it, not the parameter itself.",
    },
    "thing": {
        "ko": "돌려준 것의 종류가 {got}입니다. 매개변수 자신을 돌려주십시오.",
        "en": "What came back is of type {got}. Return the parameter itself.",
    },
    "outside": {
        "ko": "건네받은 last에서 이어진 텐서가 아닙니다. net을 쓰지 말고 last에서 출발하십시오.",
        "en": "That tensor does not hang on the last you are given. Start there, without net.",
    },
})  # fmt: skip
def check_found_weight(answer):
    """Exercise 4.2: from the loss's grad_fn to the weight of fc2."""
    for pictures in (1, 3):
        net = Net()
        loss = F.mse_loss(net(torch.rand(pictures, 1, 32, 32)), torch.zeros(pictures, 10))
        try:
            found = call_function(answer, loss.grad_fn)
        except Hint as hint:
            raise explain_end(hint) from None
        if (key := judge_end(found, net)) != "right":
            return key
    return "right"


def explain_end(hint: Hint) -> Hint:
    """Say more of an error on the way through the graph, where its kind is known."""
    error = hint.fields.get("error", "")
    if found := re.match("AttributeError: '(\\w+)' object has no attribute '(\\w+)'", error):
        kind, name = found.groups()
        if kind == "tuple":
            return Hint("pair")
        if name == "grad_fn":
            return Hint("grad_fn")
        if name == "variable" and kind != "NoneType":
            return Hint("not_end", name=kind)
    lost = error.startswith(("IndexError", "AttributeError: 'NoneType'"))
    return Hint("past_end") if lost else hint


def judge_end(found, net) -> str:
    """Name what was found in place of the weight of fc2."""
    if isinstance(found, tuple) and not isinstance(found, torch.Size):
        return "pair"
    if hasattr(found, "next_functions"):
        name = type(found).__name__
        if name == "AccumulateGrad":
            return "variable"
        raise Hint("on_the_way", name=name)
    if not isinstance(found, torch.Tensor):
        raise Hint("thing", got=type(found).__name__)
    name = next((name for name, each in net.named_parameters() if each is found), None)
    weight = net.fc2.weight
    if name is None and (found.data_ptr() == weight.data_ptr() or is_close(found, weight)):
        return "copy"
    if name is None or name == "fc2.weight":
        return "right" if name else "outside"
    if name == "fc2.bias":
        return "bias"
    raise Hint("other_layer" if name.startswith("fc3") else "too_far", name=name)


@checker({
    "right": {
        "ko": "로짓이 1000을 넘어도 버팁니다. F.cross_entropy가 로짓을 받는 까닭이 이것입니다.",
        "en": "It holds for logits beyond 1000. This is why F.cross_entropy asks for logits.",
    },
    "overflow": {
        "ko": "식은 맞지만 로짓이 1000이면 무너집니다. 거기서는 지수가 무한대나 0이 됩니다. "
        "소프트맥스와 로그를 한꺼번에 셈하는 함수가 있었습니다.",
        "en": "The formula is right, but at logits of 1000 it breaks: powers become infinite "
        "or 0. One function does softmax and logarithm together.",
    },
    "clipped": {
        "ko": "보통 로짓에서는 맞는데, 아주 큰 로짓에서는 값이 다릅니다. 확률이나 로짓에 손대지 "
        "않았습니까?",
        "en": "Right for common logits, off for very large ones. Did you touch up probabilities, "
        "or logits?",
    },
    "sign": {
        "ko": "부호가 뒤집혔습니다. 1보다 작은 수의 로그는 음수이고, 손실은 0보다 작지 않습니다.",
        "en": "The sign is turned. Logs of numbers below 1 are negative; this loss never is.",
    },
    "summed": {
        "ko": "그림마다의 손실을 더하기만 했습니다. 그림이 늘어도 커지지 않아야 합니다.",
        "en": "You only added the pictures up. The loss should not grow with their number.",
    },
    "per_picture": {
        "ko": "수가 여러 개 나왔습니다. 그림마다의 손실을 수 하나로 모으십시오.",
        "en": "Several numbers came out. Make one of the losses of all pictures.",
    },
    "divisor": {
        "ko": "평균이 아닙니다. 그림마다의 손실을 더해 그림의 수로 한 번만 나누십시오.",
        "en": "That is no mean. Add up one loss for each picture and divide once, by their number.",
    },
    "one_picture": {
        "ko": "그림 한 장의 손실입니다. return이 for 안쪽에 있거나 더할 곳에서 덮어쓰지 않았는지 "
        "보십시오.",
        "en": "That is the loss of one picture. Does the return stand inside a for, or is a sum "
        "overwritten where it should grow?",
    },
    "first_row": {
        "ko": "정답의 확률을 모두 0번 줄에서 꺼냈습니다. 그림마다 제 줄이 있습니다.",
        "en": "You looked up every label in row 0. Each picture has a row of its own.",
    },
    "ten_classes": {
        "ko": "클래스가 열 개일 때만 통합니다. 클래스의 수는 logits의 모양에서 읽으십시오.",
        "en": "It works for ten classes only. Read their number off the shape of logits.",
    },
    "index": {
        "ko": "없는 자리를 꺼내려 했습니다({error}). 줄 번호가 먼저, 자리 번호인 labels가 "
        "나중이고, 둘의 개수가 같아야 합니다.",
        "en": "You asked for a place that is not there ({error}). Rows come first, then the "
        "places, labels, and there must be as many of each.",
    },
    "constant": {
        "ko": "무엇을 건네도 같은 값이 나옵니다. 건네받은 logits와 labels로 셈하십시오.",
        "en": "Whatever goes in, the same value comes out. Use the logits and labels you get.",
    },
    "log_base": {
        "ko": "로그의 밑이 다릅니다. 교차 엔트로피의 로그는 밑이 e인 자연로그입니다.",
        "en": "The logarithm has another base. Cross-entropy uses the natural one, to base e.",
    },
    "wrong_softmax": {
        "ko": "소프트맥스를 그림들 사이에서 구했습니다. 확률은 그림 한 장의 것을 더해 1입니다.",
        "en": "Your softmax runs over the pictures. The classes of one picture add up to 1.",
    },
    "twice": {
        "ko": "소프트맥스를 두 번 씌웠습니다. 확률을 로짓처럼 다시 넣지 않았습니까?",
        "en": "There is a softmax too many. Did you hand on probabilities as if they were logits?",
    },
    "no_log": {
        "ko": "확률을 그대로 썼습니다. 로그가 빠졌습니다.",
        "en": "You used the probability as it is. The logarithm is missing.",
    },
    "no_softmax": {
        "ko": "로짓을 그대로 썼습니다. 확률로 바꾸는 걸음이 빠졌습니다.",
        "en": "You used the logits as they are. The step to probabilities is missing.",
    },
    "log_of_mean": {
        "ko": "확률을 먼저 평균하고 로그를 씌웠습니다. 그림마다 로그를 구한 다음에 평균합니다.",
        "en": "You took the log of a mean. Take the log for each picture, then the mean.",
    },
    "all_pairs": {
        "ko": "그림마다 모든 그림의 정답을 꺼냈습니다. 그림마다 제 정답 하나만 꺼내십시오.",
        "en": "For each picture you took every picture's label. Take its own and no other.",
    },
    "all_classes": {
        "ko": "모든 클래스의 로그를 썼습니다. 정답이 어디에도 쓰이지 않았습니다.",
        "en": "You used the logs of all classes. The labels have had no part in it.",
    },
    "most_probable": {
        "ko": "확률이 가장 큰 클래스를 골랐습니다. 보아야 할 것은 정답의 확률입니다.",
        "en": "You took the most probable class. What counts is the right one's probability.",
    },
    "other": {
        "ko": "그림 한 장으로 먼저 맞추십시오. 확률, 정답의 확률, 로그, 부호의 차례입니다.",
        "en": "Get one picture right first: probabilities, the right one, its log, the sign.",
    },
})  # fmt: skip
def check_cross_entropy(answer):
    """Exercise 4.3: cross-entropy of a mini-batch from its logits, large ones included."""
    values, matches = [], []
    for pictures, classes in ((7, 10), (4, 6)):
        logits, labels = 2 * torch.randn(pictures, classes), torch.randint(classes, (pictures,))
        try:
            values.append(
                read_tensor(
                    call_function(answer, logits, labels, without=["cross_entropy", "nll_loss"])
                )
            )
        except Hint as hint:
            if hint.key == "raised" and any("right" in keys for keys in matches):
                raise Hint("ten_classes") from None
            error = hint.fields.get("error", "")
            lost = "out of bounds" in error or "indexing tensors" in error
            raise Hint("index", **hint.fields) if lost else hint from None
        matches.append(judge_entropy(values[-1], logits, labels))
    if (key := pick_common(matches, values)) != "right":
        return key
    logits, labels = 1000 * torch.randn(8, 10), torch.randint(10, (8,))
    try:
        found = read_number(
            call_function(answer, logits, labels, without=["cross_entropy", "nll_loss"])
        )
    except Hint as hint:
        broken = hint.key in ("nan", "infinite", "raised")  # math.log raises where torch is inf
        raise Hint("overflow") if broken else hint from None
    return "right" if is_close(found, F.cross_entropy(logits, labels)) else "clipped"


def judge_entropy(found, z, labels) -> list[str]:
    """Name what may have been found in place of the cross-entropy of logits z."""
    if found.numel() != 1:
        return ["per_picture"]
    own = torch.arange(len(labels)), labels
    log_p, p = z.log_softmax(1), z.softmax(1)
    each = -log_p[own]
    loss = each.mean()
    values = [
        ("right", loss), ("sign", -loss), ("summed", each.sum()), ("summed", -each.sum()),
        ("log_base", loss / math.log(10)), ("log_base", loss / math.log(2)),
        ("wrong_softmax", -z.log_softmax(0)[own].mean()), ("twice", F.cross_entropy(p, labels)),
        ("no_log", p[own].mean()), ("no_log", -p[own].mean()), ("no_log", 1 - p[own].mean()),
        ("no_softmax", -z[own].mean()), ("no_softmax", z[own].mean()),
        ("log_of_mean", -p[own].mean().log()), ("all_pairs", -log_p[:, labels].mean()),
        ("all_classes", -log_p.mean()), ("all_classes", -log_p.sum(1).mean()),
        ("most_probable", -log_p.amax(1).mean()), ("first_row", -log_p[0, labels].mean()),
        ("wrong_softmax", z.logsumexp((0, 1)) - z[own].mean()), ("divisor", each.sum() / 10),
        *[("one_picture", each[row] / d) for row in (0, -1) for d in (1, len(labels))],
        *[("divisor", loss / d) for d in (2, z.shape[1], len(labels))],
    ]  # fmt: skip
    return [key for key, value in values if is_close(found.view(()), value)]

"""Chapter 9: steps of an epoch, each process's share, gradients of unequal shares."""

import torch

from lenet_course.checks.answers import is_close, read_number, read_tensor, reject
from lenet_course.checks.calling import call_function
from lenet_course.checks.verdict import Hint, checker

DIGITS, BATCH, HOSTS, GPUS = 8000, 50, 2, 4  # exercise 9.1


@checker({
    "right": {
        "ko": "걸음이 줄었으니 걸음마다 더 멀리 가야 같은 에폭에 같은 만큼 배웁니다.",
        "en": "With fewer steps, each has to lead further for an epoch to teach as much.",
    },
    "alone": {
        "ko": "프로세스가 하나일 때의 걸음입니다. 프로세스마다 다른 숫자를 봅니다.",
        "en": "That is for a single process. Each process looks at other digits.",
    },
    "hosts": {
        "ko": "호스트마다 프로세스를 하나로 보았습니다. 프로세스 하나가 맡는 것은 GPU 하나입니다.",
        "en": "You counted one process a host. A process looks after one GPU.",
    },
    "one_host": {
        "ko": "호스트 한 대의 GPU만 세었습니다.",
        "en": "You counted the GPUs of one host only.",
    },
    "processes": {
        "ko": "프로세스의 수입니다. 물은 것은 걸음의 수입니다.",
        "en": "That is how many processes there are. The question is how many steps.",
    },
    "added": {
        "ko": "호스트의 수와 GPU의 수를 더한 것 같습니다. 호스트마다 GPU가 넷입니다.",
        "en": "Did you add hosts and GPUs? There are four GPUs in each host.",
    },
    "sixty_four": {
        "ko": "64장씩으로 셈했습니다. 이 문제에서는 프로세스가 한 번에 보는 장수가 다릅니다.",
        "en": "You took 64 digits at a time. In this exercise a process takes another number.",
    },
    "digits": {
        "ko": "한 걸음에 보는 숫자의 수입니다. 물은 것은 걸음의 수입니다.",
        "en": "That is how many digits a step looks at. The question is how many steps.",
    },
    "share": {
        "ko": "프로세스 하나가 한 에폭에 볼 숫자의 수입니다. 한 번에 몇 장씩 봅니까?",
        "en": "That many digits fall to one process in an epoch. How many does it take at a time?",
    },
    "other": {
        "ko": "프로세스가 모두 몇이고, 한 걸음에 모두 합쳐 몇 장을 보는지부터 구하십시오.",
        "en": "Find first how many processes there are, and how many digits all see in a step.",
    },
})  # fmt: skip
def check_steps(answer):
    """Exercise 9.1: the steps of an epoch, two hosts with four GPUs each."""
    processes = HOSTS * GPUS
    mistakes = {
        DIGITS / BATCH: "alone", DIGITS / BATCH / HOSTS: "hosts",
        DIGITS / BATCH / GPUS: "one_host", BATCH * processes: "digits",
        DIGITS / processes: "share", DIGITS / BATCH / processes: "right",
        processes: "processes", DIGITS / 64: "sixty_four", DIGITS / 64 / processes: "sixty_four",
    }  # fmt: skip
    found = read_number(answer)
    added = DIGITS / BATCH / (HOSTS + GPUS)
    return mistakes.get(found, "added" if abs(found - added) < 1 else "other")


@checker({
    "right": {
        "ko": "이웃끼리 잘라 나누어도, 하나씩 번갈아 나누어도 됩니다. 겹치지만 않으면 됩니다.",
        "en": "Dealt out in turn or cut into runs, both will do, as long as no shares overlap.",
    },
    "everything": {
        "ko": "랭크 {rank}의 몫에 전체가 들어 있습니다. 그러면 나눌 것이 남지 않습니다.",
        "en": "The share of rank {rank} is the whole order. Nothing is left to divide.",
    },
    "same": {
        "ko": "랭크가 달라도 같은 몫을 받습니다. rank를 쓰지 않은 것 같습니다.",
        "en": "All ranks get the same share. It looks as if rank has no part in it.",
    },
    "single": {
        "ko": "랭크마다 수 하나만 돌려주었습니다. 몫에는 번호가 여럿 들어 있어야 합니다.",
        "en": "One number came back for each rank. A share is made of several.",
    },
    "by_value": {
        "ko": "번호를 나눈 나머지로 골랐습니다. 번호가 선 자리로 골라야 몫의 크기가 맞습니다.",
        "en": "You chose by the remainder of the values. Choose by the places they stand in.",
    },
    "fraction": {
        "ko": "자르는 자리가 정수가 아닙니다. /로 나누면 소수가 되고, //로 나누면 정수가 됩니다.",
        "en": "You cut at a place that is no whole number. / gives a fraction; // does not.",
    },
    "remainder": {
        "ko": "{count}개를 똑같은 몫 {processes}개로 자를 수는 없습니다. 남는 것은 누가 받습니까?",
        "en": "{count} cannot be cut into {processes} equal shares. Who gets the remainder?",
    },
    "places": {
        "ko": "order에 든 값이 아니라 그 값이 선 자리를 돌려주었습니다.",
        "en": "You returned places in order, not the values that stand there.",
    },
    "missing": {
        "ko": "{count}개를 몫 {processes}개로 나누면 남는 것이 있습니다. 누가 받습니까?",
        "en": "Of {count} in {processes} shares, some go to nobody. Whose is the remainder?",
    },
    "left_out": {
        "ko": "{count}개를 몫 {processes}개로 나누다 빠뜨렸습니다. 몫마다 처음과 끝이 어디입니까?",
        "en": "Of {count} in {processes} shares, some go to nobody. Where does each begin and end?",
    },
    "all_shares": {
        "ko": "모든 랭크의 몫을 한꺼번에 돌려주었습니다. rank의 것만 고르십시오.",
        "en": "You returned the shares of all ranks at once. Pick the one of rank.",
    },
    "twice": {
        "ko": "{count}개를 몫 {processes}개로 나눌 때 두 번 이상 나간 것이 있습니다.",
        "en": "Of {count}, in {processes} shares, some are handed out more than once.",
    },
    "foreign": {
        "ko": "order에 없는 값이 나왔습니다.",
        "en": "A value came back that is not in order.",
    },
    "uneven": {
        "ko": "겹치지도 빠지지도 않지만, 가장 큰 몫이 가장 작은 몫보다 둘 이상 큽니다.",
        "en": "Nothing is lost or doubled, but one share is larger than another by more than one.",
    },
})  # fmt: skip
def check_share(answer):
    """Exercise 9.2: take_share(order, rank, processes), one process's part of an order."""
    for count, processes in ((64, 2), (64, 4), (10, 3), (23, 5)):
        order = torch.randperm(1000)[:count] + 1000  # no value is also a place
        shares = [
            read_tensor_or_empty(call_share(answer, order, rank, processes))
            for rank in range(processes)
        ]
        judge_shares(order.double(), shares)
    return "right"


def call_share(function, order: torch.Tensor, rank: int, processes: int):
    """Call take_share, its likely errors told in the words of the exercise."""
    try:
        return call_function(function, order, rank, processes)
    except Hint as hint:
        error = hint.fields.get("error", "")
        if "slice indices must be integers" in error:
            raise Hint("fraction") from None
        if "is invalid for input of size" in error and len(order) % processes:
            raise Hint("remainder", count=len(order), processes=processes) from None
        raise


def read_tensor_or_empty(share) -> torch.Tensor:
    """Read a share as a flat tensor; an empty one may be meant so."""
    if isinstance(share, torch.Tensor) and share.numel() == 0:
        return torch.zeros(0, dtype=torch.float64)
    if isinstance(share, (list, tuple)) and share and isinstance(share[0], torch.Tensor):
        if share[0].ndim:
            raise Hint("all_shares")
    if isinstance(share, range) and len(share) <= 1000:
        share = list(share)
    return read_tensor(share).flatten()


def judge_shares(order: torch.Tensor, shares: list[torch.Tensor]) -> None:
    """Raise the Hint for shares that are not a division of `order`."""
    fields = {"count": len(order), "processes": len(shares)}
    for rank, share in enumerate(shares):
        if len(share) == len(order):
            raise Hint("everything", rank=rank)
    if all(len(share) == 1 for share in shares):
        raise Hint("single")
    if all(torch.equal(share, shares[0]) for share in shares):
        raise Hint("same")
    if len(order) % len(shares) == 0 and all(
        torch.equal(share, order[order % len(shares) == rank]) for rank, share in enumerate(shares)
    ):
        raise Hint("by_value")
    together = torch.cat(shares)
    if not torch.isin(together, order).all():
        raise Hint("places" if together.max() < len(order) else "foreign")
    if len(together.unique()) < len(together):
        raise Hint("twice", **fields)
    if len(together) < len(order):
        raise Hint("missing" if len(order) % len(shares) else "left_out", **fields)
    sizes = [len(share) for share in shares]
    if max(sizes) - min(sizes) > 1:
        raise Hint("uneven")


@checker({
    "right": {
        "ko": "장수가 모두 같으면 이 식은 DDP가 하는 평범한 평균이 됩니다.",
        "en": "With equal counts this becomes the plain mean that DDP takes.",
    },
    "plain": {
        "ko": "장수를 보지 않고 평균했습니다. 16장과 48장이 같은 목소리를 냅니다.",
        "en": "That is the plain mean. 16 digits would have as much say as 48.",
    },
    "summed": {
        "ko": "더하기만 했습니다. 평균의 변화도라면 어느 하나보다 커지지 않습니다.",
        "en": "You only added up. The mean of gradients is never larger than all of them.",
    },
    "not_divided": {
        "ko": "장수를 곱해 더한 데까지는 맞습니다. 무엇으로 나누어야 한 장의 평균이 됩니까?",
        "en": "Multiplied by the counts and added, so far right. What makes it a mean per digit?",
    },
    "not_weighted": {
        "ko": "장수의 합으로 나누기만 했습니다. 더하기 전에 변화도마다 장수를 곱했습니까?",
        "en": "You only divided by the sum of the counts. Is each gradient weighted with its own?",
    },
    "divided": {
        "ko": "변화도를 저마다 장수로 나누었습니다. 이미 한 장의 평균이니 또 나눌 것이 없습니다.",
        "en": "You divided each gradient by its count. It is a mean per digit already.",
    },
    "last": {
        "ko": "마지막 몫만 남았습니다. 반복할 때마다 앞의 것에 더하고 있습니까?",
        "en": "Only the last share is left. Does each turn of the loop add to what was there?",
    },
    "first": {
        "ko": "첫째 몫만 들어 있습니다. 반복이 끝까지 도는지, return에 먼저 닿지 않는지 보십시오.",
        "en": "Only the first share is in it. Does the loop go round to the end, past no return?",
    },
    "each_turn": {
        "ko": "반복할 때마다 나누었습니다. 다 더한 다음 한 번만 나누십시오.",
        "en": "You divided in every turn of the loop. Divide once, when all is added up.",
    },
    "two": {
        "ko": "몫이 둘일 때의 식입니다. 프로세스는 셋이나 넷일 수도 있습니다.",
        "en": "That formula is for two shares. There may be three processes, or four.",
    },
    "fixed": {
        "ko": "앞에서 본 장수를 적어 넣은 식입니다. 장수는 counts에서 읽으십시오.",
        "en": "The digits counted earlier are written in. Read them from counts.",
    },
    "apart": {
        "ko": "몫마다 변화도 하나씩을 돌려주었습니다. 더해서 하나로 만드십시오.",
        "en": "One gradient for each share came back. Add them up into one.",
    },
    "by_parts": {
        "ko": "장수를 곱해 더한 다음 몫의 수로 나누었습니다. 숫자는 모두 몇 장입니까?",
        "en": "You divided by the number of shares. How many digits are there in all?",
    },
    "backward": {
        "ko": "장수가 많은 쪽의 무게가 오히려 작습니다.",
        "en": "The share with more digits has the smaller weight.",
    },
    "one": {
        "ko": "한 몫의 변화도를 그대로 돌려주었습니다.",
        "en": "That is the gradient of one share as it was.",
    },
    "shape": {
        "ko": "돌려준 것의 모양이 변화도 하나의 모양과 다릅니다.",
        "en": "What came back has not the shape of one gradient.",
    },
    "other": {
        "ko": "48장과 16장을 합친 앞의 식을, 몫이 몇이든 쓸 수 있게 고치십시오.",
        "en": "Take the formula above for 48 and 16 digits and let it serve any number of shares.",
    },
})  # fmt: skip
def check_combined(answer):
    """Exercise 9.3: combine(gradients, counts), the mean over all digits of unequal shares."""
    if isinstance(answer, (int, float)):
        reject(answer, "function")
    for counts, shape in (([48, 16], (10,)), ([5, 20, 40], (3, 4)), ([7, 1, 2, 30], (2,))):
        gradients = [torch.randn(shape) for _ in counts]
        try:
            returned = call_function(answer, [g.clone() for g in gradients], list(counts))
        except Hint as hint:
            if "values to unpack (expected 2" in hint.fields.get("error", ""):
                raise Hint("two") from None
            raise
        key = judge_mean(read_tensor(returned), torch.stack(gradients).double(), counts)
        if key != "right":
            return key
    return "right"


def judge_mean(found: torch.Tensor, stacked: torch.Tensor, counts: list[int]) -> str:
    """Return the key of what came back for some gradients, stacked, and their counts."""
    weights = torch.tensor(counts).double().view(-1, *[1] * (stacked.ndim - 1))
    weighted, inverse = weights * stacked, 1 / weights
    total, digits = weighted.sum(0), sum(counts)
    two = weighted[:2].sum(0)
    each_turn = sum(w / digits ** (len(counts) - n) for n, w in enumerate(weighted))
    answers = [
        ("right", total / digits), ("each_turn", each_turn),
        ("plain", stacked.mean(0)), ("summed", stacked.sum(0)),
        ("not_divided", total), ("by_parts", total / len(counts)),
        ("not_weighted", stacked.sum(0) / digits), ("not_weighted", stacked.mean(0) / digits),
        ("divided", (inverse * stacked).sum(0)), ("divided", (inverse * stacked).mean(0)),
        ("backward", (weights.flip(0) * stacked).sum(0) / digits),
        ("backward", (inverse * stacked).sum(0) / inverse.sum()),
        ("first", weighted[0] / digits), ("first", weighted[0]),
        ("last", weighted[-1] / digits), ("last", weighted[-1]),
        ("two", two / digits), ("two", two / sum(counts[:2])), ("two", two),
        ("fixed", (48 * stacked[0] + 16 * stacked[1]) / 64), ("fixed", total / 64),
        ("fixed", two / 64),
        *[("one", gradient) for gradient in stacked],
    ]  # fmt: skip
    if found.shape == stacked.shape:
        return "apart"
    if found.shape != stacked.shape[1:]:
        return "shape"
    return next((key for key, value in answers if is_close(found, value)), "other")

"""Chapter 8: bytes on the device, everything moved together, where float16 stops counting."""

import dis
import inspect
import re

import torch
import torch.nn.functional as F

from lenet_course.checks.answers import is_close, read_number
from lenet_course.checks.calling import LIMIT, call_function, is_stub, run_limited
from lenet_course.checks.verdict import Hint, checker
from lenet_course.model import Net

DIGITS = 60_000  # exercise 8.1


@checker({
    "right": {
        "ko": "역전파를 위해 남겨 두는 특징 맵은 이보다 훨씬 큽니다. 10장에서 셈합니다.",
        "en": "The feature maps kept for backpropagation are far larger; chapter 10 does that sum.",
    },
    "values": {
        "ko": "수의 개수입니다. float32는 수 하나에 32비트를 쓰고, 8비트가 1바이트입니다.",
        "en": "That counts the numbers. float32 takes 32 bits for each, and a byte has 8.",
    },
    "bits": {
        "ko": "비트로 셌습니다. 바이트는 그 8분의 1입니다.",
        "en": "Those are bits. There are eight times fewer bytes.",
    },
    "bare": {
        "ko": "28×28로 셌습니다. 입력은 둘레에 패딩이 붙어 있습니다.",
        "en": "You counted 28×28. The input has padding all round.",
    },
    "stored": {
        "ko": "저장된 uint8의 크기입니다. 물은 것은 신경망의 입력으로 바꾼 다음입니다.",
        "en": "That is their size as stored, in uint8. The question is about them as inputs.",
    },
    "one": {
        "ko": "한 장의 바이트입니다.",
        "en": "That is for one digit.",
    },
    "half": {
        "ko": "수 하나를 2바이트로 셌습니다. 그것은 float16입니다.",
        "en": "You took two bytes for each number, which is float16.",
    },
    "double": {
        "ko": "수 하나를 8바이트로 셌습니다. float32의 32는 비트입니다.",
        "en": "You took eight bytes for each number. The 32 of float32 are bits.",
    },
    "some": {
        "ko": "{count:,}장의 바이트입니다. 60,000장을 모두 올립니다.",
        "en": "That is for {count:,} digits. All 60,000 are wanted.",
    },
    "mega": {
        "ko": "킬로바이트, 메가바이트, 기가바이트로 적은 것 같습니다. 바이트로 적으십시오.",
        "en": "That looks like kilo-, mega- or gigabytes. Give it in bytes.",
    },
    "other": {
        "ko": "장수 × 채널 × 높이 × 너비를 먼저 구하고, 수 하나의 바이트를 곱하십시오.",
        "en": "Find digits × channels × height × width, then multiply by the bytes of a number.",
    },
})  # fmt: skip
def check_input_bytes(answer):
    """Exercise 8.1: bytes of MNIST's 60,000 training digits as float32 inputs of 32×32."""
    values, bare = DIGITS * 32 * 32, DIGITS * 28 * 28
    mistakes = {
        4 * values: "right", values: "values", 32 * values: "bits", 4 * bare: "bare",
        bare: "stored", 4 * 32 * 32: "one", 2 * values: "half",
        8 * values: "double",
    }  # fmt: skip
    found = read_number(answer)
    if found in mistakes:
        return mistakes[found]
    units = [base**power for base in (1000, 1024) for power in (1, 2, 3)]
    if any(abs(found * unit / (4 * values) - 1) < 0.02 for unit in units):
        return "mega"
    if found / 4096 in (64, 1600, 2000, 8000, 10_000):  # of this chapter
        raise Hint("some", count=int(found / 4096))
    return "other"


@checker({
    "right": {
        "ko": "손실도 그 장치에 남아 있습니다. 파이썬의 수로 읽는 item()이 그때서야 기다립니다.",
        "en": "The loss stays on the device as well; it is item() that would wait for it.",
    },
    "net": {
        "ko": "신경망이 {device}로 옮겨 가지 않았습니다. 입력만 옮기면 장치 둘이 만납니다.",
        "en": "The network was not moved to {device}: its parameters meet inputs from elsewhere.",
    },
    "images": {
        "ko": "그림이 {device}에 없습니다. 텐서의 to는 새 텐서를 돌려주니, 받아서 써야 합니다.",
        "en": "The pictures are not on {device}. A tensor's to returns a new one, to be used.",
    },
    "labels": {
        "ko": "신경망과 그림은 {device}에 있는데 정답이 없습니다.",
        "en": "Network and pictures are on {device}, but the labels are not.",
    },
    "fixed": {
        "ko": "정해진 장치로만 옮기는 것 같습니다. 함수가 인자로 받은 장치로 옮기십시오.",
        "en": "It seems to move to one fixed device. Move to the one handed to the function.",
    },
    "late": {
        "ko": "손실을 CPU에서 구한 다음에 옮겼습니다. 신경망과 그림과 정답을 먼저 옮기십시오.",
        "en": "The loss was found on the CPU and moved afterwards. Move all three first.",
    },
    "kept": {
        "ko": "손실이 {device}에 없습니다. 계산한 곳에 그대로 두고 돌려주십시오.",
        "en": "The loss is not on {device}. Return it as it is, where it was computed.",
    },
    "number": {
        "ko": "돌려준 것이 파이썬의 수입니다. item()으로 꺼내지 말고 텐서를 그대로 돌려주십시오.",
        "en": "A number of Python came back. Return the tensor itself, not its item().",
    },
    "unused": {
        "ko": "함수가 쓰지 않은 인자가 있습니다. {name} 대신 바깥의 것을 쓰지 않았는지 보십시오.",
        "en": "The function never uses the {name} it was given. Is something else in its place?",
    },
    "other_net": {
        "ko": "건네받은 신경망은 불리지 않았습니다. 다른 신경망의 손실을 구한 것 같습니다.",
        "en": "The network handed over was never called. This seems to be the loss of another.",
    },
    "turned": {
        "ko": "F.cross_entropy가 정답을 출력으로 읽었습니다. 출력이 먼저, 정답이 다음입니다.",
        "en": "F.cross_entropy took the labels for outputs. The outputs go first, then the labels.",
    },
    "loss": {
        "ko": "신경망의 출력과 정답으로 구한 F.cross_entropy의 값이 아닙니다.",
        "en": "That is not what F.cross_entropy gives for the network's outputs and the labels.",
    },
    "one_number": {
        "ko": "돌려준 것이 수 하나짜리 텐서가 아닙니다. 손실을 돌려주십시오.",
        "en": "What came back is not a tensor of one number. Return the loss.",
    },
})  # fmt: skip
def check_moved(answer):
    """Exercise 8.2: measure_on(net, images, labels, device), the loss computed on that device."""
    for device in ("cpu", "meta"):
        for count in (1, 5):
            judge_move(answer, device, count)
    return "right"


def judge_move(function, device: str, count: int) -> None:
    """Raise the Hint for what a function leaves on another device than it should."""
    find_unused(function)
    net, images = Net(), torch.randn(count, 1, 32, 32)
    labels = torch.randint(10, (count,))
    with torch.no_grad():
        wanted = F.cross_entropy(net(images), labels)
    seen = []  # the devices on which the network, or a copy of it, was called
    net.conv1.register_forward_hook(lambda _, inputs, __: seen.append(inputs[0].device.type))
    try:
        loss = call_function(function, net, images, labels, device)
    except Hint as hint:
        if hint.key != "raised":
            raise
        elsewhere = "cuda|nvidia|meta" if device == "cpu" else "cuda|nvidia"
        if re.search(elsewhere, hint.fields["error"], re.IGNORECASE):
            raise Hint("fixed") from None
        if "not implemented for 'Long'" in hint.fields["error"]:
            raise Hint("turned") from None
        if device == "meta" and "out of meta tensor" in hint.fields["error"]:
            raise Hint("kept", device=device) from None
        if device == "meta":
            raise Hint(find_left(function, images, labels), device=device) from None
        raise
    if isinstance(loss, (int, float)):
        raise Hint("number")
    if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
        raise Hint("one_number")
    if loss.device.type not in (device, "cpu"):
        raise Hint("fixed")
    if loss.device.type != device:
        moved = next(net.parameters()).device.type == device
        if not moved and not stays_on_meta(function):
            raise Hint("fixed")
        raise Hint("kept" if moved else "net", device=device)
    if not seen:
        raise Hint("other_net")
    if device not in seen:
        raise Hint("late")
    if device == "cpu" and not is_close(loss.detach().view(()), wanted):
        raise Hint("loss")


def find_unused(function) -> None:
    """Raise the Hint that names the network, pictures or labels that a function never reads."""
    if not inspect.isfunction(function) or is_stub(function):
        return
    code = function.__code__
    read = []  # one name a step, or two at once in newer Pythons
    for step in dis.get_instructions(code):
        if step.opname.startswith("LOAD"):
            read += step.argval if isinstance(step.argval, tuple) else [step.argval]
    for name in code.co_varnames[: min(3, code.co_argcount)]:
        if name not in read and name not in code.co_cellvars:
            raise Hint("unused", name=name)


def stays_on_meta(function) -> bool:
    """Whether a function handed all three on meta leaves them there."""
    images, labels = torch.zeros(2, 1, 32, 32), torch.zeros(2, dtype=torch.int64)
    given = [part.to("meta") for part in (Net(), images, labels)]
    return run_limited(function, (*given, "meta"), LIMIT)[1] is None


def find_left(function, images: torch.Tensor, labels: torch.Tensor) -> str:
    """Find which of the three a function that fails on meta has left behind, by moving it first."""
    moved = images.to("meta"), labels.to("meta")
    for key, given in (
        ("labels", (Net(), images, moved[1])), ("images", (Net(), moved[0], labels)),
        ("net", (Net().to("meta"), images, labels)), ("images", (Net(), *moved)),
    ):  # fmt: skip
        _, error = run_limited(function, (*given, "meta"), LIMIT)
        if error is None:
            return key
    return "net"


@checker({
    "right": {
        "ko": "그 위로는 이웃한 두 수의 간격이 2여서, 1을 더해도 제자리로 반올림됩니다.",
        "en": "From there on neighbours lie 2 apart, and adding 1 rounds back to where it was.",
    },
    "largest": {
        "ko": "float16의 가장 큰 수 언저리입니다. 1을 더해도 그대로인 것은 훨씬 앞에서 시작됩니다.",
        "en": "That is near the largest float16. Adding 1 stops counting long before that.",
    },
    "single": {
        "ko": "float32의 답입니다. float16은 비트가 절반입니다.",
        "en": "That is the answer for float32. float16 has half the bits.",
    },
    "overflow": {
        "ko": "float16은 65,504까지만 담고 그 위는 무한대가 됩니다. 훨씬 작은 수에서 찾으십시오.",
        "en": "float16 ends at 65,504; what is larger becomes infinite. Look far below.",
    },
    "python": {
        "ko": "파이썬의 소수, 곧 64비트의 답입니다. dtype이 float16인 텐서로 찾으십시오.",
        "en": "That is the answer for Python's own float, of 64 bits. Take a tensor in float16.",
    },
    "brain": {
        "ko": "bfloat16의 답입니다. bfloat16은 가수가 더 짧습니다.",
        "en": "That is the answer for bfloat16, whose mantissa is shorter.",
    },
    "too_small": {
        "ko": "거기서는 아직 1이 더해집니다. 두 배로 키우며 시험해 보십시오.",
        "en": "There, adding 1 still counts. Double it and try again.",
    },
    "not_first": {
        "ko": "거기서는 1이 사라집니다. 그러나 더 작은 2의 거듭제곱에서도 사라집니다.",
        "en": "There the 1 is lost, but it is lost at a smaller power of 2 already.",
    },
    "power": {
        "ko": "1, 2, 4, 8, …에 없는 수입니다. 지수를 적었다면 거듭제곱한 수를 적으십시오.",
        "en": "1, 2, 4, 8, and so on do not reach that. Give the power itself, not its exponent.",
    },
})  # fmt: skip
def check_float16_limit(answer):
    """Exercise 8.3: the smallest power of 2 to which float16 cannot add 1."""
    wanted = find_limit(torch.float16)
    try:
        found = read_number(answer)
    except Hint as hint:
        if hint.key == "infinite":
            raise Hint("overflow") from None
        if hint.key == "huge" and answer == 2**53:
            raise Hint("python") from None
        raise
    if found == wanted:
        return "right"
    largest = torch.finfo(torch.float16).max
    special = {
        largest: "largest", largest + 32: "largest", find_limit(torch.float32): "single",
        find_limit(torch.bfloat16): "brain",
    }  # fmt: skip
    if found in special:
        return special[found]
    if found < 1 or found != int(found) or int(found) & (int(found) - 1):
        return "power"
    if found > largest:
        return "overflow"
    return "too_small" if found < wanted else "not_first"


def find_limit(dtype: torch.dtype) -> float:
    """Find the smallest power of 2 that stays as it is when 1 is added in this dtype."""
    number = torch.ones((), dtype=dtype)
    while number + 1 != number:
        number = number * 2
    return number.item()

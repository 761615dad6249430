"""Chapter 2: parameters counted, a size read off shapes, a layer of one's own that can learn."""

import torch
import torch.nn as nn

from lenet_course.checks.answers import is_close, read_model, read_number, read_tensor, reject
from lenet_course.checks.calling import call_function, find_loose
from lenet_course.checks.verdict import Hint, checker


@checker({
    "right": {
        "ko": "입력의 한 변은 묻지 않았습니다. 합성곱의 매개변수는 그림의 크기와 상관없습니다.",
        "en": "How large the photo is did not matter: a convolution counts the same for any size.",
    },
    "one_channel": {
        "ko": "커널 하나가 채널을 하나만 본다고 세었습니다. 컬러 사진에는 채널이 몇 개입니까?",
        "en": "You let a kernel see one channel only. How many does a colour photo have?",
    },
    "one_kernel": {
        "ko": "커널 하나의 수만 세었습니다. 이 계층에 커널이 몇 개 있습니까?",
        "en": "That is one kernel's count. How many kernels does the layer have?",
    },
    "no_bias": {
        "ko": "가중치는 다 세었습니다. 커널마다 수가 하나 더 있습니다.",
        "en": "The weights are all there. Every kernel owns one number more.",
    },
    "one_bias": {
        "ko": "편향을 하나만 더했습니다. 편향은 커널마다 하나씩입니다.",
        "en": "You added a single bias. Each kernel has its own.",
    },
    "bias_a_channel": {
        "ko": "편향을 채널마다 더했습니다. 커널은 채널을 모두 합친 뒤에 편향을 한 번 더합니다.",
        "en": "Every channel got a bias. A kernel sums up its channels, then adds one bias.",
    },
    "side_only": {
        "ko": "커널의 한 변만 곱했습니다. 커널에는 높이와 너비가 있습니다.",
        "en": "You used the side of the kernel once. A kernel has a height and a width.",
    },
    "turned": {
        "ko": "들어오는 것과 나가는 것이 바뀌었습니다. nn.Conv2d의 첫 수는 입력 채널입니다.",
        "en": "In and out are exchanged. The first number of nn.Conv2d is its input channels.",
    },
    "other": {
        "ko": "커널 하나의 가중치를 먼저 세고, 편향을 더한 다음, 커널의 수를 곱해 보십시오.",
        "en": "Count one kernel's weights first, add its bias, then multiply by the kernels.",
    },
})  # fmt: skip
def check_colour_count(answer):
    """Exercise 2.1: how many parameters nn.Conv2d(3, 8, 7) has."""
    mistakes = {
        8 * (49 + 1): "one_channel",
        8 * 49: "one_channel",
        3 * 49 + 1: "one_kernel",
        3 * 49: "one_kernel",
        8 * 3 * 49: "no_bias",
        8 * 3 * 49 + 1: "one_bias",
        8 * 3 * (49 + 1): "bias_a_channel",
        8 * (3 * 7 + 1): "side_only",
        3 * (8 * 49 + 1): "turned",
        sum(p.numel() for p in nn.Conv2d(3, 8, 7).parameters()): "right",
    }
    return mistakes.get(read_number(answer), "other")


@checker({
    "right": {
        "ko": "파일에는 그림의 크기가 적혀 있지 않습니다. fc1의 모양만이 그것을 기억합니다.",
        "en": "The file does not say how large the pictures were. Only the shape of fc1 remembers.",
    },
    "one_side": {
        "ko": "수 하나, 입력 그림의 한 변을 적으십시오. 그림은 정사각형입니다.",
        "en": "One number is wanted, the side of the input. The pictures are square.",
    },
    "row": {
        "ko": "평탄화한 줄의 길이입니다. 그 줄은 특징 맵 몇 장을 편 것입니까?",
        "en": "That is the length of the flattened row. How many maps were laid out in it?",
    },
    "area": {
        "ko": "특징 맵 한 장에 든 수의 개수입니다. 그 한 변은 얼마입니까?",
        "en": "That is how many numbers one map holds. How long is its side?",
    },
    "pixels": {
        "ko": "그림 한 장의 픽셀 수입니다. 물은 것은 그 한 변입니다.",
        "en": "That is how many pixels the picture has. Its side is asked for.",
    },
    "pooled": {
        "ko": "풀링을 거친 뒤의 한 변입니다. 풀링 앞으로 되돌아가십시오.",
        "en": "That is the side after the pooling. Go back to before it.",
    },
    "before_pooling": {
        "ko": "합성곱이 내놓은 한 변입니다. 합성곱 앞으로 한 걸음 더 되돌아가십시오.",
        "en": "That is the side that the convolution puts out. One more step back, to before it.",
    },
    "no_pooling": {
        "ko": "풀링을 건너뛰고 되돌아갔습니다. 풀링 앞에서는 한 변이 달랐습니다.",
        "en": "You stepped back past the pooling. Before it, the side was another one.",
    },
    "shrunk": {
        "ko": "되돌아가면서 더 줄였습니다. 합성곱 앞에서는 한 변이 더 길었습니다.",
        "en": "Going back you made it smaller still. Before a convolution the side is longer.",
    },
    "chapter_kernel": {
        "ko": "conv1처럼 5×5 커널로 셈했습니다. 이 커널의 크기는 conv.weight의 모양에 있습니다.",
        "en": "You counted with the 5×5 of conv1. This kernel's size is in conv.weight's shape.",
    },
    "plus_one": {
        "ko": "하나 어긋납니다. 크기 − 커널 + 1이 합성곱의 규칙이고, 한 변은 짝수라고 했습니다.",
        "en": "Off by one. The rule is size − kernel + 1, and the side was said to be even.",
    },
    "other": {
        "ko": "fc1.weight의 모양에서 시작하십시오. 입력 개수는 장수 × 한 변 × 한 변입니다.",
        "en": "Start from the shape of fc1.weight: its inputs are maps × side × side.",
    },
})  # fmt: skip
def check_picture_side(answer):
    """Exercise 2.2: the side of the pictures, from [12, 1, 7, 7] and [50, 1452]."""
    found = read_tensor(answer).flatten()
    if found.unique().numel() != 1 or found.numel() > 2:
        return "one_side"
    maps, kernel, row = 12, 7, 1452
    pooled = (row // maps) ** 0.5
    before = 2 * pooled
    mistakes = {
        row: "row", row // maps: "area", pooled: "pooled", before: "before_pooling",
        pooled + kernel - 1: "no_pooling", before - kernel + 1: "shrunk",
        before + kernel: "plus_one", before + kernel - 2: "plus_one",
        before + 5 - 1: "chapter_kernel",
        before + kernel - 1: "right", (before + kernel - 1) ** 2: "pixels",
    }  # fmt: skip
    return mistakes.get(found[0].item(), "other")


@checker({
    "right": {
        "ko": "nn.LayerNorm의 끝에도 이런 짝이 있어, weight는 1에서, bias는 0에서 시작합니다.",
        "en": "nn.LayerNorm ends in just such a pair: a weight that starts at 1, a bias at 0.",
    },
    "class": {
        "ko": "클래스 자체를 건네십시오. 이름 뒤에 괄호를 붙이지 않습니다.",
        "en": "Hand over the class itself: its name, without brackets.",
    },
    "missing": {
        "ko": "빠진 속성이 있습니다({name}). forward는 self.weight와 self.offset을 씁니다.",
        "en": "There is no attribute {name}. What forward uses is self.weight and self.offset.",
    },
    "loose": {
        "ko": "{name} 앞에 self.이 없습니다. 함수가 끝나면 사라지는 이름일 뿐입니다.",
        "en": "{name} stands without self. in front, and is gone once __init__ has ended.",
    },
    "thing": {
        "ko": "{name}의 종류가 {got}입니다. 수가 한 줄로 든 매개변수여야 합니다.",
        "en": "{name} is of type {got}. It should be a parameter with a row of numbers.",
    },
    "plain": {
        "ko": "보통 텐서로 둔 것이 있습니다({name}). 계산은 되지만 named_parameters()에 없습니다.",
        "en": "{name} is a plain tensor. It computes, but named_parameters() does not list it.",
    },
    "grad_only": {
        "ko": "requires_grad만 켠 텐서가 있습니다({name}). 목록에 없으면 갱신도 없습니다.",
        "en": "{name} has requires_grad on, but is not registered: off the list, no updates.",
    },
    "computed": {
        "ko": "셈한 결과가 들어 있습니다({name}). Parameter로 셈하면 보통 텐서가 나옵니다.",
        "en": "{name} is the result of a calculation: out of a Parameter comes a plain tensor.",
    },
    "frozen": {
        "ko": "등록했지만 얼려 둔 것이 있습니다({name}). requires_grad가 꺼져 있습니다.",
        "en": "{name} is registered but frozen: its requires_grad is off.",
    },
    "row": {
        "ko": "{name}의 모양이 {got}입니다. 차원이 하나뿐인 한 줄이어야 합니다.",
        "en": "{name} has the shape {got}. It should be a single row, with one dimension.",
    },
    "fixed": {
        "ko": "size가 {size}인데 {name}의 모양이 {got}입니다. size를 쓰고 있습니까?",
        "en": "With size {size}, {name} has the shape {got}. Have you made use of size?",
    },
    "one_number": {
        "ko": "{name}에 수가 하나뿐입니다. 입력의 수마다 하나씩 있어야 저마다 배웁니다.",
        "en": "{name} holds a single number. Each number of the input should have its own.",
    },
    "start": {
        "ko": "처음 값이 다릅니다. 아직 배우지 않은 계층은 입력을 그대로 내놓아야 합니다.",
        "en": "The first values are off. Untrained, the layer should hand on its input as it is.",
    },
    "forward": {
        "ko": "매개변수를 바꾸니 출력이 weight × 입력 + offset이 아닙니다. forward를 보십시오.",
        "en": "With other parameters, the output is not weight × input + offset. Look at forward.",
    },
})  # fmt: skip
def check_own_layer(answer):
    """Exercise 2.3: a layer with a weight and an offset for each number, both registered."""
    if not (isinstance(answer, type) and issubclass(answer, nn.Module)):
        return "class" if answer is not None else reject(answer, "model")
    for size in (4, 7):
        made = call_function(lambda size=size: answer(size))
        for name in ("weight", "offset"):
            value = vars(made).get(name) if isinstance(made, nn.Module) else None
            if isinstance(value, torch.Tensor) and not value.is_leaf:  # no copy can be made
                raise Hint("computed", name=name)
        layer = read_model(made)
        given = vars(layer).keys() - vars(nn.Module()).keys()
        if not given and not layer.state_dict():
            if name := find_loose(answer, ("weight", "offset")):
                raise Hint("loose", name=name)
            return "open"
        for name in ("weight", "offset"):
            judge_parameter(layer, name, size)
        x = torch.randn(3, size)
        if not (is_close(layer.weight, torch.ones(size)) and is_close(layer.offset, 0 * x[0])):
            return "start"
        for parameter in layer.parameters():
            nn.init.normal_(parameter)
        wanted = layer.weight * x + layer.offset
        if not is_close(read_tensor(call_function(layer, x)), wanted.detach()):
            return "forward"
    return "right"


def judge_parameter(layer: nn.Module, name: str, size: int) -> None:
    """Raise the Hint for an attribute that cannot learn, or has another shape."""
    if not hasattr(layer, name):
        raise Hint("missing", name=name)
    value = getattr(layer, name)
    if not isinstance(value, torch.Tensor):
        raise Hint("thing", name=name, got=type(value).__name__)
    if name not in dict(layer.named_parameters(remove_duplicate=False)):
        raise Hint("grad_only" if value.requires_grad else "plain", name=name)
    if not value.requires_grad:
        raise Hint("frozen", name=name)
    if value.numel() == 1:
        raise Hint("one_number", name=name)
    if value.ndim > 1 and size in value.shape:
        raise Hint("row", name=name, got=tuple(value.shape))
    if value.shape != (size,):
        raise Hint("fixed", name=name, size=size, got=tuple(value.shape))

"""Chapter 1: a shape predicted, the layer that breaks on 28×28, a network of another size."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course.checks.answers import read_model, read_name, read_number, read_shape, reject
from lenet_course.checks.calling import call_function, find_loose
from lenet_course.checks.verdict import Hint, checker
from lenet_course.model import Net

with torch.device("meta"):  # names alone: weights would be drawn from the reader's random numbers
    LAYERS = [name for name, _ in Net().named_children()]


@checker({
    "right": {
        "ko": "ReLU는 셈에 끼지 않았습니다. 수 하나하나를 제자리에서 바꾸기 때문입니다.",
        "en": "ReLU had no part in this sum: it changes every number where it stands.",
    },
    "four": {
        "ko": "수 네 개가 필요합니다. 그림의 장수, 채널, 높이, 너비의 차례입니다.",
        "en": "Four numbers are wanted: pictures, channels, height, width, in this order.",
    },
    "padding": {
        "ko": "합성곱이 크기를 그대로 둔다고 보았습니다. 창은 그림 밖으로 나가지 않습니다.",
        "en": "You let the convolution keep the size. Its window never leaves the picture.",
    },
    "no_pooling": {
        "ko": "합성곱까지는 맞습니다. 마지막 줄에서 한 변이 한 번 더 바뀝니다.",
        "en": "Right as far as the convolution. The last line changes the sides once more.",
    },
    "quarter": {
        "ko": "한 변을 넷으로 나누었습니다. 4분의 1이 되는 것은 수의 개수입니다.",
        "en": "You divided the side by four. It is the number of values that shrinks to a quarter.",
    },
    "kernel": {
        "ko": "합성곱 뒤의 한 변이 다릅니다. 이 커널은 몇 칸이고, 규칙의 + 1은 넣었습니까?",
        "en": "The side after the convolution is off. How wide is this kernel? Is the + 1 in?",
    },
    "channels": {
        "ko": "채널 수가 다릅니다. nn.Conv2d의 세 수 가운데 어느 것이 내놓는 장수입니까?",
        "en": "The channels are off. Which number of nn.Conv2d says how many maps come out?",
    },
    "pictures": {
        "ko": "첫 수가 다릅니다. 계층은 그림을 한 장씩 따로 다루고, 장수는 바꾸지 않습니다.",
        "en": "The first number is off. Layers treat each picture alone and keep their number.",
    },
    "order": {
        "ko": "네 수는 모두 있는데 차례가 다릅니다. 장수, 채널, 높이, 너비입니다.",
        "en": "All four are there, in another order. It is pictures, channels, height, width.",
    },
    "other": {
        "ko": "한 줄에 하나씩 셈하십시오. (크기 − 커널 + 1) 다음에 절반입니다.",
        "en": "Take one line at a time: first (size − kernel + 1), then half of it.",
    },
})  # fmt: skip
def check_predicted_shape(answer):
    """Exercise 1.1: what a convolution and a pooling make of four 28×28 pictures."""
    found = read_shape(answer)
    maps = F.relu(nn.Conv2d(1, 8, 3)(torch.zeros(4, 1, 28, 28)))
    wanted = tuple(F.max_pool2d(maps, 2).shape)
    if len(found) != 4:
        return "four"
    if found == wanted:
        return "right"
    if sorted(found) == sorted(wanted):
        return "order"
    pictures, _, *sides = found
    side = wanted[3]
    if sides != [side, side]:
        mistakes = {28 // 2: "padding", 2 * side: "no_pooling", side // 2: "quarter", 12: "kernel"}
        return mistakes.get(sides[0], "other") if sides[0] == sides[1] else "other"
    return "pictures" if pictures != wanted[0] else "channels"


@checker({
    "right": {
        "ko": "이제 실행해 메시지를 보십시오. 앞의 모양이 온 것, 뒤의 모양이 계층이 가진 것입니다.",
        "en": "Now run it. The message shows two shapes: what arrived, then what the layer has.",
    },
    "pair": {
        "ko": '이름과 수가 필요합니다. "conv1", 10처럼 쉼표를 사이에 두고 적으십시오.',
        "en": 'A name and a number are wanted, with a comma between, in the form "conv1", 10.',
    },
    "name": {
        "ko": "conv1, conv2, fc1, fc2, fc3 가운데 하나를 고르십시오.",
        "en": "Choose one of conv1, conv2, fc1, fc2 and fc3.",
    },
    "convolution": {
        "ko": "합성곱은 그림이 창보다 작지만 않으면 어떤 크기든 훑습니다. 그 뒤를 보십시오.",
        "en": "A convolution goes over any picture that is no smaller than its window. Look on.",
    },
    "no_numbers": {
        "ko": "품은 수가 없는 계산이라 어떤 크기든 받습니다. 정해진 개수를 바라는 것은 무엇입니까?",
        "en": "That step owns no numbers and takes any size. Which one wants a fixed count?",
    },
    "later": {
        "ko": "거기까지 가지 못합니다. 그보다 앞에 정해진 개수를 바라는 계층이 있습니다.",
        "en": "It never gets that far. An earlier layer already wants a fixed count of numbers.",
    },
    "wanted": {
        "ko": "계층은 찾았습니다. 적은 수는 그 계층이 바라는 개수입니다. 실제로는 몇 개가 옵니까?",
        "en": "That is the layer. But the number is what it wants to get. How many do arrive?",
    },
    "outputs": {
        "ko": "계층은 찾았습니다. 적은 수는 그 계층이 내놓을 개수입니다. 들어오는 것을 세십시오.",
        "en": "That is the layer. But the number is what it would put out. Count what comes in.",
    },
    "one_map": {
        "ko": "계층은 찾았습니다. 수는 특징 맵 한 장의 것입니다. 평탄화는 모든 장을 폅니다.",
        "en": "That is the layer. The number is that of one map; flatten lays out all of them.",
    },
    "convolutions_forgotten": {
        "ko": "계층은 찾았습니다. 수는 픽셀의 수이거나, 풀링만 하고 합성곱은 잊은 것입니다.",
        "en": "That is the layer. The number counts pixels, or pools without the convolutions.",
    },
    "step_forgotten": {
        "ko": "계층은 찾았습니다. 크기를 줄이는 네 걸음 가운데 하나가 빠졌습니다.",
        "en": "That is the layer. One of the four steps that shrink the sides was left out.",
    },
    "count": {
        "ko": "계층은 찾았습니다. 28에서 시작해 네 걸음을 적고, 끝에 장수를 곱하십시오.",
        "en": "That is the layer. Write down four steps from 28, then multiply by the maps.",
    },
})  # fmt: skip
def check_broken_layer(answer):
    """Exercise 1.2: the layer of Net that fails on 28×28 pictures, and how many numbers it gets."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 2 or not isinstance(answer[0], str):
        return "pair" if answer is not None else reject(answer, "name")
    layer, got = find_break(Net(), torch.zeros(1, 1, 28, 28))
    name, number = read_name(answer[0], LAYERS), read_number(answer[1])
    name = name.removeprefix("self.").removeprefix("net.")
    if name not in LAYERS:
        steps = ("pool", "relu", "flat")
        return "no_numbers" if any(step in name for step in steps) else "name"
    if name != layer:
        return "convolution" if name.startswith("conv") else "later"
    fc1, maps = Net().fc1, 16
    mistakes = {
        got: "right", fc1.in_features: "wanted", fc1.out_features: "outputs",
        got // maps: "one_map",
        28 * 28: "convolutions_forgotten",  # the same as 16 maps of 7×7
        maps * 6 * 6: "step_forgotten", maps * 8 * 8: "step_forgotten",
        maps * 10 * 10: "step_forgotten",
    }  # fmt: skip
    return mistakes.get(number, "count")


def find_break(network: nn.Module, images: torch.Tensor) -> tuple[str, int] | None:
    """Find the layer that raises on these images.

    Returns:
        Its name, and how many numbers reach it for each picture; None where none raises.
    """
    entered = []

    def note(layer, inputs, name):
        entered.append((name, inputs[0][0].numel()))

    def leave(*_):
        entered.pop()

    for name, layer in network.named_children():
        layer.register_forward_pre_hook(lambda *given, name=name: note(*given, name))
        layer.register_forward_hook(leave)
    try:
        call_function(network, images)
    except Hint:
        return entered[-1] if entered else None


@checker({
    "right": {
        "ko": "한 계층의 출력이 바뀌면 다음 계층의 입력이 따라 바뀝니다. 나머지는 그대로 둡니다.",
        "en": "When a layer's output changes, the next layer's input follows. The rest may stay.",
    },
    "loose": {
        "ko": "{name} 앞에 self.이 없습니다. 함수가 끝나면 사라지는 이름일 뿐입니다.",
        "en": "{name} stands without self. in front, and is gone once __init__ has ended.",
    },
    "names": {
        "ko": "빠진 계층이 있습니다({layer}). 계층의 이름은 Net과 같아야 합니다.",
        "en": "The network has no layer named {layer}. Keep the names that Net uses.",
    },
    "new_name": {
        "ko": "새 이름의 계층이 있습니다({layer}). forward는 Net의 이름으로 계층을 찾습니다.",
        "en": "You put in a new layer, {layer}. What forward calls are the names that Net uses.",
    },
    "conv2_maps": {
        "ko": "conv2가 특징 맵을 {got}장 내놓습니다. 문제가 바라는 장수를 다시 보십시오.",
        "en": "conv2 puts out {got} maps. Look again at how many the exercise asks for.",
    },
    "fc1_outputs": {
        "ko": "fc1이 수를 {got}개 내놓습니다. 문제가 바라는 개수를 다시 보십시오.",
        "en": "fc1 puts out {got} numbers. Look again at how many the exercise asks for.",
    },
    "old_inputs": {
        "ko": "fc1이 아직 400개를 바랍니다. 그 400은 어떤 세 수를 곱한 것이었습니까?",
        "en": "fc1 still wants 400. Of which three numbers was that 400 the product?",
    },
    "old_side": {
        "ko": "fc1의 장수는 고쳤는데 한 변은 5 그대로입니다. 28에서 시작하면 얼마가 남습니까?",
        "en": "fc1 knows the new maps, but still takes them to be 5×5. What is left of 28?",
    },
    "old_maps": {
        "ko": "fc1의 한 변은 고쳤는데 특징 맵은 16장 그대로입니다.",
        "en": "fc1 knows the new side, but still counts 16 maps.",
    },
    "old_fc2": {
        "ko": "fc1은 통합니다. 그 출력을 받는 fc2가 아직 120개를 바랍니다.",
        "en": "fc1 works. But fc2, which takes its output, still wants 120 numbers.",
    },
    "breaks": {
        "ko": "28×28 그림이 {layer}에서 멈춥니다. 앞에서 오는 것과 이 계층이 받는 것을 견주십시오.",
        "en": "A 28×28 picture stops at {layer}. Compare what arrives with what it can take.",
    },
    "ten": {
        "ko": "그림 {count}장에 나온 모양이 {got}입니다. 그림마다 수 열 개가 나와야 합니다.",
        "en": "For {count} pictures the output has the shape {got}. Each should get ten numbers.",
    },
    "unused": {
        "ko": "{layer}의 수가 답에 쓰이지 않습니다. forward가 그 계층을 지나는지 보십시오.",
        "en": "The numbers of {layer} have no part in the answer. Does forward pass through it?",
    },
})  # fmt: skip
def check_resized_net(answer):
    """Exercise 1.3: a Net that takes 28×28, with 20 maps at conv2 and 100 numbers at fc1."""
    if isinstance(answer, type) and issubclass(answer, nn.Module):
        answer = call_function(lambda: answer())
    network = read_model(answer)
    sizes = [parameter.shape for parameter in network.parameters()]
    if sizes == [p.shape for p in Net().parameters()] and "forward" not in vars(type(network)):
        if name := find_loose(type(network), LAYERS):
            raise Hint("loose", name=name)
        return "open"
    children = dict(network.named_children())
    for name in LAYERS:
        if name not in children:
            raise Hint("names", layer=name)
    judge_sizes(children)
    judge_calls(network)
    return "right"


def judge_sizes(children: dict[str, nn.Module]) -> None:
    """Raise the Hint for a layer that has not the size asked for."""
    new = [name for name in children if name not in LAYERS]
    maps, outputs = (len(children[name].weight) for name in ("conv2", "fc1"))
    if new and (maps, outputs) != (20, 100):
        raise Hint("new_name", layer=new[0])
    if maps != 20:
        raise Hint("conv2_maps", got=maps)
    if outputs != 100:
        raise Hint("fc1_outputs", got=outputs)


def judge_calls(network: nn.Module) -> None:
    """Raise the Hint for what happens to 28×28 pictures in this network."""
    for count in (3, 1):
        images = torch.rand(count, 1, 28, 28)
        broken = find_break(network, images)
        if broken:
            sizes = {400: "old_inputs", 20 * 5 * 5: "old_side", 16 * 4 * 4: "old_maps"}
            wants = getattr(getattr(network, broken[0]), "in_features", None)
            keys = {"fc1": sizes.get(wants), "fc2": "old_fc2" if wants == 120 else None}
            raise Hint(keys.get(broken[0]) or "breaks", layer=broken[0])
        output = call_function(network, images)
        if tuple(getattr(output, "shape", ())) != (count, 10):
            got = tuple(output.shape) if isinstance(output, torch.Tensor) else type(output).__name__
            raise Hint("ten", count=count, got=got)
        if not output.requires_grad:
            raise Hint("unused", layer=LAYERS[0])
        output.square().sum().backward()
    for name, parameter in network.named_parameters():
        if parameter.grad is None:
            raise Hint("unused", layer=name.split(".")[0])

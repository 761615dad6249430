"""Chapter 10: the line at fault, photos made to fit, a loop with two faults."""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course.checks.answers import is_close, read_number, read_tensor, reject
from lenet_course.checks.calling import call_function
from lenet_course.checks.verdict import Hint, checker
from lenet_course.checks.watching import read_losses


@checker({
    "right": {
        "ko": "exp도 소프트맥스처럼 변화도를 구할 때 자기가 내놓은 값을 다시 읽습니다. 그 값이 "
        "바뀌면 안 됩니다. relu_처럼 이름이 밑줄(_)로 끝나는 함수도 값을 제자리에서 바꿉니다.",
        "en": "Like softmax, exp reads what it put out once more to find its gradient, so those "
        "values must stay. Functions whose names end in _, such as relu_, change values in place.",
    },
    "noticed": {
        "ko": "거기는 오류가 드러난 곳입니다. 그 줄만 보아서는 고칠 것이 없습니다.",
        "en": "That is where the error came to light. There is nothing in that line to mend.",
    },
    "caller": {
        "ko": "그 줄은 함수를 부르기만 합니다. 메시지에 적힌 텐서는 함수 안에서 만들어집니다.",
        "en": "That line only calls the function. The tensor in the message is made inside it.",
    },
    "maker": {
        "ko": "메시지의 텐서를 만든 줄입니다. 잘못은 그 뒤에 있습니다. 무슨 일이 있었습니까?",
        "en": "That line made the tensor, which is no fault. What happened to it afterwards?",
    },
    "before": {
        "ko": "메시지의 텐서는 그 줄이 지난 다음에 만들어집니다. Exp라는 이름을 따라가 보십시오.",
        "en": "The tensor in the message is made only after that line. Follow the name Exp.",
    },
    "reader": {
        "ko": "그 줄은 텐서를 읽어 새 텐서를 만들 뿐입니다. 메시지의 모양을 줄마다 견주십시오.",
        "en": "That line only reads, and makes a new tensor. Compare the shape in the message.",
    },
    "no_line": {
        "ko": "코드가 적힌 줄 하나의 번호가 필요합니다. 8번은 빈 줄이고, 10번이 마지막입니다.",
        "en": "The number of one line with code in it is wanted. 8 is empty, 10 is the last.",
    },
})  # fmt: skip
def check_blamed_line(answer):
    """Exercise 10.1: the line that changed in place what exp had put out."""
    found = read_number(answer)
    lines = {
        1: "before", 2: "before", 3: "maker", 4: "reader", 5: "right",
        6: "reader", 7: "reader", 9: "caller", 10: "noticed",
    }  # fmt: skip
    return lines.get(found, "no_line")


@checker({
    "right": {
        "ko": "사진이 몇 장이든 통합니다. 새 데이터를 만나면 모양, dtype, 값의 범위부터 봅니다.",
        "en": "It works for any number. With new data, look at shape, dtype and range first.",
    },
    "pair": {
        "ko": "텐서 두 개, inputs와 targets를 이 차례로 돌려주어야 합니다.",
        "en": "Two tensors are to be returned: inputs and targets, in this order.",
    },
    "no_channel": {
        "ko": "inputs에 채널 차원이 없습니다. 회색도 채널이 하나 있습니다.",
        "en": "The inputs have no channel dimension. Grey, too, is one channel.",
    },
    "channel_last": {
        "ko": "채널 차원이 맨 뒤에 있습니다. 신경망은 둘째 자리에서 찾습니다.",
        "en": "The channel dimension comes last. The network looks for it in the second place.",
    },
    "colours": {
        "ko": "채널이 아직 셋입니다. conv1은 하나를 받습니다.",
        "en": "There are still three channels. conv1 takes one.",
    },
    "other_mean": {
        "ko": "다른 차원에서 평균을 냈습니다. 세 색이 몇 번째 차원에 있습니까?",
        "en": "You took the mean along another dimension. In which one are the three colours?",
    },
    "channel_first": {
        "ko": "채널 차원이 맨 앞에 있습니다. 맨 앞은 그림의 장수이고 채널은 그다음입니다.",
        "en": "The channel dimension comes first. First is the number of pictures, channels next.",
    },
    "tripled": {
        "ko": "그림이 세 배로 늘었습니다. 색의 차원이 장수에 섞였습니다.",
        "en": "There are three times as many pictures. The colours were mixed into their number.",
    },
    "shape": {
        "ko": "inputs의 모양이 (N, 1, 32, 32)가 아닙니다. N은 부를 때마다 다릅니다.",
        "en": "The shape of the inputs is not (N, 1, 32, 32), where N differs from call to call.",
    },
    "input_dtype": {
        "ko": "inputs의 dtype이 conv1의 가중치와 다릅니다. 둘이 같아야 합니다.",
        "en": "The inputs' dtype is not that of conv1's weight. The two have to be the same.",
    },
    "scale": {
        "ko": "값이 255배 큽니다. 오류는 없어도 첫 손실이 2.30에서 멀어집니다.",
        "en": "The values are 255 times too large. No error, but a first loss far from 2.30.",
    },
    "twice": {
        "ko": "값이 255배 작습니다. 255로 두 번 나누지 않았습니까?",
        "en": "The values are 255 times too small. Did you divide by 255 twice?",
    },
    "sum": {
        "ko": "세 색을 더하기만 했습니다. 회색은 셋의 평균입니다.",
        "en": "You added the three colours up. Grey is their mean.",
    },
    "whole": {
        "ko": "소수점 아래가 버려졌습니다. //로 나누거나 정수 dtype으로 셈한 곳을 찾으십시오.",
        "en": "What follows the decimal point is lost. Look for a // or an integer dtype.",
    },
    "range": {
        "ko": "0~255가 0~1이 되어야 합니다. 256이나 사진 속의 가장 큰 값으로 나누지 않았습니까?",
        "en": "0 to 255 should become 0 to 1. Did you divide by 256, or the largest value found?",
    },
    "wrapped": {
        "ko": "uint8끼리 더했습니다. 256은 다시 0이 됩니다. 더하기 전에 dtype을 바꾸십시오.",
        "en": "You added in uint8, where 256 is 0 again. Change the dtype before you add.",
    },
    "one_colour": {
        "ko": "세 색 가운데 하나만 골랐습니다. 회색은 셋의 평균입니다.",
        "en": "You picked one of the three colours. Grey is the mean of all three.",
    },
    "scrambled": {
        "ko": "모양은 맞는데 픽셀이 뒤섞였습니다. reshape와 view는 차원의 차례를 바꾸지 않습니다.",
        "en": "The shape fits, but pixels are scrambled: reshape and view do not swap dimensions.",
    },
    "turned": {
        "ko": "사진이 대각선으로 뒤집혔습니다. 높이와 너비의 차례가 바뀌지 않았습니까?",
        "en": "The photos are flipped along the diagonal. Did height and width change places?",
    },
    "values": {
        "ko": "모양과 dtype은 맞는데 값이 다릅니다. 회색의 뜻과 값의 범위를 다시 보십시오.",
        "en": "Shape and dtype fit, the values do not. Look at what grey means, and at the range.",
    },
    "target_dtype": {
        "ko": "targets의 dtype이 정답 번호에 맞지 않습니다. Long을 바란다던 메시지를 떠올리십시오.",
        "en": "The targets' dtype does not suit class numbers. Which one did the message ask for?",
    },
    "targets": {
        "ko": "targets는 labels와 같은 번호여야 합니다. 바꿀 것은 종류뿐입니다.",
        "en": "The targets should be the very numbers in labels. Only their dtype has to change.",
    },
})  # fmt: skip
def check_prepared_photos(answer):
    """Exercise 10.2: colour photos, uint8 and channels last, made into what Net takes."""
    for count in (5, 2):
        photos = torch.randint(256, (count, 32, 32, 3), dtype=torch.uint8)
        labels = torch.randint(10, (count,), dtype=torch.int32)
        found = call_function(answer, photos, labels)
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            return "pair"
        for tensor in found:
            if not isinstance(tensor, torch.Tensor):
                reject(tensor, "tensor")
        if found[0].shape == labels.shape:  # the other way round
            return "pair"
        fault = judge_inputs(found[0], photos) or judge_targets(found[1], labels)
        if fault:
            return fault
    return "right"


def judge_inputs(inputs, photos) -> str | None:
    """Name what is wrong with the inputs made of these photos, if anything."""
    size = (len(photos), 1, 32, 32)
    if inputs.shape != size:
        shapes = {
            (len(photos), 32, 32): "no_channel",
            (len(photos), 32, 32, 1): "channel_last",
            (1, len(photos), 32, 32): "channel_first",
            (3 * len(photos), 1, 32, 32): "tripled",
            (len(photos), 3, 32, 32): "colours",
            tuple(photos.shape): "colours",
            **dict.fromkeys(
                [(len(photos), *rest) for rest in ((32, 3), (1, 32, 3), (32, 1, 3))], "other_mean"
            ),
        }
        return shapes.get(tuple(inputs.shape), "shape")
    if inputs.dtype != torch.float32:
        return "input_dtype"
    values, colours = read_tensor(inputs), photos.double() / 255
    grey = colours.mean(3).view(size)
    wrapped = sum(photos[..., c] for c in range(3)).double().view(size)
    mistakes = [
        ("scale", 255 * grey), ("twice", grey / 255), ("wrapped", wrapped / 3 / 255),
        ("sum", 3 * grey), ("sum", 765 * grey), ("whole", (255 * grey + 1e-6).floor() / 255),
        ("whole", grey.floor()), ("whole", colours.floor().mean(3).view(size)),
        ("range", 255 / 256 * grey), ("range", grey / grey.max()),
        ("range", grey / grey.amax((1, 2, 3), keepdim=True)),
        ("wrapped", wrapped / 3), ("scrambled", colours.reshape(-1, 3, 32, 32).mean(1, True)),
        ("turned", grey.transpose(2, 3)),
        *[("one_colour", colours[..., c].view(size)) for c in range(3)],
    ]  # fmt: skip
    if is_close(values, grey):
        return None
    return next((key for key, value in mistakes if is_close(values, value)), "values")


def judge_targets(targets, labels) -> str | None:
    """Name what is wrong with the targets made of these labels, if anything."""
    if targets.shape != labels.shape or not is_close(read_tensor(targets), labels):
        return "targets"
    try:  # uint8 will do, too
        F.cross_entropy(torch.zeros(len(labels), 10), targets.cpu())
    except RuntimeError:
        return "target_dtype"
    return None


@checker({
    "right": {
        "ko": "옵티마이저의 step()은 변화도가 없는 매개변수를 건너뛰어, 이런 고장에 메시지가 "
        "없습니다.",
        "en": "An optimizer gives no message for such a fault: step() skips parameters without a "
        "gradient.",
    },
    "cleared": {
        "ko": "처음의 그 메시지입니다. 갱신할 때 .grad가 비어 있습니다. 어느 줄이 채우고 어느 줄이 "
        "비우는지, 갱신이 그 사이에 있는지 보십시오.",
        "en": "It is the first message again: .grad is empty at the update. Which line fills it, "
        "which one empties it, and does the update stand between them?",
    },
    "partly": {
        "ko": "매개변수 가운데 일부만 갱신되었습니다. 안쪽 for가 끝까지 도는지, 갱신하는 줄이 그 "
        "안에 있는지 보십시오.",
        "en": "Only some of the parameters were updated. Does the inner for reach every one, and "
        "is the update inside it?",
    },
    "short": {
        "ko": "한 걸음이 모자랍니다. range를 보십시오.",
        "en": "It is one step short. Look at the range.",
    },
    "momentum": {
        "ko": "모멘텀을 썼습니다. 주어진 루프는 그 걸음의 변화도와 rate만으로 갱신합니다.",
        "en": "You used momentum. The loop you were given updates by rate and gradient alone.",
    },
    "unmoved": {
        "ko": "메시지는 없는데 net의 수가 그대로입니다. 갱신하는 줄과, 그때의 .grad를 보십시오.",
        "en": "No message, yet nothing in net has changed. See the update, and .grad at that time.",
    },
    "piled_up": {
        "ko": "변화도가 걸음마다 쌓입니다. 없애지 말고 옮겨야 할 줄이 있습니다.",
        "en": "Gradients pile up from step to step. One line wants moving, not removing.",
    },
    "one_step": {
        "ko": "한 걸음만 갔습니다. 갱신이 for 바깥에, 또는 return이 for 안쪽에 있지 않습니까?",
        "en": "It took one step only. Is the update outside the for, or the return inside it?",
    },
    "same_gradient": {
        "ko": "걸음마다 처음의 변화도를 썼습니다. 순전파가 for 안쪽에 있습니까?",
        "en": "Every step used the first gradient. Is the forward pass inside the for?",
    },
    "uphill": {
        "ko": "변화도 쪽으로 갔습니다. 부호를 보십시오.",
        "en": "It went along the gradient. Look at the sign.",
    },
    "no_rate": {
        "ko": "갱신에 rate가 쓰이지 않았습니다.",
        "en": "The rate is not used in the update.",
    },
    "losses": {
        "ko": "신경망은 옳게 배웠습니다. 돌려준 것이 걸음마다 잰 손실의 리스트인지 보십시오.",
        "en": "The network has learned as it should. Is what you return a list of its losses?",
    },
    "other": {
        "ko": "메시지는 사라졌는데 여러 걸음 뒤의 매개변수가 다릅니다. 줄의 차례를, "
        "그리고 건네받은 rate를 쓰는지 보십시오.",
        "en": "The message is gone, but after several steps the parameters differ. Look at the "
        "order of the lines, and whether the rate you are given is used.",
    },
})  # fmt: skip
def check_two_faults(answer):
    """Exercise 10.3: a loop that cleared too early and updated a name in place of the network."""
    for pictures, steps, rate in ((8, 4, 0.5), (5, 6, 0.2)):
        start = nn.Sequential(nn.Flatten(), nn.Linear(16, 6), nn.Tanh(), nn.Linear(6, 3))
        images, labels = torch.randn(pictures, 1, 4, 4), torch.randint(3, (pictures,))
        net = copy.deepcopy(start)
        try:
            found = call_function(answer, net, images, labels, steps, rate)
        except Hint as hint:
            if "'float' and 'NoneType'" in hint.fields.get("error", ""):
                return "cleared"
            raise
        after = join(net)
        wanted, losses = teach(start, images, labels, [rate] * steps)
        if not is_close(after, wanted):
            mistakes = {
                "unmoved": (join(start), None),
                "one_step": teach(start, images, labels, [rate]),
                "piled_up": teach(start, images, labels, [rate] * steps, clear=False),
                "uphill": teach(start, images, labels, [-rate] * steps),
                "no_rate": teach(start, images, labels, [1.0] * steps),
                "same_gradient": teach(start, images, labels, [steps * rate]),
                "short": teach(start, images, labels, [rate] * (steps - 1)),
                "momentum": teach(start, images, labels, [rate] * steps, momentum=0.9),
            }
            for key, (parameters, _) in mistakes.items():
                if is_close(after, parameters):
                    return key
            pairs = zip(start.parameters(), net.parameters(), strict=False)
            still = any(torch.equal(before, p.detach().cpu()) for before, p in pairs)
            return "partly" if still else "other"
        if not is_close(read_losses(found), losses):
            return "losses"
    return "right"


def teach(start: nn.Module, images, labels, rates, clear: bool = True, momentum: float = 0):
    """Train a copy, one step for each rate; return its parameters in a row, and the losses."""
    net, losses = copy.deepcopy(start), []
    rate, uphill = abs(rates[0]), rates[0] < 0
    sgd = torch.optim.SGD(net.parameters(), lr=rate, momentum=momentum, maximize=uphill)
    for _ in rates:
        if clear:
            net.zero_grad()
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        sgd.step()
        losses.append(loss.item())
    return join(net), losses


def join(net: nn.Module) -> torch.Tensor:
    return torch.cat([p.detach().flatten().cpu() for p in net.parameters()])

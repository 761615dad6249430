"""Chapter 6: a learning rate, the place of zero_grad, momentum, the whole loop."""

import copy

import torch
import torch.nn as nn
import torch.nn.functional as F

from lenet_course.checks.answers import is_close, read_number, read_tensor
from lenet_course.checks.calling import call_function
from lenet_course.checks.verdict import Hint, checker
from lenet_course.checks.watching import Watch, is_falling, is_leaping, read_losses
from lenet_course.digits import load_digits, prepare_images
from lenet_course.model import Net


@checker({
    "right": {
        "ko": "어디서 출발해도 그렇습니다. 이 골짜기는 어디서나 똑같이 굽어 있기 때문입니다.",
        "en": "It does so from any start, because this valley curves alike everywhere.",
    },
    "uphill": {
        "ko": "3에 다가가지 않습니다. 학습률은 0보다 커야 변화도의 반대쪽으로 갑니다.",
        "en": "It comes no nearer to 3. Only a rate above 0 goes against the gradient.",
    },
    "short": {
        "ko": "방향은 맞는데 3에 못 미칩니다. 한 걸음의 길이를 다시 셈해 보십시오.",
        "en": "The right way, but it stops short of 3. Work out the length of the step again.",
    },
    "past": {
        "ko": "3을 지나칩니다. 3보다는 가까워졌지만 건너편입니다.",
        "en": "It goes past 3, and ends nearer than it began, but on the other side.",
    },
    "mirror": {
        "ko": "3을 건너뛰어 똑같이 먼 맞은편에 내립니다. 기울기 식의 2를 빠뜨리지 않았습니까?",
        "en": "It leaps over 3 to a place just as far away. Did you leave out the 2 of the slope?",
    },
    "further": {
        "ko": "3을 건너뛰어 더 멀어집니다. 걸음의 길이는 학습률 × 변화도입니다.",
        "en": "It leaps over 3 and ends further away. A step is as long as rate × gradient.",
    },
})  # fmt: skip
def check_one_step_rate(answer):
    """Exercise 6.1: the learning rate that reaches the bottom of (w - 3)² in one step."""
    rate = read_number(answer)
    w = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
    ((w - 3) ** 2).backward()
    there = (w - rate * w.grad).item()
    if is_close(there, 3) or is_close(there, 6):
        return "right" if is_close(there, 3) else "mirror"
    borders = ((0, "uphill"), (3, "short"), (6, "past"))
    return next((key for border, key in borders if there <= border), "further")


@checker({
    "right": {
        "ko": "변화도는 backward와 step 사이에만 남아 있으면 됩니다. 그 밖에서는 비워도 됩니다.",
        "en": "Gradients are needed from backward to step; anywhere else they may be cleared.",
    },
    "piled_up": {
        "ko": "지난 변화도에 새 변화도가 더해지고 있습니다. 비우는 줄이 몇 번 실행됩니까? "
        "괄호 ()까지 있습니까?",
        "en": "New gradients are added to old ones. How many times is the clearing line run? "
        "Does it have its brackets ()?",
    },
    "thrown_away": {
        "ko": "갱신할 때 변화도가 비어 있습니다. 구해 놓고 쓰기 전에 지웠습니다.",
        "en": "There is no gradient left at the update. You cleared it before it was used.",
    },
    "no_step": {
        "ko": "건네받은 optimizer의 step()이 한 번도 불리지 않았습니다. 갱신은 그것에 맡기고, "
        "괄호까지 적으십시오.",
        "en": "The step() of the optimizer you are given is never called. Leave the update to "
        "it, brackets and all.",
    },
    "no_backward": {
        "ko": "손실을 거꾸로 보내지 않아 변화도가 없습니다.",
        "en": "The loss is never sent backward, so there is no gradient.",
    },
    "other_net": {
        "ko": "건네받은 net에 그림이 들어간 적이 없습니다. 다른 신경망을 가르치지 않았습니까?",
        "en": "No picture went through the net that you are given. Did you train another one?",
    },
    "other_pictures": {
        "ko": "net에 들어간 것이 건네받은 그림이 아닙니다. 이 장의 images를 쓰는 train을 "
        "부르지 않았습니까?",
        "en": "Other pictures than those you are given went into net. Did you call train, "
        "which uses the images of this chapter?",
    },
    "steps": {
        "ko": "step()이 불린 횟수가 steps와 다릅니다. 되풀이를 몇 번 하는지, step()은 for 안쪽에, "
        "return은 바깥쪽에 있는지 보십시오.",
        "en": "step() is not called steps times. How often does the loop go round? Is step() "
        "inside the for, and the return outside it?",
    },
    "losses": {
        "ko": "신경망은 옳게 배웠습니다. 돌려줄 것은 걸음마다 갱신하기 전의 손실을 담은 "
        "리스트입니다.",
        "en": "The network learned as it should. What is to come back is its loss at every step.",
    },
    "other": {
        "ko": "여러 걸음 뒤의 매개변수가 다릅니다. 다섯 줄이 걸음마다 한 번씩 실행되는지, "
        "손실을 재는 줄이 위의 것과 같은지 보십시오.",
        "en": "After several steps the parameters differ. Does each line run once a step, and is "
        "the loss taken as above?",
    },
})  # fmt: skip
def check_mended_loop(answer):
    """Exercise 6.2: a loop whose zero_grad stood in the wrong place."""
    for pictures, steps in ((8, 5), (5, 8)):
        small = nn.Sequential(nn.Flatten(), nn.Linear(16, 6), nn.Tanh(), nn.Linear(6, 3))
        images, labels = torch.randn(pictures, 1, 4, 4), torch.randint(3, (pictures,))
        net = copy.deepcopy(small)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.5)
        watch = Watch(net, optimizer, images)
        try:
            losses = call_function(answer, net, optimizer, images, labels, steps)
        except Hint as hint:  # pictures of another size do not go through
            strange = hint.key == "raised" and watch.forwards and not watch.familiar
            raise Hint("other_pictures") if strange else hint from None
        reference = train_small(small, images, labels, steps)
        same = all(map(is_close, net.parameters(), small.parameters()))
        faults = {
            "other_net": watch.forwards == 0,
            "no_backward": watch.backwards == 0,
            "no_step": watch.steps == 0,
            "thrown_away": watch.idle == watch.steps,
            "piled_up": watch.stale > 0,
            "steps": watch.steps != steps,
            "other_pictures": not (watch.familiar or same),
            "other": not same,
            "losses": not is_close(read_losses(losses), reference),
        }
        for key, found in faults.items():
            if found:
                return key
    return "right"


def train_small(net: nn.Module, images, labels, steps: int) -> list[float]:
    """The loop as it should be: `net` is trained in place."""
    optimizer, losses = torch.optim.SGD(net.parameters(), lr=0.5), []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@checker({
    "right": {
        "ko": "속도는 지난 변화도의 합이고, 오래된 것일수록 momentum이 여러 번 곱해져 가볍습니다.",
        "en": "The velocity sums past gradients; the older one is, the more often it was shrunk.",
    },
    "pair": {
        "ko": "텐서 두 개, 새 가중치와 새 속도를 이 차례로 돌려주어야 합니다.",
        "en": "Two tensors are to be returned: the new weight and the new velocity, in this order.",
    },
    "swapped": {
        "ko": "두 텐서의 차례가 바뀌었습니다. 가중치가 먼저입니다.",
        "en": "The two tensors are in the wrong order. The weight comes first.",
    },
    "no_memory": {
        "ko": "모멘텀이 없는 갱신과 같습니다. 지난 속도가 어디에도 쓰이지 않았습니다.",
        "en": "That is the update without momentum. The past velocity is not used anywhere.",
    },
    "no_own_grad": {
        "ko": "건네받은 weight의 .grad는 비어 있습니다. 변화도는 gradient로 따로 건네받습니다.",
        "en": "The weight you are given has no .grad. Its gradient is handed over by itself.",
    },
    "unmoved": {
        "ko": "가중치가 건네받은 그대로입니다. 새 속도로 한 걸음 옮겨 돌려주십시오.",
        "en": "The weight is just as it was given. Move it one step by the new velocity.",
    },
    "only_step": {
        "ko": "가중치가 얼마나 움직일지만 돌려주었습니다. 건네받은 가중치는 어디에 있습니까?",
        "en": "That is only how far the weight moves. Where is the weight you were given?",
    },
    "wrong_velocity": {
        "ko": "가중치는 맞습니다. 그러나 둘째로 돌려준 것은 그 가중치를 옮긴 속도가 아닙니다.",
        "en": "The weight is right, but what comes second is not the velocity that moved it.",
    },
    "fade": {
        "ko": "지난 속도에 1 − momentum을 곱했습니다. momentum은 버릴 몫이 아니라 남길 몫입니다.",
        "en": "The past velocity was multiplied by 1 − momentum. Momentum is the share to keep.",
    },
    "not_kept": {
        "ko": "가중치는 맞습니다. 그러나 돌려준 속도에 새 변화도가 없어 다음 걸음이 잃어버립니다.",
        "en": "The weight is right, but the velocity you return is without the new gradient.",
    },
    "late": {
        "ko": "가중치를 옛 속도로 옮겼습니다. 속도를 먼저 고치고, 고친 속도로 옮깁니다.",
        "en": "The weight moved by the old velocity. Renew the velocity first, then move by it.",
    },
    "sign": {
        "ko": "가중치가 언덕을 오릅니다. 변화도가 양수일 때 가중치는 어느 쪽으로 가야 합니까?",
        "en": "The weight climbs. Which way should it go where the gradient is positive?",
    },
    "velocity_sign": {
        "ko": "속도에서 변화도를 뺐습니다. 이 장의 속도는 변화도를 더하고, 빼는 곳은 가중치입니다.",
        "en": "You took the gradient from the velocity. Here it is added; the weight subtracts.",
    },
    "rate_inside": {
        "ko": "학습률을 속도에 넣었습니다. 학습률이 도중에 바뀌면 SGD와 달라지는 방식입니다.",
        "en": "The rate went into the velocity. Once the rate changes, that parts ways with SGD.",
    },
    "no_rate": {
        "ko": "학습률이 쓰이지 않아 걸음이 너무 깁니다.",
        "en": "The learning rate is not used, so the step is too long.",
    },
    "no_fade": {
        "ko": "지난 속도가 줄지 않습니다. zero_grad를 잊은 루프와 같아집니다.",
        "en": "The past velocity does not fade. That makes it the loop that forgot zero_grad.",
    },
    "damped": {
        "ko": "새 변화도를 줄여서 더했습니다. SGD가 줄이는 것은 지난 속도뿐입니다.",
        "en": "You shrank the new gradient. SGD shrinks the past velocity and nothing else.",
    },
    "momentum_for_rate": {
        "ko": "가중치를 옮길 때 학습률이 있을 자리에 momentum을 곱했습니다.",
        "en": "Where the weight moves, momentum stands in the place of the learning rate.",
    },
    "shrunk_weight": {
        "ko": "가중치에 momentum을 곱했습니다. 줄어들 것은 가중치가 아니라 지난 속도입니다.",
        "en": "You multiplied the weight by momentum. It is the velocity that shrinks.",
    },
    "no_gradient": {
        "ko": "이번 변화도가 가중치에 닿지 않았습니다. 더한 결과를 어디에 담았습니까?",
        "en": "This step's gradient never reached the weight. Where did you put the sum?",
    },
    "typed_in": {
        "ko": "이 장에서 쓴 수를 그대로 적은 곳이 있습니다. 건네받은 학습률과 momentum을 쓰십시오.",
        "en": "A number of this chapter is typed in. Use the rate and momentum you are given.",
    },
    "other": {
        "ko": "두 줄로 나누어 보십시오. 먼저 새 속도, 그다음 새 속도로 옮긴 가중치입니다.",
        "en": "Try it in two lines: the new velocity first, then the weight moved by it.",
    },
})  # fmt: skip
def check_momentum_step(answer):
    """Exercise 6.3: one step of momentum as torch.optim.SGD defines it."""
    for shape, momentum in (((3, 4), 0.9), ((5,), 0.6)):
        w, velocity = torch.randn(shape), torch.randn(shape)
        parameter = w.clone().requires_grad_()
        optimizer = torch.optim.SGD([parameter], lr=1.0, momentum=momentum)
        optimizer.state[parameter]["momentum_buffer"] = velocity.clone()
        for rate in (0.2, 0.3, 0.02):  # rates that change tell the definitions apart
            parameter.grad = torch.randn(shape)
            optimizer.param_groups[0]["lr"] = rate
            optimizer.step()
            try:
                found = call_function(answer, w, parameter.grad, velocity, rate, momentum)
            except Hint as hint:  # weight.grad, as in the chapter's own loop
                nothing = "NoneType" in hint.fields.get("error", "")
                raise Hint("no_own_grad") if nothing else hint from None
            if not isinstance(found, (tuple, list)) or len(found) != 2:
                return "pair"
            found = tuple(map(read_tensor, found))
            wanted = parameter.detach(), optimizer.state[parameter]["momentum_buffer"]
            if not all(map(is_close, found, wanted)):
                return judge_step(*found, w, parameter.grad, velocity, rate, momentum)
            w, velocity = (tensor.clone() for tensor in wanted)
    return "right"


def judge_step(w, v, old, g, past, rate: float, momentum: float) -> str:
    """Name how the new weight w and velocity v came about, if not as they should."""
    new = momentum * past + g
    inside = momentum * past + rate * g
    turned = momentum * past - g
    faded = momentum * past + (1 - momentum) * g
    weights = [
        ("no_memory", old - rate * g), ("late", old - rate * past), ("sign", old + rate * new),
        ("no_gradient", old - rate * momentum * past),
        ("damped", old - rate * momentum * (past + g)),
        ("damped", old - rate * (past + momentum * g)),
        *[("momentum_for_rate", old - momentum * x) for x in (new, rate * past + g)],
        *[("typed_in", old - lr * (0.9 * past + g)) for lr in (rate, 1 / 64, 1 / 8)],
        *[("typed_in", old - lr * new) for lr in (1 / 64, 1 / 8)],
        ("no_rate", old - new), ("no_fade", old - rate * (past + g)),
        ("rate_inside", old - inside), ("rate_inside", old - rate * inside),
        ("rate_inside", old + momentum * past - rate * g), ("damped", old - rate * faded),
        ("velocity_sign", old - rate * turned), ("velocity_sign", old + rate * turned),
        *[("shrunk_weight", momentum * old - rate * x) for x in (new, g, past + g)],
        ("shrunk_weight", old - rate * (momentum * old + g)),
        ("unmoved", old), ("only_step", rate * new), ("only_step", -rate * new),
        ("fade", old - rate * ((1 - momentum) * past + g)),
    ]  # fmt: skip
    if is_close(w, new) and is_close(v, old - rate * new):
        return "swapped"
    if is_close(w, old - rate * new):
        if is_close(v, rate * new):
            return "rate_inside"
        lost = is_close(v, past) or is_close(v, momentum * past)
        return "not_kept" if lost else "wrong_velocity"
    return next((key for key, value in weights if is_close(w, value)), "other")


@checker({
    "right": {
        "ko": "처음 보는 신경망과 그림에도 통했습니다. 7장의 학습도 뼈대는 이 루프입니다.",
        "en": "It works on networks and digits unknown to you. Chapter 7 uses the same loop.",
    },
    "other_net": {
        "ko": "건네받은 net에 그림이 들어간 적이 없습니다. 복사하거나 새로 만든 신경망을 "
        "가르치지 않았습니까?",
        "en": "No picture went through the net that you are given. Did you train a copy, or a "
        "new one?",
    },
    "other_pictures": {
        "ko": "건네받은 그림이 net에 들어간 적이 없습니다. 어떤 images와 labels를 쓰고 있습니까?",
        "en": "None of the pictures you are given went through net. Whose images does it use?",
    },
    "no_backward": {
        "ko": "순전파는 했는데 변화도를 구한 적이 없습니다.",
        "en": "There were forward passes, but no gradient was ever computed.",
    },
    "unchanged": {
        "ko": "신경망이 그대로입니다. 갱신할 때 변화도가 남아 있는지, "
        "갱신이 건네받은 net의 수 자체를 바꾸는지 보십시오.",
        "en": "The network is unchanged. At the update, are there gradients? Does it change the "
        "very numbers of the net you are given?",
    },
    "once": {
        "ko": "한 걸음만 갔습니다. return이 for 안쪽에 있지 않은지 보십시오.",
        "en": "It took one step only. Is the return inside the for?",
    },
    "not_cleared": {
        "ko": "갱신에 이미 쓴 변화도 위에 새 변화도를 쌓았습니다. 걸음마다 할 일이 빠졌습니다.",
        "en": "New gradients were piled on ones already used. Something is not done at each step.",
    },
    "uphill": {
        "ko": "손실이 처음보다 커졌거나 nan이 되었습니다. 갱신의 부호와 학습률을 보십시오.",
        "en": "The loss ended above its start, or as nan. Look at the update's sign and its rate.",
    },
    "other_loss": {
        "ko": "돌려준 손실은 줄었는데, 건네받은 그림 모두로 잰 교차 엔트로피는 커졌습니다. "
        "손실을 재는 줄을 보십시오.",
        "en": "The losses you return fall, but the cross-entropy over all the pictures you are "
        "given has grown. Look at the line that takes the loss.",
    },
    "softmax": {
        "ko": "확률로 바꾼 출력에서 교차 엔트로피를 쟀습니다. F.cross_entropy는 로짓을 받습니다.",
        "en": "The cross-entropy was taken of probabilities. F.cross_entropy wants the logits.",
    },
    "too_little": {
        "ko": "손실이 줄었지만 아직 처음의 절반보다 큽니다. 걸음 수나 학습률을 바꾸어 보십시오.",
        "en": "The loss fell, but not yet to half. Try more steps or another learning rate.",
    },
    "leapt": {
        "ko": "손실이 도중에 크게 튀어 오르고 절반까지 내려오지 못했습니다. 걸음이 너무 깁니다.",
        "en": "The loss leapt far up on its way and never came down to half. Take shorter steps.",
    },
    "losses": {
        "ko": "신경망은 배웠습니다. 돌려준 것이 걸음마다 잰 손실의 리스트인지 보십시오.",
        "en": "The network has learned. Is what you return a list of its losses, one a step?",
    },
})  # fmt: skip
def check_whole_loop(answer):
    """Exercise 6.4: a network trained in place, its losses returned, on networks never seen."""
    digits = load_digits("train")
    for count in (8, 12):
        chosen = torch.randperm(len(digits.labels))[:count]
        images, labels = prepare_images(digits.images[chosen]), digits.labels[chosen]
        net = Net()
        z = net(images).detach()
        before, twice = (F.cross_entropy(x, labels).item() for x in (z, z.softmax(1)))
        watch = Watch(net, images=images)
        losses = call_function(answer, net, images, labels, limit=60)
        forwards, familiar = watch.forwards, watch.familiar
        after = F.cross_entropy(net.cpu()(images), labels).item()
        faults = {
            "other_net": forwards == 0,
            "other_pictures": not familiar,
            "no_backward": watch.backwards == 0,
            "unchanged": not watch.is_changed(),
            "once": watch.backwards == 1,
            "not_cleared": watch.stale > 0,
            "leapt": not after <= before / 2 and is_leaping(losses),
            "other_loss": after > before and is_falling(losses) and not is_leaping(losses),
            "uphill": not after <= before,  # nan, too
            "softmax": after > before / 2 and is_close(read_losses(losses).flatten()[:1], [twice]),
            "too_little": after > before / 2,
            "losses": not is_falling(losses),
        }
        for key, found in faults.items():
            if found:
                return key
    return "right"

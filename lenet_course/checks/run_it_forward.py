"""Chapter 3: a shape, a convolution with two loops, a max pooling, the map to blame."""

import itertools

import torch
import torch.nn.functional as F

from lenet_course.checks.answers import is_close, read_number, read_shape, read_tensor, reject
from lenet_course.checks.calling import call_function
from lenet_course.checks.verdict import Hint, checker
from lenet_course.digits import load_digits, prepare_images
from lenet_course.features import compute_feature_maps
from lenet_course.model import Net, load_trained

MISREAD = 37  # of the test digits: a 4, read as a 9


@checker({
    "right": {
        "ko": "묶음이 없어도 이 계층은 통과합니다. net 전체였다면 fc1에서 막혔을 것입니다.",
        "en": "Without a batch this layer still works. The whole net would have failed at fc1.",
    },
    "batch": {
        "ko": "묶음 차원까지 넷을 적었습니다. 28×28에 차원 하나를 끼우면 모두 몇 개입니까?",
        "en": "You counted a batch, too. How many dimensions has 28×28 with one put in front?",
    },
    "three": {
        "ko": "수 세 개가 필요합니다. 채널, 높이, 너비의 차례입니다.",
        "en": "Three numbers are wanted: channels, height, width, in this order.",
    },
    "channels": {
        "ko": "높이와 너비는 맞습니다. conv1은 특징 맵을 몇 장 내놓습니까?",
        "en": "Height and width are right. How many feature maps does conv1 put out?",
    },
    "order": {
        "ko": "높이와 너비가 바뀌었습니다. F.pad의 앞 두 수가 어느 쪽인지 다시 보십시오.",
        "en": "Height and width have changed places. Which sides do the first two numbers pad?",
    },
    "last": {
        "ko": "수는 다 있는데 차례가 다릅니다. 채널, 높이, 너비의 차례입니다.",
        "en": "All the numbers are there, in another order: channels, height, width.",
    },
    "same_margin": {
        "ko": "높이와 너비에 같은 여백을 더했습니다. F.pad의 네 수는 왼쪽, 오른쪽, 위, 아래입니다.",
        "en": "Both sides got the same margin. The four numbers pad left, right, top, bottom.",
    },
    "chapter_margin": {
        "ko": "여백이 (2, 2, 2, 2)일 때의 크기입니다. 여기서는 네 수가 다릅니다.",
        "en": "That is the size with margins of (2, 2, 2, 2). Here the four numbers differ.",
    },
    "one_side": {
        "ko": "여백을 한쪽에만 더했습니다. 왼쪽과 오른쪽, 위와 아래에 모두 붙습니다.",
        "en": "You added the margin on one side only. It goes left and right, top and bottom.",
    },
    "no_padding": {
        "ko": "F.pad가 두른 여백을 세지 않았습니다.",
        "en": "The margin that F.pad puts round the digit is not counted.",
    },
    "no_convolution": {
        "ko": "여백까지는 맞습니다. 5×5 창은 그림 밖으로 나가지 않으니 크기가 줄어듭니다.",
        "en": "Right up to the padding. A 5×5 window stays inside the picture, which costs size.",
    },
    "plus_one": {
        "ko": "한 변에서 5를 뺐습니다. 5칸짜리 창은 5칸 안에 한 번 들어갑니다.",
        "en": "You took 5 off each side. In 5 pixels, a window of 5 still fits once.",
    },
    "shrink": {
        "ko": "여백까지는 맞습니다. 5×5 창이 한 변을 몇 칸 줄이는지 다시 세십시오.",
        "en": "Right up to the padding. Count again how much a 5×5 window takes off a side.",
    },
    "pooled": {
        "ko": "풀링까지 셈했습니다. 마지막 줄에는 conv1뿐입니다.",
        "en": "You went on to pooling. The last line holds no more than conv1.",
    },
    "other": {
        "ko": "한 줄씩 적으십시오. 여백을 두른 높이와 너비가 먼저이고, conv1은 그다음입니다.",
        "en": "Go line by line: first height and width with their margins, then conv1.",
    },
})  # fmt: skip
def check_padded_shape(answer):
    """Exercise 3.1: the shape that conv1 makes of one padded picture."""
    found = read_shape(answer)
    image = F.pad(torch.zeros(28, 28), (3, 3, 1, 1))
    wanted = tuple(Net().conv1(image.unsqueeze(0)).shape)
    if len(found) != 3:
        return "batch" if len(found) == 4 else "three"
    maps, height, width = wanted
    tall, wide = image.shape
    mistakes = {
        **{(tall - cut, wide - cut): "shrink" for cut in range(1, 11)},
        **{(side, side): "same_margin" for side in (height, width, tall, wide)},
        (height, width): "right" if found[0] == maps else "channels",
        (width, height): "order",
        (wide, tall): "order",
        (height - 1, width - 3): "one_side",
        (28 - 4, 28 - 4): "no_padding",
        (32 - 4, 32 - 4): "chapter_margin",
        (height // 2, width // 2): "pooled",
        (tall, wide): "no_convolution",
        (height - 1, width - 1): "plus_one",
    }
    return mistakes.get(found[1:], "last" if sorted(found) == sorted(wanted) else "other")


@checker({
    "right": {
        "ko": "학습한 conv1과 숫자 그림에서도 견주었습니다. 4,704개의 값이 모두 같습니다.",
        "en": "It was also compared with the trained conv1 on a digit: all 4,704 values agree.",
    },
    "no_bias": {
        "ko": "편향이 빠졌습니다. 커널마다 하나씩, 그 커널이 만든 값 모두에 더합니다.",
        "en": "The bias is missing. There is one a kernel, added to every value of its map.",
    },
    "bias_often": {
        "ko": "편향을 스물다섯 번 더했습니다. 곱한 것을 모두 더한 다음에 한 번만 더하십시오.",
        "en": "The bias went in twenty-five times. Add it once, after the products are summed.",
    },
    "padding": {
        "ko": "크기가 입력과 같습니다. 패딩이 없으니 창은 그림 밖으로 나가지 않습니다.",
        "en": "The maps are as large as the picture. There is no padding: the window stays inside.",
    },
    "edge": {
        "ko": "행이나 열이 한 줄씩 모자랍니다. range가 어디서 시작해 어디서 멈추는지 보십시오.",
        "en": "A row and a column are missing. Where does your range start, and where stop?",
    },
    "flipped": {
        "ko": "커널을 뒤집어 곱했습니다. 수학의 합성곱은 뒤집지만 conv1은 그대로 포갭니다.",
        "en": "You turned the kernel over. Mathematics does so; conv1 lays it on as it is.",
    },
    "transposed": {
        "ko": "행과 열이 바뀌었습니다. 창, 커널, 결과 가운데 어디에서 바뀌었는지 찾으십시오.",
        "en": "Rows and columns have changed places: in the window, the kernel or the result?",
    },
    "one_map": {
        "ko": "특징 맵이 한 장뿐입니다. 커널이 몇 개인지는 weight의 첫 차원이 알려 줍니다.",
        "en": "There is a single map. The first dimension of weight says how many to make.",
    },
    "one_kernel": {
        "ko": "모든 맵에 첫 커널이나 첫 편향을 썼습니다. 맵마다 제 것이 있습니다.",
        "en": "Every map got the first kernel, or the first bias. Each has its own.",
    },
    "all_kernels": {
        "ko": "여러 커널의 곱을 한데 더했습니다. 커널마다 따로 더해야 합니다.",
        "en": "The products of all kernels went into one sum. Keep a sum for each kernel.",
    },
    "unfinished": {
        "ko": "셈한 값은 맞는데 0으로 남은 자리가 있습니다. return이나 torch.zeros가 for 안쪽에 "
        "있지 않은지, range가 끝까지 가는지 보십시오.",
        "en": "What you computed is right, but some places are still 0. Does the return, or "
        "torch.zeros, stand inside a for? Do the ranges go to the end?",
    },
    "zeros": {
        "ko": "모든 자리가 아직 0입니다. 창마다 셈한 값을 result의 제자리에 담으십시오.",
        "en": "Every place is still 0. Put what you compute for each window into the result.",
    },
    "sizes": {
        "ko": "함수를 불렀더니 오류가 났습니다. {error} · 창은 (1, 5, 5), 곱은 (K, 1, 5, 5), "
        "더한 것은 (K,)인지 모양을 찍어 보십시오.",
        "en": "Calling the function raised an error. {error} · Print the shapes: is the window "
        "(1, 5, 5), the product (K, 1, 5, 5), the sum (K,)?",
    },
    "one_window": {
        "ko": "창 하나의 값만 돌려주었습니다. 창마다 나온 값을 특징 맵의 제자리에 담으십시오.",
        "en": "The values of one window came back. Put those of every window in their places.",
    },
    "flat": {
        "ko": "값이 한 줄로 늘어서 있습니다. 높이와 너비가 있는 맵에 담으십시오.",
        "en": "The values stand in one long row. Lay them out in maps with a height and a width.",
    },
    "relu": {
        "ko": "음수가 0이 되었습니다. ReLU는 conv1 다음의 걸음입니다.",
        "en": "The negatives became 0. That is ReLU, the step after conv1.",
    },
    "typed_in": {
        "ko": "conv1의 숫자 그림에서는 맞는데 다른 크기에서 막힙니다. 커널의 수와 높이와 너비를 "
        "저마다 건네받은 것에서 읽으십시오.",
        "en": "Right for conv1 and its digits, but it fails at other sizes. Read the number of "
        "kernels, the height and the width each from what you are given.",
    },
    "first_only": {
        "ko": "0행 0열은 맞습니다. 그다음 창은 어디에서 시작하고, 모두 몇 행 몇 열입니까?",
        "en": "Row 0, column 0 is right. Where does the next window start, and how many are there?",
    },
    "mean": {
        "ko": "곱한 것의 평균을 냈습니다. 합성곱은 더하기만 합니다.",
        "en": "You took the mean of the products. A convolution only adds them.",
    },
    "axes": {
        "ko": "수는 다 있는데 차원의 수나 차례가 다릅니다. 결과는 (맵, 높이, 너비)입니다.",
        "en": "The dimensions are too many, or in another order. Wanted: (maps, height, width).",
    },
    "other": {
        "ko": "값 하나부터 맞추십시오. 0행 0열의 창을 잘라, 위의 손계산과 똑같이 해 보십시오.",
        "en": "Get one value right first: the window at row 0, column 0, worked out as above.",
    },
})  # fmt: skip
def check_convolution(answer):
    """Exercise 3.2: a 5×5 convolution, from (1, H, W) to (maps, H - 4, W - 4)."""
    conv1, digit = load_trained().conv1, prepare_images(load_digits("test").images[1848:1849])[0]
    on_digit = digit, conv1.weight.detach(), conv1.bias.detach()
    for maps, height, width in ((4, 11, 11), (3, 9, 14)):  # a square tells transposed values
        given = torch.randn(1, height, width), torch.randn(maps, 1, 5, 5), 1 + torch.rand(maps)
        try:
            key = convolve_with(answer, *given)
        except Hint as hint:
            if hint.key == "raised" and fits(answer, on_digit):
                return "typed_in"
            if hint.key == "raised" and "RuntimeError" in hint.fields["error"]:
                raise Hint("sizes", **hint.fields) from None
            raise
        if key != "right":
            stray = key in ("other", "first_only") and fits(answer, on_digit)
            return "typed_in" if stray else key
    return convolve_with(answer, *on_digit)


def convolve_with(answer, *given) -> str:
    found = call_function(answer, *given, without=("conv2d", "conv1d", "conv3d"))
    return judge_maps(read_tensor(found), *given)


def fits(answer, given) -> bool:
    """Whether a convolution is right here, whatever it does elsewhere."""
    try:
        return convolve_with(answer, *given) == "right"
    except Hint:
        return False


def judge_maps(found, image, weight, bias) -> str:
    """Name what became of a convolution's maps."""
    bias = bias.view(-1, 1, 1)
    plain = F.conv2d(image, weight)
    wanted = plain + bias
    maps, height, width = wanted.shape
    if found.shape != wanted.shape:
        shapes = {
            (maps, height + 4, width + 4): "padding", (maps, height - 1, width - 1): "edge",
            (height, width): "one_map", (1, height, width): "one_map",
            (height, width, maps): "axes", (maps, width, height): "transposed",
            (1, maps, height, width): "axes", (maps, 1, height, width): "axes",
            (maps,): "one_window", (maps, height * width): "flat",
            (height * width, maps): "flat", (maps * height * width,): "flat",
        }  # fmt: skip
        first = found.ndim == 3 and len(found) == maps
        first = first and is_close(found[:, 0, 0], wanted[:, 0, 0])
        return shapes.get(tuple(found.shape), "first_only" if first else "other")
    first = torch.zeros_like(wanted)
    first[0] = wanted[0]
    values = [
        ("right", wanted), ("no_bias", plain), ("bias_often", plain + 25 * bias),
        ("flipped", F.conv2d(image, weight.flip(2, 3)) + bias), ("mean", plain / 25 + bias),
        ("transposed", F.conv2d(image, weight.transpose(2, 3)) + bias), ("one_map", first),
        ("one_kernel", wanted[:1].expand_as(wanted)), ("one_kernel", plain[:1] + bias),
        ("one_kernel", plain + bias[0]), ("all_kernels", plain.sum(0, True) + bias),
        ("relu", wanted.clamp(min=0)),
    ]  # fmt: skip
    if height == width:
        values.append(("transposed", wanted.transpose(1, 2)))
    for cut in (slice(None, -1), slice(1, None)):
        if is_close(found[:, cut, cut], wanted[:, cut, cut]) and not is_close(found, wanted):
            return "edge"
    key = next((key for key, value in values if is_close(found, value)), "other")
    if key != "other":
        return key
    left = found == 0
    if is_close(found, wanted.masked_fill(left, 0)):
        return "zeros" if left.all() else "unfinished"
    return "first_only" if is_close(found[:, 0, 0], wanted[:, 0, 0]) else "other"


@checker({
    "right": {
        "ko": "채널마다 따로 골랐으므로 특징 맵끼리 섞이지 않았고, 장수도 그대로입니다.",
        "en": "Each channel was pooled by itself: no maps were mixed, and none were lost.",
    },
    "mean": {
        "ko": "창마다 평균이나 합을 냈습니다. 최대 풀링은 수를 섞지 않고 하나만 남깁니다.",
        "en": "You took a mean or a sum of each window. Max pooling keeps one number, unmixed.",
    },
    "smallest": {
        "ko": "창마다 가장 작은 수를 남겼습니다.",
        "en": "You kept the smallest number of each window.",
    },
    "corner": {
        "ko": "창마다 늘 같은 자리의 수를 골랐습니다. 네 수를 견주어 고르십시오.",
        "en": "You picked the same corner of every window. Compare its four numbers.",
    },
    "no_negatives": {
        "ko": "음수만 든 창이 0이 되었습니다. 그것은 ReLU가 하는 일입니다.",
        "en": "Windows with nothing but negatives became 0. That is what ReLU does.",
    },
    "overlap": {
        "ko": "창이 한 칸씩 움직이며 겹칩니다. unfold의 마지막 수를 보십시오.",
        "en": "Your windows move by one and overlap. Look at the last number of unfold.",
    },
    "one_direction": {
        "ko": "한 방향으로만 창을 나누었습니다. 높이와 너비에 하나씩, unfold가 두 번 필요합니다.",
        "en": "Windows were cut one way only. It takes two unfolds: one for height, one for width.",
    },
    "windows": {
        "ko": "창의 차원이 아직 남았습니다. 창 안의 네 수를 하나로 줄이십시오.",
        "en": "The windows are still there. Bring the four numbers of each down to one.",
    },
    "wrong_axes": {
        "ko": "가장 큰 수를 고른 차원이 창의 차원이 아닙니다. unfold가 창을 어느 차원에 둡니까?",
        "en": "The largest was taken over other dimensions. Into which does unfold put a window?",
    },
    "places": {
        "ko": "그림이나 채널을 따라 창을 나누었습니다. 높이와 너비는 몇 번 차원입니까?",
        "en": "Pictures or channels were cut into windows. Which dimensions are height and width?",
    },
    "whole": {
        "ko": "2×2 창보다 넓은 곳에서 하나만 골랐습니다. 창마다 하나씩 남기십시오.",
        "en": "You picked one number from more than a 2×2 window. Keep one for every window.",
    },
    "transposed": {
        "ko": "높이와 너비가 바뀌었습니다.",
        "en": "Height and width have changed places.",
    },
    "mixed": {
        "ko": "채널끼리 견주었습니다. 채널마다 따로 골라야 장수가 그대로입니다.",
        "en": "Channels were compared with each other. Pool each by itself, and none is lost.",
    },
    "scrambled": {
        "ko": "모양은 맞는데 다른 네 수를 묶었습니다. reshape는 줄을 차례로 자를 뿐입니다.",
        "en": "The shape fits, but other fours were grouped: reshape cuts a row, not squares.",
    },
    "pair": {
        "ko": "max에 차원을 주면 값과 자리, 두 가지가 나옵니다. 값만 돌려주십시오.",
        "en": "With a dimension, max gives two things: values and places. Return the values.",
    },
    "flat": {
        "ko": "창이 한 줄로 늘어서 있습니다. 높이와 너비의 모양으로 되돌리십시오.",
        "en": "The windows stand in one row. Bring them back to a height and a width.",
    },
    "fewer": {
        "ko": "창의 수가 모자랍니다. unfold의 마지막 두 수는 창의 크기와 다음 창까지의 걸음입니다.",
        "en": "There are too few windows. The last numbers of unfold are a window's size and the "
        "step to the next.",
    },
    "ones": {
        "ko": "크기가 1인 차원이 끝에 남았습니다. keepdim을 쓰지 않았습니까?",
        "en": "Dimensions of size 1 are left at the end. Is that keepdim?",
    },
    "one_picture": {
        "ko": "한 장만 풀링했습니다. x에는 N장이 들어 있습니다.",
        "en": "A single picture was pooled. There are N of them in x.",
    },
    "argmax": {
        "ko": "가장 큰 수가 아니라 그 수의 자리입니다.",
        "en": "Those are the places of the largest numbers, not the numbers.",
    },
    "max": {
        "ko": "max는 차원을 하나만 받습니다. 여러 차원을 한꺼번에 줄이는 것은 amax입니다.",
        "en": "max takes one dimension. It is amax that takes several at once.",
    },
    "values": {
        "ko": "모양은 맞고 수가 다릅니다. x[0, 0, :2, :2]의 네 수와 결과의 [0, 0, 0, 0]을 견주어 "
        "보십시오.",
        "en": "The shape is right, the numbers are not. Compare the four of x[0, 0, :2, :2] "
        "with your result at [0, 0, 0, 0].",
    },
    "other": {
        "ko": "unfold를 한 번 부를 때마다 모양을 찍어 보십시오. 창은 맨 뒤의 차원이 됩니다.",
        "en": "Print the shape after every unfold: the windows become the last dimension.",
    },
})  # fmt: skip
def check_pooling(answer):
    """Exercise 3.3: 2×2 max pooling of (N, C, H, W)."""
    pools = "max_pool2d", "max_pool2d_with_indices", "adaptive_max_pool2d"
    for size in ((2, 3, 8, 10), (2, 5, 6, 6)):
        maps = torch.randn(size)
        try:
            found = call_function(answer, maps, without=pools)
        except Hint as hint:
            if hint.key == "raised" and "max() received an invalid" in hint.fields["error"]:
                return "max"
            raise
        if isinstance(found, tuple) and hasattr(found, "indices"):
            return "pair"
        if (key := judge_pooled(read_tensor(found), maps)) != "right":
            return key
    return "right"


def judge_pooled(found, maps) -> str:
    """Name what became of 2×2 max pooling."""
    wanted = F.max_pool2d(maps, 2)
    n, c, height, width = wanted.shape
    if found.shape != wanted.shape:
        shapes = {
            (n, c, 2 * height - 1, 2 * width - 1): "overlap",
            (n, c, height, width, 2, 2): "windows", (n, c, height, width, 4): "windows",
            (n, c, height, width, 2): "windows", (n, c, height, 2 * width): "one_direction",
            (n, c, 2 * height, width): "one_direction",
            (n, c, height // 2, 2 * width): "one_direction", (n, c, 2, 2): "wrong_axes",
            (n, c, 2 * height, width // 2): "one_direction", (n, c, width, height): "transposed",
            (n, height, width): "mixed", (n, 1, height, width): "mixed",
            (n, height * width): "mixed", (n, 4 * c, height * width): "flat",
            (n, c, height * width): "flat", (n, c, 4, height * width): "flat",
            (n, c, 2 * height - 1, width): "overlap", (n, c, height, 2 * width - 1): "overlap",
            (n, c // 2, height, 2 * width): "places", (n, c // 2, 2 * height, width): "places",
            (n // 2, c // 2, 2 * height, 2 * width): "places",
            (n, c, height, width, 1, 1): "ones", (n, c, height, width, 1): "ones",
            (c, height, width): "one_picture", (1, c, height, width): "one_picture",
            (): "whole", (n, c): "whole", (n, c, 1, 1): "whole", (c,): "whole", (n,): "whole",
        }  # fmt: skip
        windows = n, c, height, width, 2, 2
        kept = [tuple(pair) for pair in itertools.combinations(windows, 4)]
        other = "wrong_axes" if tuple(found.shape) in kept else "other"
        if (
            other == "other"
            and found.ndim == 4
            and all(a <= b for a, b in zip(found.shape, wanted.shape, strict=True))
        ):
            other = "fewer"
        return shapes.get(tuple(found.shape), other)
    mean = F.avg_pool2d(maps, 2)
    values = [
        ("right", wanted), ("mean", mean), ("mean", 4 * mean),
        ("smallest", -F.max_pool2d(-maps, 2)), ("no_negatives", wanted.clamp(min=0)),
        *[("corner", maps[:, :, i::2, j::2]) for i in (0, 1) for j in (0, 1)],
        ("scrambled", maps.reshape(*wanted.shape, 4).amax(-1)),
        ("overlap", F.max_pool2d(maps, 2, 1)[:, :, :height, :width]),
        ("argmax", maps.unfold(2, 2, 2).unfold(3, 2, 2).flatten(4).argmax(4)),
    ]  # fmt: skip
    if height == width:
        values.append(("transposed", wanted.transpose(2, 3)))
    return next((key for key, value in values if is_close(found, value)), "values")


@checker({
    "right": {
        "ko": "이 맵의 값을 모두 더하면 시험용 9에서는 평균 35, 4에서는 16입니다.",
        "en": "In the test digits, this map adds up to 35 on average for a 9, and 16 for a 4.",
    },
    "one": {
        "ko": "맵의 번호 하나만 적으십시오.",
        "en": "Give the number of one map only.",
    },
    "range": {
        "ko": "pool2의 맵은 0번부터 15번까지입니다.",
        "en": "The maps of pool2 are numbered from 0 to 15.",
    },
    "strongest": {
        "ko": "값이 가장 큰 맵이지만 이 맵을 지워도 답은 9입니다. 세다고 탓할 수는 없습니다.",
        "en": "It has the largest value, but without it the answer is still 9. Size is no proof.",
    },
    "not_fresh": {
        "ko": "이 맵 하나만 지우면 답은 여전히 9입니다. 맵을 차례로 지운다면, 앞서 지운 맵까지 "
        "지워진 채 남지 않게 복사본을 매번 새로 만드십시오.",
        "en": "Without this map alone the answer is still 9. If you erase map after map, take a "
        "fresh copy for each, so that those before are back.",
    },
    "closer": {
        "ko": "이 맵을 지우면 4의 확률이 커지기는 해도 답은 여전히 9입니다.",
        "en": "Without this map the 4 becomes more probable, and still the answer is 9.",
    },
    "further": {
        "ko": "이 맵을 지우면 4의 확률이 더 작아집니다. 오히려 4를 편드는 맵입니다.",
        "en": "Without this map the 4 becomes less probable still. It speaks for the 4.",
    },
})  # fmt: skip
def check_blamed_map(answer):
    """Exercise 3.4: the map of pool2 without which a misread 4 is read as a 4."""
    if isinstance(answer, (list, tuple)) and len(answer) == 1:
        answer = answer[0]
    if isinstance(answer, (list, tuple, set)):
        return "one" if answer else reject(answer, "number")
    found = read_number(answer)
    if found not in range(16):
        return "range"
    test, net = load_digits("test"), load_trained()
    images, label = prepare_images(test.images[MISREAD : MISREAD + 1]), test.labels[MISREAD]
    maps = compute_feature_maps(net, images)["pool2"]
    silent = maps.clone()
    silent[0, int(found)] = 0
    before, after = (finish(net, each).softmax(0) for each in (maps, silent))
    if after.argmax() == label:
        return "right"
    if maps[0].amax((1, 2)).argmax() == found:
        return "strongest"
    erased = maps.clone()
    erased[0, : int(found)] = 0
    if finish(net, erased).argmax() != label:
        erased[0, int(found)] = 0
        if finish(net, erased).argmax() == label:
            return "not_fresh"
    return "closer" if after[label] > before[label] else "further"


def finish(net, pool2) -> torch.Tensor:
    """The logits, shape (10,), that follow from one picture's pool2."""
    x = F.relu(net.fc1(pool2.flatten(1)))
    return net.fc3(F.relu(net.fc2(x)))[0].detach()

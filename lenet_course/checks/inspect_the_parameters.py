"""Chapter 2: counting parameters."""

from lenet_course.checks.answers import read_number
from lenet_course.checks.verdict import checker


@checker({
    "right": {
        "ko": "커널 하나가 입력 채널을 모두 보기 때문에, 채널이 늘면 가중치도 그만큼 곱절로 늡니다.",
        "en": "A kernel looks at every input channel, so weights multiply as channels are added.",
    },
    "one_channel": {
        "ko": "커널 하나가 특징 맵을 한 장만 본다고 세었습니다. 앞 계층은 몇 장을 내놓습니까?",
        "en": "You let a kernel see one map only. How many does the layer before hand over?",
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
    "other": {
        "ko": "커널 하나의 가중치를 먼저 세고, 편향을 더한 다음, 커널의 수를 곱해 보십시오.",
        "en": "Count one kernel's weights first, add its bias, then multiply by the kernels.",
    },
})  # fmt: skip
def check_conv2_count(answer):
    """Exercise 2.1: how many parameters conv2 has."""
    mistakes = {
        16 * 25 + 16: "one_channel",
        6 * 25 + 1: "one_kernel",
        16 * 6 * 25: "no_bias",
        16 * 6 * 25 + 1: "one_bias",
        16 * (6 * 25 + 1): "right",
    }
    return mistakes.get(read_number(answer), "other")

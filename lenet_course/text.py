"""The reader's language, and the few words that the package itself shows."""

LANGUAGES = ("ko", "en")

WORDS = {
    "ready": {"ko": "준비되었습니다.", "en": "Ready."},
}

# what every widget may show; the keys are those of static/*.js
SHARED_WORDS = {
    "failed": {
        "ko": "이 위젯을 불러오지 못했습니다. 페이지를 새로 고쳐 보십시오.",
        "en": "This widget could not be loaded. Try reloading the page.",
    },
}

EXPLORER_WORDS = {
    "title": {"ko": "LeNet 탐색기", "en": "LeNet explorer"},
    "draw": {"ko": "숫자를 그려 보십시오", "en": "Draw a digit"},
    "pick": {"ko": "또는 숫자를 고르십시오", "en": "Or pick one"},
    "pad": {"ko": "숫자를 그리는 판", "en": "Drawing pad"},
    "pad_keys": {
        "ko": "화살표 키로 펜을 옮기고, 스페이스 키로 펜을 내리거나 듭니다.",
        "en": "Arrow keys move the pen; space puts it down or lifts it.",
    },
    "erase": {"ko": "지우개", "en": "Eraser"},
    "undo": {"ko": "되돌리기", "en": "Undo"},
    "clear": {"ko": "비우기", "en": "Clear"},
    "digit": {"ko": "{number}번째 그림, 숫자 {label}", "en": "Picture {number}, a {label}"},
    "input": {"ko": "신경망이 보는 입력", "en": "What the network sees"},
    "prepared": {
        "ko": (
            "MNIST처럼 준비합니다. 잉크에 상자를 씌워 20×20에 맞추고, 무게 중심을 "
            "가운데(+)에 둔 다음, 둘레에 패딩을 붙여 32×32로 만듭니다."
        ),
        "en": (
            "Made as MNIST's digits were: the ink is boxed and scaled to 20×20, centred by its "
            "mass (+), and padded to 32×32."
        ),
    },
    "packaged": {
        "ko": (
            "MNIST의 숫자입니다. 20×20 상자에 맞추고 무게 중심을 가운데(+)에 둔 28×28 그림에, "
            "패딩을 두 픽셀씩 붙여 32×32로 만듭니다."
        ),
        "en": (
            "A digit of MNIST, boxed to 20×20 and centred by its mass (+) in 28×28; "
            "two pixels of padding make it 32×32."
        ),
    },
    "probabilities": {"ko": "확률", "en": "Probabilities"},
    "answer": {
        "ko": "신경망의 답은 {digit}입니다(확률 {share}).",
        "en": "The network reads a {digit}, with probability {share}.",
    },
    "blank": {
        "ko": "아직 아무것도 그리지 않았습니다. 빈 그림에도 신경망은 확률을 냅니다.",
        "en": "Nothing is drawn yet. Even to a blank picture the network gives probabilities.",
    },
    "layer": {"ko": "{layer}, 모양 {shape}", "en": "{layer}, shape {shape}"},
    "layer_keys": {
        "ko": "화살표 키로 값을 옮겨 다니고, Page Up과 Page Down 키로 맵을 바꿉니다.",
        "en": "Arrow keys move from value to value; Page Up and Page Down change the map.",
    },
    "hint": {
        "ko": (
            "아무 값이나 가리켜 보십시오. 앞선 계층마다 그 값의 수용 영역이 테두리로 나타나고, "
            "그 값이 어떤 계산에서 나왔는지 보입니다. 클릭하면 고정되고, Esc 키를 누르면 풀립니다."
        ),
        "en": (
            "Point at any value: its receptive field is outlined in every earlier layer, and the "
            "numbers it was made of appear. Click to hold it; Esc lets go."
        ),
    },
    "panel": {"ko": "가리킨 값의 계산", "en": "How the value came about"},
    "close": {"ko": "닫기", "en": "Close"},
    "Left": {"ko": "왼쪽 값", "en": "Value to the left"},
    "Right": {"ko": "오른쪽 값", "en": "Value to the right"},
    "Up": {"ko": "위쪽 값", "en": "Value above"},
    "Down": {"ko": "아래쪽 값", "en": "Value below"},
    "window": {"ko": "창", "en": "Window"},
    "kernel": {"ko": "커널", "en": "Kernel"},
    "products": {"ko": "곱", "en": "Products"},
    "channels_note": {
        "ko": "채널마다 창 하나와 커널 하나가 있습니다. 채널을 고르면 그 25개의 곱이 나타납니다.",
        "en": "Each channel has its own window and kernel. Choose one to see its 25 products.",
    },
    "channel_sum": {
        "ko": "채널 {channel}, 곱의 합 {sum}",
        "en": "Channel {channel}, sum of products {sum}",
    },
    "products_sum": {"ko": "곱 25개의 합", "en": "25 products"},
    "products_of_channels": {"ko": "여섯 채널의 합", "en": "six channels"},
    "bias": {"ko": "편향", "en": "bias"},
    "rounding": {"ko": "반올림 차이", "en": "rounding"},
    "sum": {"ko": "합", "en": "sum"},
    "relu_keeps": {"ko": "0보다 커서 그대로 둡니다.", "en": "above 0: kept"},
    "relu_cuts": {"ko": "0보다 크지 않아 0이 됩니다.", "en": "not above 0: cut to 0"},
    "four": {"ko": "네 값", "en": "Four values"},
    "winner": {"ko": "가장 큰 값", "en": "The largest is"},
    "largest": {
        "ko": "{all}개의 곱 가운데 기여가 가장 큰 {count}개입니다.",
        "en": "The {count} largest of {all} contributions:",
    },
    "rest_sum": {"ko": "나머지 {count}개", "en": "other {count}"},
    "input_value": {
        "ko": "입력 픽셀입니다. 0은 빈 종이, 1은 가장 진한 잉크입니다.",
        "en": "A pixel of the input: 0 is empty paper, 1 is full ink.",
    },
    "fallback": {
        "ko": (
            "conv1의 특징 맵 6개. 입력은 숫자 {label}이고, 신경망의 답은 {digit}이며 "
            "확률은 {share}입니다."
        ),
        "en": (
            "The six feature maps of conv1 for a {label}. The network reads a {digit}, "
            "with probability {share}."
        ),
    },
}

WIDGET_WORDS = {
    "explorer": {**SHARED_WORDS, **EXPLORER_WORDS},
}

_language = "en"


def set_language(language: str) -> None:
    """Choose the language of every word that the package shows from now on.

    Args:
        language: "ko" or "en".

    Raises:
        ValueError: for any other value.
    """
    global _language
    if language not in LANGUAGES:
        raise ValueError(f"expected a language from {LANGUAGES}, got {language!r}")
    _language = language


def get_language() -> str:
    """Return the chosen language, "ko" or "en" (until one is chosen: "en")."""
    return _language


def say(key: str) -> str:
    """Return the words stored under `key` in the chosen language.

    Raises:
        KeyError: for a key that WORDS does not have.
    """
    if key not in WORDS:
        raise KeyError(f"expected a key from {sorted(WORDS)}, got {key!r}")
    return WORDS[key][_language]


def get_widget_words(widget: str, language: str | None = None) -> dict[str, str]:
    """Return what a widget shows, key → words, in a language (by default the chosen one).

    Raises:
        KeyError: for a widget that WIDGET_WORDS does not have.
    """
    if widget not in WIDGET_WORDS:
        raise KeyError(f"expected a widget from {sorted(WIDGET_WORDS)}, got {widget!r}")
    return {key: words[language or _language] for key, words in WIDGET_WORDS[widget].items()}

"""The reader's language, and the few words that the package itself shows."""

LANGUAGES = ("ko", "en")

WORDS = {
    "no_hangul": {
        "ko": "한글 글꼴이 없어 그림 속 한글이 네모로 보입니다. 나눔고딕 같은 글꼴을 설치하고 다시 "
        "그려 보세요(Colab, 데비안, 우분투: apt-get install -y fonts-nanum).",
        "en": "No installed font has Hangul, so it shows as boxes in the figure. Install one, such "
        "as Nanum Gothic, and draw again (Colab, Debian, Ubuntu: apt-get install -y fonts-nanum).",
    },
    "ready": {"ko": "준비되었습니다.", "en": "Ready."},
    "restart": {
        "ko": "lenet_course를 새로 설치했습니다. 런타임을 다시 시작한 다음 처음부터 실행해 주세요.",
        "en": "lenet_course was updated. Restart the runtime, then run the notebook from the top.",
    },
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


def format_number(value: float) -> str:
    """Return a number's first three digits, with a minus sign that is one."""
    return f"{value:.3g}".replace("-", "−")

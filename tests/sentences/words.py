"""Words that a mark can be held to: in groups, of whose words only one can be true at a time.

Each line gives a key and its forms in English and in Korean. A mark's words may be a phrase; it
must hold a form of its key and of no other of the group. A Korean form is the beginning of a word,
since endings follow. A space in a form is written _.
"""

import re

GROUPS = [
    """
    more: more larger higher greater above over taller better longer largest highest most rises
        grows gains exceeds large long wider further up rise grow climbs raised |
        더 크 큽 커 큰 클 많 높 넘 위 길 늘 오르 오릅 가장_큰 키우 치솟 솟 넓 빨라
    less: less fewer smaller lower below under shorter worse smallest lowest least falls shrinks
        drops small short down lowered falling takes_away |
        작 적 낮 아래 짧 줄 내려 내리 떨어 못_미 안_됩 안_되
    same: same equal equals agree agrees alike identical unchanged copies kept keeps match |
        같 똑같 그대로 지키
    different: different differ differs wrong | 다른 다르 다릅 틀린 틀리 틀릴
    """,
    """
    red: red reddish | 빨 붉
    blue: blue bluish | 파란 파랑 파랗 파래 푸
    orange: orange | 주황
    white: white bare | 흰 희 하얀 하얗
    grey: grey | 회색
    teal: teal | 청록
    black: black | 검은 검정 까만 까맣
    """,
    """
    bright: bright brighter brightest | 밝
    dark: dark darker darkest | 어두 어둡
    """,
    """
    left: left left-hand | 왼
    right: right right-hand | 오른
    """,
    """
    top: top upper above over up | 위 윗
    bottom: bottom lower lowest below foot under underside | 아래 아랫 밑
    middle: middle centre | 가운데 가운뎃 한가운데
    """,
    """
    upright: upright vertical | 세로
    level: level horizontal across | 가로
    """,
    """
    first: first front before begins | 첫 처음 앞 먼저 전에 시작
    second: second after back | 둘째 두_번째 뒤 나중 다음
    last: last end | 마지막 끝
    """,
    """
    inputs: input inputs takes | 입력 받
    outputs: output outputs gives | 출력 내놓
    """,
    """
    batch: batch | 배치 묶음
    channels: channel channels | 채널
    """,
    """
    accepts: accept accepts | 받
    refuses: refuse refuses fails | 거절 오류
    """,
    """
    weights: weight weights | 가중치
    biases: bias biases | 편향
    """,
    """
    training: training learned taught | 학습용 학습 가르친
    validation: validation | 검증
    test: test testing | 시험
    new: new unseen | 새 처음_보는 못_본
    """,
    """
    rows: row rows height high tall | 행 높이 세로
    columns: column columns width wide | 열 너비 가로
    """,
    """
    positive: positive above | 양수
    negative: negative negatives below minus | 음수 부호를_뒤집
    """,
    """
    add: add adds added adding plus + | 더하 더합 더한 더해 더했 덧셈 +
    subtract: subtract subtracts subtracted subtracting minus difference - | 빼 뺍 뺀 뺄셈 차이 -
    multiply: multiply multiplies multiplied multiplying times products | 곱
    divide: divide divides divided dividing | 나누 나눕 나눈 나눠
    average: average averages averaged mean | 평균
    """,
    """
    inside: inside within | 안 벗어나지
    outside: outside beyond | 밖 벗어났 벗어납 벗어난
    """,
    """
    kept: same unchanged agree agrees alike | 그대로 같 똑같
    changed: changes changed differ differs different | 바뀝 바뀌 바뀐 다르 다릅 다른
    """,
    """
    yes: yes true True both | True 참 둘_다
    no: no not false False neither | False 거짓 아니 아닌 않 없
    """,
    """
    forward: forward onward | 순전파 앞으로
    reverse: reverse backward backwards back retraces | 거꾸로 거슬러
    """,
    """
    along: along with | 따라 같은
    against: against other opposite | 반대
    """,
    """
    faster: faster | 더_빨 빠르 빠른
    slower: slower | 더_느 느리 느렸
    """,
    """
    accumulates: accumulates | 누적
    overwrites: overwrites | 덮어
    """,
    """
    logits: logits scores | 로짓 점수
    probabilities: probabilities probability | 확률
    """,
    """
    part: mini-batch part | 미니_배치 일부
    whole: all whole | 전체 모두
    """,
    """
    row_lines: row rows | 가로줄 행
    column_lines: column columns | 세로줄 열
    """,
]


def read_group(text: str) -> dict[str, dict[str, list[str]]]:
    """Read one group: key → language → forms."""
    group = {}
    for entry in re.split(r"\n\s+(?=\w+: )", text):
        if entry.strip():
            key, forms = entry.strip().split(": ", 1)
            pair = [side.replace("\n", " ").split() for side in forms.split("|")]
            group[key] = {"en": pair[0], "ko": pair[1]}
    return group


WORDS = {key: group for group in map(read_group, GROUPS) for key in group}


def find_said(words: str, language: str, key: str) -> set[str]:
    """Find the keys that some words say, of the group of this key."""
    return {
        other
        for other, forms in WORDS[key].items()
        if any(has_form(words, form.replace("_", " "), language) for form in forms[language])
    }


def has_form(words: str, form: str, language: str) -> bool:
    if language == "ko" and re.search("[가-힣]$", form):
        return re.search(rf"(?<![가-힣]){re.escape(form)}", words) is not None
    end = r"(?![A-Za-z\d_-])"  # a particle may follow in Korean
    return re.search(rf"(?<![\w-]){re.escape(form)}{end}", words, re.IGNORECASE) is not None


SEEN = (
    "red",
    "blue",
    "orange",
    "white",
    "grey",
    "black",
    "left",
    "right",
    "top",
    "bottom",
    "upright",
    "level",
)


def find_seen(text: str, language: str) -> list[tuple[int, str]]:
    """Find the words that say a colour or a place, as an alt text does: (place, word).

    가로획 and 세로획 are left out: they name strokes, as bar and stem do.
    """
    found = []
    for key in SEEN:
        for form in WORDS[key][key][language]:
            end = "(?!획)[가-힣]*" if language == "ko" else r"(?![\w-]| answer)"
            pattern = rf"(?<![\w-]){re.escape(form.replace('_', ' '))}{end}"
            matches = re.finditer(pattern, text, re.IGNORECASE)
            found += [(match.start(), match[0]) for match in matches]
    return sorted(set(found))

"""The theme's and Sphinx's own words in Korean: sphinx-book-theme's are poor, pydata's are none.

Two of the English ones are a programmer's, and have another here.

A page in Korean that asks for a word which is not here fails a strict build.
"""

import gettext
import json
import re
from pathlib import Path

from sphinx.errors import ExtensionError
from sphinx.util import logging

SCRIPT_WORDS = "words.js"
KOREAN = {
    # the frame of the page
    "Skip to main content": "본문으로 건너뛰기",
    "This book": "이 책",
    "Contents": "이 장의 차례",
    "Toggle primary sidebar": "장 목록 열고 닫기",
    "Toggle secondary sidebar": "이 장의 차례 열고 닫기",
    "light/dark": "밝게/어둡게",
    "previous": "이전",
    "next": "다음",
    "previous page": "이전 장",
    "next page": "다음 장",
    "Permalink to this heading": "이 절의 주소",
    "Link to this heading": "이 절의 주소",
    "© Copyright %(copyright)s.": "© %(copyright)s",
    "Version warning": "판 알림",
    "Announcement": "알림",
    # the buttons above a chapter
    "Launch interactive content": "실행하기",
    "Launch on": "실행할 곳:",
    "Launch on Colab": "Colab에서 실행하기",
    "Colab": "Colab",
    "logo": "로고",
    "Source repositories": "저장소",
    "Repository": "저장소",
    "Source repository": "저장소 보기",
    "Suggest edit": "고칠 점 제안하기",
    "Open issue": "오류 알리기",
    "Open an issue": "오류 알리기",
    "Download this page": "내려받기",
    "Download source file": "노트북 내려받기",
    "Print to PDF": "인쇄하거나 PDF로 저장하기",
    ".ipynb": ".ipynb",
    ".md": ".md",
    ".pdf": ".pdf",
    "Fullscreen mode": "전체 화면",
    "Back to top": "맨 위로",
    # search
    "Search": "검색",
    "Search this book": "이 책에서 찾기",
    "Error": "오류",
    "Please activate JavaScript to enable the search functionality.": (
        "검색하려면 JavaScript를 켜야 합니다."
    ),
    # notes
    "Note": "참고",
    "Tip": "도움말",
    "Hint": "힌트",
    "Warning": "주의",
    "Important": "중요",
    "Caution": "주의",
    "Attention": "주의",
    "Danger": "위험",
    "See also": "더 볼 것",
}

ENGLISH = {
    "Toggle primary sidebar": "Show or hide the chapters",
    "Toggle secondary sidebar": "Show or hide this chapter's contents",
}

# searchtools.js, sphinx_highlight.js and search_page.js ask for these in the browser
NOTHING_FOUND = (
    "Your search did not match any documents. Please make sure that all words are spelled "
    "correctly and that you've selected enough categories."
)
ENGLISH_IN_SCRIPTS = {  # the book has no categories
    NOTHING_FOUND: "No page has all that was searched for. Try a shorter word, or fewer words.",
}
KOREAN_IN_SCRIPTS = {
    "Search Results": "검색 결과",
    "Searching": "찾고 있습니다",
    "Preparing search...": "검색을 준비하고 있습니다…",
    "Hide Search Matches": "검색어 표시 지우기",
    "Nearest word:": "비슷한 말:",  # search_page.js
    NOTHING_FOUND: "찾는 말이 있는 페이지가 없습니다. 더 짧은 말로 찾아보세요.",
    "Search finished, found ${resultCount} page(s) matching the search query.": (
        "페이지 ${resultCount}개를 찾았습니다."
    ),
}
KOREAN_COPY_BUTTON = {
    "copy": "복사",
    "copy_to_clipboard": "클립보드에 복사",
    "copy_success": "복사했습니다",
    "copy_failure": "복사하지 못했습니다",
}

logger = logging.getLogger(__name__)


class KoreanWords(gettext.NullTranslations):
    """Words of the frame in Korean; one that is missing is a warning, and fails a strict build."""

    def gettext(self, message):
        asked_twice = re.search("[가-힣]", message)  # the theme translates some words again
        if message and message not in KOREAN and not asked_twice:
            logger.warning("no Korean word in book/site/words.py for %r", message)
        return KOREAN.get(message, message)

    def ngettext(self, one, many, count):
        return self.gettext(one if count == 1 else many)


class EnglishWords(gettext.NullTranslations):
    """Words of the frame in English: the theme's own, but for those of ENGLISH."""

    def gettext(self, message):
        return ENGLISH.get(message, message)


class BothWords(KoreanWords):
    """Words of a frame whose language the page's script chooses (landing.js): Korean / English."""

    def gettext(self, message):
        korean = super().gettext(message)
        return korean if korean == message else f"{korean} / {ENGLISH.get(message, message)}"


WORDS = {"ko": KoreanWords(), "en": EnglishWords(), "both": BothWords()}


def write_script_words(app, error):
    """Write the scripts' words, and teach Korean to the copy button, which has none.

    They are asked for when they are needed: a landing page's language changes.
    """
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    tables = {"ko": KOREAN_IN_SCRIPTS, "en": ENGLISH_IN_SCRIPTS}
    words = json.dumps(tables, ensure_ascii=False)
    (static / SCRIPT_WORDS).write_text(  # not addTranslations(), which evaluates a string
        'Object.defineProperty(Documentation, "TRANSLATIONS", '
        f"{{ get: () => ({words})[document.documentElement.lang] }});\n",
        encoding="utf-8",
    )
    button = static / "copybutton.js"
    source = button.read_text(encoding="utf-8")
    if "const messages = {\n" not in source:
        raise ExtensionError(f"{button}: expected its table of words, sphinx-copybutton changed it")
    line = f"const messages = {{\n  'ko': {json.dumps(KOREAN_COPY_BUTTON, ensure_ascii=False)},\n"
    button.write_text(source.replace("const messages = {\n", line, 1), encoding="utf-8")


def setup(app):
    app.add_js_file(SCRIPT_WORDS)  # after doctools.js, before anything is asked
    app.connect("build-finished", write_script_words)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""Spelling by hunspell; the glossary's words, and a short list beside it, are its own dictionary.

hunspell and its dictionaries come from the system's packages: its Korean dictionary is on no
Python index. `python -m tests.spelling.check` installs them where it may.
"""

import os
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from book.course import ROOT
from book.notebooks.glossary import load_glossary
from book.notebooks.references import load_references
from book.packages import get_hint, install
from book.site.endings import ENDING

DICTIONARIES = {"ko": "ko", "en": "en_GB"}
WORD = {
    # what is glued to code, to a number or to Latin letters is an ending, no word
    "ko": re.compile(r"(?<![\w)])[가-힣]+"),
    "en": re.compile(r"(?<![\w-])[A-Za-z]+(?:[’'](?!s\b)[a-z]+)?(?![\w-])"),
}
NOT_WORDS = re.compile(
    r"^```.*?^```|\]\([^)\n]*\)|<!--.*?-->|https?://\S+|\{[^}\n]*\}", re.MULTILINE | re.DOTALL
)
CODE = re.compile(r"`[^`\n]*`|<code>.*?</code>|\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
IZE = re.compile("iz(?=(e[drs]?|ers|ing|ations?|able)$)")
# suffixes that the Korean dictionary does not join to every noun
SUFFIX = re.compile(rf"(?:씩|쯤|뿐|짜리|마다|끼리|만|꼴|째)(?:{ENDING})?$")


def find_hunspell() -> str | None:
    """Return hunspell's path where both its dictionaries are installed."""
    tool = shutil.which("hunspell")
    if tool is None:
        return None
    listing = subprocess.run([tool, "-D"], input="", capture_output=True, encoding="utf-8").stderr
    names = {Path(line).stem for line in listing.split()}
    return tool if set(DICTIONARIES.values()) <= names else None


def list_missing() -> list[str]:
    """List what the tests of spelling want and this machine lacks."""
    return [] if find_hunspell() else ["hunspell"]


def list_words(text: str, language: str) -> set[str]:
    """List the words of a Markdown text, code, formulas and addresses left out."""
    shown = CODE.sub("0", NOT_WORDS.sub(" ", text)).replace("*", "")
    return set(WORD[language].findall(re.sub(r"</?[a-zA-Z][^>]*>", " ", shown)))


@cache
def list_own(language: str) -> frozenset[str]:
    """List the words that are right though no dictionary has them."""
    own = (ROOT / "tests" / "spelling" / f"{language}.txt").read_text(encoding="utf-8").split()
    texts = []
    for term in load_glossary():
        texts += [term["ko"], term["en"], *term.get("forms", []), *term.get("not", [])]
        texts += [word for words in term.get("also", {}).values() for word in words]
    for entry in load_references().entries.values():
        texts += [str(person) for person in entry.persons.get("author", ())]
        texts += [entry.fields.get(name, "") for name in ("title", "cited-ko", "cited-en")]
    pattern = {"ko": "[가-힣]+", "en": "[A-Za-z]+"}[language]
    return frozenset([*own, *re.findall(pattern, "\n".join(texts))])


def find_misspelt(words: set[str], language: str) -> list[str]:
    """Find the words that hunspell does not know, and that are not the course's own."""
    with tempfile.NamedTemporaryFile("w", suffix=".dic", encoding="utf-8") as own:
        own.write("\n".join(map(lend_endings if language == "ko" else str, list_own(language))))
        own.flush()
        command = [find_hunspell(), "-d", DICTIONARIES[language], "-p", own.name, "-l"]
        known = words | {strip(word, language) for word in words}
        lines = "\n".join(sorted(known)).replace("’", "'")
        result = subprocess.run(
            command,
            input=lines,
            env={**os.environ, "LC_ALL": "C.UTF-8"},  # what it takes its own words to be in
            capture_output=True,
            check=True,
            encoding="utf-8",
        )
    unknown = set(result.stdout.split())
    return sorted(
        word
        for word in words
        if word.replace("’", "'") in unknown and strip(word, language) in unknown | {word}
    )


def strip(word: str, language: str) -> str:
    """What of a word has to be known: without a suffix; -ise for -ize, which some GB lists lack."""
    if language == "ko":
        return SUFFIX.sub("", word)
    return IZE.sub("is", word)


def lend_endings(word: str) -> str:
    """Let a noun take the endings of one that ends likewise: 컴퓨터 in a vowel, 사람 in none."""
    has_final = (ord(word[-1]) - ord("가")) % 28
    return f"{word}/{'사람' if has_final else '컴퓨터'}"


def install_missing() -> None:
    """Install hunspell and its dictionaries, or say in one line what to install."""
    if install(list_missing):
        print(f"The spelling will not be tested without hunspell: {get_hint('hunspell')}")


if __name__ == "__main__":
    install_missing()

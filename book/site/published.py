"""Ask the published site whether it is the book that was tested.

    python -m book.site.published [URL [COMMIT]]

Without them: the site's own address, and the commit that is checked out.

Every page must answer and carry the commit, and the search must know a word of each language.
Exit code 1, and a line for each thing that is not so. Needs Python's standard library alone.
"""

import json
import re
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from book.course import ROOT, derive_address, list_paths
from book.repository import find_repository

COMMIT = re.compile(r'<meta name="commit" content="([0-9a-f]*)"')  # publishing.py writes it
TERMS = {"ko": "신경망", "en": "kernel"}
TRIES, PAUSE = 3, 10  # seconds: a line that is down for a moment is no news


def read_address(root: Path = ROOT) -> str:
    """Read the site's address off _config.yml, or derive it; "" where no repository is known."""
    config = (root / "_config.yml").read_text(encoding="utf-8")
    own = re.search(r'^  baseurl: "?(http[^"\s]*)', config, re.M)
    repository, _ = find_repository(root)
    return own[1] if own else repository and derive_address(repository)


def list_pages() -> list[str]:
    """List the paths of the book's pages: the landing page, and every notebook's."""
    return ["", *(f"{path}.html" for path in list_paths())]


def fetch(url: str, tries: int = TRIES, pause: float = PAUSE) -> tuple[str, str | None]:
    """Return the text at an address and None, or "" and what the site said instead."""
    for left in reversed(range(tries)):
        try:
            with urlopen(url, timeout=30) as answer:
                return answer.read().decode(), None
        except OSError as error:  # HTTPError is one, as are all that the line can do
            problem = f"HTTP {error.code}" if isinstance(error, HTTPError) else str(error)
            if left and problem != "HTTP 404":
                time.sleep(pause)
    return "", problem


def find_page_problems(url: str, pages: list[str], commit: str, **patience) -> list[str]:
    """Say which pages do not answer, and which commits the others carry, if not this one."""
    problems, carried = [], defaultdict(list)
    for page in pages:
        text, problem = fetch(url + page, **patience)
        if problem:
            problems.append(f"{url}{page}: expected a page, got {problem}")
        else:
            found = COMMIT.search(text)
            carried[found[1] if found else "none"].append(page)
    for other in sorted(set(carried) - {commit}):
        first, count = url + carried[other][0], len(carried[other])
        where = f"{first} and {count - 1} more" if count > 1 else first
        problems.append(f"{where}: expected commit {commit}, got {other}")
    return problems


def find_search_problems(url: str, **patience) -> list[str]:
    """Say which search page does not answer, and which word the index does not know."""
    problems = []
    index, problem = fetch(f"{url}searchindex.js", **patience)
    if problem:
        problems.append(f"{url}searchindex.js: expected the search index, got {problem}")
    else:
        terms = read_terms(index)
        problems += [
            f"{url}searchindex.js: expected the term {term}, got {len(terms)} others"
            for term in TERMS.values()
            if term not in terms
        ]
    for language in TERMS:
        page = f"{url}chapters/{language}/search.html"
        text, problem = fetch(page, **patience)
        if problem or "searchindex.js" not in text:
            problems.append(
                f"{page}: expected the search page, got {problem or 'one without an index'}"
            )
    return problems


def read_terms(index: str) -> set[str]:
    """Read the terms off searchindex.js, as search_file.py's write_end() wrote them."""
    found = re.search(r"\{.*\}", index, re.S)
    try:
        names = json.loads(found[0])["terms"][0] if found else ""
    except (ValueError, KeyError):
        return set()
    terms = [""]
    for shared, rest in re.findall("([A-Z])([^A-Z]*)", names):
        terms.append(terms[-1][: ord(shared) - ord("A")] + rest)
    return set(terms[1:])


def main(url: str = "", commit: str = "") -> int:
    url = (url or read_address() or sys.exit("expected URL, got none")).rstrip("/") + "/"
    if not commit:
        asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, stdout=subprocess.PIPE)
        commit = asked.stdout.decode().strip()
    pages = list_pages()
    problems = find_page_problems(url, pages, commit) + find_search_problems(url)
    print("\n".join(problems or [f"{url}: {len(pages)} pages of commit {commit}, and the search"]))
    return bool(problems)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a code page lacks signs such as –
    sys.exit(main(*sys.argv[1:]))

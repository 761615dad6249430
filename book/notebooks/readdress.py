"""Set the repository's address in _config.yml and in all that is derived of it.

Needs Python's standard library alone: the workflow that does it for the branch `course` holds a
token, and lets no installed package near it.
"""

import re
from pathlib import Path

from book.course import LANGUAGES, ROOT, get_repository_url
from book.notebooks.front_pages import READMES, readdress_badges
from book.repository import check_address, readdress


def set_repository(url: str, root: Path = ROOT) -> None:
    """Set the address in _config.yml, in the notebooks' set-up cells and in the READMEs' badges.

    Raises:
        ValueError: an address that Colab cannot open.
    """
    url, old = check_address(url), get_repository_url(root)
    config = root / "_config.yml"
    rewrite(
        config, re.sub(r'^  url: "?[^"\s]*"?', f"  url: {url}", read(config), count=1, flags=re.M)
    )
    for language in LANGUAGES:
        for path in sorted((root / "chapters" / language).glob("*.ipynb")):
            rewrite(path, readdress(read(path), old, url))
    for name in READMES:
        rewrite(root / name, readdress_badges(read(root / name), url))


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def rewrite(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")

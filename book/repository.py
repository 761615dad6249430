"""Which repository this book is in: asked of whoever knows, so that a fork changes no file.

`main` names none. The workflow that publishes has GITHUB_REPOSITORY, a clone has its remote, and
`make repository URL=…` writes an address into _config.yml, which stands above both. Where none is
known, no page, notebook or badge leads anywhere. Needs Python's standard library alone.
"""

import json
import os
import re
import subprocess
from pathlib import Path

from book.course import COURSE, ROOT, get_repository_url

FORM = "https://github.com/OWNER/NAME"
NAMES = r"[A-Za-z0-9][\w-]*/(?!\.{1,2}$)[\w.-]+"
URL = re.compile(rf"https://github\.com/{NAMES}", re.ASCII)
# what stands before owner and name in git's addresses of GitHub; a user, or a token, is passed over
REMOTE = re.compile(
    r"(?:(?:https?|ssh|git|git\+ssh|ssh\+git)://(?:[^/\s]*@)?(?:www\.|ssh\.)?github\.com(?::\d*)?/+"
    rf"|(?:[^/\s:]*@)?(?:ssh\.)?github\.com:/*)({NAMES})",
    re.ASCII | re.IGNORECASE,
)


def find_repository(root: Path = ROOT) -> tuple[str, str]:
    """Find the repository's address and who says so; two empty strings where nobody does."""
    if url := get_repository_url(root):
        return url, "_config.yml"
    if names := os.environ.get("GITHUB_REPOSITORY"):
        return f"https://github.com/{names}", "GITHUB_REPOSITORY"
    if url := read_remote(ask_origin(root)):
        return url, "git's remote origin"
    return "", ""


def ask_origin(root: Path) -> str:
    """Ask git for the address of `origin`; "" without one, without git, or below a repository."""
    above = {**os.environ, "GIT_CEILING_DIRECTORIES": str(root.resolve().parent)}
    command = ["git", "-C", str(root), "remote", "get-url", "origin"]
    try:
        asked = subprocess.run(command, env=above, capture_output=True, encoding="utf-8")
    except OSError:
        return ""
    return asked.stdout.strip()


def read_remote(address: str) -> str:
    """Read a repository's address on the web off git's; "" for another host's, or a path.

    >>> read_remote("https://user:token@github.com/someone/a-fork.git")
    'https://github.com/someone/a-fork'
    """
    found = REMOTE.fullmatch(address.rstrip("/").removesuffix(".git"))
    return f"https://github.com/{found[1]}" if found else ""


def write_requirement(url: str) -> str:
    """Write what a set-up cell lets pip install: the branch `course`, or the clone it lies in."""
    return f"lenet-course @ git+{url}@{COURSE}" if url else "../.."


def readdress(notebook: str, old: str, new: str) -> str:
    """Let the set-up cell, a notebook's first, install from another repository.

    Args:
        notebook: the text of the file.
        old, new: the repositories' addresses, "" for none.
    """
    old, new = (json.dumps(f'"{write_requirement(url)}"')[1:-1] for url in (old, new))
    return notebook.replace(old, new, 1)


def check_address(url: str) -> str:
    """Return an address as it is written down, without .git.

    Raises:
        ValueError: an address that Colab cannot open.
    """
    plain = url.rstrip("/").removesuffix(".git")
    if not URL.fullmatch(plain):
        shown = re.sub("//.*@", "//…@", url)  # a token is nobody's to read
        raise ValueError(f"expected {FORM}, the form Colab opens, got {shown!r}")
    return plain

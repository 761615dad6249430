"""Bring the branch `course`, which Colab opens and installs, to the commit that was tested.

    python3 -m book.course_branch OWNER/NAME    # by publish.yml, in a checkout with its history

What it adds to the tested commit is the repository's own address: in the notebooks' set-up cells,
in the READMEs' badges, in _config.yml. So `main` names no repository, and a fork changes no file.
The new commit's parents are the tested commit and what `course` was: the branch moves forwards
alone. Needs Python's standard library and git alone.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from book.course import COURSE, ROOT
from book.notebooks.readdress import set_repository

AUTHOR = ["-c", "user.name=github-actions[bot]"]
AUTHOR += ["-c", "user.email=41898282+github-actions[bot]@users.noreply.github.com"]


def run_git(*arguments: str, root: Path | str) -> str:
    """Return what git says."""
    command = ["git", "-C", str(root), *AUTHOR, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    return done.stdout.strip()


def push_course(names: str, root: Path = ROOT) -> None:
    """Commit the checkout with this repository's address, and push it to `course`.

    Args:
        names: OWNER/NAME.
        root: a checkout of the tested commit, whose `origin` may be pushed to.

    Raises:
        SystemExit: `course` is beyond the tested commit already.
    """
    tested = run_git("rev-parse", "HEAD", root=root)
    before = run_git("ls-remote", "origin", f"refs/heads/{COURSE}", root=root).split("\t")[0]
    if before:
        run_git("fetch", "--quiet", "origin", f"refs/heads/{COURSE}", root=root)
        line = run_git("rev-list", before, root=root).split()
        latest = run_git("rev-list", "--first-parent", "--max-count=2", before, root=root).split()
        if tested in line and tested not in latest:
            sys.exit(f"expected a commit that {COURSE} is not beyond, got {tested}: overtaken")
    with tempfile.TemporaryDirectory() as folder:  # the checkout itself stays as it is
        run_git("worktree", "add", "--quiet", "--detach", folder, tested, root=root)
        set_repository(f"https://github.com/{names}", Path(folder))
        run_git("add", "--update", root=folder)
        tree = run_git("write-tree", root=folder)
        run_git("worktree", "remove", "--force", folder, root=root)
    parents = [word for parent in (tested, before) if parent for word in ("-p", parent)]
    commit = run_git("commit-tree", tree, *parents, "-m", f"{tested} for {names}", root=root)
    run_git("push", "--quiet", "origin", f"{commit}:refs/heads/{COURSE}", root=root)
    print(f"{COURSE}: {commit}, of {tested} and the address of {names}")


if __name__ == "__main__":
    push_course(*sys.argv[1:])

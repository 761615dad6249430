"""A fork needs no set-up: who names the repository, and from `main` to an installed package."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest

from book.course import LANGUAGES, ROOT, get_repository_url, list_slugs
from book.course_branch import AUTHOR
from book.repository import check_address, find_repository, read_remote
from book.site.address import BUTTONS, set_address

FORK = "https://github.com/someone/a-fork"
TOKEN = "ghp_0123456789"
GITHUBS = """
https://github.com/someone/a-fork http://github.com/someone/a-fork.git
HTTPS://GitHub.com/someone/a-fork/ https://www.github.com/someone/a-fork.git/
https://TOKEN@github.com/someone/a-fork.git https://user:TOKEN@github.com:443/someone/a-fork
git@github.com:someone/a-fork.git git@github.com:/someone/a-fork github.com:someone/a-fork
ssh://git@github.com/someone/a-fork.git ssh://git@github.com:22/someone/a-fork
ssh://git@ssh.github.com:443/someone/a-fork.git git+ssh://git@github.com/someone/a-fork
org-1@github.com:someone/a-fork.git git://github.com/someone/a-fork.git
""".replace("TOKEN", TOKEN).split()
OTHERS = """
/srv/git/a-fork.git ../a-fork file:///srv/github.com/someone/a-fork github.com/someone/a-fork
https://gitlab.com/someone/a-fork git@gitlab.com:someone/a-fork.git https://github.com/someone
https://github.com.evil.org/someone/a-fork https://evil.org/github.com/someone/a-fork
https://github.com@evil.org/someone/a-fork git@evil.org:x@github.com:someone/a-fork
https://notgithub.com/someone/a-fork git@notgithub.com:someone/a-fork
https://gist.github.com/someone/a-fork https://github.com/someone/a-fork/tree/main
https://github.com/someone/.. https://github.com/your.name/a-fork
""".split()


def git(folder, *arguments):
    command = ["git", "-C", folder, *AUTHOR, *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout.strip()


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone of a book that names no repository, in a folder of its own."""
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    git(tmp_path, "init", "--quiet")
    (tmp_path / "_config.yml").write_text('repository:\n  url: ""\n', encoding="utf-8")
    return tmp_path


def test_an_address_of_github_is_read_in_all_of_git_s_forms_and_no_other_host_s():
    assert {read_remote(address) for address in GITHUBS} == {FORK}
    assert {read_remote(address) for address in ["", *OTHERS]} == {""}
    assert read_remote("git@github.com:a/a.github.io.git") == "https://github.com/a/a.github.io"


def test_the_config_stands_above_the_workflow_and_both_above_git_s_remote(clone, monkeypatch):
    assert find_repository(clone) == ("", "")
    git(clone, "remote", "add", "origin", f"https://{TOKEN}@github.com/someone/a-fork.git")
    assert find_repository(clone) == (FORK, "git's remote origin")
    monkeypatch.setenv("GITHUB_REPOSITORY", "some/workflow")
    assert find_repository(clone) == ("https://github.com/some/workflow", "GITHUB_REPOSITORY")
    (clone / "_config.yml").write_text(
        "repository:\n  url: https://github.com/a/b\n", encoding="utf-8"
    )
    assert find_repository(clone) == ("https://github.com/a/b", "_config.yml")


def test_a_book_inside_another_repository_or_without_git_is_in_none(clone, monkeypatch):
    git(clone, "remote", "add", "origin", FORK)
    inside = clone / "inside"
    inside.mkdir()
    shutil.copy(clone / "_config.yml", inside)
    assert find_repository(inside) == ("", "")
    monkeypatch.setenv("PATH", "")
    assert find_repository(clone) == ("", "")


def test_a_token_in_a_refused_address_is_not_shown():
    with pytest.raises(ValueError, match=r"got 'https://…@gitlab\.com/a/b'"):
        check_address(f"https://user:{TOKEN}@gitlab.com/a/b")


@pytest.mark.parametrize(
    ("base", "pages", "repository", "site"),
    [
        ("", "", "someone/a-fork", "https://someone.github.io/a-fork/"),
        ("", "", "Someone/someone.github.io", "https://someone.github.io/"),
        ("", "https://book.org", "someone/a-fork", "https://book.org/"),
        ("https://upstream.org", "https://book.org", "someone/a-fork", "https://book.org/"),
        ("https://a.org/b", "", "", "https://a.org/b/"),
        ("", "", "", ""),
    ],
)
def test_the_site_is_where_pages_says_or_the_config_or_where_github_would_put_it(
    clone, monkeypatch, base, pages, repository, site
):
    monkeypatch.setenv("SITE_ADDRESS", pages)
    monkeypatch.setenv("GITHUB_REPOSITORY", repository)
    options = {"launch_buttons": {"colab_url": "https://colab.research.google.com"}}
    config = SimpleNamespace(html_baseurl=base, html_theme_options=options)
    set_address(SimpleNamespace(srcdir=clone), config)
    assert config.html_baseurl == site
    assert [options[name] for name in BUTTONS] == [bool(repository)] * 3
    assert bool(options["launch_buttons"]) == bool(repository)


def read_branch(folder, branch, path):
    return git(folder, "show", f"{branch}:{path}")


def push_course(work, commit="main"):
    """Do in a clone what publish.yml does, with Python's standard library alone (-S)."""
    git(work, "checkout", "--quiet", commit)
    command = [sys.executable, "-S", "-m", "book.course_branch", "someone/a-fork"]
    return subprocess.run(command, cwd=work, capture_output=True, encoding="utf-8")


@pytest.fixture(scope="module")
def fork(tmp_path_factory):
    """A bare repository that stands in for a fork's remote, and a clone that pushed its course."""
    folder = tmp_path_factory.mktemp("fork")
    work, bare = folder / "work", folder / "a-fork.git"
    shutil.copytree(ROOT / "book", work / "book", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "lenet_course", work / "lenet_course")
    for name in ("pyproject.toml", "README.md", "README.ko.md", "_config.yml"):
        shutil.copy(ROOT / name, work)
    for language in LANGUAGES:
        (work / "chapters" / language).mkdir(parents=True)
        path = f"chapters/{language}/{list_slugs()[0]}.ipynb"
        shutil.copy(ROOT / path, work / path)
    git(folder, "init", "--quiet", "--bare", bare)
    git(work, "init", "--quiet", "--initial-branch=main")
    git(work, "remote", "add", "origin", bare)
    git(work, "add", ".")
    git(work, "commit", "--quiet", "--message=main")
    git(work, "push", "--quiet", "origin", "main")
    done = push_course(work)
    assert done.returncode == 0, done.stderr
    return SimpleNamespace(work=work, bare=bare, pushed=git(bare, "rev-parse", "course"))


def test_the_course_names_the_fork_and_main_names_what_it_did(fork):
    changed = git(fork.bare, "diff", "--name-only", "main", "course").split("\n")
    notebooks = [f"chapters/{language}/{list_slugs()[0]}.ipynb" for language in ("en", "ko")]
    assert changed == ["README.ko.md", "README.md", "_config.yml", *notebooks]
    diff = git(fork.bare, "diff", "--unified=0", "main", "course")
    added = re.findall(r"^\+(?!\+\+)(.*)", diff, re.M)
    assert added and all("someone/a-fork" in line for line in added)
    assert len(re.findall("^-(?!--)", diff, re.M)) == len(added)
    assert (
        read_branch(fork.bare, "main", "_config.yml")
        == (ROOT / "_config.yml").read_text(encoding="utf-8").strip()
    )
    for language in LANGUAGES:
        badges = f"com/github/someone/a-fork/blob/course/chapters/{language}/"
        assert read_branch(fork.bare, "course", "README.md").count(badges) == len(list_slugs())
    assert git(fork.work, "status", "--porcelain", "--untracked-files=no") == ""
    tested = git(fork.bare, "rev-parse", "main")
    assert git(fork.bare, "rev-parse", "course^") == tested  # published.yml asks the site for it


def test_a_notebook_of_the_fork_s_course_installs_the_package_from_there(fork, tmp_path):
    text = read_branch(fork.bare, "course", f"chapters/ko/{list_slugs()[0]}.ipynb")
    setup = nbformat.reads(text, as_version=4).cells[0].source
    (line,) = re.findall(r"%pip (install .*)", setup)
    environment = {  # the address leads to the bare repository, pip asks no registry
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{fork.bare.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": FORK,
        "PATH": os.environ["PATH"],
        "PIP_CONFIG_FILE": os.devnull,
    }
    flags = ["--no-deps", "--no-index", "--no-build-isolation", f"--target={tmp_path}"]
    command = [sys.executable, "-m", "pip", *shlex.split(line), *flags]
    subprocess.run(command, check=True, env=environment)
    assert (tmp_path / "lenet_course/assets/digits.npz").exists()
    (source,) = tmp_path.glob("*.dist-info/direct_url.json")
    installed = json.loads(source.read_text(encoding="utf-8"))
    assert installed["url"] == FORK
    assert installed["vcs_info"]["commit_id"] == fork.pushed
    assert installed["vcs_info"]["requested_revision"] == "course"


def test_the_course_moves_forwards_alone(fork):
    work, bare = fork.work, fork.bare
    (work / "later.txt").write_text("later", encoding="utf-8")
    git(work, "add", "later.txt")
    git(work, "commit", "--quiet", "--message=later")
    git(work, "push", "--quiet", "origin", "main")
    for _ in range(2):  # the same run once more is no harm
        before = git(bare, "rev-parse", "course")
        assert push_course(work).returncode == 0
        assert git(bare, "rev-parse", "course^1") == git(bare, "rev-parse", "main")
        assert git(bare, "rev-parse", "course^2") == before
    overtaken = push_course(work, "main~1")
    assert overtaken.returncode == 1 and overtaken.stderr.rstrip().endswith("overtaken")
    assert git(bare, "rev-parse", "course^1") == git(bare, "rev-parse", "main")


def test_the_committed_book_names_no_owner_who_is_not_there():
    for name in ("README.md", "README.ko.md"):
        badges = (ROOT / name).read_text(encoding="utf-8").count("/blob/course/")
        assert badges == (2 * len(list_slugs()) if get_repository_url() else 0)

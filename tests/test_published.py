"""The look at the published site: the right commit passes, each fault is one clear line."""

import io
import subprocess
import sys

import pytest
import yaml

from bench.serve import serve
from book.course import LANGUAGES, ROOT, get_repository_url
from book.site.published import (
    TERMS,
    fetch,
    find_page_problems,
    find_search_problems,
    list_pages,
    main,
    read_address,
)

COMMIT, OTHER = "a" * 40, "b" * 40
INDEX = 'Search.setIndex(spreadIndex({"terms":["AkernelA신경C망","1\\n2\\n2"]}))'


def write_page(folder, page, commit):
    path = folder / (page or "index.html")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'<head>\n<meta name="commit" content="{commit}" />\n</head>', encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    """A site as the book's extension writes it, of COMMIT."""
    for page in list_pages():
        write_page(tmp_path, page, COMMIT)
    for language in LANGUAGES:
        path = tmp_path / f"chapters/{language}/search.html"
        path.write_text('<script src="../../searchindex.js"></script>', encoding="utf-8")
    (tmp_path / "searchindex.js").write_text(INDEX, encoding="utf-8")
    return tmp_path


def look(url, commit=COMMIT):
    """Look as the workflow does, with Python's standard library alone (-S: no site-packages)."""
    command = [sys.executable, "-S", "-m", "book.site.published", url, commit]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.stderr == ""
    return done.returncode, done.stdout.replace(url, "URL/").splitlines()


def test_the_tested_commit_passes(folder):
    with serve(folder) as url:
        code, (line,) = look(url)
    assert code == 0
    assert line == f"URL/: {len(list_pages())} pages of commit {COMMIT}, and the search"


def test_each_fault_is_one_line(folder):
    pages = list_pages()
    write_page(folder, pages[3], OTHER)
    (folder / pages[5]).unlink()
    (folder / pages[7]).write_text("<head></head>", encoding="utf-8")
    (folder / "searchindex.js").write_text(INDEX.replace("C망", ""), encoding="utf-8")
    (folder / "chapters/en/search.html").unlink()
    with serve(folder) as url:
        code, lines = look(url)
    assert code == 1
    assert lines == [
        f"URL/{pages[5]}: expected a page, got HTTP 404",
        f"URL/{pages[3]}: expected commit {COMMIT}, got {OTHER}",
        f"URL/{pages[7]}: expected commit {COMMIT}, got none",
        "URL/searchindex.js: expected the term 신경망, got 2 others",
        "URL/chapters/en/search.html: expected the search page, got HTTP 404",
    ]


def test_a_site_that_was_not_deployed_is_one_line(folder):
    with serve(folder) as url:
        code, lines = look(url, OTHER)
    more = len(list_pages()) - 1
    assert (code, lines) == (1, [f"URL/ and {more} more: expected commit {OTHER}, got {COMMIT}"])


@pytest.mark.parametrize("index", ["", "Search.setIndex({})", "Search.setIndex(spreadIndex({"])
def test_an_empty_or_broken_index_knows_no_term(folder, index):
    (folder / "searchindex.js").write_text(index, encoding="utf-8")
    with serve(folder) as url:
        assert find_search_problems(url) == [
            f"{url}searchindex.js: expected the term {term}, got 0 others"
            for term in TERMS.values()
        ]


def test_a_site_that_is_down_is_asked_again_and_then_told(folder):
    with serve(folder) as url:
        pass
    text, problem = fetch(url, tries=3, pause=0)
    assert text == "" and "refused" in problem
    (line,) = find_page_problems(url, [""], COMMIT, tries=1)
    assert line.startswith(f"{url}: expected a page, got ")
    assert len(find_search_problems(url, tries=1)) == 3


def test_a_line_that_is_down_for_a_moment_is_no_news(monkeypatch):
    answers = iter([OSError(), OSError(), io.BytesIO(b"text")])

    def ask(*_, **__):
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    monkeypatch.setattr("book.site.published.urlopen", ask)
    assert fetch("", tries=3, pause=0) == ("text", None)


def test_the_built_book_answers_as_the_look_expects(html):
    with serve(html) as url:
        assert find_search_problems(url) == []
        assert not any(
            "expected a page" in line for line in find_page_problems(url, list_pages(), "")
        )


def test_the_address_is_the_book_s_own(tmp_path, monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    text = 'repository:\n  url: "{}"\nhtml:\n  baseurl: "{}"\n'
    for repository, base, address in (
        ("https://github.com/O/name", "", "https://o.github.io/name/"),
        ("https://github.com/O/o.github.io", "", "https://o.github.io/"),
        ("https://github.com/O/name", "https://a.org/b/", "https://a.org/b/"),
        ("", "", ""),
    ):
        (tmp_path / "_config.yml").write_text(text.format(repository, base), encoding="utf-8")
        assert read_address(tmp_path) == address
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert config["html"]["baseurl"] == ""
    assert config["repository"]["url"] == get_repository_url()


def test_a_book_of_no_repository_is_asked_for_nothing(monkeypatch):
    monkeypatch.setattr("book.site.published.read_address", lambda: "")
    with pytest.raises(SystemExit, match="expected URL, got none"):
        main()

"""`make live`: what is saved arrives in its page, and so does what is wrong with it."""

import json
import os
import re
import shutil
from unittest import mock

import nbformat
import pytest
from sphinx.util.docutils import docutils_namespace, patch_docutils

from book import live
from book.course import LANGUAGES, ROOT
from book.live import CHAPTER, LiveBook, list_times
from book.notebooks.build import build_notebook, build_tables
from book.notebooks.front_pages import derive_toc

SLUG = "01_short"
SOURCE = """+++ {"lang": "ko", "id": "title"}

# 짧은 장

처음 문장입니다.

합을 셉니다.

+++ {"lang": "en", "id": "title"}

# A short chapter

The first sentence.

A sum.

```{code-cell}
:id: sum

1 + 1
```
"""
GLOSSARY = f"""
- id: sum
  ko: 합
  en: sum
  where: [{SLUG}/title]
  text: {{ko: 더한 수입니다., en: What numbers add up to.}}
"""


def execute(notebook):
    """Stands in for a kernel, which takes seconds to start."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = 1
            text = nbformat.v4.new_output("stream", text=f"ran {cell.source}")
            cell.outputs = [text] if cell.id == "sum" else []


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A book of one chapter, built."""
    root = tmp_path_factory.mktemp("live")
    (root / "chapters/src").mkdir(parents=True)
    (root / "chapters/src" / f"{SLUG}.md").write_text(SOURCE, encoding="utf-8")
    (root / "chapters/src/glossary.yml").write_text(GLOSSARY, encoding="utf-8")
    lists = [f"0. [short](chapters/{language}/{SLUG})\n" for language in LANGUAGES]
    (root / "index.md").write_text("\n".join(["# Book\n", *lists]), encoding="utf-8")
    shutil.copy(ROOT / "_config.yml", root)
    (root / "book").symlink_to(ROOT / "book")
    with pytest.MonkeyPatch.context() as patch, patch_docutils(None), docutils_namespace():
        patch.setattr("book.notebooks.build.execute_notebook", execute)
        for language in LANGUAGES:
            build_notebook(SLUG, language, chapters=root / "chapters")
        build_tables(root / "chapters")
        toc = derive_toc("", root / "chapters").splitlines()
        toc = [line for line in toc if not line.endswith("references")]
        (root / "_toc.yml").write_text("\n".join(toc), encoding="utf-8")
        book = LiveBook(root, root / "_build/live/html")
        assert book.update([SLUG]) == ""
        yield book


def save(book, old="", new=""):
    """Save the source, once edited, and update the book; return what is wrong with it."""
    path = book.root / "chapters/src" / f"{SLUG}.md"
    before = list_times(book.root, CHAPTER)
    assert old in SOURCE
    path.write_text(SOURCE.replace(old, new), encoding="utf-8")
    assert list_times(book.root, CHAPTER) != before
    return book.update([SLUG])


def read_page(book, language="en"):
    return (book.folder / f"chapters/{language}/{SLUG}.html").read_text(encoding="utf-8")


def read_status(book):
    return json.loads((book.folder / "_static/live.json").read_text(encoding="utf-8"))


def test_a_changed_sentence_arrives_in_its_page_alone_and_the_page_is_told(book):
    before, english = read_status(book)["built"], read_page(book)
    assert save(book, "처음 문장", "새 문장") == ""
    assert "새 문장입니다." in read_page(book, "ko") and "처음 문장" not in read_page(book, "ko")
    assert read_status(book)["built"] > before and read_page(book) == english
    assert "live.json" in (book.folder / "_static/pages.js").read_text(encoding="utf-8")  # asks


def test_a_changed_definition_arrives_in_the_chapters_too(book):
    assert "<p>What numbers add up to.</p>" in read_page(book)
    path = book.root / "chapters/src/glossary.yml"
    path.write_text(GLOSSARY.replace("What numbers add", "What it adds"), encoding="utf-8")
    assert book.update([SLUG]) == ""
    assert "<p>What it adds up to.</p>" in read_page(book)


def test_a_cell_whose_code_changed_is_executed_in_both_languages(book):
    assert save(book, "1 + 1", "2 + 2") == ""
    assert all("ran 2 + 2" in read_page(book, language) for language in LANGUAGES)
    new = "1 + 1\n```\n\n```{code-cell}\n:id: more\n\nsum([3, 4])\n"
    assert save(book, "1 + 1\n", new) == "" and "[3, 4]" in re.sub("<[^>]*>", "", read_page(book))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('+++ {"lang": "en"', '+++ {"lang": "fr"', "title: the Korean cell has no English twin"),
        ("The first", r"The $\frac{1}{$ first", r"expected a formula in LaTeX, got '\\frac{1}{'"),
        ("The first", "The [first](none.ipynb)", "cross-reference target not found: 'none.ipynb'"),
    ],
)
def test_what_is_wrong_with_a_source_is_told_until_a_save_mends_it(book, old, new, said):
    assert said in save(book, old, new)
    assert said in read_status(book)["said"]
    assert save(book) == "" == read_status(book)["said"]
    assert "The first sentence." in read_page(book)


@pytest.mark.parametrize(
    ("file", "updates"), [(f"chapters/src/{SLUG}.md", [[SLUG], [SLUG]]), ("_config.yml", [[SLUG]])]
)
def test_what_is_saved_during_the_first_build_is_built_too(tmp_path, monkeypatch, file, updates):
    source, config = tmp_path / f"chapters/src/{SLUG}.md", tmp_path / "_config.yml"
    source.parent.mkdir(parents=True)
    for path in (source, config):
        path.touch()
    done, waits = [], iter(range(20))

    class Book:
        def __init__(self, *given):
            pass

        def update(self, slugs):
            done.append(slugs)
            os.utime(tmp_path / file if len(done) == 1 else config, (0, 0))

    monkeypatch.setattr(live, "LiveBook", Book)
    for name in ("ThreadingHTTPServer", "webbrowser", "patch_docutils", "docutils_namespace"):
        monkeypatch.setattr(live, name, mock.MagicMock())
    monkeypatch.setattr(live.os, "execv", lambda *_: None)
    monkeypatch.setattr(live.time, "sleep", lambda _: next(waits))  # and ends, in the end
    live.main(tmp_path)
    assert done == updates


def test_this_machine_alone_is_served(monkeypatch):
    def refuse(address, _):
        raise OSError(f"in use: {address}")

    monkeypatch.setattr("book.live.ThreadingHTTPServer", refuse)
    with pytest.raises(OSError, match=r"'127\.0\.0\.1'"):
        live.main()

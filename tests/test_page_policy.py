"""The Content-Security-Policy of every built page."""

import re

from book.site.policy import make_policy


def list_pages(html):
    """Every page; _static holds two of the themes' templates, which are none."""
    return [path for path in html.rglob("*.html") if "_static" not in path.parts]


def test_every_page_has_its_policy_before_its_first_script(html):
    for path in list_pages(html):
        page = path.read_text(encoding="utf-8")
        head = page.index("Content-Security-Policy")
        assert head < (page + "<script").index("<script"), path
        (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
        assert policy == make_policy(page), path


def test_the_policy_is_strict(html):
    (policy,) = re.findall(
        r'Content-Security-Policy" content="([^"]*)"',
        (html / "index.html").read_text(encoding="utf-8"),
    )
    rules = {words.split()[0]: words.split()[1:] for words in policy.split("; ")}
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"][:2] == ["'self'", "'wasm-unsafe-eval'"]  # for book/run
    assert all(source.startswith("'sha256-") for source in rules["script-src"][2:])
    assert rules["worker-src"] == ["blob:"]
    assert not re.search(r"'unsafe-eval|\*|https?:", policy)
    assert "'unsafe-inline'" not in rules["script-src"]


def test_no_page_has_code_in_an_attribute(html):
    for path in list_pages(html):
        page = re.sub(r"(?s)<(pre|script)\b.*?</\1>", "", path.read_text(encoding="utf-8"))
        assert re.findall(r"<[^>]*\son[a-z]+=\"[^>]*>", page) == [], path
        assert "javascript:" not in page, path


def test_another_script_gives_another_policy():
    assert make_policy("<script>a</script>") != make_policy("<script>b</script>")
    assert make_policy('<script src="a.js"></script>') == make_policy("")

"""What was read is kept in the reader's own browser: marks and a way back on the landing page."""

import json

import pytest

from book.course import list_slugs

FIRST, SECOND, LAST = list_slugs()[0], list_slugs()[1], list_slugs()[-1]
BEGIN = {"ko": "0장부터 읽기", "en": "Start with chapter 0"}


def find_site(page) -> str:
    return page.url.removesuffix("/index.html").partition("/chapters/")[0]


def read_to_the_end(page, slug, language="ko"):
    page.goto(f"{find_site(page)}/chapters/{language}/{slug}.html")
    page.locator(".prev-next-footer").scroll_into_view_if_needed()
    page.wait_for_function(
        "slug => JSON.parse(localStorage['lenet-progress']).read.includes(slug)", arg=slug
    )


def open_landing(page):
    page.goto(f"{find_site(page)}/index.html")


def list_marked(page, language):
    return page.locator(f".landing > [lang={language}] li:has(.read) a").evaluate_all(
        "links => links.map(link => link.pathname.split('/').pop().replace('.html', ''))"
    )


@pytest.mark.parametrize(("language", "words"), [("ko", "이어서 읽기: "), ("en", "Continue: ")])
def test_what_was_read_is_marked_and_the_next_chapter_offered(visit, language, words):
    page = visit("index.html")
    read_to_the_end(page, SECOND, language)
    open_landing(page)
    assert list_marked(page, "ko") == list_marked(page, "en") == [SECOND]
    start = page.locator(f".landing > [lang={language}] strong > a")
    assert start.inner_text().startswith(words)
    start.click()
    assert page.url.endswith(f"/{language}/{list_slugs()[2]}.html")
    open_landing(page)  # left unread: it is offered again
    assert start.get_attribute("href").endswith(f"/{language}/{list_slugs()[2]}.html")
    page.locator(f".landing > [lang={language}] .forget").click()
    page.wait_for_load_state()
    assert list_marked(page, language) == [] and start.inner_text() == BEGIN[language]
    assert page.evaluate("localStorage.getItem('lenet-progress')") is None


def test_every_chapter_that_was_read_keeps_its_mark(visit):
    page = visit("index.html")
    for slug in (SECOND, FIRST):
        read_to_the_end(page, slug)
    open_landing(page)
    assert list_marked(page, "ko") == [FIRST, SECOND]


def test_after_the_last_chapter_the_book_begins_anew(visit):
    page = visit("index.html")
    read_to_the_end(page, LAST)
    open_landing(page)
    assert list_marked(page, "ko") == [LAST]
    assert page.locator(".landing > [lang=ko] strong > a").inner_text() == BEGIN["ko"]


@pytest.mark.parametrize(
    "stored", ["{", "null", "7", '{"read": 7}', json.dumps({"last": "<b>", "read": ["<b>", {}]})]
)
def test_whatever_is_stored_the_landing_page_is_there(visit, stored):
    page = visit("index.html")
    page.evaluate("stored => localStorage.setItem('lenet-progress', stored)", stored)
    open_landing(page)
    assert list_marked(page, "en") == []
    assert page.locator(".landing > [lang=en] strong > a").inner_text() == BEGIN["en"]


def test_where_nothing_can_be_stored_nothing_is_said(visit):
    page = visit("index.html")
    page.add_init_script(
        """for (const name of ["getItem", "setItem", "removeItem"]) {
             const usual = Storage.prototype[name];
             // the theme's own script cannot do without
             Storage.prototype[name] = function (key, ...rest) {
               if (key.startsWith("lenet-")) throw new Error("nothing can be stored");
               return usual.call(this, key, ...rest);
             };
           }"""
    )
    for name in (f"/chapters/en/{FIRST}.html", "/index.html"):
        page.goto(find_site(page) + name)
    assert page.locator(".landing > [lang=en] strong > a").inner_text() == BEGIN["en"]

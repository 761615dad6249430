"""What was read, answered and solved is kept in the reader's own browser, and shown there."""

import json
import re

import pytest

from book.course import LANGUAGES, list_slugs
from lenet_course.widgets.registry import get_words
from tests.browser.conftest import BLOCK_STORAGE, needs_storage
from tests.browser.test_explorer import draw, find_explorer

FIRST, SECOND, LAST = list_slugs()[0], list_slugs()[1], list_slugs()[-1]
BEGIN = {"ko": "0장부터 읽기", "en": "Start with chapter 0"}
TALLIED = "04_measure_the_loss"  # two questions, of which the second choice is right in the first
MARKED = ".landing ol :is(.read, small), .landing .kept"
MARKS = {
    "right": {"ko": "맞음", "en": "right"},
    "wrong": {"ko": "틀림", "en": "not right"},
    "solved": {"ko": "풀었음", "en": "solved"},
    "open": {"ko": "아직", "en": "not yet"},
}
SUMS = {
    "ko": ["물음 2개 중 1개 정답", "연습 3개 중 1개 완료"],
    "en": ["1 of 2 questions right", "1 of 3 exercises solved"],
}
KEPT = {
    "ko": "기록은 이 브라우저에만 남고 어디에도 보내지 않습니다.",
    "en": "Your progress stays in this browser; nothing is sent anywhere.",
}


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


@needs_storage
@pytest.mark.parametrize(
    ("language", "words", "name"), [("ko", "이어서 읽기: ", "읽음"), ("en", "Continue: ", "read")]
)
def test_what_was_read_is_marked_and_the_next_chapter_offered(visit, language, words, name):
    page = visit("index.html")
    read_to_the_end(page, SECOND, language)
    open_landing(page)
    assert list_marked(page, "ko") == list_marked(page, "en") == [SECOND]
    assert page.get_by_role("img", name=name, exact=True).count() == 1
    start = page.locator(f".landing > [lang={language}] strong > a")
    assert start.inner_text().startswith(words)
    start.click()
    assert page.url.endswith(f"/{language}/{list_slugs()[2]}.html")
    open_landing(page)  # left unread: it is offered again
    assert start.get_attribute("href").endswith(f"/{language}/{list_slugs()[2]}.html")
    start.click()
    section = page.locator("article section section[id]").nth(1)
    section.evaluate("section => section.scrollIntoView({ behavior: 'instant' })")
    section_id = section.get_attribute("id")
    open_landing(page)  # and where it was left
    assert start.get_attribute("href").endswith(f"html#{section_id}")
    page.locator(f".landing > [lang={language}] .forget").click()
    assert list_marked(page, language) == [] and start.inner_text() == BEGIN[language]
    assert page.evaluate("localStorage.getItem('lenet-progress')") is None


BACK = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


@needs_storage
def test_a_page_that_was_kept_and_is_come_back_to_is_the_last_again(visit):
    page = visit(f"chapters/en/{SECOND}.html")
    other = page.context.new_page()
    other.goto(page.url.replace(SECOND, TALLIED))
    page.evaluate(BACK)
    section = page.locator("article section section[id]").nth(1)
    section.evaluate("section => section.scrollIntoView({ behavior: 'instant' })")
    end = f"/en/{SECOND}.html#{section.get_attribute('id')}"
    open_landing(page)
    assert page.locator(".landing > [lang=en] strong > a").get_attribute("href").endswith(end)


@needs_storage
def test_every_chapter_that_was_read_keeps_its_mark(visit):
    page = visit("index.html")
    for slug in (SECOND, FIRST):
        read_to_the_end(page, slug)
    open_landing(page)
    assert list_marked(page, "ko") == [FIRST, SECOND]


@needs_storage
def test_after_the_last_chapter_the_book_begins_anew(visit):
    page = visit("index.html")
    read_to_the_end(page, LAST)
    open_landing(page)
    assert list_marked(page, "ko") == [LAST]
    assert page.locator(".landing > [lang=ko] strong > a").inner_text() == BEGIN["ko"]


def open_chapter(page, slug, language):
    page.goto(f"{find_site(page)}/chapters/{language}/{slug}.html")


def read_tally(page, language, *states):
    """The chapter's tally has these states, by eye and by ear; return its sentences."""
    links = page.locator(".tally a")
    assert links.count() == len(states)
    for link, state in zip(links.all(), states, strict=True):
        sign = link.get_by_role("img", name=MARKS[state][language], exact=True)
        assert sign.inner_text() == {"wrong": "✗", "open": "○"}.get(state, "✓")
    return page.locator(".tally > p").all_inner_texts()


@needs_storage
def test_the_first_choice_counts_and_both_languages_and_tabs_share_one_tally(visit):
    page = visit(f"chapters/en/{TALLIED}.html")
    choices = page.locator(".question").nth(0).locator("summary")
    for choice in (1, 0, 0):  # another is opened, and closed, afterwards
        choices.nth(choice).click()
    assert choices.nth(1).inner_text().endswith("your first choice")
    page.locator(".question").nth(1).locator("summary").nth(0).press("Enter")
    page.get_by_label("Exercise 4.2: I solved it").check()
    done = ("right", "wrong", "open", "solved", "open")
    assert read_tally(page, "en", *done) == [*SUMS["en"], KEPT["en"]]

    other = page.context.new_page()
    other.goto(page.url.replace("/en/", "/ko/"))
    assert read_tally(other, "ko", *done) == [*SUMS["ko"], KEPT["ko"]]
    assert other.locator(".question small").all_inner_texts() == ["처음 고른 답"] * 2
    other.get_by_label("연습 4.2: 풀었습니다").uncheck()
    other.get_by_label("연습 4.1: 풀었습니다").check()
    page.locator(".tally ol").nth(1).locator("li:first-child .solved").wait_for()
    read_tally(page, "en", "right", "wrong", "solved", "open", "open")

    open_landing(page)
    for language in LANGUAGES:
        (sums,) = page.locator(f".landing > [lang={language}] ol small").all_text_contents()
        assert sums == " · ".join(SUMS[language])
    page.locator(".forget:visible").click()  # in Korean, which was read last
    assert page.locator(MARKED).count() == 0
    assert page.locator(":focus").inner_text() == BEGIN["ko"]
    other.locator(".tally .open").nth(4).wait_for()  # the tab that is still open forgets, too


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_choice_is_marked_by_the_build_as_its_reason_says(html, visit, language):
    page = visit(f"chapters/{language}/{TALLIED}.html", java_script_enabled=False)
    page.locator(".question summary").nth(1).click()
    signs = page.locator(".question details > p:first-of-type").evaluate_all(
        "all => all.map(reason => getComputedStyle(reason, '::before').content)"
    )
    landing = (html / "index.html").read_text(encoding="utf-8")
    for slug in list_slugs():
        text = (html / f"chapters/{language}/{slug}.html").read_text(encoding="utf-8")
        found = re.findall(r'<details name="(.*?)" class="(\w+)">.*?<p>(\S+)', text, re.S)
        assert len(found) == text.count("<details name=") > 3
        verdicts = {"맞습니다.": "right", "Right.": "right", "아닙니다.": "wrong", "No.": "wrong"}
        assert [verdict for _, verdict, _ in found] == [verdicts[word] for *_, word in found]
        if slug == TALLIED:
            says = {"right": '"✓ " / ""', "wrong": '"✗ " / ""'}  # not read out: the next word is
            assert signs == [says[verdict] for _, verdict, _ in found]
        (counted,) = re.findall(r'<div class="tally"( data-questions=.*?)>', text)
        assert len(re.findall(rf'chapters/{language}/{slug}.html"{counted}', landing)) >= 1


DAMAGED = [
    "{",
    "null",
    "7",
    '{"read": 7, "solved": {"a": 1}, "chosen": "q"}',
    json.dumps(
        {"last": "<b>", "read": ["<b>", {}], "solved": [[], "x#y"], "chosen": [7, ["a", 1]]}
    ),
    json.dumps({"chosen": [[f"{TALLIED}#q-mean", "2"], [f"{TALLIED}#q-gone", 1]]}),
]


@needs_storage
def test_whatever_is_stored_the_pages_are_there(visit):
    page = visit("index.html")
    page.evaluate("localStorage.setItem('lenet-language', '<b>')")
    for stored in DAMAGED:
        page.evaluate("stored => localStorage.setItem('lenet-progress', stored)", stored)
        page.reload()
        assert page.locator(".landing > div:visible").count() == 1
        assert page.locator(MARKED).count() == 0
        assert page.locator(".landing > [lang=en] strong > a").inner_text() == BEGIN["en"]
    open_chapter(page, TALLIED, "en")
    read_tally(page, "en", *["open"] * 5)
    kept = json.loads(page.evaluate("localStorage['lenet-progress']"))
    assert kept["chosen"] == [[f"{TALLIED}#q-gone", 1]] and kept["last"] == TALLIED


FAR = [(0.3, 0.33), (0.4, 0.73), (0.5, 0.38), (0.6, 0.73), (0.7, 0.33)]  # a letter W


@needs_storage
def test_a_challenge_stays_ticked_until_all_is_forgotten(visit):
    page = visit("chapters/en/00_welcome.html", locale="en-GB")
    explorer = find_explorer(page)
    explorer.locator("[data-tool=clear]").click()
    draw(page, explorer, FAR)
    done = page.locator("[data-challenge=sure][data-done]")
    done.wait_for()
    page.reload()
    find_explorer(page)
    assert done.inner_text().endswith(get_words("explorer", "en")["done"])
    assert page.locator("[data-done]").count() == 1
    other = page.context.new_page()
    other.goto(f"{find_site(page)}/index.html")
    other.locator(".forget:visible").click()
    done.wait_for(state="detached")


LOST = "This browser stores nothing here, so your progress lasts until you leave the page."


def test_where_nothing_can_be_stored_every_page_works_and_says_so_once(visit):
    page = visit(f"chapters/en/{TALLIED}.html", locale="en-GB")
    site = find_site(page)
    frame = page.context.new_page()
    frame.set_content(f'<iframe sandbox="allow-scripts" src="{page.url}"></iframe>')
    frame = frame.frame_locator("iframe")  # of no origin: it has no storage
    frame.locator(".question summary").nth(1).click()
    assert frame.locator(".tally > p").all_inner_texts()[::2] == ["1 of 2 questions right", LOST]
    page.add_init_script(BLOCK_STORAGE)
    for name in ("/chapters/en/search.html?q=loss", f"/chapters/en/{TALLIED}.html"):
        page.goto(site + name)
    assert page.get_by_text(LOST).count() == 1
    page.get_by_label("Exercise 4.1: I solved it").check()
    page.locator(".tally .solved").wait_for()
    open_landing(page)
    page.locator(".theme-switch-button:visible").first.click()
    assert page.locator(".landing > [lang=en] strong > a").inner_text() == BEGIN["en"]
    page.locator(".language-choice:visible").click()
    assert page.locator(".landing > [lang=ko]").is_visible()
    assert page.locator(MARKED).count() == 0

"""The language switch: to the same section, and remembered for the landing page."""

import re

import pytest

from tests.browser.conftest import needs_storage

NOTHING_FOUND = {
    "ko": "찾는 말이 있는 페이지가 없습니다",
    "en": "No page has all that was searched for",
}
CHAPTER = "chapters/{}/04_measure_the_loss.html"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_switch_leads_to_the_section_that_is_read(visit, language):
    other = {"ko": "en", "en": "ko"}[language]
    page = visit(CHAPTER.format(language))
    sections = page.locator("article section[id]").evaluate_all("all => all.map(s => s.id)")
    read = sections[-3]
    page.locator(f"#{read}").evaluate("s => s.scrollIntoView({ behavior: 'instant' })")
    box = page.locator(".language-switch").bounding_box()  # click() would scroll the page first
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(f"**/{other}/**")
    assert page.url.endswith(f"#{read}")
    assert page.locator("html").get_attribute("lang") == other
    page.wait_for_function(
        """id => { const { top } = document.getElementById(id).getBoundingClientRect();
                   return 0 <= top && top < 300; }""",
        arg=read,
    )


def test_the_top_of_a_page_leads_to_the_top_of_its_twin(visit):
    page = visit(CHAPTER.format("ko"))
    page.locator(".language-switch").click()
    page.wait_for_url("**/en/**")
    assert page.evaluate("scrollY") < 200


def find_shown(page):
    """The language of the half that is shown, and of the page."""
    (half,) = page.locator(".landing > div:visible").all()
    assert half.get_attribute("lang") == page.locator("html").get_attribute("lang")
    return half.get_attribute("lang")


LIST_LABELS = """() => [...document.querySelectorAll("body *")]
  .filter((each) => !each.closest("article") && !each.lang)
  .flatMap((each) => ["aria-label", "title", "placeholder", "data-bs-original-title"]
    .map((name) => each.getAttribute(name))
    .concat(each.matches(".skip-link, .btn__text-container") ? each.textContent.trim() : null))
  .filter((label) => label)"""


def speaks_one_language(page, language):
    labels = page.evaluate(LIST_LABELS)
    assert len(labels) > 12
    wrong = [each for each in labels if bool(re.search("[가-힣]", each)) != (language == "ko")]
    assert wrong == []


@pytest.mark.parametrize(("system", "first"), [("ko-KR", "ko"), ("en-GB", "en"), ("fr-FR", "en")])
def test_the_landing_page_is_in_the_reader_s_language(visit, system, first):
    page = visit("index.html", locale=system)
    assert find_shown(page) == first
    speaks_one_language(page, first)


@needs_storage
def test_the_landing_page_remembers_the_choice(visit):
    page = visit(CHAPTER.format("en"), locale="ko-KR")
    page.goto(page.url.split("/chapters/")[0] + "/index.html")
    assert find_shown(page) == "en"
    page.locator(".language-choice:visible").click()
    assert find_shown(page) == "ko"
    speaks_one_language(page, "ko")
    page.reload()
    assert find_shown(page) == "ko"
    assert page.locator(".language-choice:visible").inner_text() == "English"


def test_the_focus_stays_with_the_landing_page_s_choice(visit):
    page = visit("index.html", locale="ko-KR")
    page.locator(".language-choice:visible").focus()
    for language, other in (("en", "ko"), ("ko", "en")):
        page.keyboard.press("Enter")
        assert find_shown(page) == language
        assert page.evaluate("document.activeElement.lang") == other


def test_without_a_script_the_switch_and_the_landing_page_still_lead_on(visit):
    page = visit(CHAPTER.format("ko"), java_script_enabled=False)
    page.locator(".language-switch").click()
    assert "/en/" in page.url
    page.goto(page.url.split("/chapters/")[0] + "/index.html")
    assert page.locator(".landing > div:visible").count() == 2
    assert page.locator(".landing img:visible").count() == 2
    assert "자바스크립트를 켜면" in page.locator(".landing noscript").first.inner_text()
    assert page.locator(".language-choice:visible").count() == 0


@pytest.mark.parametrize("language", ["ko", "en"])
def test_scripts_speak_the_page_s_language(visit, language):
    page = visit(CHAPTER.format(language) + "?highlight=softmax")
    hide = page.locator(".highlight-link a")
    assert hide.inner_text() == {"ko": "검색어 표시 지우기", "en": "Hide Search Matches"}[language]
    assert page.locator(".highlighted").count() > 0
    hide.click()
    assert page.locator(".highlighted").count() == 0
    copy = page.locator(".copybtn").first.get_attribute("data-tooltip")
    assert copy == {"ko": "복사", "en": "Copy"}[language]
    page.goto(re.sub("04_.*", "search.html?q=zzzyyyxxx", page.url))
    page.locator("#search-results", has_text=NOTHING_FOUND[language]).wait_for()

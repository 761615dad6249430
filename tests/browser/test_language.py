"""The language switch: to the same section, and remembered for the landing page."""

import pytest

NOTHING_FOUND = {"ko": "찾는 말이 있는 페이지가 없습니다", "en": "did not match any documents"}
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


def find_first(page):
    """The language of the half that is seen first."""
    places = page.locator(".landing > div").evaluate_all(
        "all => all.map(div => [div.getBoundingClientRect().left, div.lang])"
    )
    assert len({language for _, language in places}) == 2
    return min(places)[1]


@pytest.mark.parametrize(("system", "first"), [("ko-KR", "ko"), ("en-GB", "en"), ("fr-FR", "en")])
def test_the_landing_page_begins_with_the_reader_s_language(visit, system, first):
    page = visit("index.html", locale=system)
    assert find_first(page) == first


def test_the_landing_page_remembers_the_choice(visit):
    page = visit(CHAPTER.format("en"), locale="ko-KR")
    page.goto(page.url.split("/chapters/")[0] + "/index.html")
    assert find_first(page) == "en"
    page.locator('a[href$="ko/00_welcome.html"]').first.click()
    page.wait_for_url("**/ko/**")
    page.wait_for_load_state()
    page.goto(page.url.split("/chapters/")[0] + "/index.html")
    assert find_first(page) == "ko"


def test_without_a_script_the_switch_and_the_landing_page_still_lead_on(visit):
    page = visit(CHAPTER.format("ko"), java_script_enabled=False)
    page.locator(".language-switch").click()
    assert "/en/" in page.url
    page.goto(page.url.split("/chapters/")[0] + "/index.html")
    assert page.locator(".landing > div").count() == 2


@pytest.mark.parametrize("language", ["ko", "en"])
def test_scripts_speak_the_page_s_language(visit, language):
    page = visit(CHAPTER.format(language))
    copy = page.locator(".copybtn").first.get_attribute("data-tooltip")
    assert copy == {"ko": "복사", "en": "Copy"}[language]
    page.goto(page.url.replace("04_measure_the_loss.html", "search.html?q=zzzyyyxxx"))
    page.locator("#search-results", has_text=NOTHING_FOUND[language]).wait_for()

"""Each built page speaks one language: its words, its anchors, its search, its neighbours."""

import re
from urllib.parse import urlsplit

import pytest

from book.course import LANGUAGES, TABLES, list_pages, list_slugs
from book.site.language import SITE_NAMES
from tests.built_book import read_once
from tests.chapters import NAMES, NOTEBOOKS, PAGE_NAMES, PAGES

every_chapter = pytest.mark.parametrize(("language", "slug"), NOTEBOOKS, ids=NAMES)
every_page = pytest.mark.parametrize(("language", "slug"), PAGES, ids=PAGE_NAMES)
# what the themes say in English, wherever they say it
FRAME = (
    "Search|Contents|Skip to main content|Toggle|previous|Launch|Download|"
    "Print to PDF|Fullscreen|Open issue|Repository|light/dark|Copyright"
).split("|")


def read_frame(path) -> str:
    """A page less its article, its scripts and its twin's name: what the themes say, and titles."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"(?s)<article.*?</article>|<script.*?</script>|<style.*?</style>", "", text)
    return re.sub(r'<a class="language-switch".*?</a>', "", text)


def list_said(path) -> list[str]:
    """Every text and every spoken attribute of the frame."""
    frame = read_frame(path)
    spoken = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', frame)
    texts = [text.strip() for text in [*spoken, *re.findall(r">([^<]+)<", frame)] if text.strip()]
    entry = r"(?<=[가-힣])\([a-z ]+\)$"  # 커널 실행(kernel launch)
    return [re.sub(entry, "", text) for text in texts]


@pytest.mark.parametrize("page", ["search", *list_pages()])
def test_the_frame_of_a_korean_page_is_korean_and_of_an_english_one_english(html, page):
    said = {
        language: list_said(html / f"chapters/{language}/{page}.html") for language in LANGUAGES
    }
    for word in FRAME:
        assert [text for text in said["ko"] if word.lower() in text.lower()] == [], word
    assert [text for text in said["en"] if re.search("[가-힣]|Toggle", text)] == []
    assert "검색" in said["ko"] and "Search" in said["en"]


@every_page
def test_the_book_has_its_name_in_the_page_s_language(html, language, slug):
    text = (html / f"chapters/{language}/{slug}.html").read_text(encoding="utf-8")
    name, other = SITE_NAMES[language], SITE_NAMES[{"ko": "en", "en": "ko"}[language]]
    title = re.search("<title>(.*)</title>", text)[1]
    assert title.endswith(f" &#8212; {name}") and other not in title
    assert f'<p class="title logo__title">{name}</p>' in text


def test_the_landing_page_s_title_says_the_book_s_name_once(html):
    text = (html / "index.html").read_text(encoding="utf-8")
    assert f"<title>{' · '.join(SITE_NAMES.values())}</title>" in text


def list_sections(path):
    return [a["id"] for t, a in read_once(path).tags if t == "section"]


@pytest.mark.parametrize("name", TABLES)
def test_entries_have_the_same_anchors_in_both_languages(html, name):
    own, twin = (
        set(list_sections(html / f"chapters/{language}/{name}.html")) for language in LANGUAGES
    )
    assert {anchor for anchor in own ^ twin if not anchor.startswith("letter-")} == set()
    assert len(own & twin) > 20


@every_chapter
def test_sections_have_the_same_anchors_in_both_languages(html, language, slug):
    other = {"ko": "en", "en": "ko"}[language]
    own, twin = (list_sections(html / f"chapters/{name}/{slug}.html") for name in (language, other))
    assert own == twin and len(own) == len(set(own)) > 2


@every_page
def test_the_sidebar_lists_the_chapters_of_the_page_s_language(html, language, slug):
    text = (html / f"chapters/{language}/{slug}.html").read_text(encoding="utf-8")
    (list_text,) = re.findall(r'(?s)<nav class="chapter-list".*?</nav>', text)
    links = re.findall(r'href="([^"#]*)[^"]*"( aria-current="page")?', list_text)
    assert [bool(here) for _, here in links] == [name == slug for name in list_pages()]
    assert len(re.findall("<li>", list_text.split("</ol>")[0])) == len(list_slugs())  # numbered
    for (url, here), name in zip(links, list_pages(), strict=True):
        assert here or url == f"{name}.html"


@every_page
def test_previous_and_next_stay_in_the_language(html, language, slug):
    page = read_once(html / f"chapters/{language}/{slug}.html")
    slugs = list_pages()
    for side, step in (("left-prev", -1), ("right-next", 1)):
        links = [a["href"] for t, a in page.tags if t == "a" and a.get("class") == side]
        place = slugs.index(slug) + step
        if place == len(slugs):
            assert links == []  # not into the other language
        elif place >= 0:
            assert links == [f"{slugs[place]}.html"]
        else:
            assert links in ([], ["../../index.html"])


@pytest.mark.parametrize("name", ["glossary", "01_define_the_net"])
def test_korean_words_on_an_english_page_say_that_they_are(html, name):
    text = (html / f"chapters/en/{name}.html").read_text(encoding="utf-8")
    article = re.search("(?s)<article.*?</article>", text)[0]
    bare = re.sub(r'<span lang="ko">[^<]*</span>|<[^>]*>', "", article)
    assert re.findall("[가-힣]+", bare) == []
    said = re.sub("(?s)<template.*?</template>", "", article)  # definitions.py's, until asked
    assert ('<span lang="ko">변화도</span>' in said) == (name == "glossary")


def test_what_a_korean_page_cites_says_that_it_is_english(html):
    for language in LANGUAGES:
        text = (html / f"chapters/{language}/references.html").read_text(encoding="utf-8")
        cited = re.findall(r"</h2>\s*<p(.*?)>", text)
        assert len(cited) > 20
        assert set(cited) == {{"ko": ' lang="en"', "en": ""}[language]}


@every_page
def test_search_stays_in_the_language(html, language, slug):
    page = read_once(html / f"chapters/{language}/{slug}.html")
    assert set(page.list_attributes("form", "action")) == {"search.html"}
    search = read_once(html / f"chapters/{language}/search.html")
    assert search.list_attributes("html", "lang") == [language]
    scripts = [urlsplit(src).path for src in search.list_attributes("script", "src")]
    for script in scripts:
        assert (html / f"chapters/{language}" / script).resolve().exists(), script


def test_the_landing_page_marks_its_two_languages(html):
    page = read_once(html / "index.html")
    halves = [a.get("lang") for t, a in page.tags if t == "div" and "lang-" in a.get("class", "")]
    assert halves == ["ko", "en"]

"""The built book's search in a real browser: what it finds, what comes first, where it leads.

search_queries.json has queries with the chapter that each must find in its first three results;
queries as readers type them, with the sections (g: the glossary) of which one must be there; and
terms whose pages are counted in the text of the built pages, as a reader reads them.
"""

import gzip
import json
import re
import unicodedata
from contextlib import ExitStack
from functools import cache, partial
from itertools import cycle, islice, product

import pytest
import snowballstemmer

from bench.serve import serve
from book.course import LANGUAGES, ROOT
from book.notebooks.glossary import list_other_names, load_glossary
from tests.browser.conftest import needs_storage, open_guarded
from tests.browser.hosts import FrameHandler
from tests.page_text import read_pages

OWN_NAMES = {}  # by another name: what the book says
for term, language in product(load_glossary(), LANGUAGES):
    for name in list_other_names(term, language):
        OWN_NAMES.setdefault(name.lower(), []).append(term[language])
QUERIES = json.loads((ROOT / "tests/search_queries.json").read_text(encoding="utf-8"))
# after a consonant, after a vowel
PARTICLES = """
    을/를 이/가 은/는 과/와 으로/로 의/의 에서/에서 도/도 까지/까지 부터/부터 처럼/처럼
    보다/보다 에/에 만/만 입니다/입니다 이다/다 에서는/에서는 으로는/로는 이라는/라는 마다/마다
"""
PARTICLES = [pair.split("/") for pair in PARTICLES.split()]
MORE_PARTICLES = "에는 에도 이고 이며 끼리 대로 씩 들 들이 들을 들의 이나 이라 이면 이지만 으로도"
ONE_SYLLABLE = "(?<![가-힣A-Za-z_]){}({})?(?![가-힣])"
LOOK_UP = """queries => queries.map((query) =>
    Search._performSearch(...Search._parseQuery(query)).reverse().map(([page]) => page))"""


@pytest.fixture(scope="module")
def texts(html):
    return read_pages(html)


@pytest.fixture(scope="module")
def search_pages(browser, site):
    """Each language's search page, for questions that leave it as it is."""
    problems, pages = [], {}
    with ExitStack() as stack:
        for language in LANGUAGES:
            page = stack.enter_context(open_guarded(browser, site, problems))
            page.goto(f"{site}chapters/{language}/search.html")
            pages[language] = page
        yield pages
    assert problems == []


@pytest.fixture
def look_up(search_pages):
    """Ask a search page many times, in Sphinx's own function."""
    return lambda *queries: search_pages["ko"].evaluate(LOOK_UP, queries)


@pytest.fixture
def open_search(visit):
    def open_search(language, query=""):
        return visit(f"chapters/{language}/search.html?q={query}")

    return open_search


def inflect(nouns):
    """Give every noun two particles: no noun's are chosen by hand."""
    turns = cycle(PARTICLES)
    for noun in nouns:
        ends_in_vowel = (ord(noun[-1]) - ord("가")) % 28 == 0
        ends_in_l = (ord(noun[-1]) - ord("가")) % 28 == 8
        for pair in islice(turns, 2):
            is_short = ends_in_vowel or (ends_in_l and pair[1].startswith("로"))
            yield noun, noun + pair[is_short]


@cache
def join(text):
    return re.sub(r"\s", "", text)


def find_syllables(texts, words):
    return {page for page, text in texts.items() if all(w in join(text) for w in words.split())}


def find_whole_word(texts, word):
    ends = "|".join({end for pair in PARTICLES for end in pair} | {*MORE_PARTICLES.split()})
    pattern = re.compile(ONE_SYLLABLE.format(word, ends))
    return {page for page, text in texts.items() if pattern.search(text)}


def find_name(texts, name):
    return {page for page, text in texts.items() if name.lower() in text.lower()}


def find_own_too(find, texts, word):
    """The pages that have a word, or what the book says for it: the glossary's own name."""
    return set().union(*(find(texts, name) for name in (word, *OWN_NAMES.get(word.lower(), ()))))


def find_stem(texts, word):
    return {page for page, text in texts.items() if list_stems(word) <= list_stems(text)}


@cache
def list_stems(text):
    words = re.findall("[A-Za-z]+", text) + re.findall("[A-Z]?[a-z]+", text)  # DataLoader's parts
    return {*snowballstemmer.stemmer("porter").stemWords({word.lower() for word in words})}


def measure(look_up, wanted):
    """Recall and precision over all queries: query → pages; how often each was wrong."""
    right = missed = extra = 0
    assert [query for query, pages in wanted.items() if not pages] == []
    for (query, pages), found in zip(wanted.items(), look_up(*wanted), strict=True):
        found = set(found)
        right += len(found & pages)
        missed += len(pages - found)
        extra += len(found - pages)
        if found != pages:
            print(query, "missed", sorted(pages - found), "extra", sorted(found - pages))
    return right / (right + missed), right / (right + extra)


@pytest.mark.parametrize("kind", ["bare", "inflected"])
@pytest.mark.parametrize("group", ["Korean", "one syllable"])
def test_korean_words_are_found_with_and_without_particles(look_up, texts, group, kind):
    find = partial(find_own_too, find_syllables if group == "Korean" else find_whole_word)
    nouns = QUERIES["terms"][group]
    pairs = inflect(nouns) if kind == "inflected" else zip(nouns, nouns, strict=True)
    recall, precision = measure(look_up, {query: find(texts, noun) for noun, query in pairs})
    print(f"{group}, {kind}: recall {recall:.4f}, precision {precision:.4f}")
    assert recall >= 0.98 and precision >= 0.98


@pytest.mark.parametrize(("group", "find"), [("names", find_name), ("English", find_stem)])
def test_names_are_found_whole_and_in_part_and_english_by_its_stem(look_up, texts, group, find):
    wanted = {query: find_own_too(find, texts, query) for query in QUERIES["terms"][group]}
    recall, precision = measure(look_up, wanted)
    print(f"{group}: recall {recall:.4f}, precision {precision:.4f}")
    assert recall >= 0.98 and precision >= 0.98


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chapter_is_among_the_first_three(search_pages, language):
    page = search_pages[language]
    wanted = QUERIES["first three"][language]
    missed = {}
    for (query, chapter), found in zip(
        wanted.items(), page.evaluate(LOOK_UP, list(wanted)), strict=True
    ):
        first = [name for name in found if not name.endswith("/glossary")][:3]
        if not any(name.startswith(f"chapters/{language}/{chapter}_") for name in first):
            missed[query] = first
    assert len(wanted) >= 25 and missed == {}


@pytest.mark.parametrize(
    ("language", "query", "entry"),
    [
        *[("ko", word, "gradient") for word in ("변화도", "그래디언트", "그래디언트를")],
        *[
            ("ko", "파라미터", "parameter"),
            ("ko", "레이어", "layer"),
            ("ko", "드롭아웃", "dropout"),
        ],
        *[
            ("ko", "스트라이드", "stride"),
            ("ko", "ReLU", "relu"),
            ("ko", "데이터 로더", "data-loader"),
        ],
        *[("en", "gradient", "gradient"), ("en", "Stride", "stride"), ("en", "filter", "kernel")],
        *[("en", word, "generalization") for word in ("generalise", "generalize")],
        *[("en", word, "memorising") for word in ("memorise", "memorization")],
    ],
)
def test_a_word_of_the_glossary_finds_its_entry_first(open_search, language, query, entry):
    page = open_search(language, query)
    first = page.locator("#search-results li").first
    first.locator("p.context").wait_for()
    assert f"chapters/{language}/glossary.html#{entry}" in first.locator("a").evaluate(
        "a => a.href"
    )


FIND = """queries => queries.map((query) =>
    Search.find(query).results.reverse().map(([page, , anchor]) => page + anchor))"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_readers_type_leads_to_the_section_among_the_first_three(search_pages, language):
    wanted = QUERIES["sections"][language]
    missed = {}
    found = search_pages[language].evaluate(FIND, list(wanted))
    for (query, places), names in zip(wanted.items(), found, strict=True):
        first = [re.sub("/glossary|/([0-9]{2})[^#]*", r"/\1", name) for name in names[:3]]
        own = [place.replace("g#", "#") for place in places.split()]
        own = [f"chapters/{language}/{place}" for place in own]
        if not any(name.startswith(place) for name in first for place in own):
            missed[query] = names[:3]
    assert len(wanted) >= 40 and missed == {}


def test_a_query_need_not_be_spelled_as_the_book_spells(search_pages):
    spelled = {
        **{"61,706": ["61706", "61_706", "６１,７０６", "61,706?"], "0.001": ["1e-3", "1E-03"]},
        "5×5": ["5x5", "5*5", "5 X 5", "“5 × 5”", "5✕5"],
        "ReLU": ["ＲｅＬＵ", "relu", "RELU."],
        "역전파": [unicodedata.normalize("NFD", "역전파"), "역\u00ad전파"],
        **{"labelled": ["labeled"], "colour": ["color", "Colors"], "centred": ["centered"]},
        **{"loss": ["what's a loss?", "loss’s"], "손실": ["손실이 뭔가요?", "손실은 무엇인가요"]},
    }
    for own, others in spelled.items():
        found, *each = search_pages["ko"].evaluate(FIND, [own, *others])
        assert len(found) > 2
        for query, places in zip(others, each, strict=True):
            assert places == found, query


def test_british_and_american_spellings_are_one(search_pages):
    page = search_pages["en"]
    pairs = "colour/color neighbours/neighbors centre/center grey/gray synchronise/synchronize"
    for british, american in (pair.split("/") for pair in pairs.split()):
        one, other = page.evaluate(LOOK_UP, [british, american])
        assert one == other and len(one) > 2


def test_other_books_words_find_what_the_book_says_and_it_is_marked(open_search):
    page = open_search("ko", "크로스엔트로피를")
    page.locator("#search-results li a[href*='04_measure_the_loss']").click()
    page.locator("article .highlighted").first.wait_for()
    marked = page.locator("article .highlighted").all_text_contents()
    assert {"교차", "엔트로피"} <= {*marked}


def test_the_glossary_comes_last_where_a_word_is_said(look_up):
    for found in look_up("숫자를", "numbers", "그림에서"):
        for language in LANGUAGES:
            names = [name for name in found if name.startswith(f"chapters/{language}/")]
            assert f"chapters/{language}/glossary" not in names[:-1]


def test_authors_are_found_where_they_are_cited(look_up):
    for name, chapters in (("Glorot", ["02"]), ("Rumelhart", ["05"]), ("Patarasuk", ["11"])):
        (found,) = look_up(name)
        assert sorted({page.split("/")[2][:2] for page in found}) == chapters


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reader_s_language_comes_first(search_pages, language):
    page = search_pages[language]
    for found in page.evaluate(LOOK_UP, ["conv2d", "grad_fn", "LeNet", "MNIST", "backward"]):
        languages = [name.split("/")[1] for name in found if "/" in name]
        assert set(languages) == set(LANGUAGES)
        assert languages == sorted(languages, reverse=language == "ko")


@needs_storage
def test_on_the_page_for_both_the_language_last_read_comes_first(visit):
    for language in LANGUAGES:
        page = visit(f"chapters/{language}/00_welcome.html")
        page.goto(page.url.replace(f"chapters/{language}/00_welcome", "search") + "?q=conv2d")
        links = page.locator("#search-results li a")
        links.first.wait_for()
        assert links.first.get_attribute("href").startswith(f"./chapters/{language}/")


def test_every_word_of_a_query_counts(look_up):
    for query in ("손실 함수 torchrun", "입력 그림 conv1", "맵 GPU", "the loss of a GPU"):
        words = [word for word in query.split() if word not in ("the", "of", "a")]
        all_words, *each = map(set, look_up(query, *words))
        assert all_words == set.intersection(*each)
    # names that every object has in JavaScript
    assert look_up("constructor", "__proto__", "하나도없는말") == [[], [], []]


SLIPS = {
    # a letter too few, too many, another, two swapped; a vowel of a syllable, before a particle
    "optmizer": "optimizer", "kernnel": "kernel", "mometnum": "momentum", "역전퍄를": "역전파",
    "교차앤트로피": "교차 엔트로피", "손실 힘수": "손실 함수", "lossfunction": "loss function",
    "gradiants": "gradients",
    # typed while the keyboard was in the other language; a syllable half typed
    "durwjsvk": "역전파", "ㅔㅛ새ㄱ초": "pytorch", "ㄱ디ㅕ": "ReLU", "역ㅈ": "역전파",
    "하나도없는말": None, "xqzw": None,
}  # fmt: skip


def test_a_slip_finds_the_nearest_word_and_what_is_near_none_nothing(search_pages):
    found = search_pages["ko"].evaluate(
        "queries => queries.map((query) => Search.find(query).instead ?? null)", list(SLIPS)
    )
    assert dict(zip(SLIPS, found, strict=True)) == SLIPS


@pytest.mark.parametrize(
    ("language", "query", "place"),
    [
        *[("ko", "수용 영역", "03_run_it_forward#receptive-field-before")],
        *[("ko", "학습률 스케줄", "09_train_on_real_digits#triangle")],
        *[("en", "zero_grad", "08_update_the_weights#forgotten")],
        *[("en", "out of memory", "12_when_it_breaks#memory-before")],
    ],
)
def test_the_section_is_found_that_speaks_of_it(search_pages, language, query, place):
    results = search_pages[language].evaluate(
        "query => Search.find(query).results.map(([page, , anchor]) => page + anchor)", query
    )
    first = next(name for name in reversed(results) if "/glossary" not in name)
    assert first == f"chapters/{language}/{place}"


def test_while_one_types_sections_stand_below_the_field_and_arrow_keys_lead_there(open_file, html):
    page = open_file(html, "chapters/ko/01_define_the_net.html")  # even in files, without a server
    page.keyboard.press("Control+k")
    page.keyboard.type("역전퍄를")
    box = page.locator(".suggestions:visible")
    box.get_by_role("status").filter(has_text="비슷한 말: 역전파. 찾은 곳:").wait_for()
    assert page.evaluate("document.activeElement.value") == "역전퍄를"
    links = box.get_by_role("link")
    assert links.count() == 9 and links.last.inner_text() == "모두 보기"
    assert links.first.inner_text() == "역전파\n용어집"
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown", "Escape"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.name") == "q" and box.is_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/chapters/ko/glossary.html#backpropagation")
    page.go_back()
    open_file.problems[:] = [p for p in open_file.problems if "font" not in p and "FAILED" not in p]


def test_in_a_frame_of_no_origin_search_finds_and_leads_on(browser, html):
    """It can store nothing, send no form and read no other page."""
    problems = []
    with serve(html, FrameHandler) as site, open_guarded(browser, site, problems) as page:
        page.goto(f"{site}chapters/en/references.html")
        page.keyboard.press("Control+k")
        page.keyboard.type("momentum")
        page.keyboard.press("Enter")
        page.get_by_text("Search finished").wait_for()
        assert page.locator("#search-results li").count() > 5
        page.locator("#search-results a").first.click()
        page.locator("article .highlighted").first.wait_for()
        assert "search" not in page.url
    assert problems == []


def test_a_page_stands_once_with_the_sentence_and_never_with_the_set_up(open_search):
    for query, mark in {"61706": "61,706", "backprop": ""}.items():
        page = open_search("en", query)
        page.get_by_text("Search finished").wait_for()
        results = page.locator("#search-results li")
        results.locator("p.context").nth(results.count() - 1).wait_for()
        links = results.locator("a").evaluate_all("all => all.map((a) => a.pathname)")
        assert len(links) == len({*links}) > 2
        lines = results.locator("p.context").all_inner_texts()
        assert mark in lines[0] and lines[0] and not any("%pip" in line for line in lines)
    folded = "<div class='tag_hide-input'><pre>%pip install it</pre></div><p>Ready.</p>"
    summary = "html => Search.makeSearchSummary(html, new Set(['pip', 'install'])).textContent"
    assert page.evaluate(summary, f"<article><section>{folded}</section></article>") == "Ready."
    # the glossary's definition, not its links
    definition = next(t for t in load_glossary() if t["id"] == "backpropagation")["text"]["en"]
    assert lines[0][:40] in " ".join(definition.split())


def test_what_was_found_is_told(open_search):
    page = open_search("ko", "역전퍄를")
    for said in ("비슷한 말: 역전파", "개를 찾았습니다."):
        page.get_by_role("status").filter(has_text=said).wait_for()


def test_ctrl_k_on_the_results_keeps_the_cursor_in_the_field_and_takes_what_stands_there(
    open_search,
):
    page = open_search("en", "loss")
    page.get_by_text("Search finished").wait_for()
    for _ in range(2):
        page.keyboard.press("Control+k")
        page.keyboard.type("stride")
        field = "[document.activeElement.name, document.activeElement.value]"
        assert page.evaluate(field) == ["q", "stride"]


def test_an_ending_goes_and_a_noun_that_ends_alike_stays(search_pages):
    page = search_pages["ko"]
    nouns = "속도 변화도 정확도 결과 차이 높이 정의"
    for asked in (nouns, nouns.replace(" ", "에서는 ")):
        assert page.evaluate("query => splitQuery(query)", asked) == nouns.split()
    endings = "역전파도 입력이 손실로 GPU를 맵의 갱신합니다 갱신할"
    nouns = ["역전파", "입력", "손실", "GPU", "맵", "갱신", "갱신"]
    assert page.evaluate("query => splitQuery(query)", endings) == nouns


def test_by_keyboard_from_the_query_to_the_marked_word(open_search):
    page = open_search("ko")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("변화도를")
    page.keyboard.press("Enter")
    lines = page.locator("#search-results li p.context")  # from the pages it found
    lines.first.wait_for()
    assert "변화도" in lines.first.inner_text() and ".ipynb" not in lines.first.inner_text()
    page.get_by_text(re.compile("^페이지 [0-9]+개를 찾았습니다")).wait_for()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("!!document.activeElement.closest('#search-results')"):
            break
    page.keyboard.press("Enter")
    page.locator("article .highlighted").first.wait_for()
    assert page.url.endswith("chapters/ko/glossary.html#gradient")
    assert {*page.locator("article .highlighted").all_text_contents()} == {"변화도"}


def test_every_result_leads_to_a_page(open_search, html):
    for language in LANGUAGES:
        page = open_search(language, "LeNet")
        page.get_by_text(re.compile("페이지 [0-9]+개|[0-9]+ page")).wait_for()
        links = page.locator("#search-results li a").evaluate_all("all => all.map(a => a.href)")
        paths = {link.split("#")[0].split("/", 3)[3] for link in links}
        assert len(paths) > 20 and all((html / path).exists() for path in paths)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_searches_in_files_too(open_file, html, language):
    page = open_file(html, f"chapters/{language}/search.html")
    page.keyboard.type("역전파" if language == "ko" else "backpropagation")
    page.keyboard.press("Enter")
    marked = page.locator("article .highlighted")
    for _ in range(4):  # of a file, Chromium may read a page's storage before it was written
        page.get_by_text(re.compile("찾았습니다|matching the search query")).wait_for()
        page.locator("#search-results li a").nth(1).click()  # the first is the glossary's entry
        page.wait_for_url(re.compile(rf"/chapters/{language}/\d"))
        page.wait_for_load_state()
        if marked.count():
            break
        page.go_back()
    assert marked.first.is_visible()


def test_the_index_is_light(html):
    files = [html / "searchindex.js", html / "_static/language_data.js"]
    weight = len(gzip.compress(b"".join(file.read_bytes() for file in files), 9))
    print(f"search index: {weight} bytes with compression")
    assert weight <= 130_000

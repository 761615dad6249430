"""What the built pages say to search engines, link previews and those who mend the book."""

import base64
import io
import re
import shutil
import xml.etree.ElementTree as ET
from collections import Counter
from urllib.parse import parse_qs, unquote, urlsplit

import nbformat
import pytest
from PIL import Image

from book.course import LANGUAGES, ROOT, TABLES
from book.site.bundle import BUNDLES, join_styles
from book.site.published import COMMIT
from book.site.styles import drop_unused_rules
from tests.built_book import REPOSITORY, Page, list_outside, run_build
from tests.chapters import NAMES, NOTEBOOKS, PAGE_NAMES, PAGES, get_cell
from tests.pictures import compare_pictures

every_chapter = pytest.mark.parametrize(("language", "slug"), NOTEBOOKS, ids=NAMES)
every_page = pytest.mark.parametrize(("language", "slug"), PAGES, ids=PAGE_NAMES)
OWNER, NAME = REPOSITORY.split("/")[-2:]
ADDRESS = f"https://{OWNER}.github.io/{NAME}/"
STATIC = ROOT / "book/site/static"


def read_page(html, language, slug):
    return Page(html / f"chapters/{language}/{slug}.html")


def get_meta(page):
    """What the page's meta tags say: name or property → content."""
    named = [a for t, a in page.tags if t == "meta" and ("name" in a or "property" in a)]
    return {a.get("name") or a["property"]: a["content"] for a in named}


def get_links(page, relation):
    return [a for t, a in page.tags if t == "link" and a.get("rel") == relation]


def get_title(language, slug):
    return get_cell(slug, "title", language).source.splitlines()[0].removeprefix("# ")


@every_page
def test_a_preview_names_the_page_in_its_language(html, language, slug):
    meta = get_meta(read_page(html, language, slug))
    assert meta["og:title"] == get_title(language, slug)
    assert meta["og:locale"] == {"ko": "ko_KR", "en": "en_US"}[language]
    assert meta["description"] == meta["og:description"]
    assert 30 < len(meta["description"]) <= 161
    for name in ("description", "og:site_name", "og:image:alt"):
        assert bool(re.search("[가-힣]", meta[name])) == (language == "ko"), name
    assert meta["og:image"] == ADDRESS + "_static/preview.png"
    assert (meta["og:image:width"], meta["og:image:height"]) == ("1200", "630")


def test_descriptions_are_the_pages_own_words_and_no_two_are_alike(html):
    seen = Counter()
    for language, slug in PAGES:
        description = get_meta(read_page(html, language, slug))["description"]
        prose = get_cell(slug, "title", language).source.replace("'", "’")
        prose = re.sub(r"\]\([^)]*\)|\[", "", prose)  # links
        plain, said = (re.sub(r"[*`\s]", "", text) for text in (prose, description))
        assert said.rstrip("….") in plain
        seen[description] += 1
    assert max(seen.values()) == 1


@every_page
def test_a_page_has_one_address_and_names_its_twin_s(html, language, slug):
    page = read_page(html, language, slug)
    own = {name: f"{ADDRESS}chapters/{name}/{slug}.html" for name in LANGUAGES}
    (canonical,) = get_links(page, "canonical")
    assert canonical["href"] == own[language] == get_meta(page)["og:url"]
    assert {a["hreflang"]: a["href"] for a in get_links(page, "alternate")} == own


def list_pages(html):
    return [path for path in html.rglob("*.html") if "_static" not in path.parts]


def test_every_page_has_icons_that_are_there(html):
    for path in list_pages(html):
        page = Page(path)
        (icon,) = get_links(page, "icon")
        icons = [icon, *get_links(page, "apple-touch-icon")]
        assert len(icons) == 2
        for icon in icons:
            target = icon["href"]
            root = target.startswith(f"/{NAME}/")
            place = html / target.removeprefix(f"/{NAME}/") if root else path.parent / target
            assert place.resolve().exists(), (path, target)


def test_the_landing_page_s_address_is_the_site_s(html):
    page = Page(html / "index.html")
    (canonical,) = get_links(page, "canonical")
    assert canonical["href"] == ADDRESS == get_meta(page)["og:url"]
    description = get_meta(page)["description"]
    assert "손글씨" in description and "handwritten" in description


def test_search_pages_and_404_ask_not_to_be_listed(html):
    unlisted = [p for p in list_pages(html) if get_meta(Page(p)).get("robots") == "noindex"]
    names = {path.relative_to(html).as_posix() for path in unlisted}
    assert names == {"404.html", "search.html", *(f"chapters/{n}/search.html" for n in LANGUAGES)}


def test_a_host_that_serves_a_branch_leaves_nothing_out_and_knows_every_script(html):
    assert (html / ".nojekyll").exists()  # else GitHub leaves out _static
    assert [path.name for path in html.rglob("*.mjs")] == []  # some hosts send these as bytes
    assert len(list((html / "_static").glob("lenet-widgets-*.js"))) == 12


def test_the_sitemap_lists_every_page_and_its_twin(html):
    space = {
        "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "x": "http://www.w3.org/1999/xhtml",
    }
    places = ET.parse(html / "sitemap.xml").getroot().findall("s:url", space)
    listed = {}
    for place in places:
        links = place.findall("x:link[@rel='alternate']", space)
        address = place.find("s:loc", space).text
        listed[address] = {a.get("hreflang"): a.get("href") for a in links}
    pages = {f"{ADDRESS}chapters/{language}/{slug}.html" for language, slug in PAGES}
    assert set(listed) == {ADDRESS, *pages}
    for address in pages:
        twins = listed[address]
        assert set(twins) == set(LANGUAGES) and address in twins.values()
        assert all(listed[twin] == twins for twin in twins.values())


def test_404_leads_on_from_any_depth(html):
    page = Page(html / "404.html")
    names = (("a", "href"), ("link", "href"), ("script", "src"), ("form", "action"))
    targets = [target for tag, name in names for target in page.list_attributes(tag, name)]
    own = [target for target in targets if not target.startswith(("#", "https://"))]
    assert len(own) > 10
    for target in own:
        assert target.startswith(f"/{NAME}/"), target
        assert (html / target.removeprefix(f"/{NAME}/").partition("?")[0]).exists(), target
    assert page.list_attributes("html", "data-content_root") == [f"/{NAME}/"]
    halves = [a["lang"] for t, a in page.tags if a.get("class") in ("lang-ko", "lang-en")]
    assert halves == ["ko", "en"]


def test_what_every_page_takes_comes_in_three_files(html):
    """A style sheet, what runs first, what waits; and print.css, which waits for a printer."""
    counts = Counter()
    for path in list_pages(html):
        page = Page(path)
        styles = [a["href"] for a in get_links(page, "stylesheet")]
        scripts = page.list_attributes("script", "src")
        files = [link.rpartition("/")[2].partition("?")[0] for link in [*styles, *scripts]]
        assert {"pages.css", "first.js", "pages.js", "print.css"} <= set(files), path
        counts.update(files)
        assert len(files) <= 9, (path, files)
    shared = {name for name, count in counts.items() if count == len(list_pages(html))}
    assert shared == {"pages.css", "first.js", "pages.js", "print.css"}


def test_a_bundle_holds_each_file_whole_and_in_order(html):
    bundles = {name: (html / "_static" / name).read_text(encoding="utf-8") for name in BUNDLES}
    for name, parts in {
        "first.js": ["documentation_options.js", "doctools.js", "words.js", "theme.js"],
        "pages.js": ["language.js", "source.js", "bootstrap.js", "pydata-sphinx-theme.js"],
    }.items():
        (files,) = zip(*(sorted(html.glob(f"_static/**/{part}")) for part in parts), strict=True)
        texts = [
            re.sub("\n?//# source.*|\n?/\\*# source.*", "", f.read_text(encoding="utf-8"))
            for f in files
        ]
        places = [bundles[name].index(text) for text in texts]
        assert places == sorted(places), name
    assert not re.search(r"@import|url\((?![\"']?(data:|file\.png))", bundles["pages.css"])
    styles = bundles["pages.css"]
    places = [styles.index(name) for name in (".btn", ".bd-article", ".lenet-widget")]
    assert places == sorted(places) and "rel=" not in styles  # bootstrap, the theme, the book's own
    assert not re.search(
        r"\.(accordion|container-fluid|offcanvas-xxl)\b", styles
    )  # bootstrap's, of no page


STYLES = """/* a note */ @charset "utf-8"; :root { --a: url("x.png") }
@font-face { font-family: F } .used > #here, .unused { color: red } .used .unused { a: b }
a:not(.unused):hover{c:d} @media (min-width: 9px) { .unused { e: f } .tip-left { g: h } }
@media print { #unused { i: j } } [class*="unused"] { k: l } html .used::after { content: ".un{" }
"""


def test_styles_that_no_page_can_use_are_left_out():
    page = '<html class="used" id="here">'
    script = 'element.classList.add("tip-" + side)'
    assert drop_unused_rules(STYLES, [page, script]).split("\n") == [
        '@charset "utf-8";',
        ':root{ --a: url("x.png") }',
        "@font-face { font-family: F }",
        ".used > #here{ color: red }",
        "a:not(.unused):hover{c:d}",
        "@media (min-width: 9px) {.tip-left{ g: h }}",
        '[class*="unused"]{ k: l }',
        'html .used::after{ content: ".un{" }',
    ]


def test_styles_are_joined_with_their_imports_and_addresses(tmp_path):
    folder = tmp_path / "_static/styles"
    folder.mkdir(parents=True)
    (folder / "a.css").write_text(
        '@import "../b.css";\na { background: url(x.png) }\n', encoding="utf-8"
    )
    (tmp_path / "_static/b.css").write_text(
        "b { mask: url('c/y.svg'); src: url(data:z) }", encoding="utf-8"
    )
    joined = join_styles(tmp_path, ["_static/styles/a.css"])
    assert joined == (
        'b { mask: url("c/y.svg"); src: url(data:z) }\na { background: url("styles/x.png") }\n'
    )


def find_button(page, name):
    (link,) = [a for t, a in page.tags if t == "a" and f"btn-{name}-button" in a.get("class", "")]
    return link["href"]


def get_source(name):
    return f"chapters/src/{TABLES.get(name, f'{name}.md')}"


@every_page
def test_edit_leads_to_the_source(html, language, slug):
    target = find_button(read_page(html, language, slug), "source-edit")
    source = get_source(slug)
    assert target == f"{REPOSITORY}/blob/main/{source}?plain=1"
    assert (ROOT / source).exists()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TABLES)
def test_every_entry_knows_its_line_in_the_table(html, language, name):
    lines = (ROOT / get_source(name)).read_text(encoding="utf-8").splitlines()
    sections = [a for t, a in read_page(html, language, name).tags if t == "section"]
    entries = [a for a in sections if not re.match("title$|letter-", a["id"])]
    assert len(entries) > 20
    for entry in entries:
        line = lines[int(entry["data-line"]) - 1]
        assert re.match(rf"- id: {entry['id']}\b|@\w+\{{{entry['id']},", line)


@every_chapter
def test_every_section_knows_its_line_in_the_source(html, language, slug):
    lines = (ROOT / f"chapters/src/{slug}.md").read_text(encoding="utf-8").splitlines()
    sections = [a for t, a in read_page(html, language, slug).tags if t == "section"]
    assert len(sections) > 2
    for section in sections:
        if section["id"] == "solutions":  # for paper alone
            continue
        cell = re.sub(r"-\d$", "", section["id"])
        line = lines[int(section["data-line"]) - 1]
        assert line.startswith("+++") and f'"lang": "{language}"' in line
        assert f'"id": "{section["id"]}"' in line or f'"id": "{cell}"' in line


@every_page
def test_report_an_error_opens_a_form_that_says_where(html, language, slug):
    target = find_button(read_page(html, language, slug), "source-issues")
    assert target.startswith(f"{REPOSITORY}/issues/new?")
    form = parse_qs(urlsplit(target).query)
    assert form["title"] == [
        {"ko": "오류: {}", "en": "Error: {}"}[language].format(get_title(language, slug))
    ]
    page, source, *_ = form["body"][0].split("\n")
    assert page.endswith(f"{ADDRESS}chapters/{language}/{slug}.html")
    assert source.endswith(f"{REPOSITORY}/blob/main/{get_source(slug)}?plain=1")


def test_the_landing_page_is_its_own_source(html):
    target = find_button(Page(html / "index.html"), "source-edit")
    assert target == f"{REPOSITORY}/blob/main/index.md?plain=1"


@every_page
def test_colab_is_the_only_launch_button(html, language, slug):
    text = read_page(html, language, slug).text
    (menu,) = re.findall(r'(?s)<div class="dropdown dropdown-launch-buttons">.*?</div>', text)
    assert len(re.findall(r"<a\b", menu)) == 1
    path = urlsplit(REPOSITORY).path
    notebook = f"{path}/blob/course/chapters/{language}/{slug}.ipynb"
    assert f'href="https://colab.research.google.com/github{notebook}"' in menu
    assert not re.search(r"binder|thebe|jupyterhub|deepnote", text, re.I)


@every_page
def test_the_pdf_that_is_offered_is_the_page_s_language_s(html, language, slug):
    target = find_button(read_page(html, language, slug), "download-book")
    assert target == f"{ADDRESS}lenet-book-{language}.pdf"


@every_page
def test_the_notebook_that_is_offered_is_called_one(html, language, slug):
    text = read_page(html, language, slug).text
    (link,) = re.findall("(?s)<a [^>]*btn-download-source-button.*?</a>", text)
    words = re.search('btn__text-container">(.*?)<', link)[1]
    assert words == {"ko": "노트북(.ipynb)", "en": "Notebook (.ipynb)"}[language]


def test_the_landing_page_offers_no_source(html):
    assert "download-" not in (html / "index.html").read_text(encoding="utf-8")


@pytest.fixture
def small_book(tmp_path):
    """The book's settings with a notebook in each language, made of the first one's set-up cell."""
    source = tmp_path / "source"
    source.mkdir()
    shutil.copy(ROOT / "_config.yml", source)
    shutil.copytree(ROOT / "book", source / "book")
    (source / "lenet_course").symlink_to(ROOT / "lenet_course")
    (source / "index.md").write_text("# Small\n\nA small book.\n", encoding="utf-8")
    (source / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n"
        "- file: chapters/ko/00_welcome\n- file: chapters/en/00_welcome\n",
        encoding="utf-8",
    )
    for language in LANGUAGES:
        (source / f"chapters/{language}").mkdir(parents=True)
        notebook = nbformat.read(ROOT / f"chapters/{language}/00_welcome.ipynb", 4)
        notebook.cells[1:] = [nbformat.v4.new_markdown_cell("# One\n\nOne chapter.", id="title")]
        nbformat.write(notebook, source / f"chapters/{language}/00_welcome.ipynb")
    return source


def test_a_repository_that_is_known_is_named_everywhere_and_one_that_is_not_nowhere(
    small_book, tmp_path, monkeypatch
):
    html, config = tmp_path / "out/_build/html", small_book / "_config.yml"
    config.write_text(
        re.sub("^  url: .*", '  url: ""', config.read_text(encoding="utf-8"), flags=re.M),
        encoding="utf-8",
    )
    monkeypatch.setenv("GITHUB_SHA", "c0ffee")
    result = run_build(small_book, tmp_path / "out", repository="Someone/someone.github.io")
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    repository = "https://github.com/Someone/someone.github.io"
    (said,) = re.findall("^Repository: .*", result.stdout, re.M)
    assert f"{repository} (from GITHUB_REPOSITORY)" in said
    assert get_meta(Page(html / "index.html"))["og:url"] == "https://someone.github.io/"
    for page in ("index", "chapters/ko/00_welcome", "chapters/en/00_welcome"):
        assert COMMIT.search((html / f"{page}.html").read_text(encoding="utf-8"))[1] == "c0ffee"
    assert 'href="/index.html"' in (html / "404.html").read_text(encoding="utf-8")
    assert "Sitemap: https://someone.github.io/sitemap.xml" in (html / "robots.txt").read_text(
        encoding="utf-8"
    )
    outside = list_outside(map(Page, list_pages(html)))
    assert len(outside) > 15 and all("someone" in address.lower() for address in outside), outside
    for notebook in html.glob("_sources/chapters/*/00_welcome.ipynb"):
        assert f"git+{repository}@course" in nbformat.read(notebook, 4).cells[0].source
        page = html / notebook.relative_to(html / "_sources").with_suffix(".html")
        assert f"git+{repository}@course" in re.sub("<[^>]*>", "", page.read_text(encoding="utf-8"))

    monkeypatch.delenv("GITHUB_SHA")  # a build by hand names no commit
    result = run_build(small_book, tmp_path / "out", "--all")
    assert result.returncode == 0
    assert "Repository: none known" in result.stdout
    assert list_outside(map(Page, list_pages(html))) == set()
    assert not (html / "sitemap.xml").exists() and not (html / "robots.txt").exists()
    for page in html.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(
            r'name="commit"|rel="canonical|og:image|og:url|<link[^>]* hreflang', text
        ), page
        for target in Page(page).list_attributes("a", "href"):
            path = urlsplit(target).path
            place = html / path[1:] if path.startswith("/") else page.parent / path
            assert place.exists(), (page, target)
    for notebook in html.glob("_sources/chapters/*/00_welcome.ipynb"):
        assert '"../.."' in nbformat.read(notebook, 4).cells[0].source


def encode(file) -> str:
    return base64.b64encode(file.read()).decode()


@pytest.mark.parametrize("name", ["preview", "favicon"])
def test_the_pictures_are_what_their_script_draws(name):
    from book.site.draw_preview import draw_icon, draw_preview

    fresh = io.BytesIO()
    {"preview": draw_preview, "favicon": draw_icon}[name]().savefig(fresh, format="png")
    fresh.seek(0)
    with open(STATIC / f"{name}.png", "rb") as stored:
        assert compare_pictures(encode(stored), encode(fresh)) is None
    size = Image.open(STATIC / f"{name}.png").size
    assert size == {"preview": (1200, 630), "favicon": (180, 180)}[name]


def test_the_icon_is_what_its_script_makes():
    from book.site.draw_preview import make_icon

    assert (STATIC / "favicon.svg").read_text(encoding="utf-8") == make_icon()


def test_addresses_are_not_written_twice():
    """repository.url is the one place: no template, script or module holds the site's address."""
    for path in [*(ROOT / "book").rglob("*"), ROOT / "_config.yml"]:
        if path.suffix in (".py", ".html", ".js", ".css", ".yml"):
            assert "github.io/" not in unquote(path.read_text(encoding="utf-8")).replace(
                "OWNER.github.io/", ""
            )

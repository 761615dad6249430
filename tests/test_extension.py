"""The parts of the book's extension by themselves: what they make of a line, a page, a name.

The built book is looked at elsewhere; here each rule meets the case that it was written for.
"""

import json
import re
from collections import Counter
from types import SimpleNamespace

import jinja2
import nbformat
import pytest
from docutils import nodes
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.styles import get_style_by_name
from pygments.token import Token
from sphinx.errors import ExtensionError

from book.course import ROOT, derive_address
from book.notebooks.glossary import list_other_names
from book.notebooks.sources import find_lines
from book.pdf import make_footer, resolve_link
from book.site import (
    anchors,
    extension,
    links,
    not_found,
    policy,
    preview,
    search,
    search_file,
    search_index,
    words,
)
from book.site import language as page_language
from book.site.highlighting import PLAIN, NotebookLexer

# ---- addresses


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("https://github.com/Owner/a-book", "https://owner.github.io/a-book/"),
        ("https://github.com/Owner/a-book/", "https://owner.github.io/a-book/"),
        ("https://github.com/Owner/Owner.github.io", "https://owner.github.io/"),
    ],
)
def test_a_repository_s_site_is_at_its_owner_s_address(repository, address):
    assert derive_address(repository) == address


def test_a_page_knows_its_language_and_its_twin():
    assert page_language.get_language("chapters/ko/00_welcome") == "ko"
    assert page_language.get_language("chapters/en/glossary") == "en"
    assert (
        page_language.get_language("index") is page_language.get_language("chapters/src/a") is None
    )
    assert page_language.get_twin("chapters/ko/00_welcome") == "chapters/en/00_welcome"
    assert page_language.get_twin("chapters/en/en") == "chapters/ko/en"
    assert page_language.get_twin("index") is None
    assert page_language.is_chapter("chapters/ko/00_welcome")
    assert not page_language.is_chapter("chapters/en/references")


def test_a_link_of_the_pdf_stays_inside_where_it_can(tmp_path):
    page = tmp_path / "chapters/en/01_define_the_net.html"
    site = "https://a.org/book/chapters/en/01_define_the_net.html"

    def resolve(target):
        return resolve_link(tmp_path, page, site, target)

    assert resolve("02_inspect_the_parameters.html#seeds") == "#02_inspect_the_parameters-seeds"
    assert resolve("02_inspect_the_parameters.html") == "#02_inspect_the_parameters-title"
    assert resolve("#flatten") == "#01_define_the_net-flatten"
    assert resolve("../ko/00_welcome.html") == "https://a.org/book/chapters/ko/00_welcome.html"
    assert resolve("https://pytorch.org/x") == "https://pytorch.org/x"
    site = ""  # of a book that knows no address
    assert resolve("../ko/00_welcome.html") == ""
    assert resolve("#flatten") == "#01_define_the_net-flatten"


def test_a_title_with_quotes_stays_inside_its_style():
    assert 'content: "a \\"b\\" \\\\ c";' in make_footer(3, 'a "b" \\ c')
    assert ".chapter-3 { page: chapter-3; }" in make_footer(3, "a")


# ---- words about a page


def test_a_description_is_whole_sentences_of_at_most_160_characters():
    one, two = "a" * 79 + ".", "b" * 79 + "."  # 80 each, 161 with the blank
    assert preview.shorten(f"{one} {two}") == one
    assert preview.shorten(f"{one} {two[1:]}") == f"{one} {two[1:]}"  # 160
    assert preview.shorten("할 일 · 셉니다.\n그리고  봅니다.") == "셉니다. 그리고 봅니다."
    assert preview.shorten("version 2.0 is it") == "version 2.0 is it"


def test_a_description_without_a_short_sentence_ends_after_a_word():
    text = preview.shorten("word " * 50)
    assert text.endswith("word…") and 150 < len(text) <= 161


def test_korean_words_on_an_english_page_are_marked_and_tags_are_left_alone():
    body = '<p title="계층">A layer is 계층 이름 in Korean.</p>'
    assert page_language.mark_hangul(body) == (
        '<p title="계층">A layer is <span lang="ko">계층 이름</span> in Korean.</p>'
    )
    halves = '<div class="lang-ko docutils"><div class="lang-en x"><div class="landing">'
    assert page_language.mark_languages(halves) == (
        '<div lang="ko" class="lang-ko docutils"><div lang="en" class="lang-en x">'
        '<div class="landing">'
    )


def test_a_word_of_the_frame_without_korean_is_a_warning(monkeypatch):
    said = []
    monkeypatch.setattr(words.logger, "warning", lambda *words: said.append(words[-1]))
    korean = words.KoreanWords()
    found = [korean.gettext(word) for word in ("Search", "검색", "", "Unknown")]
    assert found == ["검색", "검색", "", "Unknown"]
    assert said == ["Unknown"]


def test_a_word_of_the_frame_that_no_reader_knows_has_another_in_english():
    word = "Toggle primary sidebar"
    assert words.WORDS["en"].gettext(word) == "Show or hide the chapters"
    assert words.WORDS["both"].gettext(word) == "장 목록 열고 닫기 / Show or hide the chapters"
    assert words.WORDS["en"].gettext("Search") == "Search"


# ---- sources


SOURCE = """\
---
head
---

+++ {"lang": "ko", "id": "title"}

# 제목

+++ {"lang": "en", "id": "title"}

# Title

+++ {"lang": "en", "id": "second"}
"""


def test_a_section_knows_its_language_s_line_in_the_source():
    assert find_lines(SOURCE, "ko") == {"title": 5}
    assert find_lines(SOURCE, "en") == {"title": 9, "second": 13}
    assert find_lines("- id: a\n  ko: x\n- id: b-c\n", "ko") == {"a": 1, "b-c": 3}
    assert find_lines("@misc{a,\n}\n\n@book{b2,\n}\n", "en") == {"a": 1, "b2": 4}


def test_lines_are_written_beside_the_ids_a_second_heading_has_its_cell_s():
    body = (
        '<section class="x" id="title"><section id="title-2"><section id="solutions"><p id="title">'
    )
    assert links.mark_lines(body, {"title": 9}) == (
        '<section class="x" id="title" data-line="9"><section id="title-2" data-line="9">'
        '<section id="solutions"><p id="title">'
    )


def test_buttons_are_found_in_groups_too():
    inside = {"label": "b"}
    buttons = [{"label": "a", "buttons": [inside]}, {"label": "c"}]
    assert links.list_buttons(buttons) == [*buttons, inside]


def test_every_heading_s_cell_names_a_section_code_has_none():
    new = nbformat.v4
    cells = [
        new.new_markdown_cell("# One\n\n## Two\n\n```\n# no heading\n```", id="a"),
        new.new_code_cell("# a comment", id="b"),
        new.new_markdown_cell("text\n\n### Three", id="c"),
    ]
    assert anchors.list_heading_cells(cells) == ["a", "a-2", "c"]


# ---- what a page may do


def test_the_policy_lets_a_page_do_what_it_needs_and_nothing_else():
    rules = [rule.split() for rule in policy.make_policy("<script>a</script>").split("; ")]
    assert {name: sources for name, *sources in rules} == {
        "default-src": ["'none'"],
        "script-src": [
            "'self'",
            "'wasm-unsafe-eval'",
            "'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='",
        ],
        "worker-src": ["blob:"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
    }


def test_buttons_with_code_in_an_attribute_are_left_out_everywhere():
    link, script = {"type": "link"}, {"type": "javascript"}
    context = {"header_buttons": [script, {"type": "group", "buttons": [link, script]}, link]}
    policy.leave_out_inline_handlers(None, "p", "t", context, None)
    assert context["header_buttons"] == [{"type": "group", "buttons": [link]}, link]


def test_only_a_page_with_a_widget_gets_the_widgets_script():
    added = []
    app = SimpleNamespace(add_js_file=lambda *names, **how: added.append((names, how)))
    extension.add_widget_script(app, "p", "t", {"body": '<div class="lenet-verdict">'}, None)
    extension.add_widget_script(app, "p", "t", {}, None)
    assert added == []
    extension.add_widget_script(app, "p", "t", {"body": '<div class="lenet-widget">'}, None)
    assert added == [(("lenet-widgets.js",), {"loading_method": "defer"})]


# ---- cells and formulas


def read_cells(*cells):
    app = SimpleNamespace(env=SimpleNamespace(doc2path=lambda name: f"{name}.ipynb"))
    text = nbformat.writes(nbformat.v4.new_notebook(cells=list(cells)))
    extension.stop_on_failed_cells(app, "chapters/en/one", [text])


def test_the_keyboard_reaches_a_table_that_may_scroll():
    context = {"body": '<p></p><div class="pst-scrollable-table-container"><table>'}
    extension.let_tables_scroll(None, "p", "t", context, None)
    assert context["body"] == (
        '<p></p><div class="pst-scrollable-table-container" tabindex="0"><table>'
    )


def test_a_cell_that_failed_or_never_ran_stops_the_build_unless_it_was_meant_to():
    new = nbformat.v4
    error = new.new_output("error", ename="E", evalue="bad", traceback=[])
    read_cells(new.new_code_cell("1", execution_count=1), new.new_markdown_cell("text"))
    meant = {"tags": ["raises-exception"]}
    read_cells(new.new_code_cell("1", execution_count=1, outputs=[error], metadata=meant))
    with pytest.raises(ExtensionError, match="failed"):
        read_cells(new.new_code_cell("1", execution_count=1, outputs=[error]))
    with pytest.raises(ExtensionError, match="never run"):
        read_cells(new.new_code_cell("1"))


def test_the_set_up_cell_goes_before_the_first_code_and_leaves_its_output_behind():
    def make_cell(name):
        parts = [nodes.container(classes=[part]) for part in ("cell_input", "cell_output")]
        return nodes.container("", *parts, classes=["cell"], names=[name])

    section = nodes.section("", nodes.title("", "T"), nodes.paragraph("", "p"), make_cell("code"))
    document = nodes.document(None, None, "", make_cell("setup"), section)
    extension.move_setup_cell(None, document)
    assert list(document) == [section]
    assert [node.get("names", []) for node in section] == [[], [], ["setup"], ["code"]]
    setup, code = ([part["classes"] for part in cell] for cell in section[2:])
    assert (setup, code) == ([["cell_input"]], [["cell_input"], ["cell_output"]])
    extension.move_setup_cell(None, document)  # nothing stands above the title: nothing moves
    assert len(section) == 4


def test_an_order_to_colab_is_left_out_of_the_code():
    code, other = nodes.literal_block("", "# @title A\nx = 1"), nodes.literal_block("", "# b\ny")
    extension.drop_form_titles(None, nodes.document(None, None, "", code, other))
    assert (code.astext(), code.rawsource, other.astext()) == ("x = 1", "x = 1", "# b\ny")


def test_a_command_in_a_cell_has_its_colour_and_is_no_fault():
    code = "%%writefile a.py\nx = 3\n!{torchrun} a.py | sort\ny = x != 4\n"
    found = list(NotebookLexer().get_tokens(code))
    commands = [text for kind, text in found if kind is Token.Comment.Preproc]
    assert commands == ["%%writefile a.py", "!{torchrun} a.py | sort"]
    assert not any(kind in Token.Error for kind, _ in found)


@pytest.mark.parametrize("style", ["a11y-high-contrast-light", "a11y-high-contrast-dark"])
def test_what_has_the_code_s_own_colour_has_no_element(style):
    look = get_style_by_name(style).style_for_token
    assert [kind for kind in PLAIN if look(kind) != look(Token.Text)] == []
    html = highlight("from torch import x\ny = f(x, 3)  # z", NotebookLexer(), HtmlFormatter())
    assert set(re.findall('class="(.*?)"', html)) == {"highlight", "kn", "o", "mi", "c1"}


def test_a_function_s_name_in_a_formula_has_its_thin_space():
    space = '<mspace width="0.167em"/>'
    formula = extension.write_formula(r"\ln p", "inline")
    assert f"<mi>ln</mi>{space}<mi>p</mi>" in formula and 'display="inline"' in formula
    assert space not in extension.write_formula(r"\ln (p)", "block")
    assert 'display="block"' in extension.write_formula("x", "block")


def test_a_name_in_a_formula_is_one_word():
    formula = extension.write_formula(r"\mathrm{learning\_rate} \times d\,x", "inline")
    for name in ("learning_rate", "d", "x"):
        assert f"<mi>{name}</mi>" in formula


# ---- templates


def render(name, **context):
    loader = jinja2.FileSystemLoader(ROOT / "book/site/templates")
    environment = jinja2.Environment(loader=loader, autoescape=True)
    return " ".join(environment.get_template(name).render(_=lambda w: f"_{w}", **context).split())


def test_the_list_counts_chapters_from_0_and_marks_the_page_that_is_open():
    def make_page(title, is_chapter, here):
        return {"title": title, "is_chapter": is_chapter, "url": f"{title}.html", "here": here}

    pages = [make_page("a", True, False), make_page("b", True, True), make_page("c", False, False)]
    assert render("chapter-list.html", chapters={"ko": pages}) == (
        '<nav class="chapter-list" lang="ko" aria-label="장 목록"> <ol start="0"> '
        '<li><a href="a.html">a</a></li> <li><a href="b.html" aria-current="page">b</a></li> </ol> '
        '<ul> <li><a href="c.html">c</a></li> </ul> </nav>'
    )


def test_the_switch_speaks_the_language_that_it_leads_to_and_a_page_in_both_has_none():
    twin = {"url": "../en/a.html", "lang": "en", "words": "English"}
    assert render("language-switch.html", twin=twin) == (
        '<a class="language-switch" href="../en/a.html" hreflang="en" lang="en" '
        'rel="alternate">English</a>'
    )
    assert render("language-switch.html") == ""


def test_a_sidebar_s_button_says_what_it_does_and_none_stands_where_there_is_nothing():
    for side in ("primary", "secondary"):
        button = render(f"toggle-{side}-sidebar.html", generate_toc_html=lambda: "<ul>")
        for name in ("title", "aria-label"):
            assert f'{name}="_Toggle {side} sidebar"' in button
    assert render("toggle-secondary-sidebar.html", generate_toc_html=lambda: "") == ""


def test_every_link_of_the_page_that_is_not_there_begins_at_the_root():
    app = SimpleNamespace(config=SimpleNamespace(html_baseurl="https://a.org/book/"))
    page = '<a href="./x.html"><a href="y/z.html"><a href="#top"><a href="https://b.org">'
    page += '<form action="s.html"><script src="/c.js"></script><img src="data:d">'
    wanted = page.replace("./x", "/book/x").replace("y/z", "/book/y/z").replace("s.h", "/book/s.h")
    assert not_found.begin_at_root(app, page) == wanted


# ---- search


def test_words_are_listed_as_they_stand_but_for_capitals_that_begin_them():
    assert search.list_words("The ReLU of nn.MaxPool2d, zero_grad() and GPU를") == [
        *("the", "ReLU", "of", "nn.MaxPool2d", "zero_grad", "and", "GPU")
    ]
    assert search.list_words("역전파를 봅니다, 완전 연결") == ["역전파를", "봅니다", "완전", "연결"]
    assert search.list_words("ＲｅＬＵ") == search.list_words("ReLU")


def test_numbers_and_sizes_are_words_and_addresses_are_not():
    assert search.list_words("61,706 0.05 1e-3 -0.5 28 × 28, 5x5 [1, 2]") == [
        *("61,706", "0.05", "1e-3", "0.5", "28 × 28", "5x5", "1", "2")
    ]
    assert search.list_words("0x7fff deadbeef1 conv2d 16x") == ["conv2d", "16x"]
    assert search.list_words(r"\frac{a1} 5 \times 5") == ["a1", "5 × 5"]


def test_a_section_has_its_own_words_and_of_an_output_what_the_page_shows():
    inner = nodes.section("", nodes.title("", "inner"))
    shown = nodes.container("", nodes.raw("", "<b>table</b><style>td</style>", format="html"))
    plain = nodes.container("", nodes.literal_block("", "plain"), mime_type="text/plain")
    output = nodes.container("", shown, plain, nb_element="mime_bundle")
    setup = nodes.container("", nodes.paragraph("", "pip"), classes=["cell", *search_index.SETUP])
    section = nodes.section("", nodes.title("", "outer"), setup, output, inner)
    assert search.list_words(search_index.read_text(section)) == ["outer", "table"]


def test_the_index_has_for_each_word_its_sections_and_how_often():
    pages = {
        "chapters/ko/a": [("title", "A", Counter(grad=1, the=9)), ("b", "B", Counter(grad=4))],
        "chapters/ko/glossary": [("gradient", "변화도", Counter(grad=2, MaxPool=1, 변화도=1))],
    }
    term = {"id": "gradient", "ko": "변화도", "en": "gradient", "not": ["경사"]}
    taught = {("chapters/ko/glossary", "gradient"): [("chapters/ko/a", "b")]}
    text = search_file.write_index(pages, [term], taught, ["the"])
    assert json.loads(re.fullmatch(r"Search\.setIndex\(spreadIndex\((.*)\)\)", text)[1]) == {
        "docnames": [*pages],
        # each section by its distance from the one before; ! is twice, # four times
        "terms": ["A^max^poolAgradA변화도", "2\n0#1!1\n2"],
        "alltitles": [[["title", "A"], ["b", "B"]], [["gradient", "변화도"]]],
        "indexentries": [[1, "gradient", [1], "gradient", "변화도", "경사"]],
    }
    assert "경사" in text and ", " not in text


def test_a_term_is_found_under_the_names_it_has_elsewhere():
    term = {"ko": "변화도", "en": "gradient", "not": ["그라디언트"], "also": {"en": ["slope"]}}
    assert list_other_names(term, "ko") == ["그라디언트"]
    assert list_other_names(term, "en") == ["slope"]

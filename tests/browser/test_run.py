"""Cells run, are edited, stopped and reset in the page, which is a file and asks no network."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import BLOCK_STORAGE, needs_storage
from tests.browser.inspection import run_axe

CHAPTER = "05_chain_rule"
FIRST = "w, x, b, y = 2, 3, 1, 4"  # a cell whose names the next one uses
NEXT = "L_e, e_s, s_u, u_w = 2 * e, 1, 1, x"
EXERCISE = "check_edge_derivatives"
ANSWER = "[10, 1, 1, 3, 30]"
WORDS = {
    "ko": {"run": "실행", "edit": "고치기", "stop": "멈추기", "reset": "되돌리기", "check": "확인"},
    "en": {"run": "Run", "edit": "Edit", "stop": "Stop", "reset": "Reset", "check": "Check"},
}
RIGHT = {"ko": "맞습니다.", "en": "Right."}
HINT = {"ko": "아직 아닙니다.", "en": "Not yet."}
STOPPED = {"ko": "멈추었습니다.", "en": "Stopped."}
FIND = """code => {
  const cells = [...document.querySelectorAll("article .cell:has(.run-bar)")];
  return cells.findIndex((cell) => cell.textContent.includes(code));
}"""

COMPARE_COLOURS = """async () => {
  const read = (code) => {
    const letters = [], walk = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const { color } = getComputedStyle(walk.currentNode.parentElement);
      for (const letter of walk.currentNode.data) if (letter.trim()) letters.push([letter, color]);
    }
    return letters;
  };
  await Promise.all([lenetRun.load("page"), lenetRun.load("worker")]);
  lenetRun.open();
  const found = { letters: 0, others: 0, moved: 0, examples: [] };
  for (const { element, edit } of lenetRun.cells) {
    const code = element.querySelector("pre"), height = element.clientHeight, before = read(code);
    edit();
    const after = read(code);
    const others = before.filter(([, color], i) => color !== after[i][1]);
    found.letters += before.length;
    found.others += others.length;
    found.moved += Math.abs(element.clientHeight - height);
    if (others.length) found.examples.push([others.map(([letter]) => letter).join(""), code.textContent]);
  }
  return found;
}"""


class Cell:
    """A cell of an open page, with what a reader does to it."""

    def __init__(self, page, code, language="en"):
        number = page.evaluate(FIND, code)
        assert number >= 0, code
        self.page, self.words, self.number = page, WORDS[language], number + 1
        self.place = page.locator("article .cell:has(.run-bar)").nth(number)
        self.field = self.place.locator("textarea")
        self.output = self.place.locator(".run-output")

    def button(self, name):
        return self.place.get_by_role("button", name=re.compile(f"^{self.words[name]}: "))

    def press(self, name="run"):
        self.button(name).click()
        return self.read()

    def read(self):
        """Wait until it has run; return its output, without the line on the engine."""
        self.place.and_(self.page.locator(":not([aria-busy])")).wait_for()
        return re.sub(r"\s*(What runs here|이 페이지의 코드는)[^\n]*", "", self.output.inner_text())

    def run(self, code):
        """Edit it and run it by keyboard."""
        if not self.field.count():
            self.button("edit").click()
        self.field.fill(code)
        self.field.press("Shift+Enter")
        return self.read().strip()


@pytest.fixture
def open_chapter(open_file, html):
    def open_chapter(language="en", slug=CHAPTER, **options):
        return open_file(html, f"chapters/{language}/{slug}.html", **options)

    return open_chapter


@pytest.mark.parametrize("language", WORDS)
def test_cells_above_run_first_and_once(open_chapter, language):
    page = open_chapter(language)
    stored = page.locator("article .cell_output:visible").count()
    assert Cell(page, NEXT, language).press() == "18"  # 2 × 3 × 1 × 1 × 3, from the cell above
    first = Cell(page, FIRST, language)
    assert first.run("w, x, b, y, e = 2, 3, 1, 4, 5") == ""
    assert Cell(page, NEXT, language).press() == "30"
    assert page.locator("article .cell_output:visible").count() == stored - 1  # the empty one
    assert page.locator("article").get_by_text(re.compile("Colab|노트북|notebook")).count() >= 1


def test_what_is_edited_runs_and_what_is_reset_is_as_it_was(open_chapter):
    page = open_chapter()
    cell = Cell(page, FIRST)
    before = cell.place.inner_html()
    assert cell.run("print(2)\n3 * 4") == "2\n\n12"
    assert cell.place.locator(".cell_output").nth(0).is_hidden()
    cell.button("reset").click()
    assert cell.button("run").evaluate("button => button === document.activeElement")
    assert cell.field.count() == cell.output.count() == 0
    shown = re.sub('<div class="run-bar">.*?</div>', "", cell.place.inner_html())
    assert shown == re.sub('<div class="run-bar">.*?</div>', "", before)


def test_a_stopped_cell_ends_and_the_next_press_works(open_chapter):
    page = open_chapter()
    cell = Cell(page, FIRST)
    cell.button("edit").click()
    cell.field.fill("kept = 1\nwhile True:\n    pass")
    cell.field.press("Shift+Enter")
    cell.button("stop").click()
    assert cell.read().strip().startswith("Stopped.")
    assert cell.run("kept").startswith("NameError: name 'kept' is not defined")
    assert cell.run("6 * 7") == "42"


ERRORS = {
    "x = 1\nx = = 2": ("SyntaxError: invalid syntax", 2),
    "def f():\n    return missing\n\nf()": ("NameError: name 'missing' is not defined", 2),
    "import os": ("ImportError: this page's engine has no module 'os'", 1),
    "def f(n):\n    return f(n + 1)\n\nf(0)": ("RuntimeError: maximum recursion depth", 2),
    "print(1)\n[1, 2][5]": ("1\n\nIndexError: list index out of range", 2),
}


def test_errors_name_their_line_and_the_next_press_works(open_chapter):
    page = open_chapter()
    cell = Cell(page, FIRST)
    for code, (words, line) in ERRORS.items():
        said = cell.run(code)
        assert said.startswith(words) and f"(line {line})" in said
        marked = cell.place.locator("mark").evaluate("mark => mark.textContent")
        assert marked == code.split("\n")[line - 1]
        assert cell.field.get_attribute("aria-invalid") == "true"
        assert cell.run("1 + 1") == "2" and cell.place.locator("mark").count() == 0


@pytest.mark.parametrize(
    "bomb", ["x = [0] * 10**9", "x = []\nwhile True:\n    x.append('a' * 10**7)"]
)
def test_too_much_memory_ends_in_a_clear_word(open_chapter, bomb):
    cell = Cell(open_chapter(), FIRST)
    assert cell.run(bomb).startswith("This cell needs more memory than the page may use.")
    assert cell.run("1 + 1") == "2"


def test_endless_output_is_cut_and_the_page_stays_alive(open_chapter):
    page = open_chapter()
    cell = Cell(page, FIRST)
    cell.button("edit").click()
    cell.field.fill("while True:\n    print('again and again')")
    cell.field.press("Shift+Enter")
    cell.place.get_by_text("The output is too long; the rest is left out.").wait_for()
    assert page.evaluate("new Promise((done) => setTimeout(() => done('alive')))") == "alive"
    cell.button("stop").click()
    said = cell.read()
    assert 20_000 <= len(said) < 21_000 and "Stopped." in said
    assert cell.run("1 + 1") == "2"


def test_by_keyboard_alone(open_chapter):
    page = open_chapter()
    cell = Cell(page, FIRST)
    cell.button("edit").focus()
    page.keyboard.press("Enter")
    field = cell.field
    field.select_text()
    page.keyboard.type("for i in range(2):\nprint(i)")  # Enter indents
    assert field.input_value() == "for i in range(2):\n    print(i)"
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")  # one level less
    page.keyboard.type("i + 1")
    assert field.input_value().endswith("\ni + 1")
    page.keyboard.press("Shift+Enter")
    assert cell.read() == "0\n1\n\n2"
    assert field.evaluate("field => field === document.activeElement")
    page.keyboard.press("Control+Z")
    assert not field.input_value().endswith("\ni + 1")  # the browser's own undo
    page.keyboard.press("Escape")
    assert cell.button("run").evaluate("button => button === document.activeElement")
    field.focus()
    page.keyboard.press("Tab")
    assert not field.evaluate("field => field === document.activeElement")


def test_results_are_announced(open_chapter):
    page = open_chapter()
    cell = Cell(page, FIRST)
    cell.run("6 * 7")
    assert page.get_by_role("status").last.inner_text().startswith("42")
    cell.run("6 / 0")
    assert "ZeroDivisionError: division by zero" in page.get_by_role("status").last.inner_text()
    assert cell.field.get_attribute("aria-label") == f"Code of cell {cell.number}"
    assert cell.output.get_attribute("aria-label") == f"Output of cell {cell.number}"


@pytest.mark.parametrize(
    "options",
    [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}, "has_touch": True}],
)
def test_axe_has_no_fault_in_a_page_in_use(open_chapter, options):
    page = open_chapter(**options)
    cell = Cell(page, FIRST)
    long = "'a long line' + ' and longer' * 30"
    cell.run(f"for word in ('import', 'def'):\n    print(word)  # {long}\nprint({long})\n1 / 0")
    page.evaluate(Axe().axe_script)
    assert (
        run_axe(
            page, "as it is", {"preload": False}, "document.querySelector('.cell:has(textarea)')"
        )
        == []
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_the_editor_has_the_code_s_own_colours(open_chapter):
    """Opening an editor changes no letter's colour and moves nothing."""
    page = open_chapter()
    changed = page.evaluate(COMPARE_COLOURS)
    assert changed["letters"] > 3000
    assert changed["others"] <= 0.01 * changed["letters"], changed["examples"]
    assert changed["moved"] == 0


@pytest.mark.parametrize("language", WORDS)
def test_a_checked_answer_counts_as_solved(open_chapter, language):
    page = open_chapter(language)
    cell = Cell(page, EXERCISE, language)
    solved = page.locator("section:has(> .cell .run-bar) > label.solved > input").first
    cell.button("edit").click()
    code = cell.field.input_value()
    assert cell.button("check").count() == 1
    assert cell.run(code.replace("...", "[1, 2, 3, 4, 5]")).startswith(
        ("Not yet.", "아직 아닙니다.")
    )
    assert not solved.is_checked()
    assert cell.run(code.replace("...", ANSWER)).startswith(RIGHT[language])
    assert solved.is_checked()


@needs_storage
def test_a_solved_exercise_is_kept(open_chapter):
    page = open_chapter()
    cell = Cell(page, EXERCISE)
    cell.run(f"from lenet_course.exercises import {EXERCISE}\n{EXERCISE}({ANSWER})")
    assert "solved" in page.evaluate("localStorage['lenet-progress']")
    page.reload()
    assert page.locator(".tally .solved").count() == 1


def test_where_nothing_can_be_stored_cells_run(browser, html):
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script(BLOCK_STORAGE)
        page.goto((html / f"chapters/en/{CHAPTER}.html").as_uri())
        assert Cell(page, FIRST).press() == "(6, 7, 3, 9)"


def test_once_loaded_no_network_is_needed(visit):
    page = visit(f"chapters/en/{CHAPTER}.html")
    cell = Cell(page, FIRST)
    assert cell.press() == "(6, 7, 3, 9)"
    page.context.set_offline(True)
    cell.button("edit").click()
    cell.field.fill("while True:\n    pass")
    cell.field.press("Shift+Enter")
    cell.button("stop").click()
    cell.read()
    assert cell.run("6 * 7") == "42"  # by a new worker


def test_files_that_do_not_load_are_named_and_the_next_press_tries_again(open_chapter, open_file):
    page = open_chapter()
    page.route("**/lenet-run-*.js", lambda route: route.abort())
    cell = Cell(page, FIRST)
    cell.button("run").click()
    page.get_by_role("alert").get_by_text("The files that run it did not load.").wait_for()
    assert all("ERR_FAILED" in problem for problem in open_file.problems)
    open_file.problems.clear()
    page.unroute("**/lenet-run-*.js")
    assert cell.press() == "(6, 7, 3, 9)"


def test_nothing_comes_before_the_first_press(visit):
    page = visit(f"chapters/en/{CHAPTER}.html")
    assert not any("lenet-run" in url for url in page.requests)

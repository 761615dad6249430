"""A cell of an open page, and what a reader does to it."""

import re

CHAPTER = "08_update_the_weights"
FIRST = "loss = (weight - 3) ** 2"  # in its first cell, whose result is tensor(-6.)
WORDS = {
    "ko": {"run": "실행", "edit": "고치기", "stop": "멈추기", "reset": "되돌리기", "check": "확인"},
    "en": {"run": "Run", "edit": "Edit", "stop": "Stop", "reset": "Reset", "check": "Check"},
}
LOADED = "() => lenetRun.open && lenetRun.worker"  # from here on, a cell that runs is busy
PATIENCE = 300_000  # ms, for a cell that trains on a machine that has other work
FIND = """code => {
  const cells = [...document.querySelectorAll("article .cell:has(.run-bar button)")];
  return cells.findIndex((cell) => cell.textContent.includes(code));
}"""


class Cell:
    def __init__(self, page, code, language="en"):
        number = page.evaluate(FIND, code)
        assert number >= 0, code
        self.page, self.words, self.number = page, WORDS[language], number + 1
        self.place = page.locator("article .cell:has(.run-bar button)").nth(number)
        self.field = self.place.locator("textarea")
        self.output = self.place.locator(".run-output")

    def button(self, name):
        return self.place.get_by_role("button", name=re.compile(f"^{self.words[name]}: "))

    def press(self, name="run"):
        self.button(name).click()
        return self.read()

    def read(self):
        """Wait until it has run; return its output."""
        self.page.wait_for_function(LOADED)
        self.place.and_(self.page.locator(":not([aria-busy])")).wait_for(timeout=PATIENCE)
        return self.output.inner_text().strip()

    def begin(self, code):
        """Edit it and press Shift+Enter."""
        if not self.field.count():
            self.button("edit").click()
        self.field.fill(code)
        self.field.press("Shift+Enter")

    def run(self, code):
        """Edit it and run it; return its output."""
        self.begin(code)
        return self.read()

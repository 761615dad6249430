"""Questions and exercises: what a reader can answer, known to the page and to the landing page.

A choice is right or wrong by its reason's first word, and says so to book.css, which sets ✓ or ✗
before the reason. Each chapter's questions, `name:place of the right choice`, and exercises stand
in its page and beside its links on the landing page, for static/progress.js.
"""

import re

from docutils import nodes
from sphinx.errors import ExtensionError

from book.site.paper import list_solutions

VERDICTS = {"맞습니다.": "right", "Right.": "right", "아닙니다.": "wrong", "No.": "wrong"}
CHOICE = re.compile(r'<details name="([\w-]+)"')
FRAME = '<div class="question"'
KEY = "answerable"


def mark_choices(app, doctree):
    """Give questions their names as ids and choices their verdicts; note the exercises as well."""
    verdicts = {}
    for raw in doctree.findall(nodes.raw):
        text = raw.astext()
        if text.startswith(FRAME):
            frame = raw
        elif choice := CHOICE.match(text):
            name = choice[1]
            if name not in verdicts:
                write(frame, f'{FRAME} id="{name}"' + frame.astext().removeprefix(FRAME))
            verdict = judge(raw.next_node(nodes.paragraph, siblings=True), name)
            verdicts.setdefault(name, []).append(verdict)
            write(raw, f'{choice[0]} class="{verdict}"' + text.removeprefix(choice[0]))
    for name, found in verdicts.items():
        if found.count("right") != 1:
            raise ExtensionError(f"{name}: expected one right choice, got {found.count('right')}")
    exercises = dict.fromkeys(cell.parent["ids"][0] for cell in list_solutions(doctree))
    if verdicts or exercises:
        places = [f"{name}:{found.index('right')}" for name, found in verdicts.items()]
        found = {"questions": " ".join(places), "exercises": " ".join(exercises)}
        app.env.metadata[app.env.docname][KEY] = found


def judge(reason: nodes.paragraph | None, name: str) -> str:
    """Return "right" or "wrong", by the first word of a choice's reason."""
    word = reason.astext().split()[0] if reason else None
    if word not in VERDICTS:
        raise ExtensionError(
            f"{name}: expected a reason that begins with {[*VERDICTS]}, got {word}"
        )
    return VERDICTS[word]


def write(raw: nodes.raw, text: str) -> None:
    raw[:] = [nodes.Text(text)]


def describe(found: dict[str, str]) -> str:
    return "".join(f' data-{key}="{names}"' for key, names in found.items())


def add_tally(app, pagename, templatename, context, doctree):
    """Give a chapter the place of its tally, and the landing page's links what it counts."""
    found = {name: app.env.metadata[name].get(KEY) for name in app.env.all_docs}
    if pagename == app.config.root_doc:

        def mark(link):
            return link[0] + describe(found[link[1]] or {})

        context["body"] = re.sub(r'href="(chapters/\w+/\w+)\.html"', mark, context["body"])
    elif found.get(pagename):
        context["body"] += f'<div class="tally"{describe(found[pagename])}></div>'


def setup(app):
    app.connect("doctree-read", mark_choices)
    app.connect("html-page-context", add_tally)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

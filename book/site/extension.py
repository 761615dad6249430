"""The book's Sphinx extension: what Jupyter Book 1 has no setting for.

- the set-up cell, first in the notebook, stands below the title in the page, without its output;
- `# @title`, which names a folded cell in Colab, is left out of the page;
- formulas become MathML: no script, no request, read aloud by screen readers;
- a page with widgets gets their script, which fetches their data when one is near the window;
- a stored cell that failed, or was never run, fails the build.

Leans on Sphinx 7's `html-page-context` and `doctree-read` events and on `add_html_math_renderer`;
requirements-book.txt holds Sphinx to that line.
"""

import re
from pathlib import Path

import nbformat
from docutils import nodes
from latex2mathml.converter import convert
from sphinx.errors import ExtensionError

from book.site.widgets import SCRIPT, load_language_words, write_page_widgets

PARTS = (
    "address anchors bundle definitions highlighting language links not_found paper policy preview "
    "publishing questions search search_index storage words"
)
LETTERS = re.compile(r'(?:<mi mathvariant="normal">(?:\w|&#x0005F;)</mi>){2,}')
# what CourseWidget writes into a stored output; the landing page's has words of its own
PICTURE_ALONE = re.compile(r'<div class="lenet-widget"[^>]* lang="(\w+)"><img[^>]*>(?=</div>)')
WITHOUT_SCRIPT = {
    "ko": "자바스크립트를 켜면 이 그림을 직접 움직일 수 있습니다.",
    "en": "With JavaScript on, this picture is interactive.",
}


def move_setup_cell(app, doctree):
    """Put the set-up cell below the title, and leave out that the notebook's kernel is ready."""
    first = doctree.children[0] if doctree.children else None
    if not isinstance(first, nodes.container) or "cell" not in first["classes"]:
        return
    first[:] = [part for part in first if "cell_output" not in part.get("classes", [])]
    section = next(doctree.findall(nodes.section), None)
    if section is not None:
        doctree.remove(first)
        # below the title and the first lines, before the first code or the next heading
        places = (
            place
            for place, child in enumerate(section)
            if isinstance(child, (nodes.section, nodes.container))
        )
        section.insert(next(places, len(section)), first)


def drop_form_titles(app, doctree):
    """Leave `# @title …`, an order to Colab, out of the code in the page."""
    for code in doctree.findall(nodes.literal_block):
        if code.astext().startswith("# @title "):
            rest = code.astext().partition("\n")[2]
            code.rawsource = rest
            code[:] = [nodes.Text(rest)]


def stop_on_failed_cells(app, docname, source):
    """Stop the build at a code cell whose stored run failed without being meant to."""
    path = app.env.doc2path(docname)
    if not path.endswith(".ipynb"):
        return
    for cell in nbformat.reads(source[0], as_version=4).cells:
        if cell.cell_type != "code":
            continue
        if cell.execution_count is None:
            raise ExtensionError(f"{path}: cell {cell.id} was never run; make notebooks runs it")
        failed = any(output.output_type == "error" for output in cell.outputs)
        if failed and "raises-exception" not in cell.metadata.get("tags", []):
            raise ExtensionError(f"{path}: cell {cell.id} failed, without the tag raises-exception")


def write_formula(text, display):
    """Write a formula as MathML, with the thin space that TeX sets after the name of a function.

    A name in upright letters is one word, which a screen reader would spell otherwise.
    """
    space = '<mspace width="0.167em"/>'
    try:
        formula = convert(text, display=display)
    except Exception as error:  # latex2mathml's have no common class
        raise ExtensionError(f"expected a formula in LaTeX, got {text!r}: {error!r}") from error
    formula = re.sub(r"(<mi>(?:ln|log|exp)</mi>)(?=<m(?!o))", rf"\1{space}", formula)
    return LETTERS.sub(join_letters, formula)


def join_letters(letters: re.Match) -> str:
    """Join upright letters into one name, which is upright anyway."""
    return f"<mi>{re.sub('<[^>]*>', '', letters[0])}</mi>".replace("&#x0005F;", "_")


def visit_math(translator, node):
    """Write a formula inside a line as MathML."""
    translator.body.append(write_formula(node.astext(), "inline"))
    raise nodes.SkipNode


def visit_displaymath(translator, node):
    """Write a formula on its own line as MathML; it scrolls where it is wider than a phone."""
    formula = write_formula(node.astext(), "block")
    translator.body.append(f'<div class="display-math" tabindex="0">{formula}</div>')
    raise nodes.SkipNode


def write_widget_files(app):
    """Write the widgets' script and data into the built book, where all pages share them."""
    if app.builder.format == "html":
        write_page_widgets(Path(app.outdir) / "_static", load_language_words())


def add_widget_script(app, pagename, templatename, context, doctree):
    """Give the widgets' script to a page that has one, and a sentence to those without scripts."""
    if 'class="lenet-widget"' in context.get("body", ""):
        app.add_js_file(SCRIPT, loading_method="defer")
        context["body"] = PICTURE_ALONE.sub(say_what_scripts_add, context["body"])


def say_what_scripts_add(picture: re.Match) -> str:
    """Say below a widget's picture, where no script runs, that with one it would move."""
    return f"{picture[0]}<noscript><p>{WITHOUT_SCRIPT[picture[1]]}</p></noscript>"


def let_tables_scroll(app, pagename, templatename, context, doctree):
    """Let the keyboard reach a table that is wider than a phone, to scroll it."""
    place = '<div class="pst-scrollable-table-container"'
    context["body"] = context.get("body", "").replace(place, f'{place} tabindex="0"')


def let_folds_speak(app, pagename, templatename, context, doctree):
    """Let what stands on a folded cell name it: MyST-NB's name for all is one, in English."""
    name = ' aria-label="Toggle hidden content"'
    context["body"] = context.get("body", "").replace(name, "")


def setup(app):
    for part in PARTS.split():
        app.setup_extension(f"book.site.{part}")
    app.setup_extension("book.run.bundle")
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_displaymath, None))
    app.connect("source-read", stop_on_failed_cells)
    app.connect("doctree-read", move_setup_cell)
    app.connect("doctree-read", drop_form_titles)
    app.connect("builder-inited", write_widget_files)
    app.connect("html-page-context", add_widget_script)
    app.connect("html-page-context", let_tables_scroll)
    app.connect("html-page-context", let_folds_speak)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

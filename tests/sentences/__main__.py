"""python -m tests.sentences SLUG: name each unmarked number, and the cells that put it out."""

import sys

from tests.chapters import read_notebook
from tests.sentences.facts import read_numbers
from tests.sentences.numbers import read_number
from tests.sentences.texts import list_texts
from tests.sentences.unmarked import find_unmarked


def propose_sources(number: str, slug: str) -> list[str]:
    """Propose the places of a chapter's outputs that hold a number."""
    value, _ = read_number(number)
    cells = [cell.id for cell in read_notebook("ko", slug).cells if cell.get("outputs")]
    numbers = {cell: read_numbers(cell, slug) for cell in cells}
    return [
        cell if len(set(found)) == 1 else f"{cell}:{place}"
        for cell, found in numbers.items()
        for place, other in enumerate(found)
        if other == value
    ]


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # a code page lacks signs such as –
    for slug in sys.argv[1:]:
        for text in list_texts(slug):
            for place, number in find_unmarked(text.text, text.language, text.marks):
                near = text.text[max(0, place - 20) : place + 20].replace("\n", " ")
                sources = ", ".join(propose_sources(number, slug)[:4])
                print(f"{text.name} ({text.language}) {number} | {near} | {sources}")

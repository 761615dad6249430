"""Take out of what `make matrix` found what an issue says: one line, for a step's variable.

    python -m tests.matrix.shorten < _build/matrix.json

Needs Python's standard library alone.
"""

import json
import sys

LONGEST = 20_000  # characters, in JSON of 6 bytes at most; Linux takes 131,072 of one variable


def shorten(found: dict) -> dict[str, str]:
    """Write the issue's title, which names the first cell and the release; cut the tables."""
    first, *others = found["new"]
    more = f", and {len(others)} more" if others else ""
    title = f"{first['cell']} differs ({first['kind']}): {first['cause']}{more}"
    return {"title": title[:250], "text": found["text"][:LONGEST]}


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    print(json.dumps(shorten(json.load(sys.stdin)), ensure_ascii=False))

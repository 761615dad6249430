"""Jupyter Book as a module: its own script stops working in a folder that was moved or renamed.

python -m book build .
"""

import sys
from contextlib import nullcontext
from pathlib import Path

# jsonschema would make 38 grammars of it, a second's work, for formats that no notebook has
sys.modules["rfc3987_syntax"] = None

from jupyter_book.cli.main import main  # noqa: E402

from book.turns import take_turns  # noqa: E402

if __name__ == "__main__":
    shared = "--path-output" not in sys.argv  # _build, which `make book` in another terminal writes
    with take_turns(Path(__file__)) if shared else nullcontext():
        main(prog_name="python -m book")

"""Jupyter Book as a module: its own script stops working in a folder that was moved or renamed.

python -m book build .
"""

import sys
from contextlib import nullcontext
from pathlib import Path

from jupyter_book.cli.main import main

from book.turns import take_turns

if __name__ == "__main__":
    shared = "--path-output" not in sys.argv  # _build, which `make book` in another terminal writes
    with take_turns(Path(__file__)) if shared else nullcontext():
        main(prog_name="python -m book")

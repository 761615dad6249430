"""Jupyter Book as a module: its own script stops working in a folder that was moved or renamed.

python -m book build .
"""

from jupyter_book.cli.main import main

if __name__ == "__main__":
    main(prog_name="python -m book")

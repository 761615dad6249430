"""From the chapters' sources to the notebooks of both languages: python -m book.notebooks."""

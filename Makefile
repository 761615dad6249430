# Every command does its own set-up, in .venv. `make help` lists them.
# `make PYTHON=python3.13 …` chooses another Python (3.10 to 3.14); remove .venv first.
PYTHON ?= python3
PY := .venv/bin/python
unexport PYTHONDONTWRITEBYTECODE  # the hundred processes of the tests compile a module once
.DEFAULT_GOAL := help
.PHONY: help book pdf test notebooks prose confirm check live serve lint links bench matrix mutants \
	repository clean

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile

book: .venv/book ## build the HTML book of both languages into _build/html
	.venv/bin/jupyter-book build . --all -n -W --keep-going
	@echo "Open: file://$(CURDIR)/_build/html/index.html"

pdf: .venv/all book ## write the book as PDFs, one a language, into _build/pdf
	@$(PY) -m book.browser
	$(PY) -m book.pdf

test: .venv/all ## run every test that changed since it was green; ALL=1 runs all, as CI does
	@$(PY) -m book.browser
	@$(PY) -m tests.spelling.check
	$(PY) -m pytest

notebooks: .venv/all ## derive the notebooks of both languages from chapters/src and execute them
	$(PY) -m book.notebooks

prose: .venv/book ## derive the notebooks alone, where no code was changed: their outputs stay
	$(PY) -m book.notebooks --prose

confirm: .venv/all ## the Korean and English texts say the same thing, as they stand
	$(PY) -m book.notebooks --confirm

check: .venv/book ## execute nothing; name every notebook, twin or confirmation that is stale
	$(PY) -m book.notebooks --check

live: .venv/all ## serve the book while you write: each source that is saved shows in its page
	$(PY) -m book.live

serve: book ## serve the book at http://127.0.0.1:8000, on this machine only
	$(PY) -m http.server 8000 --bind 127.0.0.1 --directory _build/html

lint: .venv/all ## check the Python code's style
	$(PY) -m ruff check . && $(PY) -m ruff format --check .

links: .venv/book ## ask every outside link of the book whether it is still there
	.venv/bin/jupyter-book build . --all --builder linkcheck

bench: .venv/all ## measure speed and accuracy in one run; writes _build/bench.json
	$(PY) -m bench

matrix: .venv/book ## run the chapters with the lowest supported and the newest releases, and say what differs
	$(PY) -m tests.matrix

mutants: .venv/all ## plant faults, one at a time, and count those that the tests catch
	$(PY) -m tests.mutants

repository: .venv/book ## URL=https://github.com/OWNER/NAME sets the repository's address everywhere
	$(PY) -m book.notebooks --repository "$(URL)"

clean: ## remove what was built, keep the environment
	rm -rf _build

.venv/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; \
		v < (3, 10) and sys.exit("expected Python 3.10 to 3.14, got %d.%d; try: make PYTHON=python3.14 ..." % v); \
		v > (3, 14) and sys.stderr.write("expected Python 3.10 to 3.14, got %d.%d: going on, untested\n" % v)'
	$(PYTHON) -m venv .venv

.venv/book: requirements-book.txt | .venv/bin/python
	$(PY) -m pip install --quiet --requirement requirements-book.txt
	@touch $@

.venv/all: requirements.txt requirements-book.txt pyproject.toml | .venv/bin/python
	$(PY) -m pip install --quiet --requirement requirements.txt
	@touch $@ .venv/book

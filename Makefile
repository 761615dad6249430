# Every command does its own set-up, in .venv. `make help` lists them.
# `make PYTHON=python3.13 …` chooses another Python (3.10 to 3.14); remove .venv first.
PYTHON ?= python3
PY := .venv/bin/python
# a person's own settings: they lead Python and pip elsewhere, or stop every module's compilation
unexport $(filter-out PYTHON,$(filter PYTHON% PIP_USER PIP_TARGET PIP_PREFIX,$(.VARIABLES)))
.NOTPARALLEL:  # one pip at a time in .venv, and no book of packages that are being replaced
.DEFAULT_GOAL := help
.PHONY: help book pdf test notebooks prose confirm check live serve lint links bench matrix mutants \
	repository clean .venv/book .venv/all

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile

book: .venv/book ## build the HTML book of both languages into _build/html
	$(PY) -m book build . --all -n -W --keep-going
	@echo "Open: file://$(CURDIR)/_build/html/index.html"

pdf: .venv/all book ## write the book as PDFs, one a language, into _build/pdf
	@$(PY) -m book.browser
	$(PY) -m book.pdf

test: .venv/all ## run every test that changed since it was green; ALL=1 runs all, as CI does
	@$(PY) -m book.browser
	@$(PY) -m tests.spelling.check
	$(PY) -m pytest -p tests.light

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
	$(PY) -m book build . --all --builder linkcheck --path-output _build/links

bench: .venv/all ## measure speed and accuracy in one run; writes _build/bench.json
	@$(PY) -m book.browser
	$(PY) -m bench

matrix: .venv/book ## run the chapters with the lowest supported and the newest releases, and say what differs
	$(PY) -m tests.matrix

mutants: .venv/all ## plant faults, one at a time, and count those that the tests catch
	$(PY) -m tests.mutants

repository: .venv/book ## URL=https://github.com/OWNER/NAME sets another address than git's origin has, everywhere
	@$(PY) -m book.notebooks --repository "$(URL)"

clean: ## remove what was built, keep the environment
	rm -rf _build

.venv/book .venv/all:
	@$(PYTHON) -m book.set_up $(@F)

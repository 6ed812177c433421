# make demo      the Li | Li3OCl | Li3InCl6 case: pictures and a summary
# make test      lint, docs and tests, but for tests of more than some ten seconds each
# make slow      those tests; a change lands when both pass
# make lint      ruff, mypy, import-linter
# make docs      the documentation, in docs/_build/html; a warning is an error
# make browser   reports, documentation, scenes and notebooks in headless Chromium
# make campaign  the tests that run many cases, then the demo with other seeds, slopes, meshes (hours)
# make bench     time and memory of linear systems in space, on one process and on two
# make format    let ruff format the code
# make clean     remove the environment and caches
#
# Each sets up what it needs in $(VENV). Another Python: make demo PYTHON=/path/to/python3.12
# The package in an environment of your own (conda): make test VENV_BIN=$CONDA_PREFIX/bin
# Tests run in two processes, or as many as you say: make test WORKERS=4
SHELL := /bin/bash
VENV ?= .venv
WORKERS ?= 2
export PYTHON

ifdef VENV_BIN
BIN := $(VENV_BIN)/
READY :=
else
BIN := $(VENV)/bin/
READY := $(VENV)/.installed
endif

# processes that tests start would compile the package anew each time where no bytecode is written
BYTECODE = PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$(CURDIR)/.pytest_cache/bytecode
PYTEST = $(BYTECODE) OMP_NUM_THREADS=1 $(BIN)python -m pytest -n $(WORKERS) --dist loadfile -m
.PHONY: help demo test slow lint docs browser campaign bench format clean
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | head -14

$(VENV)/.installed: pyproject.toml constraints.txt .ci/setup
	@.ci/setup $(VENV)
	@touch $@

demo: $(READY)
	$(BIN)python cases/li_li3ocl_li3incl6.py

lint: $(READY)
	$(BIN)ruff check .
	$(BIN)ruff format --check .
	$(BIN)mypy
	$(BIN)lint-imports

docs: $(READY)
	$(BIN)python -m sphinx -q -W --keep-going -b html docs docs/_build/html
	@echo "open docs/_build/html/index.html"

# make slow executes the notebooks, so the documentation is built without them here
test: lint
	DOCS_NOTEBOOKS=off $(BIN)python -m sphinx -q -W --keep-going -b html docs docs/_build/check
	$(PYTEST) "not campaign and not slow"

slow: $(READY)
	$(PYTEST) "slow and not campaign"

browser: docs
	@for need in chromium npm; do command -v $$need >/dev/null || \
	    { echo "make browser: $$need is missing; on Debian: apt-get install chromium npm" >&2; exit 2; }; done
	npm install --silent --no-save --prefix .browser axe-core@4.14.1
	$(BIN)python -m pip install --quiet --disable-pip-version-check --upgrade --target .browser/python \
	    -c constraints.txt trame-vtk
	.ci/lab $(BIN)python .browser/lab
	PYTHONPATH=.browser/python $(BIN)python -m pytest tests/unit/test_browser.py tests/unit/test_page_view.py
	$(BIN)python -m pytest tests/unit/test_scene_browser.py tests/notebooks/test_notebooks_browser.py

campaign: $(READY)
	$(BIN)python -m pytest -m campaign
	$(BIN)python cases/robustness.py
	$(BIN)python cases/refinement.py
	$(BIN)python cases/dwell.py
	$(BIN)python cases/gap_closing.py
	$(BIN)python cases/li_llzo.py
	$(BIN)python cases/stack_pressure_sweep.py --quick

bench: $(READY)
	$(BIN)python cases/bench.py

format: $(READY)
	$(BIN)ruff format .
	$(BIN)ruff check --fix .

clean:
	rm -rf $(VENV) build dist docs/_build docs/generated .browser .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# make help says what each does. Everything runs from .venv, which is made when it is missing or its pins changed.

ifndef PYTHON
PYTHON := $(firstword $(shell for p in python3 python python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p; done))
endif
BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi

.DEFAULT_GOAL := help
.PHONY: help run test hours drills bench lint lock clean

help: ## what can be made here
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/run ## serve at http://127.0.0.1:8000, with a demonstration in an empty store
	@$(BIN)/python -m service.server

test: .venv/dev ## install what tests need, then lint, check types and run every test
	@.ci/packages
	@$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

hours: .venv/dev ## run the tests without a browser at midnight, at clock changes, on 31 December and 29 February
	@.ci/packages faketime
	$(BIN)/python -m tests.hours

drills: .venv/dev ## kill, fill up, cut off, stop, restore and search, 200 times where it says so; prints a table
	$(BIN)/python -m tests.drills
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile -m long

bench: .venv/dev ## install what it needs and measure: ratios side by side in one run, printed as tables
	@.ci/packages wrk
	$(BIN)/python -m tests.bench

lock: ## write both requirements files anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --quiet --output-file requirements.txt
	uv pip compile pyproject.toml --extra dev --constraint requirements.txt --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements-dev.txt

clean: ## remove the virtual environment and what tools left behind; the store stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Sayso needs Python 3.11 or newer; set PYTHON=… to where it is." >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/run: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/run

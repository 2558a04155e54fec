# `make night` and `make test` are all a newcomer needs; both create .venv first. See README.md.
PYTHON ?= python3
BIN := .venv/bin

# Tests start hundreds of commands; without bytecode each would compile all it imports anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := test
.PHONY: .venv night test check format lint types imports tests coverage bench docs

.venv:
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "tsplug needs Python 3.11 or newer with venv and pip; '$(PYTHON)' is not that: make PYTHON=/path/to/python3.11" >&2; \
		exit 1; }
	@$(PYTHON) .ci/environment.py

night: .venv
	$(BIN)/hostsim run hostsim/sequences/first_night.yaml --out out/night --speed max

# One target each, so that `make --keep-going test` runs them all and fails at the end.
test: check tests

check: format lint types imports

format: .venv
	$(BIN)/ruff format --check --output-format concise .

lint: .venv
	$(BIN)/ruff check --quiet .

types: .venv
	$(BIN)/mypy

imports: .venv
	$(BIN)/lint-imports

tests: .venv
	$(BIN)/pytest -n 3 --dist loadgroup

# All tests again with their lines counted, which takes some of them three times as long.
coverage: .venv
	$(BIN)/pytest -n 3 --dist loadgroup --cov --cov-report=term:skip-covered

# Benchmarks print ratios and assert no times; `make test` neither collects them nor needs the peers they measure.
bench: .venv
	@$(PYTHON) .ci/environment.py bench
	$(BIN)/pytest tests/bench -s -p no:randomly

docs: .venv
	$(BIN)/mkdocs build --strict --site-dir site

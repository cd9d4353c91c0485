# Forløb: make setup | run | test | bench | check
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8080
DATA ?= var
INSTALLED := $(VENV)/.installed

.PHONY: setup run test bench check

$(INSTALLED): pyproject.toml $(shell find service/frontend -path '*/node_modules' -prune -o -type f -print 2>/dev/null)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

setup: $(INSTALLED)
	@sh .ci/system-packages

run: $(INSTALLED)
	@sh .ci/system-packages pdf
	FORLOEB_DATA=$(DATA) FORLOEB_PORT=$(PORT) $(BIN)/forloeb demo

test: setup check
	$(BIN)/python -m pytest

check: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: setup
	$(BIN)/python -m tests.bench

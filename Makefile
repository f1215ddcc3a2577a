PYTHON ?= python3
PIP = .venv/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --constraint constraints.txt

.PHONY: build test lint install install-test docs clean

build: install
	.venv/bin/lodgrants build --output output

test: install-test lint
	.venv/bin/python -m pytest -n 2

lint: install-test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

install: .venv/installed

install-test: .venv/installed-test

docs: install-test
	.venv/bin/python -m lodgrants.codes > docs/errors.md

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) hatchling editables
	$(PIP) --no-build-isolation --editable .
	touch $@

.venv/installed-test: .venv/installed
	$(PIP) --no-build-isolation --editable '.[test]'
	touch $@

clean:
	rm -rf .venv .lodgrants

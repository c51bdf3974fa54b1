# Two commands for a fresh machine with Python 3.11+, git and make; everything goes into .venv.
#   make demo   set up, play Twenty Questions with the reference agent, print the scorecard
#   make test   set up, run the tests
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint clean

demo: .venv/base
	$(BIN)/turnbench run --agent reference --env TurnBench/TwentyQ-v0 --episodes 200 --split test

test: .venv/dev
	$(BIN)/python -m pytest -n auto

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "TurnBench needs Python 3.11 or later: make PYTHON=python3.11 ..."; exit 2; }
	$(PYTHON) -m venv .venv

.venv/base: pyproject.toml setup.py constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/dev: pyproject.toml setup.py constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ .venv/base

clean:
	rm -rf .venv build dist *.egg-info

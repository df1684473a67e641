# Everything happens in .venv, built from constraints.txt; nothing else on the machine is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test lint types clean golden

demo: $(READY)  ## the sample export, end to end
	$(BIN)/feedback-nlp demo --out demo --overwrite

test: $(READY)  ## every test, offline
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest

lint: $(READY)  ## style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

golden: $(READY)  ## renew the golden files after reading why they changed
	HF_HUB_OFFLINE=1 FEEDBACK_NLP_RENEW_GOLDEN=1 $(BIN)/python -m pytest tests/golden tests/report/golden

$(READY): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "feedback_nlp needs Python 3.11 or newer; $(PYTHON) is older. Say which to use: make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch==2.13.0
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV) demo dist build

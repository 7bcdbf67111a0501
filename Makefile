# Everything starts from Python >= 3.11 and make: the rest is installed into .venv and .tools.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
# Nothing of another environment may leak into this one.
export UV_PROJECT_ENVIRONMENT := $(VENV)
unexport VIRTUAL_ENV

.PHONY: demo test check bench docs format generate clean

## Deploy examples/guestbook to the embedded cloud and prove it (KEEP=1 keeps it running).
demo: $(VENV)/.demo
	@$(BIN)/python tools/ensure_runtime.py
	@$(BIN)/python examples/guestbook/deploy.py $(if $(KEEP),--keep)

## Run the tests.
test: $(VENV)/.dev
	@$(BIN)/python tools/install_test_tools.py
	$(BIN)/python -m pytest $(if $(CI),--expect-all) -n auto --dist loadfile $(ARGS)

## Lint, types, generated code.
check: $(VENV)/.dev
	$(UV) lock --check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tools/unasync.py --check
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python

## Compare with the peers, side by side.
bench: $(VENV)/.dev
	@$(BIN)/python tools/install_test_tools.py
	@for each in benchmarks/*.py; do echo "== $$each"; $(BIN)/python $$each || exit 1; done

## Build the documentation into docs/_build/html.
docs: $(VENV)/.dev
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

format: $(VENV)/.dev generate
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

## Write the blocking twins of the asynchronous sources.
generate: $(VENV)/.dev
	$(BIN)/python tools/unasync.py

clean:
	rm -rf $(VENV) .tools docs/_build dist

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.demo: pyproject.toml uv.lock | $(UV)
	$(UV) sync --quiet --frozen --inexact --extra local --extra rich
	@touch $@

$(VENV)/.dev: pyproject.toml uv.lock | $(UV)
	$(UV) sync --quiet --frozen --inexact --all-extras --group dev
	@touch $@ $(VENV)/.demo

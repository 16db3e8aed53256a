# `make run` and `make test` are all that is needed; both set up what is missing first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test install check lint types arrows bench picture lock clean

run: install
	@$(BIN)/python -m bot

test: install
	@scripts/debian-packages.sh chromium libcairo2
	$(BIN)/python -m pytest -q

install: $(STAMP)

# The lock pins every package with its hashes; our own code is installed in place.
$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# What CI runs.
check: install lint types arrows
	@scripts/debian-packages.sh chromium libcairo2
	$(BIN)/python -m pytest -q --cov --cov-report=term:skip-covered

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: install
	$(BIN)/mypy

arrows: install
	$(BIN)/lint-imports

bench: install
	$(BIN)/python -m bench

# The picture in the README, taken from the playground by a browser.
picture: install
	@scripts/debian-packages.sh chromium
	$(BIN)/python scripts/picture.py docs/playground.png

# Newer versions of everything, within pyproject.toml's bounds; look at the diff, run `make check`, commit.
lock:
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes --upgrade \
		--no-annotate --no-header --no-emit-index-url pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage build dist *.egg-info

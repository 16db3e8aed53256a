# `make run` and `make test` are all that is needed; both set up what is missing first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

PYTEST_FLAGS ?=

.PHONY: run test install check lint types arrows chaos bench picture demo lock clean

run: install
	@$(BIN)/python -m bot

test: install
	@scripts/debian-packages.sh chromium libcairo2 libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui tesseract-ocr tesseract-ocr-eng tesseract-ocr-chi-sim
	$(BIN)/python -m pytest -q $(PYTEST_FLAGS)

install: $(STAMP)

# The lock pins every package with its hashes; our own code is installed in place.
$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# What CI runs.
check: install lint types arrows
	$(MAKE) --no-print-directory test PYTEST_FLAGS="--cov --cov-report=term:skip-covered"

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: install
	$(BIN)/mypy

arrows: install
	$(BIN)/lint-imports

# 200 questions over 40 threads, something killed every 2 s; minutes long.
chaos: install
	$(BIN)/python -m tests.chaos --questions 200 --threads 40 --kill-every 2 --seed 1

bench: install
	$(BIN)/python -m bench

# The picture in the README, taken from the playground by a browser.
picture: install
	@scripts/debian-packages.sh chromium fonts-noto-color-emoji fonts-noto-cjk
	$(BIN)/python scripts/picture.py docs/playground.png

# Plays everything in the playground with a scripted model, and photographs it.
demo: install
	@scripts/debian-packages.sh chromium fonts-noto-color-emoji fonts-noto-cjk
	$(BIN)/python -m scripts.demo --out docs/demo

# Newer versions of everything, within pyproject.toml's bounds; look at the diff, run `make check`, commit.
lock:
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes --upgrade \
		--no-annotate --no-header --no-emit-index-url pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage build dist *.egg-info

# `make run` and `make test` are all that is needed; both set up what is missing first.
# The first Python that is new enough; python3, where none is, for scripts/set_up.py to say so.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && exit; done; echo python3)
BIN := .venv/bin
# Else uv looks for the Python of .python-version, which is for hosts, and downloads it where there is none.
THIS_PYTHON := --no-python-downloads --python $(BIN)/python

PYTEST_FLAGS ?=
# Tests wait for a part of their time, those with processes for half of it, so there are more workers than cores.
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
PYTEST_WORKERS ?= $(shell expr $(CORES) + 3)
QUICK_WORKERS ?= $(shell expr $(CORES) + 1)
# A worker that dies ends the run: one that takes its place may wait for ever.
PYTEST = $(BIN)/python -m pytest -q --max-worker-restart 0 $(PYTEST_FLAGS)

.PHONY: run test quick install develop check lint types arrows dead locked chaos fuzz bench picture demo lock requirements audit sbom docs manifest clean

run: install
	@$(BIN)/python -m bot

test: develop
	@scripts/debian-packages.sh chromium libcairo2 libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui redis-tools tesseract-ocr tesseract-ocr-eng tesseract-ocr-chi-sim
	$(PYTEST) -n $(PYTEST_WORKERS)

# The inner loop: everything that starts no process and looks at no large picture (tests/conftest.py says which), in well under a minute.
# A watch over each test is a thread for each, and whoever looks on sees a test hang.
quick: develop
	$(PYTEST) -n $(QUICK_WORKERS) -o faulthandler_timeout=0 -m "not processes and not pixels"

# What the bot needs, and what its developers need besides: `.venv` as uv.lock says. Nothing is done when it is so already.
install:
	@$(PYTHON) scripts/set_up.py run

develop:
	@$(PYTHON) scripts/set_up.py test

# What CI runs.
check: develop locked lint types arrows dead
	$(MAKE) --no-print-directory test PYTEST_FLAGS="--cov --cov-report=term:skip-covered"

lint: develop
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: develop
	$(BIN)/mypy

arrows: develop
	$(BIN)/lint-imports

# Code that nothing uses; the exceptions and their reasons stand in pyproject.toml.
dead: develop
	$(BIN)/vulture

# 200 questions over 40 threads, something killed every 2 s; minutes long.
chaos: develop
	$(BIN)/python -m tests.chaos --questions 200 --threads 40 --kill-every 2 --seed 1

# Property tests with new examples each time, then signed requests made wrong in every field and by chance; minutes long.
# COUNT and SEED say how many requests and which.
COUNT ?= 50000
SEED ?= 1
fuzz: develop
	$(PYTEST) -n $(PYTEST_WORKERS) -m hypothesis --hypothesis-profile by_chance
	$(BIN)/python -m tests.fuzz --count $(COUNT) --seed $(SEED)

bench: develop
	$(BIN)/python -m bench

# The picture in the README, taken from the playground by a browser.
picture: develop
	@scripts/debian-packages.sh chromium fonts-noto-color-emoji fonts-noto-cjk
	$(BIN)/python scripts/picture.py docs/playground.png

# Plays everything in the playground with a scripted model, and photographs it.
demo: develop
	@scripts/debian-packages.sh chromium fonts-noto-color-emoji fonts-noto-cjk
	$(BIN)/python -m scripts.demo --out docs/demo

# The lock fits pyproject.toml.
locked: develop
	$(BIN)/uv lock --quiet --check $(THIS_PYTHON)

# Newer versions of everything, within pyproject.toml's bounds; look at the diff, run `make check`, commit.
lock:
	@$(PYTHON) scripts/set_up.py lock

# For hosts that know pip alone: pip install -r requirements.txt. Without hashes, because with them older pips refuse
# every package that another one asks for with an extra (`pyjwt[crypto]`) as soon as a newer one than the locked is out.
requirements: develop
	$(BIN)/uv export --quiet $(THIS_PYTHON) --locked --no-dev --no-hashes --no-emit-project --no-annotate --no-header -o requirements.txt

# Known faults of what is locked; says so where their data cannot be had.
audit: develop
	@$(BIN)/python scripts/audit.py $(BIN)/uv $(OSV)

# For a release: all that runs with it, as CycloneDX.
sbom: develop
	@mkdir -p dist
	$(BIN)/uv export --quiet $(THIS_PYTHON) --locked --no-dev --format cyclonedx1.5 --preview-features sbom-export -o dist/glm-in-slack.cdx.json

# docs/settings.md, from bot/settings.py.
docs: develop
	$(BIN)/python -m scripts.settings_table

# The manifest that the Slack CLI reads: for Socket Mode, which is how `slack run` connects.
manifest: install
	$(BIN)/python -m bot manifest --socket-mode > manifest.json

clean:
	rm -rf .venv .uv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage build dist *.egg-info

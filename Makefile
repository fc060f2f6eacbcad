# Two commands for a newcomer: `make demo` and `make test`. All the rest serves those two.
PYTHON ?= python3
BIN := .venv/bin
# Otherwise uv does not know the certificates that the system knows.
export UV_SYSTEM_CERTS := 1

.PHONY: help demo demo-reset bench test check check-types check-rest lock messages makemessages format screenshots clean
.DEFAULT_GOAL := help

help:
	@echo "make demo         the whole application on this machine, with fictitious people and pretend phones"
	@echo "make demo-reset   throw the demo's data away"
	@echo "make test         all checks and all tests (needs chromium)"
	@echo "make check        only the checks: style, types, floors, templates, settings, catalogue"
	@echo "make bench        how fast calls leave, beside a bare loop and a plain task; ROUNDS and CALLS say how often"
	@echo "make faults       break everything that can break and count who is missed (SEEDS=20, FAULTS=name,name)"
	@echo "make format       put the code in its usual form"
	@echo "make messages     renew the catalogue after a change of texts, and compile it"
	@echo "make lock         renew the requirements files after a change of pyproject.toml"
	@echo "make screenshots  make the pictures of docs/screenshots again"

# --- Set-up: one .venv; who ran the tests in it once keeps the tools ------------------------------------------------
.venv/ready:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make PYTHON=python3.12 demo"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "Python has no venv: install it (Debian: apt install python3-venv)."; exit 1; }
	@test -x $(BIN)/uv || $(BIN)/python -m pip install -qq --disable-pip-version-check 'uv~=0.13'
	@touch $@

.venv/local: requirements-local.txt .venv/ready
	@if [ -e .venv/dev ]; then $(MAKE) --no-print-directory .venv/dev; \
	else $(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes requirements-local.txt; fi
	@touch $@

.venv/dev: requirements-dev.txt .venv/ready
	@$(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes requirements-dev.txt
	@touch $@

# --- Use ------------------------------------------------------------------------------------------------------------
demo: .venv/local
	@$(BIN)/python -m bondgenoten.local demo

demo-reset: .venv/local
	@$(BIN)/python -m bondgenoten.local reset

# --- Quality --------------------------------------------------------------------------------------------------------
WITH_SETTINGS := set -a; . ./.ci/production.env; set +a;

# Types take as long as all the rest: side by side, and each says what it has to say in one piece.
check: .venv/dev
	@$(MAKE) --no-print-directory -j2 --output-sync=target check-types check-rest

check-types:
	@$(WITH_SETTINGS) set -x; $(BIN)/mypy

check-rest:
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --lint --quiet templates
	@$(WITH_SETTINGS) set -x; $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@$(WITH_SETTINGS) set -x; $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python scripts/check_catalogue.py
	$(BIN)/python scripts/check_compose.py
	$(BIN)/python scripts/vendor_ui.py --check

test: .venv/dev
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	|| { echo "The tests use a real browser: install chromium (Debian: apt install chromium)."; exit 1; }
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -n 2 --dist worksteal -q $(ARGS)

bench: .venv/dev
	$(BIN)/python -m benchmarks.speed

# SEEDS, FAULTS, FRESH and LOGS are said on the line: docs/reliability.md
export SEEDS FAULTS FRESH LOGS
faults: .venv/dev
	@$(BIN)/python -W ignore::RuntimeWarning -m benchmarks.faults

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

screenshots: .venv/dev
	$(BIN)/python -m pytest -q tests/stories/pictures.py

# --- Renewing what is committed ---------------------------------------------------------------------------------------
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --upgrade --custom-compile-command 'make lock' pyproject.toml

lock: .venv/ready
	$(COMPILE) -o requirements.txt
	$(COMPILE) --extra local -o requirements-local.txt
	$(COMPILE) --extra local --group dev -o requirements-dev.txt

messages makemessages: .venv/dev
	$(BIN)/python scripts/check_catalogue.py --renew

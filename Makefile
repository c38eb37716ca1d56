# Sabak. `make run` and `make test` do everything on a fresh machine; the other targets build on them.
#
#   make run            build, fill an empty data folder with the demo university, serve
#   make install        build only
#   make run LAN=1      the same over HTTPS on the local network, with an authority of its own
#   make test           everything: check, tests of whole servers, scenarios, real browsers
#   make check          format, types, lint, import directions, unit tests
#   make bench          the measurements, as JSON
#   make soak           the long forms of fuzzing and scenarios

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
STAMPS := build/stamps
CLIENT := $(shell find static/src static/public static/index.html static/vite.config.ts static/tsconfig.json -type f 2>/dev/null)

.PHONY: help install run test check unit served types lint client-check bench soak format packages clean

help:
	@sed -n 's/^#   //p' Makefile

install: $(STAMPS)/run $(STAMPS)/client

run: install
	@exec $(BIN)/sabak serve --demo $(if $(LAN),--lan)

ALL := e2e or net or slow

# On a busy machine what failed is tried once more by itself, and must pass then.
define tests
$(BIN)/pytest $(PYTEST) -m "$(1)" $(2) || { echo "Once more, by itself, what failed:"; \
  $(BIN)/pytest $(PYTEST) -m "$(1)" --last-failed --last-failed-no-failures none; }
endef

# Classes in real browsers and measured networks have the machine to themselves, the rest shares it by two.
test: packages check served
	$(call tests,($(ALL)) and not alone,-n 2 --dist loadfile)
	$(call tests,($(ALL)) and alone)

check: $(STAMPS)/dev $(STAMPS)/client
	@start=$$SECONDS; $(MAKE) --no-print-directory -j2 lint types client-check unit && \
	echo "check: $$((SECONDS - start)) s"

lint: $(STAMPS)/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: $(STAMPS)/dev
	$(BIN)/mypy

unit: $(STAMPS)/dev
	$(BIN)/pytest -q -n 2 -m "not served and not ($(ALL))" $(PYTEST)

served: $(STAMPS)/dev
	$(call tests,served and not ($(ALL)),-q -n 3)

client-check: $(STAMPS)/npm
	cd static && npm run --silent check && npm test --silent

bench: $(STAMPS)/dev
	$(BIN)/sabak bench all --json

soak: packages $(STAMPS)/dev $(STAMPS)/client
	SOAK=1 $(BIN)/pytest $(PYTEST)

format: $(STAMPS)/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

packages:
	@bash tests/packages.sh

clean:
	rm -rf .venv build static/node_modules static/dist

# --- what is made once ------------------------------------------------------------------------------

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Sabak needs Python 3.11 or newer; this is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { echo "Could not make .venv. On Debian and Ubuntu: apt-get install python3-venv"; rm -rf .venv; exit 1; }
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: pyproject.toml constraints.txt media/native/step.c $(STAMPS)/venv
	@echo "Installing the Python packages (about a minute the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e . || \
	  { echo "Could not install the Python packages: is a package index reachable?"; exit 1; }
	@touch $@

$(STAMPS)/dev: pyproject.toml constraints.txt media/native/step.c $(STAMPS)/venv
	@echo "Installing the Python packages for development ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]' || \
	  { echo "Could not install the Python packages: is a package index reachable?"; exit 1; }
	@touch $@ $(STAMPS)/run

$(STAMPS)/npm: static/package.json static/package-lock.json
	@command -v npm >/dev/null || { echo "Sabak needs Node.js 20 or newer with npm to build its pages."; exit 1; }
	@node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' || \
	  { echo "Sabak needs Node.js 20 or newer; this is $$(node --version)."; exit 1; }
	@echo "Installing what the pages are built with ..."
	@# not `npm ci`: npm 11 refuses a lock file that lacks the compiled parts for other systems
	@cd static && npm install --no-save --silent --no-audit --no-fund || \
	  { echo "Could not install the npm packages: is a package registry reachable?"; exit 1; }
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/client: $(STAMPS)/npm $(CLIENT)
	@echo "Building the pages ..."
	@cd static && npm run --silent build
	@mkdir -p $(STAMPS) && touch $@

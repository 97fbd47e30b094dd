# GNU make. `make` alone lists what can be done.
.DEFAULT_GOAL := help
.PHONY: help run test check bench data messages

PORT ?= 8000
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install
# Database, files and secret key of `make run`.
export KEMBAR_HOME ?= $(CURDIR)/var

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: .venv/.run ## Load the founding example and open Kembar on 127.0.0.1:8000 (PORT=8123 for another port)
	@$(BIN)/kembar example
	@exec $(BIN)/kembar serve --port $(PORT)

test: .venv/.dev ## Run all tests on SQLite, then on PostgreSQL, the browser's among them
	@tools/test.sh

check: .venv/.dev ## Check style, types, layers, migrations and the guards of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@# The plugin for Django reads our settings, which make a home: not the one of `make run`.
	KEMBAR_HOME=.venv/home $(BIN)/mypy
	$(BIN)/lint-imports
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m pytest -n auto --dist loadfile $(sort $(wildcard tests/test_*.py))

bench: .venv/.dev ## Measure side by side with the peers, in one run
	@sh bench/run.sh

data: .venv-data/.ready ## Build the atlas from its pinned sources (300 MB to fetch, a minute)
	@.venv-data/bin/python tools/atlas/build.py

messages: .venv/.dev ## Take up sentences for translation, and compile the translations
	$(BIN)/python tools/messages.py

# Installed again only when pyproject.toml changed; our own code is used from where it lies.
.venv/.run: pyproject.toml
	@tools/venv.sh .venv
	@echo "Installing Kembar into .venv (about a minute, this time only)"
	@$(PIP) --editable .
	@touch $@

.venv/.dev: pyproject.toml
	@tools/venv.sh .venv
	@echo "Installing Kembar and its tools into .venv (a few minutes, this time only)"
	@$(PIP) --editable '.[dev,postgres]' 'hatchling>=1.27'
	@touch $@ .venv/.run

# An environment of its own: nothing that the atlas is built with comes along with Kembar.
.venv-data/.ready: tools/atlas/requirements.txt
	@tools/venv.sh .venv-data
	@.venv-data/bin/python -m pip --quiet --disable-pip-version-check install -r $<
	@touch $@

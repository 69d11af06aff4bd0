# Everything a person types. Needs Python 3.11 or newer, git and make; the rest is fetched once, then works offline.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
WORKERS = $(if $(NEO4J_URI)$(DATABASE_URL)$(MARIADB_URL),0,2)# with servers of their own; those given are for one
.PHONY: help demo up chromium test test-nightly check bench lock format clean
.DELETE_ON_ERROR:

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1	/' | expand -t 16

demo: .venv/run.stamp ## set up, start real servers, run the scenario, print the 360 view (Ctrl-C ends it)
	@exec $(PY) -m wekeza demo

up: .venv/run.stamp ## start the servers, the scheduled ingest jobs and the API; nothing is shown, all is running
	@exec $(PY) -m wekeza up

test: check chromium ## set up and pass every check and test, on real servers
	@# The longest files first, so that both workers end at the same time.
	@$(PY) -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not nightly" tests/e2e tests/integration

test-nightly: LOG = docs/nightly/$(shell date +%F).log
test-nightly: .venv/test.stamp ## the long suites: histories, rebuilds, costs in a graph of 1,000,000 records; keeps a dated log
	@mkdir -p docs/nightly; { date -u; uptime; git log -1 --format='commit %h'; \
	  TEST_HISTORIES=500 TEST_SIZES=10000,1000000 TEST_CROWD=100000 TEST_WORLDS=300 TEST_REQUESTS=5000 \
	  $(PY) -m pytest -v -s --no-header --tb=short -m "nightly or scaled" --durations=9 tests; \
	  echo "exit $$?"; } >$(LOG) 2>&1; cat $(LOG); grep -qx 'exit 0' $(LOG)

check: .venv/test.stamp ## format, lint, types, layers, unit and architecture tests: about a minute
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m ruff check --quiet .
	@$(PY) -m mypy
	@$(PY) -c "from importlinter.cli import lint_imports_command as lint; lint()"
	@$(PY) -m pytest -q -n 2 tests/unit tests/architecture

chromium: # the browser tests need one; root installs Debian's, others are told that these tests are skipped
	@command -v chromium >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || { \
	  echo "Installing Chromium for the browser tests (once) ..."; apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null; }

bench: .venv/bench.stamp ## measure loading, resolving and reading, beside a peer
	@exec $(PY) -m bench

format: .venv/test.stamp ## rewrite the sources in the house style
	@$(PY) -m ruff check --fix . && $(PY) -m ruff format .

lock: .venv/test.stamp ## pin and hash the requirements anew
	@$(PY) -m pip install --quiet uv
	@for group in run java test bench web; do $(PY) -m uv pip compile --quiet --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url --upgrade \
	  requirements/$$group.in --output-file requirements/$$group.txt || exit 1; done

clean: ## remove the virtual environment and caches of this checkout (not your data)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The stamps are written last: an interrupted set-up is simply done again.
.venv/run.stamp: requirements/run.txt requirements/java.txt pyproject.toml
	@$(PYTHON) -m local.preflight
	@echo "Setting up .venv (once): the run-time packages ..."
	@$(PYTHON) -m venv .venv
	@for file in $$($(PYTHON) -m local.preflight --requirements); do $(PIP) -r $$file || exit 1; done
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/test.stamp: .venv/run.stamp requirements/test.txt requirements/web.txt
	@echo "Adding the test packages (once) ..."
	@$(PIP) -r requirements/test.txt
	@$(PIP) -r requirements/web.txt
	@touch $@

.venv/bench.stamp: .venv/test.stamp requirements/bench.txt
	@$(PIP) -r requirements/bench.txt
	@touch $@

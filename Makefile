# Each target does all the set-up it needs and may be run again at any time.
# A distribution's interpreter is built with optimisations that cut a tenth off an exchange; take it where it is new
# enough and complete, else the one on the path.
SUITABLE := import sys, ensurepip, sysconfig, pathlib; \
  sys.exit(sys.version_info < (3, 11) or not pathlib.Path(sysconfig.get_path("include"), "Python.h").exists())
PYTHON ?= $(shell /usr/bin/python3 -c '$(SUITABLE)' 2>/dev/null && echo /usr/bin/python3 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

COMPILED := build/compiled
TREE := build/tree
SOURCES := hatch_build.py $(shell find src -name '*.py' -o -name '*.toml' -o -name '*.[ch]')

.PHONY: setup compiled demo test lint bench facts-page lock clean
.DEFAULT_GOAL := test

setup: $(STAMP)

$(STAMP): requirements/dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Routeproof needs Python 3.11 or newer; set PYTHON=... to one")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	touch $(STAMP)

# The package with its hot path compiled, beside the sources and never among them: a stale extension can't shadow them.
compiled: $(COMPILED)/.ready

$(COMPILED)/.ready: $(STAMP) $(SOURCES)
	printf '#include <Python.h>\n#include <sqlite3ext.h>\n' | $${CC:-cc} -E - >/dev/null 2>&1 \
	  -I "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("include"))')" || \
	  { apt-get update --quiet && apt-get install --yes --quiet gcc libc6-dev python3-dev libsqlite3-dev; } || \
	  { echo "Compiling needs a C compiler and the headers of Python and SQLite" \
	    "(Debian: apt-get install gcc python3-dev libsqlite3-dev)" >&2; exit 1; }
	rm -rf $(COMPILED) $(TREE)
	mkdir -p $(TREE)
	cp -r src pyproject.toml hatch_build.py README.md LICENSE $(TREE)
	HATCH_BUILD_HOOK_ENABLE_MYPYC=1 HATCH_BUILD_HOOK_ENABLE_CUSTOM=1 $(BIN)/python -m pip install --quiet \
	  --disable-pip-version-check --no-build-isolation --no-deps --target $(COMPILED) $(TREE)
	touch $@

demo: setup
	$(BIN)/routeproof demo $(DEMO_ARGS)

# Everything on the sources, then what crosses a socket once more on the compiled package; what proves and simulates is
# compiled nowhere.
# Processes are killed on the compiled package alone: it is what runs where rows are worth something.
test: setup compiled
	$(BIN)/python -m pytest -n 2 --dist worksteal --ignore tests/crash $(TEST_ARGS)
	PYTHONPATH="$(CURDIR)/$(COMPILED)" ROUTEPROOF_COMPILED=1 $(BIN)/python -m pytest -n 2 --dist worksteal $(TEST_ARGS) \
	  --ignore tests/integration/test_demo.py --ignore tests/integration/test_compare.py \
	  --ignore-glob 'tests/integration/test_simulator_*' \
	  --ignore tests/recordings/test_checks_on_recordings.py --ignore tests/recordings/test_prover_on_recordings.py \
	  tests/unit/test_ids.py tests/unit/native tests/unit/wire tests/unit/net tests/unit/gateway \
	  tests/unit/store/test_packed_rows.py tests/unit/store/test_ledger_connection.py tests/unit/store/test_recovery.py \
	  tests/unit/store/test_slot_sync.py tests/unit/store/test_power_loss.py tests/integration tests/recordings tests/crash

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup compiled
	PYTHONPATH="$(CURDIR)/$(COMPILED)" $(BIN)/python -m bench $(BENCH_ARGS)

# The page of the shipped facts; a test compares it with them.
facts-page: setup
	$(BIN)/routeproof facts page > docs/facts.md.new
	mv docs/facts.md.new docs/facts.md

# Hash-locked for every interpreter that the project supports.
lock: setup
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --extra dev pyproject.toml --output-file requirements/dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  pyproject.toml --output-file requirements/run.lock

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis bench-results

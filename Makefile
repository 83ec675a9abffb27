# CONTRIBUTING.md says what each target is for. Each one first makes the environments that it needs (.venv, and for tests
# .venv-readers, for documents .venv-docs), with the versions of the requirements*.lock files, and does that only once.
#   make run: open the window on the sample project; without a display do the same work and say what was made
#   make lock: write the requirements*.lock files again (needs uv)
# PYTHON=/path/to/python3 chooses the Python. ARGS="..." is passed to pytest, to the measurements, or to uv.

ifeq ($(OS),Windows_NT)
VENV_PYTHON := .venv/Scripts/python.exe
DOCS_PYTHON := .venv-docs/Scripts/python.exe
else
VENV_PYTHON := .venv/bin/python
DOCS_PYTHON := .venv-docs/bin/python
endif

# A name on PATH may be a shim for a version that is not active, so each is tried by running it. The Python of .venv
# comes first: a choice once made stays. One without ensurepip is the last resort.
PYTHON ?= $(shell \
	for needs in "import ensurepip, sqlite3, ssl, venv" "pass"; do \
		for name in $(VENV_PYTHON) python3.13 python3.12 python3.11 python3 python; do \
			if $$name -c "import sys; assert (3, 11) <= sys.version_info[:2] <= (3, 13); $$needs" >/dev/null 2>&1; then \
				echo $$name; exit; \
			fi; \
		done; \
	done)

.DEFAULT_GOAL := run
.PHONY: run test thorough check bench pictures bench-suggest fuzz faults kills lock docs reference clean env window-env readers-env docs-env

define bootstrap
	@chosen="$(PYTHON)"; \
	if [ -z "$$chosen" ]; then \
		echo "Annotator needs Python 3.11, 3.12 or 3.13, and none was found: install one, or name it: make PYTHON=/path/to/python3." >&2; \
		exit 1; \
	fi; \
	"$$chosen" packaging/bootstrap.py
endef

run: window-env
	@$(VENV_PYTHON) -m annotator.main demo out/

test: readers-env
	@$(VENV_PYTHON) -m pytest -n 2 --dist worksteal $(ARGS)

thorough: readers-env
	@ANNOTATOR_THOROUGH=1 $(VENV_PYTHON) -m pytest -n 2 --dist worksteal $(ARGS)

check: env
	@$(VENV_PYTHON) -m ruff check
	@$(VENV_PYTHON) -m ruff format --check
	@$(VENV_PYTHON) -m mypy
	@$(VENV_PYTHON) -c "from importlinter.cli import lint_imports_command as check; check()" --no-logo
	@$(VENV_PYTHON) packaging/check_wording.py

pictures: window-env
	@$(VENV_PYTHON) packaging/pictures.py

bench: env
	@$(VENV_PYTHON) tests/bench/run.py $(ARGS)

bench-suggest: env
	@$(VENV_PYTHON) -m tests.bench.suggest $(ARGS)

fuzz: env
	@$(VENV_PYTHON) tests/fuzz/run.py $(ARGS)

faults: env
	@$(VENV_PYTHON) -m tests.faults.run $(ARGS)

kills: env
	@$(VENV_PYTHON) -m tests.kills.run $(ARGS)

env:
	$(bootstrap)

window-env:
	$(bootstrap) --window

readers-env:
	$(bootstrap) --readers

# Warnings are errors: a dead link, a page that no list of contents names.
docs: docs-env
	@$(DOCS_PYTHON) -m sphinx --quiet --fail-on-warning --keep-going -d out/docs-cache docs out/docs
	@echo "The documentation is in out/docs/index.html"

docs-env:
	$(bootstrap) --docs

reference: env
	@$(VENV_PYTHON) packaging/docs.py

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	uv pip compile pyproject.toml --extra en --extra parquet --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-header --quiet $(ARGS) -o requirements.lock
	uv pip compile packaging/readers.in --override packaging/readers-left-out.in --universal --python-version 3.11 \
		--generate-hashes --no-header --quiet $(ARGS) -o requirements-readers.lock
	uv pip compile packaging/docs.in --universal --python-version 3.11 \
		--generate-hashes --no-header --quiet $(ARGS) -o requirements-docs.lock

clean:
	rm -rf .venv .venv-readers .venv-docs out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks .import_linter_cache
	rm -rf src/*.egg-info *.egg-info
	find src tests resources ui packaging -name __pycache__ -type d -prune -exec rm -rf {} +

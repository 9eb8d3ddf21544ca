# Needs make and Python 3.11 with pip; everything else is fetched into this folder, nothing into the system.

PYTHON ?= python3
BIN    := .venv/bin
CODE   := shared/src services/ingest-email/src services/ingest-social/src services/ingest-phone/src \
          services/timeline/src deploy/standalone/src tests tools
WORKERS ?= 2
ROUNDS  ?= 20
# Tests start hundreds of processes; each would compile all of Peyvand anew where an image sets this.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: run test test-fast check bench chaos fmt lock alone assets product dev notices clean help

run: product assets ## start Peyvand at http://127.0.0.1:8080 (a demo, until there is a peyvand.yaml)
	@exec $(BIN)/peyvand up

test: dev assets ## run every test; one that cannot run on this machine says why
	$(BIN)/pytest tests --ignore tests/benchmarks -m "not long" --numprocesses $(WORKERS) --dist loadfile \
	    --no-loadscope-reorder

test-fast: dev assets ## run the tests that start no server and no browser, in seconds
	$(BIN)/pytest tests --ignore tests/benchmarks -m "not real and not bench and not long" --numprocesses $(WORKERS)

check: dev assets ## format, lint, types, imports, documents, licences
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports --no-logo
	git ls-files -z --cached --others --exclude-standard '*.yaml' '*.yml' .yamllint | xargs -0 $(BIN)/yamllint --strict
	$(BIN)/python tools/licences.py --check
	$(BIN)/pytest tests/architecture -m "not real" --quiet

bench: dev assets ## measure; the figures of one machine are in docs/benchmarks.md
	$(BIN)/pytest tests/benchmarks -m bench --capture=no --timeout=0

chaos: dev assets ## stop, kill and pause everything, ROUNDS times (20) with outages of a minute, until something is lost
	@$(BIN)/python tests/chaos/rounds.py $(ROUNDS)

fmt: dev ## format and fix what can be fixed
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

lock: ## pin what the pyproject.toml files ask for; UPGRADE=1 takes the newest versions
	$(PYTHON) tools/lock.py $(if $(UPGRADE),--upgrade)
	npm install --package-lock-only --ignore-scripts
	$(MAKE) notices

notices: dev ## write THIRD_PARTY_NOTICES.md anew
	$(BIN)/python tools/licences.py --write

alone: assets ## install and start each service with only its own dependencies
	$(PYTHON) tools/alone.py

assets: # the front-end files, from npm
	@$(PYTHON) tools/assets.py

product: # what Peyvand needs, in .venv
	@$(PYTHON) tools/environment.py product

dev: # what Peyvand and its tests need, in .venv
	@$(PYTHON) tools/environment.py dev

clean: ## remove what was built or fetched; configuration and data stay
	rm -rf .venv .venvs .tools node_modules dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	    .import_linter_cache services/timeline/src/timeline/web/static/vendor
	find shared services deploy tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## list what can be made
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r name does; do \
	    printf '  make %-10s %s\n' "$$name" "$$does"; done

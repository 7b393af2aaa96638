# One command each; whatever is missing is set up first.  `make help` lists them.

# The first Python that is new enough; python3 says so itself where there is none.
PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13 python3.14 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	done; echo $$name)

# What has been set up, and from what: another lock, another folder, another name.
KEY := $(shell { pwd; cat pyproject.toml requirements*.lock scripts/setup.py; } | cksum | tr ' ' -)
READY_TO_RUN := .venv/ready/run-$(KEY)
READY_TO_TEST := .venv/ready/test-$(KEY)

# Three more than there are cores: tests wait half of the time, for programs, pages and clocks.
PROCESSES ?= $(shell $(PYTHON) -c 'import os; print(min(8, (os.cpu_count() or 1) + 3))')
# Each of them would compile all modules for itself, were they told to keep nothing of it.
PYTEST = env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -m pytest --numprocesses $(PROCESSES) --dist worksteal

RUNS ?= 60
KILLS ?= 20

.PHONY: help demo run test test-unit test-sqlite test-postgres coverage mutants chaos bench mjml-reference lighthouse check format messages screenshots snapshot release-data commands docs dist lock clean

help: ## what there is to say
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 24

demo: $(READY_TO_RUN) ## a whole send in a fresh folder, on this machine only (ARGS=--keep stays)
	.venv/bin/newsletter demo $(ARGS)

run: $(READY_TO_RUN) ## web, clock and senders in one process
	.venv/bin/newsletter init . --json > /dev/null
	.venv/bin/newsletter serve $(ARGS)

test: test-sqlite test-postgres ## all tests, then those that touch the database on PostgreSQL too

test-unit: $(READY_TO_TEST) ## the unit tests that touch neither database nor browser
	$(PYTEST) -m "not database and not browser" tests/unit $(ARGS)

test-sqlite: $(READY_TO_TEST)
	$(PYTEST) $(ARGS)

test-postgres: $(READY_TO_TEST)
	$(PYTEST) -p tests.postgres -m "database and not browser and not once" $(ARGS)

coverage: $(READY_TO_TEST) ## which lines and branches of the product no test takes, on both databases
	.venv/bin/coverage erase
	$(PYTEST) --cov --cov-report= --cov-fail-under=0 $(ARGS)
	$(PYTEST) -p tests.postgres -m "database and not browser and not once" --cov --cov-append --cov-report=term $(ARGS)

mutants: $(READY_TO_TEST) ## small changes that no test notices (ARGS=newsletter/sending/safeguards/canary.py: one module)
	.venv/bin/python scripts/mutants.py $(ARGS)

chaos: $(READY_TO_TEST) ## 60 chaos runs: each delivery mode and SMTP, both databases, half over TLS (RUNS=4 KILLS=5 SEED=1)
	.venv/bin/python -m tests.chaos --runs $(RUNS) --kills $(KILLS) $(if $(SEED),--seed $(SEED)) $(ARGS)

bench: $(READY_TO_TEST) ## all benchmarks on one page, compared with the last kept (QUICK=1, SIZES="1000 10000", ARGS=--keep)
	.venv/bin/python -m benchmarks $(if $(QUICK),--quick) $(if $(SIZES),--sizes $(SIZES)) $(ARGS)

mjml-reference: $(READY_TO_TEST) tests/mjml_reference/node_modules ## MJML as we render it beside the official one (needs npm)
	.venv/bin/python -m tests.mjml_reference.measure
	.venv/bin/python -m pytest tests/mjml_reference

tests/mjml_reference/node_modules: tests/mjml_reference/package-lock.json
	cd tests/mjml_reference && npm ci --ignore-scripts
	@touch $@

lighthouse: $(READY_TO_TEST) tests/lighthouse/node_modules ## the public pages, measured by Lighthouse: 95 at least (needs npm)
	.venv/bin/python -m scripts.lighthouse

tests/lighthouse/node_modules: tests/lighthouse/package-lock.json
	cd tests/lighthouse && npm ci --ignore-scripts
	@touch $@

check: $(READY_TO_TEST) ## formatting, lint, types, and who may import whom
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

format: $(READY_TO_TEST) ## put the code into shape
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

messages: $(READY_TO_TEST) ## collect the messages that are translated, and compile their translations
	.venv/bin/python scripts/messages.py

screenshots: $(READY_TO_TEST) ## the pictures of the desk in docs/images, from the real service (ARGS=home: one of them)
	.venv/bin/python -m scripts.screenshots $(ARGS)

snapshot: $(READY_TO_TEST) ## write down the databases that all migrations make, from which new ones begin
	.venv/bin/python scripts/snapshot.py

release-data: $(READY_TO_RUN) ## write down what this release is to those who upgrade from it (ARGS=--renew: once more)
	.venv/bin/python -m scripts.release_data $(ARGS)

commands: $(READY_TO_TEST) ## write arguments, options and examples of all commands into docs/reference/commands.md
	.venv/bin/python -m scripts.commands_reference

docs: $(READY_TO_TEST) ## build docs/ as a site with search into dist/docs; every link is checked
	.venv/bin/python -m sphinx -W --keep-going -q -b html docs dist/docs

dist: $(READY_TO_TEST) ## build the wheel and the source package into dist/
	rm -rf dist/*.whl dist/*.tar.gz
	.venv/bin/python -m hatchling build -d dist

lock: $(READY_TO_RUN) ## pin what pyproject.toml asks for (ARGS=--upgrade: the newest of all)
	scripts/lock $(ARGS)

clean: ## back to a fresh clone, but for what you keep in var/ and out/
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist tests/mjml_reference/node_modules tests/lighthouse/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY_TO_RUN):
	@$(PYTHON) scripts/setup.py run
	@mkdir -p $(@D) && touch $@

$(READY_TO_TEST):
	@$(PYTHON) scripts/setup.py test
	@mkdir -p $(@D) && touch $@ $(READY_TO_RUN)

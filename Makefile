# Every target sets up .venv by itself (requirements/install.sh). ARGS goes to the command behind the target.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help ready demo up test check fmt lock mutants bench chaos generate clean
BIN := .venv/bin
ARGS ?=
export PYTHON
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile
	@echo "  ARGS='...' is handed on: make test ARGS='-k claim', make up ARGS='--port 8001'"

ready:
	@sh requirements/install.sh

demo: ready ## the main job from webhook to posted review, under a minute
	@$(BIN)/devos demo $(ARGS)

up: ready ## the control plane on port 8000, with its own Postgres
	@$(BIN)/devos up $(ARGS)

test: ready ## the test suite
	@$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

ROUNDS ?= 5
bench: ready ## speed against goals and peers; ONLY=P1 and ROUNDS=5 choose, ARGS=--quick tries it out
	@sh benchmarks/install.sh
	@$(BIN)/python -m benchmarks.run --only '$(ONLY)' --rounds $(ROUNDS) $(ARGS)

CHECKS = 'ruff check --quiet .' 'ruff format --check .' pyright 'lint-imports --no-logo'
check: ready ## style, types, imports
	@failed=0; for tool in $(CHECKS); do $(BIN)/$$tool || failed=1; done; exit $$failed

fmt: ready ## format, and fix what can be fixed by machine
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

mutants: ready ## take each guard away in a copy; its test must turn red
	@$(BIN)/python -m tests.mutants.run $(ARGS)

chaos: ready ## kill, stop and cut off everything, and count what is lost; ONLY=19 takes one promise
	@$(BIN)/python -m tests.chaos.run $(if $(ONLY),--only $(ONLY)) $(ARGS)

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-strip-extras
lock: ready ## pin again what pyproject.toml asks for; ARGS=--upgrade moves every pin
	@$(COMPILE) $(ARGS) pyproject.toml sdk/pyproject.toml --extra people --extra rabbitmq --group dev -o requirements/dev.txt
	@$(COMPILE) $(ARGS) pyproject.toml --no-annotate -c requirements/dev.txt -o requirements/runtime.txt
	@$(COMPILE) $(ARGS) benchmarks/requirements.in --no-annotate -o benchmarks/requirements.txt
	@echo uv | $(COMPILE) $(ARGS) --no-annotate - -o requirements/uv.txt
	@sh requirements/install.sh

generate: ready ## write again what is made from the code: schema.sql, openapi.json, settings, kinds
	@$(BIN)/python -m tests.contract.schema > sql/schema.sql.new && mv sql/schema.sql.new sql/schema.sql
	@$(BIN)/python -m control_plane.platform.settings_reference
	@$(BIN)/python -m tests.contract.openapi > docs/reference/openapi.json.new && mv docs/reference/openapi.json.new docs/reference/openapi.json
	@$(BIN)/python -m tests.contract.kinds > docs/reference/kinds.md.new && mv docs/reference/kinds.md.new docs/reference/kinds.md

clean: ## remove what make made (never data: devos reset)
	@rm -rf .venv benchmarks/.venv .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist sdk/dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

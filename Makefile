# Every target does its own set-up, once: `make serve` and `make test` work on a clean clone
# with Python 3.11 or newer, git and make. `make help` lists the targets.

PYTHON ?= python3
PORT ?= 8000
SITE ?= site

# The environment's own commands first: `node` may live there on a machine that has none.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

python := .venv/bin/python
# Two processes: the browser waits while builds compute.
pytest := $(python) -m pytest -n 2 --dist worksteal
# Kept between runs, so that a second `make` starts at once.
venv := .venv/.ready
node := node_modules/.ready
browser := .venv/.browser
mcp := .venv/.mcp

.DEFAULT_GOAL := help
.PHONY: help serve build test quick test-laws test-site test-browser check fix fresh approve new bench freshness lock browser clean

help: ## List the targets.
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

serve: $(venv) $(node) ## Serve the site at a local address, and show each change when it is saved.
	@$(python) -m tools.workbench.dev --port $(PORT)

build: $(venv) $(node) ## Build the site into site/.
	@$(python) -m tools.site.build $(SITE)

test: check build $(browser) $(mcp) ## Check, build, then run every test, browser included.
	@$(pytest)

quick: check ## Check, then the unit tests and golden cases; seconds, no build.
	@$(pytest) -q tests/unit

test-laws: $(venv) ## What holds for every case: laws, links, published measurements.
	@$(pytest) tests/laws

test-site: build $(mcp) ## What is built: pages, bundle, twins, cards, both builders.
	@$(pytest) tests/site

test-browser: build $(browser) ## The built site in a real browser.
	@$(pytest) tests/browser

check: $(venv) ## Formatting, lint, types, and the rules of data, pages and promises: all that is wrong.
	@failed=0; \
	unformatted=$$($(python) -m ruff format --check --output-format concise .) || { failed=1; echo "$$unformatted" \
		| sed 's/: unformatted: .*/: is not formatted as agreed; make fix does it/'; }; \
	$(python) -m ruff check --quiet . || failed=1; \
	$(python) -m mypy --no-error-summary || failed=1; \
	$(python) -m tools.lint || failed=1; \
	exit $$failed

fix: $(venv) ## Format, and repair what lint can repair.
	@$(python) -m ruff check --fix --quiet . ; $(python) -m ruff format --quiet .
	@$(python) -m tools.lint --fix

fresh: $(venv) ## Renew every file that is generated and committed; promises are only added to.
	@$(python) -m tools.fresh

approve: $(venv) ## Renew the approved outputs, after a change of them that is meant.
	@$(python) -m tests.approved_cases

new: $(venv) ## Write a calculator's files: make new NAME=query-cost; also KIND=vendor, store, page.
	@$(python) -m tools.workbench.new '$(NAME)' --kind '$(or $(KIND),calculator)' --title '$(TITLE)'

bench: build $(browser) ## Measure start, answers and bytes in Chromium into build/bench.md.
	@$(python) -m tools.workbench.bench

freshness: $(venv) ## Compare the book with independent price lists.
	@$(python) -m tools.book.freshness $(ARGS)

lock: $(venv) ## Renew the locks from pyproject.toml and package.json.
	@$(python) -m tools.workbench.lock

browser: $(browser) ## Find or bring a Chromium for the tests.

clean: ## Remove everything that make made.
	@rm -rf .venv node_modules build site docs/assets/live .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(venv): requirements.txt
	@$(PYTHON) tools/workbench/prepare.py python

$(node): package-lock.json .npmrc requirements-node.txt | $(venv)
	@$(python) tools/workbench/prepare.py node

$(mcp): requirements-mcp.txt | $(venv)
	@$(python) tools/workbench/prepare.py mcp

$(browser): | $(venv)
	@$(python) tools/workbench/prepare.py browser

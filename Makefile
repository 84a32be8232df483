# Every target sets up what it needs first, and only what is not there yet: Python packages, in folders of its own.
#   make test     .venv and .venv-aws
#   make demo     .venv
#   make bench    .venv, and .venv-peers with the programs that it compares with
# Nothing else is installed, but by `make setup` and `make setup-bench`, through apt-get and npm: they are asked for it.
# A test whose program is missing is skipped, and says so.
# ARGS goes to the command behind a target: make test ARGS='-k sign_in'

VENV ?= .venv
AWS_VENV ?= .venv-aws
JS_CLIENTS ?= .aws-js
PEERS_VENV ?= .venv-peers
ARGS ?=

BIN := $(VENV)/bin
PINS := .ci/constraints.txt

# As they are: $(abspath) takes a path with a blank for two.
export SSOTUI_AWS_VENV := $(AWS_VENV)
export SSOTUI_JS_CLIENTS := $(JS_CLIENTS)

# Containers often set it: each of the programs that the tests start would compile its source anew.
unexport PYTHONDONTWRITEBYTECODE

# A worker that has nothing left to do takes over tests of another one, some of which last for seconds.
PYTEST := $(BIN)/python -m pytest
SIDE_BY_SIDE := -n auto --dist worksteal

# By what tests need (tests/groups.py): what runs within pytest's own process, and the rest of what needs no other.
IN_PROCESS := not (pty or process or browser or client)
QUICK := $(IN_PROCESS) and not (pilot or fuzz or walk)

.NOTPARALLEL:
.PHONY: help demo quick check test bench fuzz soak lint generated screenshots format setup setup-bench pins clean

help:
	@echo "make demo         the board on an Identity Center of its own; needs no AWS account"
	@echo "make test         all tests; what cannot run on this machine is skipped by name"
	@echo "make quick        ruff, and the tests that are quick: no screen, no other process, no random input"
	@echo "make check        make lint, and the tests that need no other process, but for long walks: a few minutes"
	@echo "make setup        installs what the tests need, the programs too (apt-get, npm)"
	@echo "make fuzz         random input for 30 minutes (SECONDS=1800); keeps what it finds in .hypothesis"
	@echo "make soak         the board for 10 minutes (SECONDS=600) under faults: does anything grow?"
	@echo "make bench        measures speed and memory against the budgets; takes a while"
	@echo "make lint         ruff, mypy, the import contract"
	@echo "make generated    are the screenshots, the recording and the README's lists up to date?"
	@echo "make screenshots  draws the screenshots and the recording anew"
	@echo "make format       formats the source"
	@echo "make setup-bench  installs the programs that the benchmarks and the screenshots use (apt-get)"
	@echo "make pins         renews the pinned versions of all packages"
	@echo "make clean        removes everything that these targets made"

demo: $(VENV)/.program
	@$(BIN)/ssotui --demo $(ARGS)

quick: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(PYTEST) $(SIDE_BY_SIDE) -m "$(QUICK)" $(ARGS)

check: lint
	@$(PYTEST) $(SIDE_BY_SIDE) -m "$(IN_PROCESS) and not (walk)" $(ARGS)

test: $(VENV)/.dev $(AWS_VENV)/.clients
	@$(PYTEST) $(SIDE_BY_SIDE) $(ARGS) || { \
	  code=$$?; [ $$code = 1 ] || exit $$code; \
	  echo "What failed is run once more, by itself: a busy machine is no fault of the program."; \
	  echo "What passes now depends on time or on other tests; it is listed below, and is worth mending."; \
	  $(PYTEST) --last-failed --last-failed-no-failures none -rfEpx $(ARGS); }

fuzz: $(VENV)/.dev
	@nice $(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),1800) $(ARGS)

soak: $(VENV)/.dev
	@nice $(BIN)/python -m tests.soak --seconds $(or $(SECONDS),600) $(ARGS)

bench: $(VENV)/.dev $(PEERS_VENV)/.peers
	@SSOTUI_PEERS_VENV="$(PEERS_VENV)" $(BIN)/python -m bench $(ARGS)

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache

generated: $(VENV)/.dev
	@$(BIN)/python -m screenshots.make --check
	@$(BIN)/python -m screenshots.record --check
	@$(BIN)/python -m tui.keys --check docs/keys.md
	@$(BIN)/python -m tui.cli.table --check docs/commands.md
	@$(BIN)/python -m tui.cli.verbs.print_config --check docs/settings.md
	@$(BIN)/python -m docs.manual --check

screenshots: $(VENV)/.dev
	@$(BIN)/python -m screenshots.make $(ARGS)
	@$(BIN)/python -m screenshots.record

format: $(VENV)/.dev
	@$(BIN)/ruff format .

# Goes on after a failure: what can be had is had, and each thing that cannot is told. Most of it waits for downloads, so
# the folders are made side by side.
setup:
	@code=0; started=; \
	.ci/setup programs || code=1; \
	for made in $(VENV)/.dev $(AWS_VENV)/.clients $(JS_CLIENTS)/.clients; do \
	  $(MAKE) --no-print-directory $$made & started="$$started $$!"; \
	done; \
	for one in $$started; do wait $$one || code=1; done; \
	exit $$code

setup-bench:
	@.ci/setup bench-programs

$(VENV)/.program: pyproject.toml $(PINS)
	@echo "set-up: the program in $(VENV)"
	@.ci/setup venv $(VENV)
	@touch $@

$(VENV)/.dev: pyproject.toml $(PINS)
	@echo "set-up: the program and its development tools in $(VENV)"
	@.ci/setup venv $(VENV) '[dev]'
	@touch $(VENV)/.program $@

$(AWS_VENV)/.clients: .ci/constraints-aws.txt
	@echo "set-up: the AWS CLI and boto3 in $(AWS_VENV)"
	@.ci/setup aws $(AWS_VENV)
	@touch $@

$(JS_CLIENTS)/.clients: .ci/aws-js/package.json .ci/aws-js/package-lock.json
	@echo "set-up: the AWS SDK for JavaScript in $(JS_CLIENTS)"
	@.ci/setup js $(JS_CLIENTS)
	@touch $@

$(PEERS_VENV)/.peers: .ci/peers.txt
	@echo "set-up: the programs to compare with in $(PEERS_VENV)"
	@.ci/setup peers $(PEERS_VENV)
	@touch $@

pins:
	@.ci/setup pins

clean:
	rm -rf .venv .venv-aws .venv-peers .aws-js .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf build dist *.egg-info snapshot_report.html
	find tui tests screenshots bench -name __pycache__ -prune -exec rm -rf {} +

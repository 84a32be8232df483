# Every target sets up what it needs first, and only what is not there yet:
#   make test     Python packages in .venv and .venv-aws, and through apt-get the programs that tests run
#   make demo     Python packages in .venv
#   make bench    the same as for the tests, and in .venv-peers the programs that it compares with
# ARGS goes to the command behind a target: make test ARGS='-k sign_in'

VENV ?= .venv
AWS_VENV ?= .venv-aws
JS_CLIENTS ?= .aws-js
PEERS_VENV ?= .venv-peers
ARGS ?=

BIN := $(VENV)/bin
PINS := .ci/constraints.txt

export SSOTUI_AWS_VENV := $(abspath $(AWS_VENV))
export SSOTUI_JS_CLIENTS := $(abspath $(JS_CLIENTS))

.NOTPARALLEL:
.PHONY: help demo test bench fuzz soak lint generated screenshots format setup pins clean

help:
	@echo "make demo         the board on an Identity Center of its own; needs no AWS account"
	@echo "make test         all tests"
	@echo "make fuzz         random input for 30 minutes (SECONDS=1800); keeps what it finds in .hypothesis"
	@echo "make soak         the board for 10 minutes (SECONDS=600) under faults: does anything grow?"
	@echo "make bench        measures speed and memory against the budgets; takes a while"
	@echo "make lint         ruff, mypy, the import contract"
	@echo "make generated    are the screenshots and the README's key table up to date?"
	@echo "make screenshots  draws the screenshots anew"
	@echo "make format       formats the source"
	@echo "make setup        only sets up what the tests need"
	@echo "make pins         renews the pinned versions of all packages"
	@echo "make clean        removes everything that these targets made"

demo: $(VENV)/.program
	@$(BIN)/ssotui --demo $(ARGS)

test: setup
	@$(BIN)/python -m pytest -n auto $(ARGS) || { \
	  echo "What failed is run once more, by itself: a busy machine is no fault of the program."; \
	  $(BIN)/python -m pytest --last-failed --last-failed-no-failures none $(ARGS); }

fuzz: $(VENV)/.dev
	@.ci/setup test-programs
	@nice $(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),1800) $(ARGS)

soak: $(VENV)/.dev
	@nice $(BIN)/python -m tests.soak --seconds $(or $(SECONDS),600) $(ARGS)

bench: $(VENV)/.dev $(PEERS_VENV)/.peers
	@.ci/setup bench-programs
	@.ci/setup picture-programs
	@SSOTUI_PEERS_VENV=$(abspath $(PEERS_VENV)) $(BIN)/python -m bench $(ARGS)

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache

generated: $(VENV)/.dev
	@$(BIN)/python -m screenshots.make --check
	@$(BIN)/python -m tui.keys --check README.md
	@$(BIN)/python -m tui.verbs.print_config --check README.md

screenshots: $(VENV)/.dev
	@.ci/setup picture-programs
	@$(BIN)/python -m screenshots.make $(ARGS)

format: $(VENV)/.dev
	@$(BIN)/ruff format .

setup: $(VENV)/.dev $(AWS_VENV)/.clients $(JS_CLIENTS)/.clients
	@.ci/setup test-programs

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

# Every target has one line after ## (for use) or ### (for work on jiki-ops), which `make help` prints.
.DEFAULT_GOAL := help
# Not /bin/sh: the make of macOS (3.81) searches the PATH below only with another shell.
SHELL := /bin/bash
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0
# Images for containers often set it; each of hundreds of processes would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE
# The local world's; of AWS itself the region and the profile are samconfig.toml's alone.
demo drill invoke test% bench%: export AWS_DEFAULT_REGION ?= eu-west-1

LISTED = sed -nE 's/^([a-z][a-z-]*):.*$(1)(.*)/\1:\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F: '{printf "  %-16s %s\n", $$1, substr($$0, length($$1) + 2)}'
OFFLINE := { echo "Packages could not be installed (above): is PyPI reachable? Then run the same again." >&2; exit 1; }
PYTHON_CODE := functions layers/common/ops_common cli local benchmarks paths.py

# Each of them, for none is a file.
.PHONY: $(shell sed -nE 's/^([a-z][a-z-]*):.*\#\#.*/\1/p' $(firstword $(MAKEFILE_LIST)))

help: ## List the targets
	@echo "Use (where it changes something, say which: ENVIRONMENT=production)"
	@$(call LISTED,[^#]## )
	@echo "Develop"
	@$(call LISTED,[^#]### )

setup: .venv/.ready .venv-emulator/.ready .venv-runtime/.ready ### Make the virtual environments (CPython 3.13)

.venv/.ready: requirements-dev.txt
	@echo "Setting up .venv from requirements-dev.txt …"
	@python=$$(sh local/find_python.sh) && "$$python" -m venv --clear .venv
	@.venv/bin/python -m pip install -q --disable-pip-version-check --retries 1 $$(grep -o '^uv==[^ ]*' requirements-dev.txt) || $(OFFLINE)
	@.venv/bin/uv pip install -q --python .venv/bin/python --require-hashes -r requirements-dev.txt || $(OFFLINE)
	@touch $@

.venv-emulator/.ready: requirements-emulator.txt .venv/.ready
	@echo "Setting up .venv-emulator from requirements-emulator.txt …"
	@.venv/bin/python -m venv --clear .venv-emulator
	@.venv/bin/uv pip install -q --python .venv-emulator/bin/python --require-hashes -r requirements-emulator.txt || $(OFFLINE)
	@touch $@

# Compiled, as in Lambda, or else cold starts would be timed with compiling.
.venv-runtime/.ready: requirements-runtime.txt .venv/.ready
	@echo "Setting up .venv-runtime from requirements-runtime.txt …"
	@.venv/bin/python -m venv --clear --without-pip .venv-runtime
	@.venv/bin/uv pip install -q --compile-bytecode --python .venv-runtime/bin/python --require-hashes -r requirements-runtime.txt || $(OFFLINE)
	@touch $@

demo: setup ## Deploy into a local AWS and play the stories (STORY=rotation)
	@PYTHONPATH=functions:layers/common:layers/postgres python -m local.demo $(STORY) $(if $(RECORD),--record "$(RECORD)")

playground: setup ## Keep the local world up, with a Slack channel as a page
	@PYTHONPATH=functions:layers/common:layers/postgres python -m local.playground

drill: setup ### Play the failure drills (DRILL=database-is-paused)
	@PYTHONPATH=functions:layers/common:layers/postgres python -m local.drills $(DRILL) $(if $(WRITE),--write docs/failure-drills.md)

# A word that make doesn't know would be left out without a word: a typing error must not deploy.
KNOWN := PYTHON $(shell grep -oE '[$$][(][A-Z]+[)]' $(firstword $(MAKEFILE_LIST)) | tr -d '$$()')
GIVEN := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
UNKNOWN := $(filter-out $(KNOWN) MAKE%,$(GIVEN))
ifneq ($(UNKNOWN),)
$(error No target knows $(UNKNOWN): make help shows what each takes)
endif

SUITE ?= deployment
# What a target can't do without is asked for before `setup`, which takes minutes the first time. What
# changes something has no default: it takes the environment by name.
has-%:
	@$(if $($*),:,$(error Say which: make $(MAKECMDGOALS) $*=$(LIKE_$*)))

LIKE_ENVIRONMENT := production (a section of samconfig.toml)
LIKE_BUCKET := my-artifacts
LIKE_EVENT := events/scale_workers/tick.json
LIKE_FOLDER := tests/corpus
LIKE_FUNCTION := ScaleWorkers
LIKE_URL := https://staging.example.org
LIKE_LOGS := exported.json
LIKE_AFTER := new.log
LIKE_VERSION := 0.1.0
LIKE_INCIDENT := 1f0a2b3c
LIKE_NAME := 'jiki-ops-web-*'
LIKE_TASKS := 4
LIKE_WHY := fixed
READS = $(or $(ENVIRONMENT),production)
READS_FROM = $(if $(STACK),--stack "$(STACK)",--environment "$(READS)")

probe: setup ## Run a suite of checks (SUITE=deployment, readiness, canary)
	@PYTHONPATH=layers/common python -m cli.verdict $(READS_FROM) --suite "$(SUITE)"

fit: setup ## Say whether your app fits (REGION=eu-central-1 CLUSTER=…)
	@PYTHONPATH=layers/common python -m cli.fit --environment "$(READS)" --region "$(REGION)" --cluster "$(CLUSTER)" $(if $(JSON),--json)

configure: has-ENVIRONMENT setup ## Ask for the parameters, or SET="MaxTasks=6 …"
	@PYTHONPATH=layers/common python -m cli.configure --environment "$(ENVIRONMENT)" $(if $(SET),--set "$$SET")

populate: has-ENVIRONMENT setup ## List keys that the secret lacks; KEYS="…" makes random ones
	@PYTHONPATH=layers/common python -m cli.populate --environment "$(ENVIRONMENT)" $(if $(KEYS),--keys "$$KEYS")

rehearse: setup ## Do all of a password rotation but the change
	@python -m cli.rotation --environment "$(READS)" $(if $(JSON),--json) rehearse

secret: setup ## List the secret's versions and which one logs in; no values
	@python -m cli.rotation --environment "$(READS)" $(if $(JSON),--json) timeline

deploy: has-ENVIRONMENT setup ## Build, deploy and check, as samconfig.toml says
	@PYTHONPATH=layers/common python -m cli.deploy --environment "$(ENVIRONMENT)" $(FLAGS)

ON_CALL = @PYTHONPATH=layers/common python -m cli.on_call --environment

status: setup ## Show incidents, workers, rotation, verdicts (JSON=1)
	$(ON_CALL) "$(READS)" $(if $(JSON),--json) status

incidents: setup ## List the open incidents, each with its reference
	$(ON_CALL) "$(READS)" $(if $(JSON),--json) incidents

why: setup ## Show the scaler's last ten reasons (SERVICE=…)
	$(ON_CALL) "$(READS)" $(if $(JSON),--json) why $(SERVICE)

ack: has-ENVIRONMENT has-INCIDENT setup ## Acknowledge an incident: no more reminders (INCIDENT=…)
	$(ON_CALL) "$(ENVIRONMENT)" $(if $(JSON),--json) ack '$(INCIDENT)'

close: has-ENVIRONMENT has-INCIDENT has-WHY setup ## End an incident that nothing else ends (INCIDENT=… WHY="…")
	$(ON_CALL) "$(ENVIRONMENT)" $(if $(JSON),--json) close '$(INCIDENT)' '$(WHY)'

silence: has-ENVIRONMENT has-NAME setup ## Silence an alarm or a pattern (NAME='jiki-ops-web-*' FOR=1h)
	$(ON_CALL) "$(ENVIRONMENT)" $(if $(JSON),--json) silence '$(NAME)' '$(or $(FOR),1h)'

unsilence: has-ENVIRONMENT has-NAME setup ## End a silence before its time (NAME='jiki-ops-web-*')
	$(ON_CALL) "$(ENVIRONMENT)" $(if $(JSON),--json) unsilence '$(NAME)'

hold: has-ENVIRONMENT has-TASKS setup ## Keep the workers at a number (TASKS=4 FOR=1h SERVICE=…)
	$(ON_CALL) "$(ENVIRONMENT)" $(if $(JSON),--json) hold '$(TASKS)' '$(or $(FOR),1h)' $(SERVICE)

release: has-ENVIRONMENT setup ## End a hold before its time (SERVICE=…)
	$(ON_CALL) "$(ENVIRONMENT)" $(if $(JSON),--json) release $(SERVICE)

package: has-ENVIRONMENT has-BUCKET setup ## Put code and template into BUCKET, for Terraform
	@python -m cli.package --environment "$(ENVIRONMENT)" --bucket "$(BUCKET)"

doctor: setup ## Let every function of the stack check itself
	@PYTHONPATH=layers/common python -m cli.verdict $(READS_FROM) --suite self

invoke: has-FUNCTION has-EVENT setup ### Run a function in Lambda's container (FUNCTION=… EVENT=…)
	PYTHONPATH=functions:layers/common:layers/postgres python -m local.invoke "$(FUNCTION)" "$(EVENT)"

SIDE_BY_SIDE = $(MAKE) --no-print-directory $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) --keep-going -j3
TESTS := test-others test-databases test-stand-ins
ON_DATABASES := tests/integration/rotate_password tests/integration/query_database

# Each waits a good part of its time: three keep two cores busy.
gates: lint ### Run lint, types, validate and test, three at a time
	@echo "Three at a time; each says how it went when it ends (some minutes) …"
	@$(SIDE_BY_SIDE) $(TESTS) types validate

test: setup ### Run every test, in three processes
	@echo "Running the tests in three processes; each says how it went when it ends (some minutes) …"
	@$(SIDE_BY_SIDE) $(TESTS)

test-integration: setup ### Run the tests on PostgreSQL and AWS's stand-ins alone
	python -m pytest -rs tests/integration

# The contract of permissions compares the calls of those functions that are in the process.
test-databases: setup ### Run those of the functions that log in to PostgreSQL
	python -m pytest -rs $(ON_DATABASES) tests/integration/permissions

test-stand-ins: setup ### Run the other integration tests
	python -m pytest -rs tests/integration $(addprefix --ignore=,$(ON_DATABASES))

test-others: setup ### Run all tests but the integration tests
	python -m pytest -rs tests --ignore=tests/integration

test-unit: setup ### Run the unit tests alone
	python -m pytest tests/unit

lint: setup ### Check style and format (ruff)
	ruff check .
	ruff format --check .

format: setup ### Fix style and format (ruff)
	ruff check --fix .
	ruff format .

types: setup ### Check types (mypy --strict)
	mypy $(PYTHON_CODE)

validate: setup ### Check the template (sam validate, cfn-lint)
	sam validate --lint
	cfn-lint

build: setup ### Build what is deployed into .aws-sam/build, compiled
	PYTHONPATH=layers/common python -m cli.build --environment "$(ENVIRONMENT)"

bench-scaling: setup ### Compare scaling policies in the simulator (ARGS="--hard")
	PYTHONPATH=functions:layers/common python -m benchmarks.scaling $(ARGS)

bench-queue: setup ### Compare the cost of measuring the queue (ARGS="--most …")
	PYTHONPATH=functions:layers/common:layers/postgres python -m benchmarks.queue_measurement $(ARGS)

bench-rotation: setup ### Compare a rotation with one user and with two, under load
	PYTHONPATH=functions:layers/common:layers/postgres python -m benchmarks.rotation

bench-alerts: setup ### Count lost and doubled alerts while Slack fails
	PYTHONPATH=functions:layers/common:layers/postgres python -m benchmarks.alerts $(ARGS)

preview: setup ## Show an event as Slack and SNS would (EVENT=file FORMAT=json)
	@PYTHONPATH=functions:layers/common:. python -m cli.preview $(or $(EVENT),events/alerts/alarm_metric.json) --format $(or $(FORMAT),html)

corpus: has-FOLDER setup ### Play a folder of real inputs through the code (FOLDER=…)
	@PYTHONPATH=functions:layers/common:layers/postgres:layers/slack:. python -m cli.corpus "$(FOLDER)" --format $(or $(FORMAT),text)

bench-probes: setup ### Compare checks side by side with one after the other
	PYTHONPATH=functions:layers/common:layers/postgres python -m benchmarks.probes

cost: setup ## Show the bill of a month (SET="AlarmSet=all …")
	@PYTHONPATH=.:layers/common python -m cli.cost $(if $(SET),--set "$$SET")

bench-coldstart: setup ### Measure cold functions and sizes (WRITE=1 into the docs)
	PYTHONPATH=functions:layers/common:layers/postgres nice python -m benchmarks.coldstart $(ARGS) $(if $(WRITE),--write docs/performance.md)

USERS ?= 10
MINUTES ?= 5

load-test: has-URL setup ## Load an app and judge it (URL=https://… USERS=10 MINUTES=5)
	python -m benchmarks.loadtest "$(URL)" --users $(USERS) --minutes $(MINUTES) \
	  $(if $(PROFILE),--profile "$(PROFILE)") $(if $(STACK),--stack $(STACK))

mutants: setup ### Change pure code at 60 places; list what no test notices
	PYTHONPATH=functions:layers/common nice python -m benchmarks.mutants $(ARGS) $(if $(WRITE),--write docs/performance.md)

runbook: setup ## Write the runbook in your stack's names (ENVIRONMENT=…)
	@PYTHONPATH=layers/common python -m cli.runbook --environment "$(READS)"

release-files: has-VERSION setup ### Build a release's zip and its notes (VERSION=0.1.0)
	@python -m cli.release --version "$(VERSION)"

docs: setup ### Write the pages of docs/ that follow from the template
	PYTHONPATH=functions:layers/common:layers/slack:. python -m cli.reference

replay: has-LOGS setup ## Run the scaler again on logged ticks (LOGS=file SET="…")
	PYTHONPATH=functions:layers/common python -m benchmarks.replay "$(LOGS)" $(SET) $(if $(SERVICE),--service $(SERVICE))

log-errors: has-AFTER setup ## Show which lines of a log count as errors (AFTER=file)
	@PYTHONPATH=functions:layers/common:. python -m cli.log_errors $(if $(BEFORE),--before "$(BEFORE)") --after "$(AFTER)" --format $(or $(FORMAT),text)

lock: setup ### Compile the requirements files anew
	for name in layers/common/requirements layers/postgres/requirements layers/slack/requirements requirements-dev requirements-emulator requirements-runtime; do \
	  uv pip compile -q --no-header --no-annotate --generate-hashes --python-version 3.13 $$name.in -o $$name.txt || exit; \
	done

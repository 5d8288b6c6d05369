# Every target that a person uses has one line after ##; `make help` prints these lines.
.DEFAULT_GOAL := help
# Not /bin/sh: the make of macOS (3.81) looks for programs in the PATH below only with another shell.
SHELL := /bin/bash
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0
# The local world's; of AWS itself the region and the profile are samconfig.toml's alone.
demo drill invoke test% bench%: export AWS_DEFAULT_REGION ?= eu-west-1

OFFLINE := { echo "Packages could not be installed (above): is PyPI reachable? Then run the same again." >&2; exit 1; }
PYTHON_CODE := functions layers/common/ops_common cli local benchmarks paths.py

# Each of them, for none is a file.
.PHONY: $(shell sed -nE 's/^([a-z][a-z-]*):.*\#\#.*/\1/p' $(firstword $(MAKEFILE_LIST)))

help: ## List the targets
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | awk -F'\t' '{printf "  %-16s %s\n", $$1, $$2}'

setup: .venv/.ready .venv-emulator/.ready .venv-runtime/.ready ## Make the virtual environments (CPython 3.13)

.venv/.ready: requirements-dev.txt
	@echo "Setting up .venv from requirements-dev.txt …"
	python=$$(local/find_python.sh) && "$$python" -m venv --clear .venv
	.venv/bin/python -m pip install -q --disable-pip-version-check --retries 1 $$(grep -o '^uv==[^ ]*' requirements-dev.txt) || $(OFFLINE)
	.venv/bin/uv pip install -q --python .venv/bin/python --require-hashes -r requirements-dev.txt || $(OFFLINE)
	touch $@

.venv-emulator/.ready: requirements-emulator.txt .venv/.ready
	@echo "Setting up .venv-emulator from requirements-emulator.txt …"
	.venv/bin/python -m venv --clear .venv-emulator
	.venv/bin/uv pip install -q --python .venv-emulator/bin/python --require-hashes -r requirements-emulator.txt || $(OFFLINE)
	touch $@

# Compiled, as in Lambda, or else cold starts would be timed with compiling.
.venv-runtime/.ready: requirements-runtime.txt .venv/.ready
	@echo "Setting up .venv-runtime from requirements-runtime.txt …"
	.venv/bin/python -m venv --clear --without-pip .venv-runtime
	.venv/bin/uv pip install -q --compile-bytecode --python .venv-runtime/bin/python --require-hashes -r requirements-runtime.txt || $(OFFLINE)
	touch $@

demo: setup ## Deploy into a local AWS and tell the five stories (STORY=rotation for one; RECORD=docs/images draws them)
	@PYTHONPATH=functions:layers/common:layers/postgres python -m local.demo $(STORY) $(if $(RECORD),--record "$(RECORD)")

playground: setup ## Keep the local world up, with the Slack channel as a page whose buttons work
	@PYTHONPATH=functions:layers/common:layers/postgres python -m local.playground

drill: setup ## Play the failure drills (DRILL=database-is-paused for one; WRITE=1 puts the table into the docs)
	@PYTHONPATH=functions:layers/common:layers/postgres python -m local.drills $(DRILL) $(if $(WRITE),--write docs/failure-drills.md)

# A word that make doesn't know would be left out without a word: a typing error must not deploy.
KNOWN := PYTHON $(shell grep -oE '[$$][(][A-Z]+[)]' $(firstword $(MAKEFILE_LIST)) | tr -d '$$()')
GIVEN := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
UNKNOWN := $(filter-out $(KNOWN) MAKE%,$(GIVEN))
ifneq ($(UNKNOWN),)
$(error No target knows $(UNKNOWN): make help shows what each takes)
endif

SUITE ?= deployment
# What changes something has no default: it must be told which environment.
WHICH = $(or $(ENVIRONMENT),$(error Say which environment, a section of samconfig.toml: make $@ ENVIRONMENT=production))
LOOKED = $(or $(ENVIRONMENT),production)
LOOKED_AT = $(if $(STACK),--stack "$(STACK)",--environment "$(LOOKED)")

probe: setup ## Ask a deployed stack for a verdict (ENVIRONMENT=production SUITE=deployment, readiness, canary)
	@PYTHONPATH=layers/common python -m cli.verdict $(LOOKED_AT) --suite "$(SUITE)"

configure: setup ## Ask what the stack must be told, or SET="MaxTasks=6 …", into samconfig.toml (ENVIRONMENT=…)
	@PYTHONPATH=layers/common python -m cli.configure --environment "$(WHICH)" $(if $(SET),--set "$$SET")

populate: setup ## Say what the app's secret lacks; KEYS="hmac_secret …" makes those at random (ENVIRONMENT=…)
	@PYTHONPATH=layers/common python -m cli.populate --environment "$(WHICH)" $(if $(KEYS),--keys "$$KEYS")

rehearse: setup ## Everything of a password rotation but the change: what would stop it or break (ENVIRONMENT=…)
	@python -m cli.rotation --environment "$(LOOKED)" $(if $(JSON),--json) rehearse

secret: setup ## The secret's versions and labels, and which one the database accepts; no values (ENVIRONMENT=…)
	@python -m cli.rotation --environment "$(LOOKED)" $(if $(JSON),--json) timeline

deploy: setup ## Build and deploy as samconfig.toml says, then let the stack look at itself (ENVIRONMENT=…)
	@PYTHONPATH=layers/common python -m cli.deploy --environment "$(WHICH)" $(FLAGS)

ON_CALL = @PYTHONPATH=layers/common python -m cli.on_call --environment

status: setup ## Show open incidents, workers, rotation, verdicts, silences and holds (JSON=1 for programs)
	$(ON_CALL) "$(LOOKED)" $(if $(JSON),--json) status

incidents: setup ## List the open incidents, each with its reference
	$(ON_CALL) "$(LOOKED)" $(if $(JSON),--json) incidents

why: setup ## Show the scaler's last ten reasons (SERVICE=jiki-api-solid-queue)
	$(ON_CALL) "$(LOOKED)" $(if $(JSON),--json) why $(SERVICE)

ack: setup ## Say that somebody is on an incident: reminders pause (INCIDENT=1f0a2b3c)
	$(ON_CALL) "$(WHICH)" $(if $(JSON),--json) ack '$(INCIDENT)'

close: setup ## End an incident that nothing else will end (INCIDENT=1f0a2b3c WHY="the alarm was renamed")
	$(ON_CALL) "$(WHICH)" $(if $(JSON),--json) close '$(INCIDENT)' '$(WHY)'

silence: setup ## Say nothing new of an alarm or a pattern for a while (NAME='web-*' FOR=1h)
	$(ON_CALL) "$(WHICH)" $(if $(JSON),--json) silence '$(NAME)' '$(or $(FOR),1h)'

unsilence: setup ## End a silence before its time (NAME='web-*')
	$(ON_CALL) "$(WHICH)" $(if $(JSON),--json) unsilence '$(NAME)'

hold: setup ## Keep the workers at a number of tasks (TASKS=4 FOR=1h SERVICE=jiki-api-solid-queue)
	$(ON_CALL) "$(WHICH)" $(if $(JSON),--json) hold '$(TASKS)' '$(or $(FOR),1h)' $(SERVICE)

release: setup ## End a hold before its time (SERVICE=jiki-api-solid-queue)
	$(ON_CALL) "$(WHICH)" $(if $(JSON),--json) release $(SERVICE)

package: setup ## Build and put code and template into BUCKET, for Terraform or a pipeline (ENVIRONMENT=… BUCKET=…)
	@python -m cli.package --environment "$(WHICH)" --bucket "$(or $(BUCKET),$(error Say which bucket: make package BUCKET=…))"

doctor: setup ## Let a deployed stack look at itself (ENVIRONMENT=production)
	@PYTHONPATH=layers/common python -m cli.verdict $(LOOKED_AT) --suite self

invoke: setup ## Run one function in Lambda's container (FUNCTION=ScaleWorkers EVENT=events/scale_workers/tick.json)
	@test -n "$(FUNCTION)" -a -n "$(EVENT)" || { echo "Say which: make invoke FUNCTION=ScaleWorkers EVENT=events/scale_workers/tick.json"; exit 2; }
	PYTHONPATH=functions:layers/common:layers/postgres python -m local.invoke "$(FUNCTION)" "$(EVENT)"

test: setup ## Run every test, in two processes; says what was skipped and why
	@echo "Running the tests in two processes; each tells how it went when it ends (some minutes) …"
	@$(MAKE) --no-print-directory $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) --keep-going -j2 test-integration test-others

# In one process, since the contract of permissions compares all calls made in it.
test-integration: setup ## Run the tests of functions on real PostgreSQL and AWS's stand-ins alone
	python -m pytest -rs tests/integration

test-others: setup ## Run all tests but the integration tests
	python -m pytest -rs tests --ignore=tests/integration

test-unit: setup ## Run the unit tests alone
	python -m pytest tests/unit

lint: setup ## Check style and format (ruff)
	ruff check .
	ruff format --check .

format: setup ## Mend style and format (ruff)
	ruff check --fix .
	ruff format .

types: setup ## Check types (mypy --strict)
	mypy $(PYTHON_CODE)

validate: setup ## Check the template (sam validate, cfn-lint)
	sam validate --lint
	cfn-lint

build: setup ## Build what is deployed into .aws-sam/build, compiled (ENVIRONMENT=… for its processor)
	PYTHONPATH=layers/common python -m cli.build --environment "$(ENVIRONMENT)"

bench-scaling: setup ## Compare scaling policies in the simulator; draw docs/images/scaling.png (ARGS="--hard", ARGS="--random 24 --seeds 7 8")
	PYTHONPATH=functions:layers/common python -m benchmarks.scaling $(ARGS)

bench-queue: setup ## Compare the cost of a look at the queue with others' statements (ARGS="--most 10000000")
	PYTHONPATH=functions:layers/common:layers/postgres python -m benchmarks.queue_measurement $(ARGS)

bench-rotation: setup ## Compare what clients feel of a rotation, with one user and with two
	PYTHONPATH=functions:layers/common:layers/postgres python -m benchmarks.rotation

bench-alerts: setup ## Count lost and doubled alerts while Slack fails and the process dies (ARGS="--events 200")
	PYTHONPATH=functions:layers/common:layers/postgres python -m benchmarks.alerts $(ARGS)

preview: setup ## Show an event as Slack and SNS would (EVENT=events/alerts/alarm_metric.json, or a folder with FORMAT=json)
	@PYTHONPATH=functions:layers/common:. python -m cli.preview $(or $(EVENT),events/alerts/alarm_metric.json) --format $(or $(FORMAT),html)

corpus: setup ## Play real inputs through what is deployed (FOLDER=…/corpus or one of its folders, FORMAT=json)
	@test -n "$(FOLDER)" || { echo "Say which: make corpus FOLDER=tests/corpus"; exit 2; }
	@PYTHONPATH=functions:layers/common:layers/postgres:layers/slack:. python -m cli.corpus "$(FOLDER)" --format $(or $(FORMAT),text)

bench-probes: setup ## Compare the deployment suite side by side with one check after the other
	PYTHONPATH=functions:layers/common:layers/postgres python -m benchmarks.probes

cost: setup ## Show what a month costs, line by line (SET="AlarmSet=all CanarySchedule=")
	@PYTHONPATH=.:layers/common python -m cli.cost $(if $(SET),--set "$$SET")

bench-coldstart: setup ## Measure first useful answers of cold functions, and sizes (WRITE=1 into the docs)
	PYTHONPATH=functions:layers/common:layers/postgres nice python -m benchmarks.coldstart $(ARGS) $(if $(WRITE),--write docs/performance.md)

USERS ?= 10
MINUTES ?= 5

load-test: setup ## Load an app and judge it (URL=https://… USERS=10 MINUTES=5 PROFILE=file; STACK=… for the probes' view)
	@test -n "$(URL)" || { echo 'Say what: make load-test URL=https://staging.example.org'; exit 2; }
	python -m benchmarks.loadtest "$(URL)" --users $(USERS) --minutes $(MINUTES) \
	  $(if $(PROFILE),--profile "$(PROFILE)") $(if $(STACK),--stack $(STACK))

mutants: setup ## Change the pure code at 60 places; list what no unit test notices (ARGS="--seed 2", WRITE=1 into the docs)
	PYTHONPATH=functions:layers/common nice python -m benchmarks.mutants $(ARGS) $(if $(WRITE),--write docs/performance.md)

docs: setup ## Write the pages of docs/ that follow from the template (a test says when)
	PYTHONPATH=functions:layers/common:layers/slack:. python -m cli.reference

replay: setup ## Run the policy again on logged ticks (LOGS=file, SET="max_tasks=6 …")
	@test -n "$(LOGS)" || { echo 'Say which: make replay LOGS=file SET="max_tasks=6"'; exit 2; }
	PYTHONPATH=functions:layers/common python -m benchmarks.replay "$(LOGS)" $(SET)

log-errors: setup ## Show which lines of a log count as errors, and which are new (AFTER=file BEFORE=file FORMAT=json)
	@test -n "$(AFTER)" || { echo 'Say which: make log-errors BEFORE=old.log AFTER=new.log'; exit 2; }
	@PYTHONPATH=functions:layers/common:. python -m cli.log_errors $(if $(BEFORE),--before "$(BEFORE)") --after "$(AFTER)" --format $(or $(FORMAT),text)

lock: setup ## Compile the requirements files anew
	for name in layers/common/requirements layers/postgres/requirements layers/slack/requirements requirements-dev requirements-emulator requirements-runtime; do \
	  uv pip compile -q --no-header --no-annotate --generate-hashes --python-version 3.13 $$name.in -o $$name.txt || exit; \
	done

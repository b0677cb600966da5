# Two commands for a newcomer, each does all its own set-up: `make report` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What `make report` measures: the workshop's two hand-written models, on MNIST where it is on
# disk, else on the embedded digits. Both sides train until they have learned: EPOCHS times 400
# random batches (of the perceptron 86), as many on either data, with OPTIMIZER. The workshop's own
# way: `make report OPTIMIZER=sgd SAMPLING=permutation EPOCHS=200 INITIALIZER=truncated-normal`.
EPOCHS ?= 15
OPTIMIZER ?= adam
SAMPLING ?= replacement
INITIALIZER ?= glorot-uniform
PRECISION ?= quick
# seconds of timing a model, less where intervals are narrow enough before
TIME_BUDGET ?= 20
MODELS ?= perceptron mlp

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
# Two workers; whoever is through takes tests from the other.
PYTEST := $(BIN)/python -m pytest -q -n 2 --dist worksteal

.PHONY: report gpu test test-all lint docs audit benchmark calibrate clean

# code 3 says that a verdict stays open: that is a report too
report: $(VENV)/installed
	@$(BIN)/gvk bench $(MODELS) --optimizer $(OPTIMIZER) --epochs $(EPOCHS) --sampling $(SAMPLING) \
		--initializer $(INITIALIZER) --precision $(PRECISION) \
		--time-budget $(TIME_BUDGET) || [ $$? -eq 3 ]

# the chapter on a GPU (docs/gpu.md); without a card the libraries for one are not installed
gpu: MODELS := $(if $(filter file,$(origin MODELS)),all,$(MODELS))
gpu: $(VENV)/installed
	@if command -v nvidia-smi > /dev/null; then $(INSTALL) -e '.[gpu]'; fi
	@$(BIN)/gvk gpu $(MODELS) --resume || [ $$? -eq 3 ]

# every model, optimizer, engine, verb and kind of bad input at least once
test: $(VENV)/installed
	$(PYTEST) -m "not full"

# the rest, every pair of them: what `make test` leaves out, so that nothing runs twice
test-all: $(VENV)/installed
	$(PYTEST) -m full

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# the documentation as a site, in build/docs; a link or an anchor that leads nowhere fails (with
# --quiet nothing would: MkDocs then counts no warning)
docs: $(VENV)/installed
	$(INSTALL) -e '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# the licence of every package that is needed, and known weaknesses where a database of them is to
# be had: those are printed and fail nothing, as one that is published today breaks no code
AUDIT := build/audit
audit: $(VENV)/installed
	@$(BIN)/python .ci/supply.py licences
	@rm -f $(AUDIT)/found.json; $(PYTHON) -m venv $(AUDIT)
	@timeout 120 $(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check \
		-c constraints.txt pip-audit==2.10.1 || true
	@timeout 120 $(AUDIT)/bin/pip-audit -r constraints.txt --no-deps --disable-pip --timeout 5 \
		--progress-spinner off --format json --output $(AUDIT)/found.json > $(AUDIT)/said 2>&1 || true
	@$(BIN)/python .ci/supply.py weaknesses $(AUDIT)/found.json

benchmark: $(VENV)/installed
	$(BIN)/python -m pytest --benchmark

# the method itself, tried where the truth is known: twenty minutes, on a machine left alone
calibrate: $(VENV)/installed
	$(BIN)/gvk calibrate

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) -e '.[test]'
	@touch $@

clean:
	rm -rf $(VENV)

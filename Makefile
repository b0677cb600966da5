# Two commands for a newcomer, each does all its own set-up: `make report` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What `make report` measures: the workshop's two hand-written models, on MNIST where it is on
# disk, else on the embedded digits. EPOCHS shortens the accuracy run; `make report EPOCHS=200`
# is the workshop's own length for the MLP.
EPOCHS ?= 5
PRECISION ?= quick
MODELS ?= perceptron mlp

.PHONY: report test test-all lint benchmark calibrate clean

# code 3 says that a verdict stays open: that is a report too
report: $(VENV)/installed
	@$(BIN)/gvk bench $(MODELS) --epochs $(EPOCHS) --precision $(PRECISION) || [ $$? -eq 3 ]

test: $(VENV)/installed
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

# what `make test` leaves out as well: every pair of the gallery, every twin
test-all: $(VENV)/installed
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m ""

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

benchmark: $(VENV)/installed
	$(BIN)/python -m pytest --benchmark

# the method itself, tried where the truth is known: about an hour, on a machine left alone
calibrate: $(VENV)/installed
	$(BIN)/gvk calibrate

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

clean:
	rm -rf $(VENV)

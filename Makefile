# Two commands for a newcomer, each does all its own set-up: `make report` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What `make report` measures: the workshop's two hand-written models, on MNIST where it is on
# disk, else on the embedded digits. EPOCHS shortens the accuracy run; `make report EPOCHS=200`
# is the workshop's own length for the MLP.
EPOCHS ?= 5
BLOCKS ?= 4
MODELS ?= perceptron mlp

.PHONY: report test lint benchmark clean

report: $(VENV)/installed
	@$(BIN)/gvk bench $(MODELS) --epochs $(EPOCHS) --blocks $(BLOCKS)

test: $(VENV)/installed
	$(BIN)/python -m pytest -q

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

benchmark: $(VENV)/installed
	$(BIN)/python -m pytest --benchmark

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

clean:
	rm -rf $(VENV)

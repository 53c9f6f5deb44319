# 近学 Jinxue. Two commands: `make serve` (a demo on this machine) and `make test`.
#   make serve PORT=8000 STATE=.state CATALOGUE=path/to/catalogue
# CATALOGUE is a folder of CSV files, an .xlsx or a .jsonl file; the bundled Shenzhen network without it.

PYTHON    ?= python3
VENV      ?= .venv
PORT      ?= 8000
STATE     ?= .state
CATALOGUE ?=
TORCH_INDEX ?=

BIN     := $(VENV)/bin
JINXUE  := $(BIN)/jinxue
READY   := $(VENV)/.ready
TESTING := $(VENV)/.ready-for-tests
OPERATE := $(VENV)/.ready-to-operate
SERVICE := build/service
PIP     := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: serve test check bench screenshots encoder audit sbom licences clean

serve: export JINXUE_DEMO = true
serve: $(READY)
	@$(JINXUE) import --if-changed --remove-missing --state "$(STATE)" $(if $(CATALOGUE),"$(CATALOGUE)")
	@exec $(JINXUE) serve --state "$(STATE)" --port $(PORT)

# what measures load wants the machine for itself
test: $(TESTING) check
	$(BIN)/python -m pytest -q --numprocesses 2 --dist loadfile --ignore tests/load
	$(BIN)/python -m pytest -q tests/load

check: $(TESTING)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(TESTING)
	$(BIN)/python -m tests.benchmarks.agreement
	$(BIN)/python -m tests.benchmarks.ranking
	$(BIN)/python -m tests.benchmarks.http_rate
	$(BIN)/python -m tests.benchmarks.startup
	$(BIN)/python -m tests.benchmarks.encoding
	$(BIN)/python -m tests.benchmarks.following
	$(BIN)/python -m tests.benchmarks.sync
	$(BIN)/python -m tests.benchmarks.page
	$(BIN)/python -m tests.benchmarks.contract --examples 200
	$(BIN)/python -m tests.benchmarks.fuzz --bytes 1000000
	$(BIN)/python -m tests.benchmarks.load --minutes 30
	$(BIN)/python -m tests.benchmarks.overload
	$(BIN)/python -m tests.benchmarks.killed --trials 100

# of the page, for the READMEs; wants a font with Chinese characters
screenshots: $(TESTING)
	$(BIN)/python -m tests.page.screenshots

encoder: $(TESTING)
	$(JINXUE) train-encoder models/jinxue-static-zh

# strict: what could not be looked up is not called sound
audit: $(OPERATE)
	$(BIN)/pip-audit --strict --no-deps --disable-pip --requirement constraints.txt

# what the service itself needs, as the image has it: without torch and what tests need
sbom: $(OPERATE) $(SERVICE)/.ready
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json $(SERVICE)/bin/python

licences: $(OPERATE) $(SERVICE)/.ready
	$(BIN)/pip-licenses --python=$(SERVICE)/bin/python --from=mixed --format=markdown --ignore-packages jinxue --output-file=.deploy/LICENCES.md

# torch first, and by itself, so that its CPU build can be chosen: the registry's default for Linux brings gigabytes of CUDA,
# TORCH_INDEX=<address of PyTorch's CPU index> spares them.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "近学需要 Python 3.11 或更新版本 / Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) $(if $(TORCH_INDEX),--index-url "$(TORCH_INDEX)") torch
	$(PIP) --editable '.[encoders]'
	@touch $@

$(TESTING): $(READY)
	$(PIP) --editable '.[train,notebooks,evaluate,test]'
	@touch $@

$(OPERATE): $(READY)
	$(PIP) --editable '.[operate]'
	@touch $@

$(SERVICE)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv --clear --without-pip $(SERVICE)
	$(PYTHON) -m pip --python $(SERVICE)/bin/python install --quiet --disable-pip-version-check --constraint constraints.txt .
	@touch $@

clean:
	rm -rf $(VENV) $(STATE) build

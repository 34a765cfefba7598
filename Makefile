# The commands of this repository; `make help` lists them. CMake builds, this file only makes sure
# that what CMake needs is there. Everything that is made lands in build/.

.DEFAULT_GOAL := build
.PHONY: help deps deps-wasm deps-test build wasm demo test bench bench-plan bench-edge bench-lithops \
        bench-any-size format format-check sanitize lint clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

deps:  ## install what building the command needs (Debian packages, Apache Arrow)
	@scripts/install-debian-packages build arrow
	@scripts/arrow-root >/dev/null

deps-wasm: deps
	@scripts/wasmtime-root >/dev/null

deps-test: deps
	@scripts/install-debian-packages test

# The first configuration leaves the tests out, so that it asks for nothing only they need; a later
# one keeps what the cache says. CMake itself notices changed lists, and Ninja runs it again.
build/build.ninja: CMakePresets.json scripts/arrow-root | deps
	@IONLOOM_ARROW_ROOT="$$(scripts/arrow-root)" cmake --preset release \
	  $(if $(wildcard build/CMakeCache.txt),,-DIONLOOM_TESTS=OFF)
	@touch $@

build: build/build.ninja  ## build build/bin/ionloom (the default)
	@cmake --build build --target ionloom

# Told to CMake once; its cache keeps it.
with-wasm: deps-wasm build/build.ninja
	@grep -q '^IONLOOM_WASM:BOOL=ON' build/CMakeCache.txt || \
	  cmake build -DIONLOOM_WASM=ON -DIONLOOM_WASMTIME_ROOT="$$(scripts/wasmtime-root)"
.PHONY: with-wasm

wasm: with-wasm  ## the same, with the stages in WebAssembly (the first time 6 to 8 minutes more)
	@cmake --build build --target ionloom

demo: build  ## simulate a small tissue, annotate it, show the best annotations
	@scripts/demo build/bin/ionloom build/demo

# The whole tree, with the tests.
build-all: deps-test with-wasm
	@grep -q '^IONLOOM_TESTS:BOOL=ON' build/CMakeCache.txt || cmake build -DIONLOOM_TESTS=ON
	@cmake --build build
.PHONY: build-all

test: deps-test format-check build-all  ## check the formatting, build everything, run all tests
	@ctest --test-dir build --output-on-failure --parallel "$$(nproc)"

# The full benchmark keeps its results in bench/results/; QUICK=1 leaves out the largest runs and
# the counting of instructions, and leaves its results in build/bench-results/.
bench: deps-test with-wasm  ## measure speed and memory against the peers
	@scripts/install-debian-packages bench
	@grep -q '^IONLOOM_TESTS:BOOL=ON' build/CMakeCache.txt || cmake build -DIONLOOM_TESTS=ON
	@cmake --build build --target ionloom bench_kernels bench_exchange bench_guest bench_guest_read
	@"$$(scripts/bench-python)" bench/run.py $(if $(QUICK),--quick)
	@"$$(scripts/bench-python)" bench/store_run.py $(if $(QUICK),--quick)
	@"$$(scripts/bench-python)" bench/guest_run.py $(if $(QUICK),--quick)

bench-any-size: deps-test build  ## annotate 400 million peaks in 1 GB of memory (11 GB of disk)
	@scripts/install-debian-packages bench
	@"$$(scripts/bench-python)" bench/any_size.py

bench-lithops: deps-test build  ## measure whole runs on Lithops with an S3 server (3 minutes)
	@grep -q '^IONLOOM_TESTS:BOOL=ON' build/CMakeCache.txt || cmake build -DIONLOOM_TESTS=ON
	@cmake --build build --target ionloom _engine
	@"$$(scripts/bench-python)" bench/lithops_run.py $(if $(QUICK),--quick)

# The full one keeps its results in bench/results/; LARGE=1 adds 5e7 and 2e8 peaks.
bench-plan: deps-test with-wasm  ## measure how well plans predict runs (12 minutes)
	@scripts/install-debian-packages bench
	@grep -q '^IONLOOM_TESTS:BOOL=ON' build/CMakeCache.txt || cmake build -DIONLOOM_TESTS=ON
	@cmake --build build --target ionloom _engine bench_plan
	@"$$(scripts/bench-python)" bench/plan_run.py $(if $(QUICK),--quick) $(if $(LARGE),--large)

# QUICK=1 measures one size and keeps the results in build/bench-results/.
bench-edge: deps-test with-wasm  ## measure how well stages are placed on devices (20 minutes)
	@scripts/install-debian-packages bench
	@grep -q '^IONLOOM_TESTS:BOOL=ON' build/CMakeCache.txt || cmake build -DIONLOOM_TESTS=ON
	@cmake --build build --target ionloom bench_edge _engine relay
	@"$$(scripts/bench-python)" bench/edge_run.py $(if $(QUICK),--quick)

format: deps-test  ## format the sources
	@scripts/format

format-check: deps-test
	@scripts/format --check

sanitize: deps-test  ## run the tests of the store and of GEDS with sanitizers
	@scripts/sanitize

lint: build-all  ## look for likely mistakes in src/ with clang-tidy
	@scripts/install-debian-packages lint
	@scripts/lint build

clean:  ## remove build/ (Apache Arrow and Wasmtime stay in their cache)
	@rm -rf build

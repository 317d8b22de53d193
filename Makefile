# The short way into Meson and ninja. `make help` lists what there is.

SHELL := /bin/bash
PREFIX ?= /usr/local
DESTDIR ?=
SECONDS ?= 60
TARGET ?=
INPUT ?=
JUDGE ?= ../shared/judge/judge
SUITES ?=
STRAKE := build/strake

.DEFAULT_GOAL := build
.PHONY: build demo cluster demo-cluster check judge bench bench-large profile fuzz lint format install clean help

build: ## build build/strake
	@tools/build-dir build

demo: ## install what is needed, build, and scan a small shop with known weaknesses and one of its images
	@tools/bootstrap
	@$(MAKE) --no-print-directory build
	@examples/image/build build/images
	$(STRAKE) scan --image-map build/images/images.yaml examples/shop || [ $$? -eq 1 ]
	$(STRAKE) image list oci:build/images/storefront:latest
	$(STRAKE) image lint oci:build/images/storefront:latest --min-severity high || [ $$? -eq 1 ]

cluster: ## run a real Kubernetes API server on loopback to play with (the first time builds it: ten minutes)
	@tests/cluster/play

demo-cluster: build ## start one, load the small shop into it, and scan it live
	@tests/cluster/play demo $(STRAKE)

check: ## every test, against a build with sanitizers
	@tools/check

judge: build ## score against other people's fixtures (SUITES="pss cel" for some of them)
	$(JUDGE) $(STRAKE) $(SUITES)

bench: ## measure what the project claims about speed and memory, into bench/RESULTS.md
	@tools/bootstrap
	@$(MAKE) --no-print-directory build
	@bench/run

bench-large: ## measure reading an image of 4 GB, which is made first; takes minutes
	@$(MAKE) --no-print-directory build
	@ninja -C build --quiet bench/image_floor
	@STRAKE_BENCH_MB=4000 PYTHONDONTWRITEBYTECODE=1 python3 bench/image

profile: ## print where the time and the instructions of a scan go
	@tools/bootstrap
	@$(MAKE) --no-print-directory build
	@ninja -C build --quiet bench/json_dump
	@PYTHONDONTWRITEBYTECODE=1 bench/profile $(INPUT)

fuzz: ## fuzz every target for SECONDS=n each (or one: TARGET=name)
	@tools/bootstrap
	@tools/fuzz $(SECONDS) $(TARGET)

lint: ## layers, format, gcc and clang without warnings, cppcheck, clang-tidy
	@tools/bootstrap
	@tools/lint

format: ## put the source files into the project's format
	@git ls-files 'src/*.[ch]' 'src/*.cc' 'tests/*.[ch]' 'bench/*.[ch]' | xargs clang-format -i

install: build ## install under $(DESTDIR)$(PREFIX)
	@meson configure build -Dprefix=$(PREFIX)
	@DESTDIR=$(DESTDIR) meson install -C build --strip --quiet

clean: ## remove what was built
	rm -rf build build-asan build-clang build-gcc build-fuzz

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# flashd. `make help` lists what there is; `make demo` and `make test` need nothing else.
CC      ?= gcc
PREFIX  ?= /usr
B       ?= build
WARN    = -Wall -Wextra -Wpedantic -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wswitch-enum -Wvla \
          -Wpointer-arith -Wcast-qual -Wwrite-strings -Wformat=2 -Wundef -Werror
CFLAGS  ?= -O2 -g
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -I. -I$(shell pg_config --includedir 2>/dev/null || echo /usr/include/postgresql) \
          -pthread $(WARN) $(CFLAGS) -fno-strict-overflow -fstack-protector-strong
LIBS    = -lpq -levent -levent_pthreads -lcurl -ljansson -lsodium -lnlopt -lroaring -lz -lm -pthread
ifdef SAN
B       = build/san
CFLAGS  = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -Wno-format-truncation
endif

SOURCES := $(sort $(wildcard agent/*.c agent/*/*.c mcp/*/*.c mcp/*/*/*.c)) \
           $(filter-out contrib/demo/main.c,$(wildcard contrib/demo/*.c))
OBJECTS := $(SOURCES:%.c=$B/%.o) $B/embed.o
PARTS   := $(filter-out $B/agent/main.o,$(OBJECTS))
EMBED   := $(sort $(wildcard sql/roles/*.sql sql/migrations/*.sql sql/functions/*.sql sql/queries/*.sql sql/load/*.sql \
           sql/metrics/*.json mcp/tools/*.json mcp/doors/*.json policies/*.json skills/*/SKILL.md contrib/maps/*.json))
UNITS   := $(patsubst tests/unit/%.c,$B/%,$(wildcard tests/unit/test_*.c))
TOOLS   := $(patsubst tests/tools/%.c,$B/tools/%,$(wildcard tests/tools/test_*.c))

.PHONY: help demo test build units tool-tests bench fuzz fault-long planted install schema powers certify oracle clean \
        packages packages-test packages-bench
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: packages ## install what is missing, build, load a demo brand, run one cycle, serve (ARGS="--once")
	@$(MAKE) --no-print-directory -j2 build
	@$B/flashd demo $(ARGS)

test: packages packages-test ## install what is missing and run every test family (ONLY="unit sql": these)
	@tests/run $(ONLY)

build: $B/flashd $B/demo-brand ## build/flashd (SAN=1: build/san, with sanitizers)

bench: packages packages-test packages-bench ## measure the ratios of this build beside its peers (ONLY="growth": this)
	@tests/bench/run $(ONLY)

fuzz: packages packages-test ## the long fuzz campaign (SECONDS_EACH=600)
	@tests/fuzz/run $(or $(SECONDS_EACH),600)

fault-long: packages packages-test ## the guarantees in the long form: 10^6 races, 2000 kills, all models (an hour)
	@LONG=1 tests/run fault

planted: packages packages-test ## plant bugs in the money protocol one by one; the tests must catch each (20 minutes)
	@$(MAKE) --no-print-directory -s -j2 build
	@$(MAKE) --no-print-directory -s -j2 SAN=1 build
	@tests/fault/planted $(ONLY)

install: build ## install below DESTDIR (PREFIX=/usr)
	install -D -m 755 $B/flashd $(DESTDIR)$(PREFIX)/bin/flashd
	install -D -m 644 contrib/systemd/flashd.service $(DESTDIR)$(PREFIX)/lib/systemd/system/flashd.service
	install -D -m 644 skills/flash-operations/SKILL.md $(DESTDIR)$(PREFIX)/share/flashd/skills/flash-operations/SKILL.md
	for f in policies/*.json; do install -D -m 644 $$f $(DESTDIR)$(PREFIX)/share/flashd/$$f; done
	for f in contrib/maps/*.json; do install -D -m 644 $$f $(DESTDIR)$(PREFIX)/share/flashd/maps/$$(basename $$f); done
	for f in README.md LICENSE contrib/README.md; do \
		install -D -m 644 $$f $(DESTDIR)$(PREFIX)/share/doc/flashd/$$f; done

schema: build ## write sql/schema.sql anew, after a change of the migrations
	@tests/tidy/dump-schema > $B/schema.sql && cp $B/schema.sql sql/schema.sql

# A small world with every edge in it, the demo brand, and Complete Journey where it is: up to an hour each.
oracle: packages packages-test ## ask 3 times 10,000 random questions of the governed numbers (SEED=N: others)
	@$(MAKE) --no-print-directory -s -j2 build
	@$(MAKE) --no-print-directory -s -j2 SAN=1 build units
	@export FLASHD_METRICS_QUESTIONS=10000 $(if $(SEED),FLASHD_METRICS_SEED=$(SEED)); failed=0; \
		tests/sql/metrics_oracle.sh || failed=1; \
		for brand in demo journey; do echo "# $$brand"; tests/sql/brands_oracle.sh $$brand || failed=1; done; \
		exit $$failed

certify: ## write the maintainers' certificate into the metrics whose definition changed, after reading them
	@tests/tidy/certify

powers: ## write the README's table of powers anew, after a change of mcp/tools.def
	@tests/tidy/powers README.md

packages:
	@contrib/install-packages build

packages-test:
	@contrib/install-packages test

packages-bench:
	@contrib/install-packages bench

clean: ## remove build/
	rm -rf build

$B/flashd: $(OBJECTS)
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$B/demo-brand: contrib/demo/main.c $(PARTS)
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$B/%.o: %.c
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$B/embed.s: mcp/base/embed.awk $(EMBED)
	@mkdir -p $(@D)
	@printf '%s\n' $(EMBED) | LC_ALL=C sort | awk -f mcp/base/embed.awk > $@

$B/embed.o: $B/embed.s
	@$(CC) -c -o $@ $<

units: $(UNITS)

# The grammar of PostgreSQL, for the test that parses compiled queries only.
$B/test_metrics_parsed: LIBS += -lpg_query

$B/test_%: tests/unit/test_%.c $(wildcard tests/unit/*.h) $(PARTS)
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(PARTS) $(LIBS)

tool-tests: $(TOOLS)

$B/tools/test_%: tests/tools/test_%.c tests/tools/world.c tests/tools/world.h tests/unit/check.h $(PARTS)
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< tests/tools/world.c $(PARTS) $(LIBS)

$B/ask/test_%: tests/ask/test_%.c $(PARTS)
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(PARTS) $(LIBS)

$B/bench/%: tests/bench/%.c $(PARTS)
	@mkdir -p $(@D)
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(PARTS) $(LIBS)

-include $(OBJECTS:.o=.d)

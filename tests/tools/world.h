/* The tool tests' house: a database of its own with tests/fixtures/tools_world.sql in it, an open corridor, callers
 * of both tenants. Calls go through tool_call(), as everybody's. */
#ifndef FLASH_TEST_WORLD_H
#define FLASH_TEST_WORLD_H

#include <pthread.h>

#include "mcp/base/seal.h"
#include "mcp/corridor/corridor.h"
#include "mcp/db/db.h"

/* The action that two calls are compared by, and ids that nobody has. */
#define RUN_OWN "01990000-0000-7000-8000-000000000001"
#define RUN_FOREIGN "01990000-0000-7000-8000-000000000002"
#define ID_MISSING "01990000-0000-7000-8000-00000000dead"

struct world {
	struct arena *arena;
	struct settings settings;
	struct corridor *corridor;
	struct db *admin;
	const char *folder;
	const char *receipt;      /* of tenant 1: what its agents cite where nothing else is said */
};

extern struct world world;

/* What became of a call; `arena` owns it. */
struct outcome {
	bool good;
	json_t *result;
	struct error error;
};

/* Makes the database and opens everything; prints a bail-out and ends the program when that fails. */
void world_open(void);
void world_close(void);

/* A caller by the name of the key: "1koperator00" … (world.c lists them), with the scopes that its row has. */
struct caller world_caller(const char *key);

/* A call by JSON text ('…' stands for "…"), or by arguments. */
struct outcome world_say(struct arena *arena, const char *key, const char *tool, const char *args);
struct outcome world_call(struct arena *arena, const struct caller *caller, const char *tool, json_t *args);

/* The same without the receipt that world_call() gives an agent's write to cite. */
struct outcome world_call_as_it_is(struct arena *arena, const struct caller *caller, const char *tool, json_t *args);

/* The token of a metric's receipt, asked for with its usual window. */
const char *world_receipt(struct arena *arena, const char *key, const char *metric);

/* A fresh idempotency key. */
const char *world_idem(struct arena *arena);

/* A number or text out of an answer, by a path like "member/name" or "items/0/draft". */
json_t *world_at(const json_t *json, const char *path);
const char *world_text(const json_t *json, const char *path);
long long world_number(const json_t *json, const char *path);

/* Runs a statement as the owner. */
void world_do(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The one text or number of a statement, seen by the owner. In the arena. */
const char *world_ask(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* tests/tools/snapshot.sql. */
const char *world_snapshot(struct arena *arena, int tenant);
long long world_audits(int tenant);

/* Whether a tool is one that a key at a door can hold. */
bool world_is_public(const struct tool *tool);

/* Previews and applies an undo; `scope` is like "'action': '…'". */
struct outcome world_undo(struct arena *arena, const char *key, const char *scope);
struct outcome world_undo_action(struct arena *arena, const char *key, const char *action);

/* The first example of a tool; an example of a write with an idempotency key of its own; that write, by the operator
 * of tenant 1; an award of points by `fields` like "'member': 1, 'points': 3". */
const json_t *world_example(const char *tool);
json_t *world_fresh(struct arena *arena, const json_t *example, bool dry_run);
struct outcome world_write(struct arena *arena, const struct tool *tool, json_t *args);
struct outcome world_earn(struct arena *arena, const char *key, const char *fields);

/* Calls `check` for every public write and each of its examples; how many writes there are. */
size_t world_each_write(void (*check)(struct arena *arena, const struct tool *tool, const json_t *example));

/* Threads that make the same call at the same time. */
enum { RACERS = 8 };

struct racer {
	pthread_t thread;
	struct arena *arena;
	const char *key, *tool, *args;
	struct outcome outcome;
};

void world_race(struct racer racers[RACERS], const char *key, const char *tool, const char *args);
void world_race_end(struct racer racers[RACERS]);

#endif

/* The contract between the corridor and the tools: who calls, what is called, and one call on its way. */
#ifndef FLASH_TOOL_H
#define FLASH_TOOL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "mcp/base/arena.h"
#include "mcp/base/bulk.h"
#include "mcp/base/error.h"

struct corridor;
struct db;
struct seal;

enum tool_kind { TOOL_READ = 1, TOOL_NOTE = 2, TOOL_WRITE = 4, TOOL_SEND = 8, TOOL_UNDO = 16 };

/* Who calls. `key` is a key's id or a person's name; empty when nobody could be found. */
struct caller {
	int tenant;
	bool is_key, is_person;
	char kind[12];            /* read_only, operator, agent, person */
	char key[84];
	char name[84];
	char via[8];              /* http, agent, cli */
	char scopes[400];         /* separated by single spaces */
	long long cap_cents;
	int calls_per_minute, limits_version;
	char limits[512];         /* {"store": [...], "tier": [...]}: the key sees no other; empty: everything */
};

/* Whether the caller holds a scope; the empty scope is everybody's. */
bool caller_holds(const struct caller *caller, const char *scope);

/* Something for a worker thread to run with its own connection. */
struct job {
	struct job *next;
	void (*run)(struct job *job, struct corridor *corridor, struct db *db);
};

struct call;

struct tool {
	const char *name;
	enum tool_kind kind;
	const char *scope;
	bool (*run)(struct call *call);
	const char *reverse;      /* the SQL function that undoes it; NULL but for WRITE */
	const json_t *json;       /* title, description, inputSchema, outputSchema, examples: NAME.json */
	bool (*kept)(struct call *call);   /* answers from what was kept, without a database, or says no; NULL: cannot */
};

/* One call. Made by a door or the agent, owned by one station at a time: worker, committer, then its maker again.
 * `run` of a READ, NOTE, SEND or UNDO answers by setting `result`. `run` of a WRITE resolves its arguments and sets
 * `effect`, the SQL effect's arguments; the write committer does the rest and merges `result` into the answer. */
struct call {
	struct job job;           /* first: a call waits in the same queues as any job */
	struct arena *arena;
	struct corridor *corridor;
	struct caller caller;
	char id[37];
	const char *name;         /* of the tool, as asked */
	json_t *args;             /* an object, owned by the arena */
	const char *asked;        /* of call_asked() */
	struct bulks columns;     /* beside them, of the resident's own calls (bulk.h): the maker's, then the answer's */
	void (*done)(struct call *call);
	void *maker;              /* for `done` */

	const struct tool *tool;
	struct db *db;            /* while a worker runs it */
	const struct seal *seal;
	json_t *cited;            /* receipts that a write rests on, checked; NULL: none */
	json_t *effect, *result;
	const char *kept, *sent;  /* the result's JSON: as it was kept, instead of it; as call_rendered() made it */
	struct error error;       /* code NONE: it went well */

	const char *decision;     /* for the audit: executed, replayed, dry_run, refused, failed */
	char digest[80];          /* BLAKE2b of tool, principal and canonical arguments, as hex */
	int row_count, withheld;  /* of them, as numbers that would have singled out a member: the audit says so */
	int64_t started_us;
	int64_t answer_us;        /* not before this monotonic moment (corridor_answer_us); 0: as soon as it is made */
	bool audited, no_cache;   /* audited: its audit row went with its own transaction */
	long long cached_version; /* > 0: the answer came from the cache and holds for this data version only */
};

/* Sets the result (a new reference, taken over) and returns true: `return call_answer(call, json_pack(...))`. */
bool call_answer(struct call *call, json_t *result);

/* Refuses or fails the call; returns false. */
bool call_refuse(struct call *call, enum error_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Arguments by name: NULL, or the fallback, when absent. The schema has checked their types already. */
const char *call_text(const struct call *call, const char *name);
long long call_number(const struct call *call, const char *name, long long fallback);
bool call_truth(const struct call *call, const char *name);

/* The call's columns, when there are `count` of them, all of one length between 1 and `most`; NULL after refusing. */
const struct bulk *call_columns(struct call *call, size_t count, size_t most);

/* Every tool's function: run_NAME, in mcp/tools/NAME.c. */
#define READ(name, scope) bool run_##name(struct call *call);
#define NOTE READ
#define SEND READ
#define UNDO READ
#define WRITE(name, scope, undo) bool run_##name(struct call *call);
#include "mcp/tools.def"
#undef READ
#undef NOTE
#undef SEND
#undef UNDO
#undef WRITE

/* Tools that keep answers: struct tool's `kept`. */
bool kept_query_metric(struct call *call);

#endif

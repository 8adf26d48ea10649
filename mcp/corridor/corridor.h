/* The corridor: every read and write, from a door or from the resident, goes through here. A call passes the gates
 * (gates.def), runs on a worker with its own PostgreSQL connection, and leaves only when its audit row is durable:
 * writes with their own transaction in the write committer's batch, everything else in the audit committer's. */
#ifndef FLASH_CORRIDOR_H
#define FLASH_CORRIDOR_H

#include "mcp/base/settings.h"
#include "mcp/tool.h"

struct corridor;

/* Opens the workers and the committers and verifies the database: schema version, the role's lack of powers, the
 * reverses that tools.def names, the incarnation. Refuses with the command that mends it. */
struct corridor *corridor_open(const struct settings *settings, struct error *error);

/* Waits for the calls that are inside, then closes. NULL is allowed. */
void corridor_close(struct corridor *corridor);

/* Calls a tool and waits: for the agent, the command line and tests. `result` is owned by `arena`. */
bool tool_call(struct corridor *corridor, const struct caller *caller, const char *name, json_t *args,
	struct arena *arena, json_t **result, struct error *error);

/* Sends a call on its way; `call->done` is called on any thread. `call->args` must be an object. The call's arena
 * must live until then. */
void tool_submit(struct corridor *corridor, struct call *call);

/* Work for a worker thread that is not a tool call (yet): a door's parsing and authentication. `db` is the
 * worker's connection. False when the queue is full: answer "busy". */
struct job {
	struct job *next;
	void (*run)(struct job *job, struct corridor *corridor, struct db *db);
};
bool corridor_post(struct corridor *corridor, struct job *job);

/* Goes through gates and tool at once on this worker; like tool_submit() without the queue. */
void tool_run(struct corridor *corridor, struct call *call, struct db *db);

/* Writes an audit row for what a door refused before it became a tool call; `call->error` says why. `done` follows.
 * More than 200 a second of these are counted, not written. */
void corridor_note_refusal(struct corridor *corridor, struct call *call);

/* The caller of an API key's text. Found in a cache of some seconds or the database; the audit checks again before
 * any answer leaves, so a revoked key gets nothing. ERROR_KEY with a sentence when there is none. */
bool corridor_find_caller(struct corridor *corridor, struct db *db, const char *key_text, struct caller *caller,
	struct error *error);

/* The table of powers, in its order: NULL past the end. */
const struct tool *tool_at(size_t index);
const struct tool *tool_find(const char *name);

/* The settings it was opened with, its seal, and the name of this daemon ("host:pid:random"). */
const struct settings *corridor_settings(const struct corridor *corridor);
const struct seal *corridor_seal(const struct corridor *corridor);
const char *corridor_daemon(const struct corridor *corridor);

/* The agent's own caller: its key with the scopes of the key plus agent:run, via "agent". */
bool corridor_agent_caller(struct corridor *corridor, int tenant, const char *key, struct caller *caller,
	struct error *error);

#endif

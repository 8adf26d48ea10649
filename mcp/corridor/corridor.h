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

/* Begins to keep in memory what answers are made from (the setting `member_sets`), until the corridor is closed: for
 * the daemon that serves, not for a command that asks once. */
bool corridor_keep_up(struct corridor *corridor, struct error *error);

/* Waits for the calls that are inside, then closes. NULL is allowed. */
void corridor_close(struct corridor *corridor);

/* Calls a tool and waits: for the agent, the command line and tests. `result` is owned by `arena`. */
bool tool_call(struct corridor *corridor, const struct caller *caller, const char *name, json_t *args,
	struct arena *arena, json_t **result, struct error *error);

/* The same with columns beside the arguments; then `columns` are the answer's, owned by `arena`. */
bool tool_call_columns(struct corridor *corridor, const struct caller *caller, const char *name, json_t *args,
	struct bulks *columns, struct arena *arena, json_t **result, struct error *error);

/* Sends a call on its way; `call->done` is called on any thread. `call->args` must be an object. The call's arena
 * must live until then. */
void tool_submit(struct corridor *corridor, struct call *call);

/* Gives a job to the workers: a door's parsing and authentication. Tenants are served in turn; `tenant` is the one that
 * the request says it comes from, or 0. False when the queue is full: answer "busy". */
bool corridor_post(struct corridor *corridor, struct job *job, int tenant);

/* Gives a job to the one worker that writes facts (imports of events), which has a queue of its own, so that a flood of
 * facts leaves the others to the questions. False when the queue is full. */
bool corridor_post_facts(struct corridor *corridor, struct job *job, int tenant);

/* Goes through gates and tool at once on this worker; like tool_submit() without the queue. */
void tool_run(struct corridor *corridor, struct call *call, struct db *db);

/* The same for a call that can be answered from what was kept, without waiting and without a database: on any thread, a
 * door's loop too. False when it cannot, or is to be refused: then tool_run() does all of it. */
bool tool_run_kept(struct corridor *corridor, struct call *call);

/* In the arena: what is asked, as canonical text (the arguments without the fields that do not change it), and the
 * result as the JSON text that is sent, which is what is kept of it and given back as call->kept. */
const char *call_asked(struct call *call);
const char *call_rendered(struct call *call);
void call_unanswer(struct call *call);   /* forgets what was answered so far */

/* Writes an audit row for what a door answered or refused by itself (tools/list, a bad key, a bad body): `call->name`
 * and `call->error` say what and why. `done` follows when the row is durable. Of refusals that belong to no key and no
 * feed, more than 200 a second are counted and noted in one row, not one by one: a flood must not fill the record. With
 * call->answer_us it waits until then, on nobody's thread. */
void corridor_note(struct corridor *corridor, struct call *call);

/* The caller of an API key's text. Found in a cache of some seconds or the database; the audit checks again before
 * any answer leaves, so a revoked key gets nothing. ERROR_KEY with a sentence when there is none; ERROR_RATE when
 * `address`, or the key's id, had too many wrong ones within a minute and this text was never right here. */
bool corridor_find_caller(struct corridor *corridor, struct db *db, const char *key_text, const char *address,
	struct caller *caller, struct error *error);

/* When the answer about a wrong key may leave whose look-up began at `began_us`, for call->answer_us: some hundredths
 * of a second later, the same whatever was found. */
int64_t corridor_answer_us(int64_t began_us);

/* The same caller when this key was found before and some seconds ago at most; without a database, so on any thread.
 * False is no verdict: ask corridor_find_caller(). */
bool corridor_known_caller(struct corridor *corridor, const char *key_text, struct arena *arena, struct caller *caller);

/* The table of powers, in its order: NULL past the end. */
const struct tool *tool_at(size_t index);
const struct tool *tool_find(const char *name);

/* What a client may send and will get, as JSON Schema: the tool's own, and for a WRITE also idempotency_key,
 * dry_run and receipts. NULL when the tool's answer has no schema. */
const json_t *tool_input_schema(const struct tool *tool);
const json_t *tool_output_schema(const struct tool *tool);

/* The settings it was opened with, its seal, and the name of this daemon ("host:pid:random"). */
const struct settings *corridor_settings(const struct corridor *corridor);
const struct seal *corridor_seal(const struct corridor *corridor);
const char *corridor_daemon(const struct corridor *corridor);

/* The agent's own caller: its key with the scopes of the key plus agent:run, via "agent". */
bool corridor_agent_caller(struct corridor *corridor, int tenant, const char *key, struct caller *caller,
	struct error *error);

#endif

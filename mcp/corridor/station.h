/* Inside the corridor: its stations and what they share. Only mcp/corridor includes this. */
#ifndef FLASH_STATION_H
#define FLASH_STATION_H

#include <stdatomic.h>

#include "corridor.h"
#include "mcp/db/db.h"
#include "queue.h"

enum { WORKERS_MAX = 64, KEEPERS = 2 };

struct callers;
struct upkeep;

struct corridor {
	const struct settings *settings;
	struct seal *seal;
	struct callers *callers;
	char daemon[96];
	struct queue work, facts, held, writes, audits;
	pthread_t workers[WORKERS_MAX], keepers[KEEPERS], holder, writer, auditor;   /* keepers write facts */
	struct db *worker_dbs[WORKERS_MAX], *keeper_dbs[KEEPERS], *writer_db, *auditor_db;
	size_t worker_count;
	struct upkeep *upkeep;    /* or NULL */
	_Atomic long notes_second, notes_count, notes_dropped;   /* the flood bound of corridor_note() */
};

/* The thread of the audit committer: takes all that waits, one statement, commit, then lets the answers go. */
void *audit_main(void *corridor);

/* Sends a call to the audit committer; a note under the flood bound of corridor_note(). */
void audit_put(struct corridor *corridor, struct call *call);
void note_put(struct corridor *corridor, struct call *call);

/* The thread of answers about wrong keys, and the way to it; from there they go on as notes. */
void *hold_main(void *corridor);
void hold_put(struct corridor *corridor, struct call *call);

/* The thread of the write committer, and the way to it. */
void *write_main(void *corridor);
void write_put(struct corridor *corridor, struct call *call);

/* Refuses a call whose answer costs more than COST_MOST (cost.h), before its write, if it is one; keeps the text of the
 * answer in `sent`. What the resident reads in columns is its own. */
bool measure_answer(struct call *call);

/* Checks the database before anything is served; every finding is in the error's sentence. */
bool verify_database(struct corridor *corridor, struct db *db, struct error *error);

/* The cache of API keys' callers; `guesses_most`: see guesses.h. */
struct callers *callers_open(int guesses_most);
void callers_close(struct callers *callers);
void callers_forget(struct callers *callers, const char *key);

#endif

/* One cycle of a policy, from waking to the report: observe → cite → score → decide → record → serve → close. It
 * enters tool_call() like everybody else, under its agent key. No state outlives a step in memory: kill -9 anywhere is
 * safe, and the next daemon takes the open run over and repeats it without doing anything twice. */
#ifndef FLASH_CYCLE_H
#define FLASH_CYCLE_H

#include "mcp/corridor/corridor.h"

/* Chunks of a step that are under way at a time, each on a connection of the corridor's. */
enum { CYCLE_THREADS = 3 };

struct cycle_options {
	const char *policy;
	const char *as_of;          /* RFC 3339, or NULL for now */
	bool dry_run;               /* decide and record, but give and draft nothing */
	bool force;                 /* also when the schedule says not yet */
	void (*say)(void *context, const char *sentence);   /* progress; NULL: none */
	void *context;
};

/* Runs one cycle. True with `*report` (owned by `arena`): NULL when nothing was due. False when it could not even
 * begin or end: nothing half-done stays that the next cycle would not finish. */
bool cycle_run(struct corridor *corridor, const struct caller *caller, const struct cycle_options *options,
	struct arena *arena, json_t **report, struct error *error);

#endif

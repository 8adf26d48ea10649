/* Inside a cycle: what its steps share. Only agent/cycle*.c include this. */
#ifndef FLASH_CYCLE_STEPS_H
#define FLASH_CYCLE_STEPS_H

#include <pthread.h>

#include "cycle.h"
#include "decide.h"
#include "models/bgnbd.h"
#include "policy.h"

struct chunk;
struct page;

struct cycle {
	struct corridor *corridor;
	const struct caller *caller;
	const struct cycle_options *options;
	struct arena *arena;
	const json_t *opened;       /* what open_run answered */
	const char *run, *as_of, *day;
	json_int_t fence;
	const struct policy *policy;
	struct bgnbd_fit fit;
	struct decide_input input;
	const struct bulk_bytes *names;   /* sealed, of each candidate */
	const struct decide_result *result;
	int64_t last_member;        /* the highest number of a member */
	struct page *pages;         /* of candidates, while they are read */
	struct chunk *chunks;       /* of the step under way */
	uint8_t *served;            /* per place in chosen: 1 when an earlier daemon has served the member for this run */
	const char **codes;         /* per place in chosen: the coupon to give, or NULL */
	json_t *receipts;           /* tokens of the numbers that it observed */
	json_t *report;
	pthread_mutex_t lock;       /* of `arena` and `report` while a step runs on several threads */
};

/* A tool call under the cycle's key. `*result` is owned by the cycle's arena. */
bool cycle_call(struct cycle *cycle, const char *tool, json_t *args, json_t **result, struct error *error);

/* The same, with all memory of the call in an arena of its own. */
bool cycle_call_in(struct cycle *cycle, struct arena *arena, const char *tool, json_t *args, json_t **result,
	struct error *error);

/* The same with columns beside the arguments; then `columns` are the answer's. */
bool cycle_call_columns(struct cycle *cycle, struct arena *arena, const char *tool, json_t *args,
	struct bulks *columns, json_t **result, struct error *error);

/* Does work(cycle, i) for each i below `count`, on three threads; each with an arena that goes when it is done. Stops
 * at the first that fails, with its error; what others had begun is finished. */
typedef bool cycle_work(struct cycle *cycle, size_t index, struct arena *arena, struct error *error);
bool cycle_each(struct cycle *cycle, size_t count, cycle_work *work, struct error *error);

/* Says what is being done. */
void cycle_say(const struct cycle *cycle, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Fits the model on all members' histories, which are in `arena`; the fit says itself whether it may be used. Touches
 * nothing of the cycle but `fit` and `last_member`, so that it can go on beside the reading of the numbers. */
bool cycle_fit(struct cycle *cycle, struct arena *arena, struct error *error);

/* Tells of the fit in the report. */
void cycle_report_fit(struct cycle *cycle);

/* Reads the audience with its scores into the decision's input. */
bool cycle_read_candidates(struct cycle *cycle, struct error *error);

/* Writes one decision row for every candidate. */
bool cycle_record(struct cycle *cycle, struct error *error);

/* Gives points and coupons and drafts the messages, in chunks; what was done goes into the report. */
bool cycle_serve(struct cycle *cycle, struct error *error);

#endif

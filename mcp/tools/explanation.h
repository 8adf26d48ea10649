/* What explain_change knows of one metric and its change: the two periods, the past, the cuts, the slices, the causes.
 * This file asks for totals; explain_cuts.h cuts, explain_causes.h looks for events, explain_words.h tells. */
#ifndef FLASH_TOOLS_EXPLANATION_H
#define FLASH_TOOLS_EXPLANATION_H

#include "mcp/explain/slices.h"
#include "mcp/explain/variation.h"
#include "mcp/metrics/question.h"
#include "mcp/tool.h"

enum { EXPLAIN_GROUPS_MOST = 1000, EXPLAIN_CUTS_MOST = 13, EXPLAIN_SLICES = 3, EXPLAIN_PAST = 8, EXPLAIN_TIME_MS = 8000,
	EXPLAIN_CAUSES_MOST = 200, EXPLAIN_FACTORS_MOST = 4 };

/* A total, with the arguments that query_metric would answer it by. */
struct explain_total {
	bool known;               /* false: not, or not wholly, covered by data */
	double value;             /* of a ratio the numerator */
	double weight, rows;      /* denominator (0 of what is no ratio), and rows of the source */
	json_t *query;
};

/* One value of a dimension: as the data has it (NULL: none) and as people know it. */
struct explain_value {
	const char *value, *label;
};

struct explain_values {
	struct explain_value *list;
	unsigned count;
};

struct explain_cut {
	struct slice_table table; /* dimensions: places in the metric's list */
	bool whole;               /* all groups are there, and add up to the total */
	const struct question *questions[2];   /* of the earlier and the later period, with their rows; NULL: no data */
	struct db_rows *rows[2];
	bool *hidden;             /* by cell: too few members behind it (explain_small.h); NULL: nobody has asked yet */
};

struct explain_past {
	const char *from, *to;    /* of the later one of its two periods */
	double change;
	json_t *queries[2];
};

struct explain_cause {
	const char *kind, *dimension, *value, *label, *at, *at_local, *sentence;
	bool measured;            /* its value is in a cut: effect, explained and counted are set */
	bool withheld;            /* too few members behind it to be measured */
	struct effect effect;
	double explained;
	struct segment counted;
};

struct explain_factor {
	const char *title;
	double before, after;
	struct effect effect;
};

struct explanation {
	struct call *call;
	const struct metric *metric;
	struct question question; /* of the window and what it is compared with */
	size_t place;             /* of the comparison in its table */
	const struct period *now_period, *then_period;
	struct explain_total now, then;
	bool is_ratio;
	struct noise noise;
	struct effect change;
	struct variation variation;
	struct explain_past past[EXPLAIN_PAST];
	size_t past_count;
	struct explain_values values[32];   /* of each dimension of the metric */
	struct explain_cut cuts[EXPLAIN_CUTS_MOST];
	size_t cut_count;
	struct slice_search search;
	struct slice slices[EXPLAIN_SLICES];
	size_t slice_count;
	const struct explain_cut *told;     /* the cut whose parts are told, or NULL */
	struct explain_cause causes[EXPLAIN_CAUSES_MOST];
	size_t cause_count;
	struct explain_factor factors[EXPLAIN_FACTORS_MOST];
	size_t factor_count;
	bool slice_unusual;       /* the best slice is outside its own past, where the whole is inside */
	const char *skipped;      /* dimensions that could not be searched, or NULL */
	bool cut_short;           /* time ran out */
	size_t withheld;          /* slices, segments and causes with too few members behind them to be told */
	int64_t deadline_us;
};

/* The two periods and their totals; refuses what has no history or is not covered. */
bool explanation_open(struct explanation *explanation);

/* The earlier changes of the same kind, of the whole (`slice` NULL) or of a slice, and the verdict. */
bool explanation_past(struct explanation *explanation, const struct slice *slice, struct explain_past *past,
	size_t *count);

/* A value per the metric: a ratio, or the value itself. */
double explanation_figure(const struct explanation *explanation, const struct explain_total *total);

/* The arguments of a question over a period, with the caller's filters; a new reference. */
json_t *explanation_args(const struct explanation *explanation, const struct period *period);

/* The caller's filters and those of a slice, as arguments; a new reference, NULL when there are none. */
json_t *explanation_filters(const struct explanation *explanation, const struct slice *slice);

/* Whether there is time for another question. */
bool explanation_has_time(struct explanation *explanation);

/* Asks one question; `known` is false, and all is well, when there are no data for it. */
bool explanation_ask(struct explanation *explanation, const json_t *args, int groups_most, struct question *question,
	struct db_rows **rows, bool *known);

#endif

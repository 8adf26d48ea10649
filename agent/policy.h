/* What the agent may want: policies/NAME.json as a struct. A file is taken whole or not at all;
 * every mistake in it is reported with its place; words that policy.def does not know are
 * refused. Numbers that a person would change live here, never in the code. How each is used:
 * decide.h. */
#ifndef FLASH_POLICY_H
#define FLASH_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcp/base/arena.h"
#include "mcp/base/error.h"
#include "mcp/base/text.h"

enum { POLICY_MOST_BYTES = 65536, POLICY_MOST_TIERS = 16, POLICY_MOST_MISTAKES = 50 };
enum { POLICY_NONE = 255 };   /* no such tier or pool */

enum policy_trigger_kind { POLICY_SLIPPING, POLICY_LAPSED };
enum policy_arm_kind { POLICY_POINTS, POLICY_COUPON, POLICY_MESSAGE };
enum policy_catch_up { POLICY_ONCE, POLICY_SKIP };
enum policy_channel { POLICY_EMAIL };

struct policy_schedule {
	const char *why, *cron;
	const char *zone;            /* "tenant", or an IANA name that the database has to know */
	enum policy_catch_up catch_up;
};

struct policy_audience {
	const char *why;
	const char **tiers;
	size_t tier_count;
	int64_t horizon_days;        /* s of P(buys in the next s) and of E */
	int64_t min_repeat_purchases;
	int64_t min_value_cents;     /* spent in the last 365 days */
	int64_t min_days_since_last, max_days_since_last;
};

struct policy_trigger {
	const char *why;
	enum policy_trigger_kind kind;
	/* slipping: share of P(buys) lost since the last visit; else NAN */
	double min_drop;
	/* slipping: or silent for longer than this quantile of the own gap; else NAN */
	double own_gap_quantile;
};

/* One number that must be there, fresh and inside its bounds before anything is done. NAN: no
 * such bound. */
struct policy_metric {
	const char *why, *metric;
	int64_t window_days, max_age_hours;
	double min, max, max_jump;   /* max_jump: times, up or down, against the cycle before */
};

struct policy_evidence {
	const char *why;
	int64_t freshness_hours;     /* purchases and scores older than this: no action */
	struct policy_metric *metrics;
	size_t metric_count;
};

struct policy_holdout {
	const char *why, *key;
	double share;
};

struct policy_contact {
	const char *why;
	int64_t cool_down_days, draft_expiry_hours;
};

struct policy_budget {
	const char *why;
	int64_t per_cycle_cents, max_actions_per_cycle;
};

struct policy_value {
	const char *why;
	double margin_rate;          /* of spend */
};

struct policy_arm {
	const char *name, *why, *tier, *template, *pool;
	enum policy_arm_kind kind;
	enum policy_channel channel;
	int64_t points;
	double expected_uplift;      /* added chance of a purchase within the horizon */
	int64_t max_cost_cents;      /* gift and message; dearer is not taken */
	double redeemed_share;       /* of the gift, expected; 1 for a message */
	size_t pool_index;           /* in pools, or POLICY_NONE */
	size_t template_index;       /* in templates */
};

struct policy_template {
	const char *name, *subject, *body;
};

struct policy {
	const char *name, *why;
	struct policy_schedule schedule;
	struct policy_audience audience;
	struct policy_trigger trigger;
	struct policy_evidence evidence;
	struct policy_holdout holdout;
	struct policy_contact contact;
	struct policy_budget budget;
	struct policy_value value;
	struct policy_arm *arms;
	size_t arm_count;
	struct policy_template *templates;
	size_t template_count;
	const char **pools;          /* named by coupon arms, each once */
	size_t pool_count;
	size_t arm_of_tier[POLICY_MOST_TIERS]; /* by place in audience.tiers; POLICY_NONE: none */
	/* canonical JSON of the file: what is stored, hashed and compared */
	const char *body;
};

/* Reads one policy from memory. NULL with ERROR_CONFIG when anything is wrong: `mistakes` then
 * holds one line for each, "file:line: /json/pointer: sentence", and the error how many and the
 * first. A name that ends in ".json" must carry the policy's own name. All memory is the
 * arena's. */
const struct policy *policy_read(struct arena *arena, const char *file, const char *bytes,
	size_t size, struct text *mistakes, struct error *error);

/* The same from a file of at most POLICY_MOST_BYTES. */
const struct policy *policy_load(struct arena *arena, const char *path, struct text *mistakes,
	struct error *error);

/* Whether a path in policies/ is a policy: not the schema, not a case, not a README. */
bool policy_is_file(const char *path);

/* The place of a tier in the audience, or POLICY_NONE. */
size_t policy_tier(const struct policy *policy, const char *name);

/* One word that a policy may use (policy.def). */
enum policy_word_kind {
	POLICY_WORD_TEXT,    /* one line, or several in a template's body */
	POLICY_WORD_NAME,    /* lower-case letters, digits, _ and -; begins with a letter or digit */
	POLICY_WORD_WHOLE,   /* a whole number, written without a point */
	POLICY_WORD_REAL,
	POLICY_WORD_CHOICE,  /* one of a few words, kept as its place among them */
	POLICY_WORD_GROUP,   /* an object of the named group */
	POLICY_WORD_LIST,    /* an array of the named group, or of names */
	POLICY_WORD_MAP      /* an object from names to the named group */
};

struct policy_word {
	const char *group, *name;
	enum policy_word_kind kind;
	bool required;
	double least, most;          /* of a number; of a text's bytes; of a list's or map's size */
	size_t offset;               /* in the group's struct */
	/* CHOICE: "a|b" in the order of its enum; GROUP, LIST, MAP: which group */
	const char *detail;
	const char *meaning;
};

extern const struct policy_word policy_words[];
extern const size_t policy_word_count;

#endif

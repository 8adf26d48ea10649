#include "explain_causes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "explain_cuts.h"
#include "explain_small.h"
#include "mcp/base/utf8.h"
#include "query.h"

static const double explains_least = 0.1;

/* The words of a kind, and whether it takes away (-1), gives (1) or may do either (0). */
static const struct kind {
	const char *kind, *words;
	int direction;
} kinds[] = {
	{ "pool_dry", "ran dry: its last code was given out at", -1 },
	{ "pool_paused", "is paused; its last code was given out at", -1 },
	{ "pool_closed", "is closed; its last code was given out at", -1 },
	{ "campaign_started", "started at", 1 },
	{ "campaign_ended", "ended at", -1 },
	{ "policy_added", "was added at", 0 },
	{ "policy_changed", "changed at", 0 },
	{ "price_changed", "changed at", 0 },
	{ "agent_stopped", "was stopped at", 0 },
	{ "agent_resumed", "was resumed at", 0 },
	{ "feed_stale", "has sent nothing since", -1 },
	{ "agent_acted", "acted from", 0 },
};

enum { KIND, DIMENSION, VALUE, LABEL, AT, AT_LOCAL, DETAIL, BEFORE, AFTER };

/* What a price rule of the whole tenant is called, by the tool whose value it sets, and the sources that it can touch
 * whether they are cut by tool or not. */
static const struct price {
	const char *tool, *words, *counted, *sources;
} prices[] = {
	{ "earn_points", "What points are worth", "awards of points", "points actions decisions" },
	{ "draft_outreach", "What a message costs", "messages drafted", "actions drafts messages decisions" },
};

static bool is_price(const struct explain_cause *cause)
{
	return strcmp(cause->kind, "price_changed") == 0;
}

/* Of a rule of the whole tenant; NULL: it is one pool's or tier's. */
static const struct price *price_of(const struct explain_cause *cause)
{
	for (size_t i = 0; is_price(cause) && i < sizeof prices / sizeof prices[0]; i++)
		if (strcmp(cause->dimension, "tool") == 0 && strcmp(cause->value, prices[i].tool) == 0)
			return &prices[i];
	return NULL;
}

static const struct kind *kind_of(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].kind, name) == 0)
			return &kinds[i];
	return NULL;
}

static const char *subject_of(const struct explanation *explanation, const struct explain_cause *cause)
{
	struct arena *arena = explanation->call->arena;

	if (cause->value == NULL)
		return "The agent (everything)";
	if (strcmp(cause->kind, "feed_stale") == 0)
		return arena_format(arena, "The feed %s", word_shown(arena, cause->value));
	if (strncmp(cause->kind, "agent_", 6) == 0 && strcmp(cause->kind, "agent_acted") != 0)
		return arena_format(arena, "The agent key %s", cause->value);
	if (strcmp(cause->kind, "agent_acted") == 0)
		return arena_format(arena, "The agent (policy %s, %s)", word_shown(arena, cause->value), cause->label);
	if (price_of(cause) != NULL)
		return price_of(cause)->words;
	return arena_format(arena, "%s%s %s", is_price(cause) ? "The price rule of " : "", cause->dimension,
		word_shown(arena, cause->value));
}

/* How often, where that is no handful of members. */
static const char *count_of(const struct explanation *explanation, const struct db_rows *rows, size_t row, int column)
{
	long long count = db_number(rows, row, column);
	int least = explanation->question.bounds.min_group;

	return count > 0 && count < least ? arena_format(explanation->call->arena, "fewer than %d", least)
		: arena_format(explanation->call->arena, "%lld", count);
}

/* What is counted before and since a price rule changed. */
static const char *counted_by(const struct explain_cause *cause)
{
	return price_of(cause) != NULL ? price_of(cause)->counted
		: strcmp(cause->dimension, "tier") == 0 ? "members who came into it" : "codes given out";
}

static const char *sentence_of(const struct explanation *explanation, const struct explain_cause *cause,
	const struct kind *kind, const struct db_rows *rows, size_t row)
{
	struct arena *arena = explanation->call->arena;
	struct text text = text_open(arena, 600);
	bool pool = strncmp(cause->kind, "pool_", 5) == 0;
	bool counted = explanation->question.limits == NULL;   /* these are counts of the whole house */

	text_add(&text, subject_of(explanation, cause));
	if (cause->label != NULL && strcmp(cause->kind, "agent_acted") != 0)
		text_format(&text, " (%s)", word_shown(arena, cause->label));
	text_format(&text, " %s %s (%s)", kind->words, cause->at_local, explanation->question.bounds.zone);
	if (pool && counted)
		text_format(&text, "; codes given out: %s in the earlier period and until the later, %s in the later",
			count_of(explanation, rows, row, BEFORE), count_of(explanation, rows, row, AFTER));
	if (counted && strcmp(cause->kind, "agent_acted") == 0)
		text_format(&text, ": %s actions before the later period, %s in it", count_of(explanation, rows, row, BEFORE),
			count_of(explanation, rows, row, AFTER));
	if (pool && db_text(rows, row, DETAIL) != NULL)
		text_format(&text, "; the last of them expired at %s", db_text(rows, row, DETAIL));
	if (is_price(cause))
		text_format(&text, ", %s", db_text(rows, row, DETAIL));
	if (is_price(cause) && counted)
		text_format(&text, "; %s: %s from the earlier period's begin until then, %s since", counted_by(cause),
			count_of(explanation, rows, row, BEFORE), count_of(explanation, rows, row, AFTER));
	if (strcmp(cause->kind, "policy_changed") == 0)
		text_format(&text, ", to version %s", db_text(rows, row, DETAIL));
	text_add(&text, ".");
	return text.bytes;
}

/* How much of the change lies in the value that an event touched, if it went the way that the event pushes. False on an
 * error. */
static bool measure(struct explanation *explanation, struct explain_cause *cause, int direction)
{
	struct slice slice = { .term_count = 1 };

	if (!explain_counted(explanation, cause->dimension, cause->value, &slice.counted))
		return true;
	if (!explain_hides_value(explanation, cause->dimension, cause->value, &cause->withheld))
		return false;
	if (cause->withheld)
		return true;
	double volume = explanation->is_ratio ? slice.counted.weight1 - slice.counted.weight0
		: slice.counted.value1 - slice.counted.value0;

	cause->counted = slice.counted;
	cause->effect = slice_effect(&explanation->search, &slice);
	cause->explained = explanation->change.value == 0 ? 0 : cause->effect.value / explanation->change.value;
	cause->measured = direction == 0 || direction * volume > 0 ||
		(explanation->is_ratio && fabs(cause->effect.value) > 0);
	return true;
}

bool explain_matches(const struct explain_cause *cause)
{
	return cause->measured && cause->explained >= explains_least && fabs(cause->effect.value) > cause->effect.error;
}

/* What the agent did to the whole tenant is told only of numbers that it can touch. A tier's rule decides who comes
 * into it: by tier of now both periods have the same members in it, so that it cannot have moved anything else. */
static bool concerns(const struct explanation *explanation, const struct explain_cause *cause)
{
	unsigned place;
	bool live = explanation->metric->source->kind == SOURCE_LIVE;

	if (strncmp(cause->kind, "agent_", 6) == 0 || strncmp(cause->kind, "policy_", 7) == 0)
		return live;
	if (strcmp(cause->kind, "feed_stale") == 0)
		return true;
	if (price_of(cause) != NULL && words_hold(price_of(cause)->sources, explanation->metric->source->name,
		strlen(explanation->metric->source->name)))
		return true;
	if (is_price(cause) && strcmp(cause->dimension, "tier") == 0)
		return strcmp(explanation->metric->source->name, "tier_changes") == 0;
	return cause->dimension != NULL && explain_dimension(explanation, cause->dimension, &place);
}

static int by_share(const void *a, const void *b)
{
	const struct explain_cause *x = a, *y = b;
	bool one = explain_matches(x), other = explain_matches(y);

	if (one != other)
		return one ? -1 : 1;
	if (one && x->explained != y->explained)
		return x->explained > y->explained ? -1 : 1;
	return strcmp(x->at, y->at);
}

bool explain_causes(struct explanation *explanation)
{
	struct arena *arena = explanation->call->arena;
	struct db_rows *rows;

	if (!query_rows(explanation->call, "explain_causes", DB_VALUES(explanation->then_period->since,
		explanation->now_period->since, explanation->now_period->until), &rows))
		return false;
	for (size_t row = 0; row < db_count(rows) && explanation->cause_count < EXPLAIN_CAUSES_MOST; row++) {
		struct explain_cause cause = { .kind = db_text(rows, row, KIND), .dimension = db_text(rows, row, DIMENSION),
			.value = db_text(rows, row, VALUE), .label = db_text(rows, row, LABEL), .at = db_text(rows, row, AT),
			.at_local = db_text(rows, row, AT_LOCAL) };
		const struct kind *kind = kind_of(cause.kind);

		if (kind == NULL || !concerns(explanation, &cause))
			continue;
		if (cause.label != NULL)
			cause.label = utf8_shown(arena, cause.label, false);
		cause.sentence = sentence_of(explanation, &cause, kind, rows, row);
		if (!measure(explanation, &cause, kind->direction))
			return false;
		explanation->causes[explanation->cause_count++] = cause;
	}
	if (explanation->cause_count > 0)
		qsort(explanation->causes, explanation->cause_count, sizeof explanation->causes[0], by_share);
	return true;
}

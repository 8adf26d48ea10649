#include "explain_words.h"

#include <math.h>
#include <string.h>

#include "explain_causes.h"
#include "explain_parts.h"
#include "mcp/base/cost.h"

struct telling {
	const struct explanation *explanation;
	struct arena *arena;
	json_t *sentences;
};

static void say(struct telling *telling, const char *sentence)
{
	json_array_append_new(telling->sentences, json_string(sentence));
}

static const char *percent(struct arena *arena, double share)
{
	return arena_format(arena, "%.0f %%", 100 * share);
}

static const char *days_of(struct arena *arena, const struct period *period)
{
	return arena_format(arena, "%s to %s", period->first_day, period->last_day);
}

static void say_change(struct telling *telling)
{
	const struct explanation *e = telling->explanation;
	struct arena *arena = telling->arena;
	double then = explanation_figure(e, &e->then), now = explanation_figure(e, &e->now);
	const char *of = e->is_ratio ? arena_format(arena, " (%.0f of %.0f against %.0f of %.0f)", e->now.value,
		e->now.weight, e->then.value, e->then.weight) : "";
	const char *share = then == 0 ? "" : arena_format(arena, " (%+.1f %%)", 100 * e->change.value / fabs(then));

	say(telling, arena_format(arena, "%s: %s from %s, against %s from %s%s: a change of %s%s, standard error of "
		"counting %s.", e->metric->title, explain_figure(e, now), days_of(arena, e->now_period),
		explain_figure(e, then), days_of(arena, e->then_period), of, explain_signed(e, e->change.value), share,
		explain_figure(e, e->change.error)));
}

static void say_verdict(struct telling *telling)
{
	const struct explanation *e = telling->explanation;
	const struct variation *variation = &e->variation;
	bool usual = variation->verdict == VERDICT_USUAL;
	const char *word = usual ? "No unusual change" : "Unusual";

	if (variation->past >= PAST_LEAST)
		say(telling, arena_format(telling->arena, "%s: the median of the last %zu such changes is %s, and the limit "
			"%s (the larger of 3.865 times that median and two standard errors).", word, variation->past,
			explain_figure(e, variation->median), explain_figure(e, variation->limit)));
	else
		say(telling, arena_format(telling->arena, "%s: there are only %zu earlier changes to compare with, so it is "
			"judged by counting alone, and the limit is three standard errors (%s).", word, variation->past,
			explain_figure(e, variation->limit)));
}

static void say_factors(struct telling *telling)
{
	const struct explanation *e = telling->explanation;
	struct text text = text_open(telling->arena, 900);
	bool any = false;

	text_add(&text, "By factors: ");
	for (size_t i = 0; i < e->factor_count; i++) {
		if (fabs(e->factors[i].effect.value) <= e->factors[i].effect.error)
			continue;
		text_format(&text, "%s%s %s ± %s", any ? "; " : "", e->factors[i].title,
			explain_signed(e, e->factors[i].effect.value), explain_figure(e, e->factors[i].effect.error));
		any = true;
	}
	text_add(&text, ".");
	if (any)
		say(telling, text.bytes);
}

static void add_effect(const struct telling *telling, struct text *text, const char *name, struct effect effect)
{
	const struct explanation *e = telling->explanation;

	if (fabs(effect.value) > effect.error)
		text_format(text, "%s%s %s ± %s", text->size == 0 ? "" : ", ", name, explain_signed(e, effect.value),
			explain_figure(e, effect.error));
}

static void say_parts(struct telling *telling, const struct explain_parts *parts)
{
	const struct explanation *e = telling->explanation;
	struct text text = text_open(telling->arena, 400);

	if (!parts->split)
		return;
	if (!e->is_ratio)
		add_effect(telling, &text, "volume (more or fewer rows)", parts->volume);
	add_effect(telling, &text, "mix (which groups)", parts->mix);
	add_effect(telling, &text, "rate (inside the groups)", parts->rate);
	if (text.size > 0)
		say(telling, arena_format(telling->arena, "By %s: %s.",
			e->metric->dimensions[e->told->table.dimensions[0]]->name, text.bytes));
}

/* Whether a slice may be told: it explains a tenth, beyond its error, and did not move as the rest did. */
static bool is_told(const struct explanation *e, const struct slice *slice)
{
	struct effect effect = slice_effect(&e->search, slice), more = slice_contrast(&e->search, slice);

	return fabs(effect.value) > effect.error && fabs(more.value) > 2 * more.error &&
		fabs(effect.value) >= 0.1 * fabs(e->change.value);
}

static void say_slice(struct telling *telling)
{
	const struct explanation *e = telling->explanation;
	size_t first = 0;

	while (first < e->slice_count && !is_told(e, &e->slices[first]))
		first++;
	const struct slice *best = &e->slices[first];

	if (first == e->slice_count) {
		say(telling, "No slice of up to three dimensions moved clearly otherwise than the rest: the change is spread.");
		return;
	}
	struct effect effect = slice_effect(&e->search, best);
	bool matched = e->cause_count > 0 && explain_matches(&e->causes[0]);

	say(telling, arena_format(telling->arena, "%s %s: %s of the change (%s ± %s)%s.",
		matched ? "It lies in" : "Correlated with", explain_slice(e, best),
		percent(telling->arena, effect.value / e->change.value), explain_signed(e, effect.value),
		explain_figure(e, effect.error), explain_counts(e, &best->counted)));
}

/* What the events explain: the first that matches, and others of the same dimension, whose rows are other rows. */
static double explained_by_causes(const struct explanation *e)
{
	double sum = 0;

	for (size_t i = 0; i < e->cause_count && explain_matches(&e->causes[i]); i++) {
		bool counted = i > 0 && strcmp(e->causes[i].dimension, e->causes[0].dimension) != 0;

		for (size_t j = 0; j < i; j++)
			counted = counted || strcmp(e->causes[i].value, e->causes[j].value) == 0;
		sum += counted ? 0 : e->causes[i].effect.value;
	}
	return sum;
}

static void say_coverage(struct telling *telling)
{
	const struct explanation *e = telling->explanation;
	const struct bounds *bounds = &e->question.bounds;

	if (bounds->covered_until_us >= e->now_period->until_us)
		return;
	if (strcmp(bounds->covered_until_day, e->now_period->last_day) < 0)
		say(telling, arena_format(telling->arena, "Data are missing: what is known of %s ends at %s, before the end of "
			"the window on %s, so a part of the change is only that.", e->metric->source->rows, bounds->covered_until,
			e->now_period->last_day));
	else
		say(telling, arena_format(telling->arena, "The window's last day is not over: what is known of %s ends at %s.",
			e->metric->source->rows, bounds->covered_until));
}

static void say_causes(struct telling *telling)
{
	const struct explanation *e = telling->explanation;
	size_t told = 0;

	for (size_t i = 0; i < e->cause_count && told < 3 && explain_matches(&e->causes[i]); i++, told++)
		say(telling, arena_format(telling->arena, "Cause that matches in time: %s It touches %s of the change (%s ± "
			"%s)%s.", e->causes[i].sentence, percent(telling->arena, e->causes[i].explained),
			explain_signed(e, e->causes[i].effect.value), explain_figure(e, e->causes[i].effect.error),
			explain_counts(e, &e->causes[i].counted)));
	if (told == 0)
		say(telling, "No event of the two periods (pool, campaign, policy, price rule, agent, feed) touches what "
			"changed: where the change lies is a correlation, not a cause.");
	for (size_t i = told; i < e->cause_count && i < told + 3; i++)
		if (e->causes[i].dimension == NULL || !e->causes[i].measured)
			say(telling, arena_format(telling->arena, "Also in this time, its share %s: %s", e->causes[i].withheld
				? "withheld because so few members are behind it" : "not measurable", e->causes[i].sentence));
}

static void say_unexplained(struct telling *telling)
{
	const struct explanation *e = telling->explanation;
	double left = e->change.value - explained_by_causes(e), share = left / e->change.value;

	if (share < 0)
		say(telling, arena_format(telling->arena, "Not explained: everything else moved the other way, by %s (%s of "
			"the change).", explain_signed(e, left), percent(telling->arena, share)));
	else
		say(telling, arena_format(telling->arena, "Not explained by events: %s (%s of the change).",
			explain_signed(e, left), percent(telling->arena, share)));
}

static bool is_explained(const struct explanation *e)
{
	return e->change.value != 0 && (e->variation.verdict == VERDICT_UNUSUAL || e->slice_unusual);
}

static bool is_certified(const struct explanation *e)
{
	return e->question.bounds.standing.state == METRIC_CERTIFIED;
}

static void say_all(struct telling *telling, const struct explain_parts *parts)
{
	const struct explanation *e = telling->explanation;

	say_change(telling);
	if (e->question.limits != NULL)
		say(telling, arena_format(telling->arena, "This key is limited, so only this was looked at: %s.",
			arena_dump(telling->arena, e->question.limits)));
	if (!is_certified(e))
		say(telling, "This number is not certified.");
	say_verdict(telling);
	say_coverage(telling);
	if (!is_explained(e))
		return;
	if (e->slice_unusual)
		say(telling, "The whole moved no more than it did before, but one event of this time stands out, outside its "
			"own past.");
	say_causes(telling);
	say_slice(telling);
	say_factors(telling);
	say_parts(telling, parts);
	say_unexplained(telling);
	if (e->skipped != NULL)
		say(telling, arena_format(telling->arena, "Not searched, because they have more than %d values: %s.",
			EXPLAIN_GROUPS_MOST, e->skipped));
	if (e->withheld > 0)
		say(telling, arena_format(telling->arena, "%zu parts of the change are not told: fewer than %d members are "
			"behind each, or could be found by subtraction.", e->withheld, e->question.bounds.min_group));
	if (e->cut_short)
		say(telling, arena_format(telling->arena, "Time ran out after %d s: fewer cuts or earlier changes than usual "
			"were asked for. A filter makes it faster.", EXPLAIN_TIME_MS / 1000));
}

static json_t *causes_json(const struct explanation *e, size_t most)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->cause_count && i < most; i++) {
		const struct explain_cause *cause = &e->causes[i];
		json_t *one = json_pack("{s:s, s:s?, s:s?, s:s, s:s, s:b, s:s}", "kind", cause->kind, "dimension",
			cause->dimension, "value", cause->value, "at", cause->at, "at_local", cause->at_local, "matches",
			explain_matches(cause), "text", cause->sentence);

		if (cause->withheld)
			json_object_set_new(one, "withheld", json_true());
		if (cause->measured) {
			json_object_set_new(one, "effect", explain_effect_json(cause->effect));
			json_object_set_new(one, "share", json_real(cause->explained));
			json_object_set_new(one, "counted", explain_counted_json(e, &cause->counted));
		}
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *slices_json(const struct explanation *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->slice_count; i++)
		if (is_told(e, &e->slices[i]))
			json_array_append_new(list, explain_slice_json(e, &e->slices[i]));
	return list;
}

static json_t *past_json(const struct explanation *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->past_count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:f, s:[OO]}", "from", e->past[i].from, "to", e->past[i].to,
			"change", e->past[i].change, "queries", e->past[i].queries[0], e->past[i].queries[1]));
	return json_pack("{s:i, s:f, s:f, s:s, s:o}", "changes", (int)e->variation.past, "median", e->variation.median,
		"limit", e->variation.limit, "rule", e->variation.past >= PAST_LEAST
		? "range chart for two: 3.865 x median of earlier changes, and 2 standard errors"
		: "3 standard errors of counting", "past", list);
}

static json_t *total_json(const struct explanation *e, const struct explain_total *total)
{
	json_t *json = json_pack("{s:f, s:s, s:O}", "value", explanation_figure(e, total), "text",
		explain_figure(e, explanation_figure(e, total)), "query", total->query);

	if (e->is_ratio) {
		json_object_set_new(json, "numerator", json_real(total->value));
		json_object_set_new(json, "denominator", json_real(total->weight));
	}
	return json;
}

static json_t *factors_json(const struct explanation *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->factor_count; i++)
		json_array_append_new(list, json_pack("{s:s, s:f, s:f, s:o}", "factor", e->factors[i].title, "then",
			e->factors[i].before, "now", e->factors[i].after, "effect", explain_effect_json(e->factors[i].effect)));
	return list;
}

static json_t *answer_of(const struct explanation *e, size_t causes, bool parts_too)
{
	struct telling telling = { e, e->call->arena, json_array() };
	struct explain_parts parts = explain_parts_of(e);
	bool explained = is_explained(e);

	say_all(&telling, &parts);
	json_t *json = json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "metric", e->metric->name, "verdict",
		e->slice_unusual ? "usual_but_one_cause" : explained ? "unusual" : "no_unusual_change", "unit",
		metric_unit_word(e->metric->unit), "text", telling.sentences, "now", total_json(e, &e->now), "then",
		total_json(e, &e->then), "change", explain_effect_json(e->change));

	json_object_set_new(json, "variation", past_json(e));
	if (explained) {
		double left = e->change.value - explained_by_causes(e);

		json_object_set_new(json, "causes", causes_json(e, causes));
		json_object_set_new(json, "slices", slices_json(e));
		if (parts_too && e->told != NULL)
			json_object_set_new(json, "parts", explain_parts_json(e, &parts));
		if (e->factor_count > 0)
			json_object_set_new(json, "factors", factors_json(e));
		json_object_set_new(json, "unexplained", json_pack("{s:f, s:f}", "value", left, "share",
			left / e->change.value));
	}
	if (e->question.limits != NULL)
		json_object_set(json, "limited_to", e->question.limits);
	if (e->withheld > 0)
		json_object_set_new(json, "withheld_count", json_integer((json_int_t)e->withheld));
	json_object_set_new(json, "as_of", json_string(e->question.bounds.covered_until));
	json_object_set_new(json, "certified", json_boolean(is_certified(e)));
	json_object_set_new(json, "definition", json_string(arena_format(e->call->arena, "%.12s", e->metric->definition)));
	json_object_set_new(json, "data_version", json_integer((json_int_t)e->question.bounds.data_version));
	return json;
}

json_t *explain_answer(const struct explanation *explanation)
{
	size_t causes = 12;
	bool parts = true;
	json_t *answer = answer_of(explanation, causes, parts);

	while (cost_of(arena_dump(explanation->call->arena, answer)) > ANSWER_COST_MOST && (causes > 3 || parts)) {
		json_decref(answer);
		parts = causes > 3;
		causes = 3;
		answer = answer_of(explanation, causes, parts);
	}
	return answer;
}

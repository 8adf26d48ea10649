#include "explain_parts.h"

#include <math.h>
#include <string.h>

#include "mcp/base/utf8.h"
#include "mcp/metrics/values.h"

enum { SEGMENTS_TOLD = 8 };

/* Whole numbers with their thousands; else two decimals. */
static const char *number_text(struct arena *arena, double number, int decimals)
{
	char *money = text_money(arena, llround(number * 100));

	if (decimals == 0)
		money = text_money(arena, llround(number) * 100);
	money[strlen(money) - (decimals == 0 ? 3 : 0)] = '\0';
	return money;
}

const char *explain_figure(const struct explanation *explanation, double figure)
{
	struct arena *arena = explanation->call->arena;
	enum metric_unit unit = explanation->metric->unit;

	if (unit == UNIT_CENTS)
		return arena_format(arena, "%s %s", text_money(arena, llround(figure)), explanation->question.bounds.currency);
	if (unit == UNIT_RATIO)
		return arena_format(arena, "%.2f %%", 100 * figure);
	return number_text(arena, figure, explanation->is_ratio || fabs(figure) < 10 ? 2 : 0);
}

const char *explain_signed(const struct explanation *explanation, double figure)
{
	const char *sign = figure < 0 ? "-" : "+";

	if (explanation->metric->unit == UNIT_RATIO)
		return arena_format(explanation->call->arena, "%s%.2f points", sign, 100 * fabs(figure));
	return arena_format(explanation->call->arena, "%s%s", sign, explain_figure(explanation, fabs(figure)));
}

static const char *value_text(const struct explanation *explanation, const struct slice_term *term)
{
	struct arena *arena = explanation->call->arena;
	const struct explain_value *value = &explanation->values[term->dimension].list[term->value];
	const char *word = value->value == NULL ? VALUE_NONE : word_shown(arena, value->value);

	if (value->label == NULL || value->value == NULL || strcmp(value->label, value->value) == 0)
		return word;
	return arena_format(arena, "%s (%s)", word, word_shown(arena, value->label));
}

const char *explain_slice(const struct explanation *explanation, const struct slice *slice)
{
	struct text text = text_open(explanation->call->arena, 900);

	for (size_t i = 0; i < slice->term_count; i++) {
		bool again = i > 0 && slice->either;

		text_format(&text, "%s%s%s%s", i == 0 ? "" : slice->either ? " or " : " and ",
			again ? "" : explanation->metric->dimensions[slice->terms[i].dimension]->name, again ? "" : " ",
			value_text(explanation, &slice->terms[i]));
	}
	return text.bytes;
}

const char *explain_counts(const struct explanation *explanation, const struct segment *counted)
{
	struct arena *arena = explanation->call->arena;

	if (explanation->is_ratio)
		return arena_format(arena, "; %.0f of %.0f then, %.0f of %.0f now", counted->value0, counted->weight0,
			counted->value1, counted->weight1);
	return arena_format(arena, "; %s then, %s now", explain_figure(explanation, counted->value0),
		explain_figure(explanation, counted->value1));
}

json_t *explain_effect_json(struct effect effect)
{
	return json_pack("{s:f, s:f}", "value", effect.value, "error", effect.error);
}

json_t *explain_counted_json(const struct explanation *explanation, const struct segment *counted)
{
	if (!explanation->is_ratio)
		return json_pack("{s:f, s:f}", "then", counted->value0, "now", counted->value1);
	return json_pack("{s:[f, f], s:[f, f]}", "then", counted->value0, counted->weight0, "now", counted->value1,
		counted->weight1);
}

static json_t *terms_json(const struct explanation *explanation, const struct slice *slice)
{
	json_t *list = json_array();

	for (size_t i = 0; i < slice->term_count; i++) {
		const char *value = explanation->values[slice->terms[i].dimension].list[slice->terms[i].value].value;

		json_array_append_new(list, json_pack("{s:s, s:s}", "dimension",
			explanation->metric->dimensions[slice->terms[i].dimension]->name, "value",
			value == NULL ? VALUE_NONE : utf8_shown(explanation->call->arena, value, false)));
	}
	return list;
}

json_t *explain_slice_json(const struct explanation *explanation, const struct slice *slice)
{
	struct effect effect = slice_effect(&explanation->search, slice);
	struct explanation filtered = *explanation;
	json_t *filters = explanation_filters(&filtered, slice);
	json_t *now = json_deep_copy(explanation->now.query), *then = json_deep_copy(explanation->then.query);

	json_object_set(now, "filters", filters);
	json_object_set_new(then, "filters", filters);
	return json_pack("{s:o, s:b, s:s, s:o, s:o, s:f, s:o, s:f, s:[oo]}", "terms", terms_json(explanation, slice),
		"either", slice->either, "text", explain_slice(explanation, slice), "counted",
		explain_counted_json(explanation, &slice->counted), "effect", explain_effect_json(effect), "share",
		effect.value / explanation->change.value, "beyond_the_rest",
		explain_effect_json(slice_contrast(&explanation->search, slice)), "score", slice->score, "queries", now, then);
}

/* The segments of the told cut; of a sum the weight is its rows, so that its rate is what a row brings. */
static struct segment *segments_of(const struct explanation *explanation)
{
	const struct slice_table *table = &explanation->told->table;
	struct segment *segments = arena_alloc(explanation->call->arena, (table->cell_count + 1) * sizeof *segments);

	for (size_t i = 0; i < table->cell_count; i++) {
		segments[i] = table->cells[i].counted;
		if (!explanation->is_ratio) {
			segments[i].weight0 = segments[i].rows0;
			segments[i].weight1 = segments[i].rows1;
		}
	}
	return segments;
}

static void scale(struct effect *effects, size_t count, double by)
{
	for (size_t i = 0; i < count; i++)
		effects[i] = (struct effect){ effects[i].value * by, effects[i].error * by };
}

struct explain_parts explain_parts_of(const struct explanation *explanation)
{
	struct explain_parts parts = { .split = false };
	bool sum = explanation->metric->kind == KIND_SUM;

	if (explanation->told == NULL)
		return parts;
	size_t count = explanation->told->table.cell_count;
	struct effect *rate = arena_alloc(explanation->call->arena, (count + 1) * sizeof *rate);
	struct effect *mix = arena_alloc(explanation->call->arena, (count + 1) * sizeof *mix);
	struct noise noise = explanation->is_ratio ? explanation->noise : (struct noise){ MEASURE_MEAN, 1 };
	struct segment *segments = segments_of(explanation);
	struct split split;

	parts.segments = segments;
	parts.count = count;
	if ((!explanation->is_ratio && !sum) || !split_rate(segments, count, noise, rate, mix, &split))
		return parts;
	if (sum) {
		double middle = (explanation->then.rows + explanation->now.rows) / 2;

		scale(rate, count, middle);
		scale(mix, count, middle);
		scale(&split.rate, 1, middle);
		scale(&split.mix, 1, middle);
	}
	parts = (struct explain_parts){ true, split.volume, split.mix, split.rate, count, segments, mix, rate };
	return parts;
}

/* What a segment contributes: mix and rate, or of counts its own change. */
static double weight_of(const struct explain_parts *parts, size_t i)
{
	return fabs(parts->split ? parts->segment_mix[i].value + parts->segment_rate[i].value
		: parts->segments[i].value1 - parts->segments[i].value0);
}

static json_t *segment_json(const struct explanation *explanation, const struct explain_parts *parts, size_t i)
{
	unsigned dimension = explanation->told->table.dimensions[0];
	const struct explain_value *value =
		&explanation->values[dimension].list[explanation->told->table.cells[i].values[0]];
	json_t *one = json_pack("{s:s, s:o}", "value", value->value == NULL ? VALUE_NONE
		: utf8_shown(explanation->call->arena, value->value, false), "counted",
		explain_counted_json(explanation, &explanation->told->table.cells[i].counted));

	if (parts->split) {
		json_object_set_new(one, "mix", explain_effect_json(parts->segment_mix[i]));
		json_object_set_new(one, "rate", explain_effect_json(parts->segment_rate[i]));
	}
	return one;
}

/* The largest segments, and what the others add up to, among them those that are too small to be told. */
static json_t *segments_json(const struct explanation *explanation, const struct explain_parts *parts, json_t *into)
{
	bool *told = arena_alloc(explanation->call->arena, parts->count + 1);
	json_t *list = json_array();
	double mix = 0, rate = 0;
	size_t others = 0;

	for (size_t n = 0; n < SEGMENTS_TOLD && n < parts->count; n++) {
		const bool *hidden = explanation->told->hidden;
		size_t most = parts->count;

		for (size_t i = 0; i < parts->count; i++)
			if (!told[i] && !(hidden != NULL && hidden[i]) &&
			    (most == parts->count || weight_of(parts, i) > weight_of(parts, most)))
				most = i;
		if (most == parts->count)
			break;
		told[most] = true;
		json_array_append_new(list, segment_json(explanation, parts, most));
	}
	for (size_t i = 0; i < parts->count; i++)
		if (!told[i]) {
			others++;
			mix += parts->split ? parts->segment_mix[i].value : 0;
			rate += parts->split ? parts->segment_rate[i].value : 0;
		}
	if (others > 0 && parts->split)
		json_object_set_new(into, "others", json_pack("{s:i, s:f, s:f}", "segments", (int)others, "mix", mix, "rate",
			rate));
	return list;
}

json_t *explain_parts_json(const struct explanation *explanation, const struct explain_parts *parts)
{
	const char *by = explanation->metric->dimensions[explanation->told->table.dimensions[0]]->name;
	json_t *json = json_pack("{s:s}", "by", by), *now = json_deep_copy(explanation->now.query);
	json_t *then = json_deep_copy(explanation->then.query);

	if (parts->split) {
		if (!explanation->is_ratio)
			json_object_set_new(json, "volume", explain_effect_json(parts->volume));
		json_object_set_new(json, "mix", explain_effect_json(parts->mix));
		json_object_set_new(json, "rate", explain_effect_json(parts->rate));
	}
	json_object_set_new(json, "segments", segments_json(explanation, parts, json));
	json_object_set_new(now, "by", json_pack("[s]", by));
	json_object_set_new(then, "by", json_pack("[s]", by));
	json_object_set_new(json, "queries", json_pack("[oo]", now, then));
	return json;
}

/* One factor's total in a period; 0 when it cannot be asked for, or is withheld from everybody (suspended, stale). */
static bool ask_factor(struct explanation *explanation, const char *name, const json_t *query, double *value)
{
	struct call *call = explanation->call;
	json_t *args = arena_json(call->arena, json_deep_copy(query));
	struct question question;
	struct db_rows *rows;
	bool known;

	json_object_set_new(args, "metric", json_string(name));
	if (!explanation_ask(explanation, args, 0, &question, &rows, &known)) {
		if (call->error.code != ERROR_UNGROUNDED && call->error.code != ERROR_STALE)
			return false;
		call->error.code = ERROR_NONE;
		known = false;
	}
	*value = !known || db_count(rows) == 0 || db_text(rows, 0, COMPILED_VALUE) == NULL ? 0
		: (double)db_number(rows, 0, COMPILED_VALUE);
	return true;
}

static const char *title_of(const struct metric *metric)
{
	return metric == NULL ? "?" : metric->title;
}

/* value = m1 × m2 / m1 × value / m2: exactly, whatever the metrics are. */
bool explain_factors(struct explanation *explanation)
{
	const struct metric *metric = explanation->metric, *last = NULL;
	struct error ignored;
	const struct catalogue *catalogue = catalogue_shipped(&ignored);
	double before[EXPLAIN_FACTORS_MOST], after[EXPLAIN_FACTORS_MOST], rest0 = 1, rest1 = 1;
	double relative0[EXPLAIN_FACTORS_MOST], relative1[EXPLAIN_FACTORS_MOST];
	struct effect effects[EXPLAIN_FACTORS_MOST];
	size_t count = 0;

	for (; count < metric->factor_count && explanation_has_time(explanation); count++) {
		const struct metric *factor = catalogue_find(catalogue, metric->factors[count]);
		double value0, value1;

		if (!ask_factor(explanation, metric->factors[count], explanation->then.query, &value0) ||
		    !ask_factor(explanation, metric->factors[count], explanation->now.query, &value1))
			return false;
		if (!(value0 > 0) || !(value1 > 0))
			return true;
		before[count] = value0 / rest0;
		after[count] = value1 / rest1;
		relative0[count] = 1 / value0;
		relative1[count] = 1 / value1;
		explanation->factors[count].title = last == NULL ? title_of(factor)
			: arena_format(explanation->call->arena, "%s / %s", title_of(factor), title_of(last));
		last = factor;
		rest0 = value0;
		rest1 = value1;
	}
	if (last == NULL || count < metric->factor_count)
		return true;
	before[count] = explanation->then.value / rest0;
	after[count] = explanation->now.value / rest1;
	relative0[count] = 1 / rest0;
	relative1[count] = 1 / rest1;
	explanation->factors[count].title = arena_format(explanation->call->arena, "%s / %s", metric->title,
		title_of(last));
	split_product(before, after, relative0, relative1, ++count, effects);
	for (size_t i = 0; i < count; i++) {
		explanation->factors[i].before = before[i];
		explanation->factors[i].after = after[i];
		explanation->factors[i].effect = effects[i];
	}
	explanation->factor_count = count;
	return true;
}

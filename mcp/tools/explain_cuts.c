#include "explain_cuts.h"

#include <math.h>
#include <string.h>

#include "mcp/explain/surprise.h"

/* Dimensions that are parts of each other: one of a family is enough for the cross cut. */
static const char *const families[][3] = { { "store", "region" }, { "coupon_pool", "campaign", "campaign_type" },
	{ "policy", "arm" }, { "tool", "key" } };

static const double nearly_all = 0.95;

enum { FAMILIES = sizeof families / sizeof families[0], NO_FAMILY = FAMILIES };

static size_t family_of(const char *name)
{
	for (size_t i = 0; i < FAMILIES; i++)
		for (size_t j = 0; j < 3 && families[i][j] != NULL; j++)
			if (strcmp(families[i][j], name) == 0)
				return i;
	return NO_FAMILY;
}

bool explain_same_family(const char *one, const char *other)
{
	return family_of(one) != NO_FAMILY && family_of(one) == family_of(other);
}

bool explain_dimension(const struct explanation *explanation, const char *name, unsigned *place)
{
	for (*place = 0; *place < explanation->metric->dimension_count; (*place)++)
		if (strcmp(explanation->metric->dimensions[*place]->name, name) == 0)
			return true;
	return false;
}

/* The number of a value, new at its first sight; the first label seen stays. */
static unsigned number_of(struct explanation *explanation, unsigned dimension, const char *value, const char *label)
{
	struct explain_values *values = &explanation->values[dimension];
	unsigned i = 0;

	for (; i < values->count; i++)
		if ((value == NULL) == (values->list[i].value == NULL) &&
		    (value == NULL || strcmp(value, values->list[i].value) == 0))
			break;
	if (i == values->count) {
		if (values->list == NULL)
			values->list = arena_alloc(explanation->call->arena, 4 * EXPLAIN_GROUPS_MOST * sizeof *values->list);
		values->list[values->count++].value = value;
	}
	if (values->list[i].label == NULL && label != NULL)
		values->list[i].label = label;
	return i;
}

static struct slice_cell *cell_of(struct slice_cell *cells, size_t *count, const unsigned *values)
{
	for (size_t i = 0; i < *count; i++)
		if (memcmp(cells[i].values, values, sizeof cells[i].values) == 0)
			return &cells[i];
	memcpy(cells[*count].values, values, sizeof cells[*count].values);
	return &cells[(*count)++];
}

/* A row of a cut: its numbers go to their cell, of the earlier (false) or later period. */
static void add_row(struct explanation *explanation, struct explain_cut *cut, struct slice_cell *cells,
	const struct db_rows *rows, size_t row, bool later)
{
	unsigned values[SLICE_DIMENSIONS_MOST] = { 0 };

	for (size_t d = 0; d < cut->table.dimension_count; d++)
		values[d] = number_of(explanation, cut->table.dimensions[d], db_text(rows, row, COMPILED_DIMENSION + (int)d),
			db_text(rows, row, COMPILED_LABEL + (int)d));
	struct segment *into = &cell_of(cells, &cut->table.cell_count, values)->counted;
	double value = db_text(rows, row, COMPILED_VALUE) == NULL ? 0 : (double)db_number(rows, row, COMPILED_VALUE);
	double weight = db_text(rows, row, COMPILED_DENOMINATOR) == NULL ? 0
		: (double)db_number(rows, row, COMPILED_DENOMINATOR), count = (double)db_number(rows, row, COMPILED_ROWS);

	*(later ? &into->value1 : &into->value0) = value;
	*(later ? &into->weight1 : &into->weight0) = weight;
	*(later ? &into->rows1 : &into->rows0) = count;
}

/* One period of a cut. `complete` is false when it has more groups than fit. */
static bool ask_period(struct explanation *explanation, struct explain_cut *cut, struct slice_cell *cells, bool later,
	bool *complete)
{
	const struct period *period = later ? explanation->now_period : explanation->then_period;
	json_t *args = arena_json(explanation->call->arena, explanation_args(explanation, period)), *by = json_array();
	struct question *question = arena_alloc(explanation->call->arena, sizeof *question);
	struct db_rows *rows;
	bool known;

	for (size_t d = 0; d < cut->table.dimension_count; d++)
		json_array_append_new(by, json_string(explanation->metric->dimensions[cut->table.dimensions[d]]->name));
	json_object_set_new(args, "by", by);
	if (!explanation_ask(explanation, args, EXPLAIN_GROUPS_MOST, question, &rows, &known))
		return false;
	cut->questions[later] = known ? question : NULL;
	cut->rows[later] = known ? rows : NULL;
	*complete = *complete && !explanation->cut_short;
	for (size_t row = 0; known && row < db_count(rows); row++)
		if (db_number(rows, row, COMPILED_PLACE) == 0)
			*complete = *complete && db_number(rows, row, COMPILED_GROUPS) <= EXPLAIN_GROUPS_MOST;
	for (size_t row = 0; known && *complete && row < db_count(rows); row++)
		if (db_number(rows, row, COMPILED_PLACE) > 0)
			add_row(explanation, cut, cells, rows, row, later);
	return true;
}

static bool adds_up(double parts, double total)
{
	return fabs(parts - total) < 0.5;
}

/* Whether the cells are parts of the whole: a member in two stores would be counted twice. */
static bool is_partition(const struct explanation *explanation, const struct slice_table *table)
{
	struct segment sum = { 0, 0, 0, 0, 0, 0 };

	for (size_t i = 0; i < table->cell_count; i++) {
		sum.value0 += table->cells[i].counted.value0;
		sum.value1 += table->cells[i].counted.value1;
		sum.weight0 += table->cells[i].counted.weight0;
		sum.weight1 += table->cells[i].counted.weight1;
	}
	return adds_up(sum.value0, explanation->then.value) && adds_up(sum.value1, explanation->now.value) &&
		adds_up(sum.weight0, explanation->then.weight) && adds_up(sum.weight1, explanation->now.weight);
}

/* Asks a cut of some dimensions into the next place of the list; `complete` says whether it is there. */
static bool ask_cut(struct explanation *explanation, const unsigned *dimensions, size_t count, bool *complete)
{
	struct explain_cut *cut = &explanation->cuts[explanation->cut_count];
	struct slice_cell *cells = arena_alloc(explanation->call->arena, 2 * EXPLAIN_GROUPS_MOST * sizeof *cells);

	*cut = (struct explain_cut){ .table = { .cells = cells, .dimension_count = count } };
	memcpy(cut->table.dimensions, dimensions, count * sizeof *dimensions);
	*complete = true;
	if (!ask_period(explanation, cut, cells, false, complete) ||
	    (*complete && !ask_period(explanation, cut, cells, true, complete)))
		return false;
	cut->whole = *complete && is_partition(explanation, &cut->table);
	explanation->cut_count += *complete;
	return true;
}

/* Whether a dimension is worth a cut: no grain, and not held to one value by the caller. A member's segment at a
 * period's end follows from what was bought in the period, so that a slice of it would only say the change again. */
static bool is_cuttable(const struct explanation *explanation, unsigned place)
{
	const struct dimension *dimension = explanation->metric->dimensions[place];
	const json_t *filters = json_object_get(explanation->call->args, "filters");

	return dimension->kind != DIMENSION_GRAIN && strcmp(dimension->name, "rfm_segment") != 0 &&
		json_array_size(json_object_get(filters, dimension->name)) != 1;
}

static bool ask_single_cuts(struct explanation *explanation)
{
	struct text skipped = text_open(explanation->call->arena, 400);

	for (unsigned place = 0; place < explanation->metric->dimension_count; place++) {
		bool complete;

		if (!is_cuttable(explanation, place) || explanation->cut_count + 1 >= EXPLAIN_CUTS_MOST ||
		    !explanation_has_time(explanation))
			continue;
		if (!ask_cut(explanation, &place, 1, &complete))
			return false;
		if (!complete && !explanation->cut_short)
			text_format(&skipped, "%s%s", skipped.size == 0 ? "" : ", ",
				explanation->metric->dimensions[place]->name);
	}
	explanation->skipped = skipped.size == 0 ? NULL : skipped.bytes;
	return true;
}

static struct slice_search search_of(struct explanation *explanation)
{
	const struct explain_total *then = &explanation->then, *now = &explanation->now;
	struct segment total = { then->value, then->weight, then->rows, now->value, now->weight, now->rows };

	return slices_open(explanation->noise, &total, explanation->call->arena);
}

/* The dimensions of the best slices, one of a family; how many. */
static size_t choose_dimensions(struct explanation *explanation, unsigned chosen[SLICE_TERMS_MOST])
{
	struct slice_search search = search_of(explanation);
	struct slice best[64];
	bool family[FAMILIES + 1] = { false };
	size_t count = 0;

	for (size_t i = 0; i < explanation->cut_count; i++)
		if (explanation->cuts[i].whole)
			slices_add(&search, &explanation->cuts[i].table);
	size_t found = slices_rank(&search, best, 64);

	for (size_t i = 0; i < found && count < SLICE_TERMS_MOST; i++) {
		unsigned dimension = best[i].terms[0].dimension;
		size_t own = family_of(explanation->metric->dimensions[dimension]->name);
		bool taken = own != NO_FAMILY && family[own];

		for (size_t j = 0; j < count; j++)
			taken = taken || chosen[j] == dimension;
		if (taken)
			continue;
		family[own] = true;
		chosen[count++] = dimension;
	}
	return count;
}

static bool holds(const unsigned *list, size_t count, unsigned one)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == one)
			return true;
	return false;
}

/* The cross cut by three dimensions, or by two when three have too many groups; 0 dimensions when neither fits. */
static bool ask_cross(struct explanation *explanation, unsigned chosen[SLICE_TERMS_MOST], size_t *count)
{
	bool complete = false;

	while (*count >= 2 && !complete && explanation_has_time(explanation)) {
		if (!ask_cut(explanation, chosen, *count, &complete))
			return false;
		if (complete && !explanation->cuts[explanation->cut_count - 1].whole)
			break;
		*count -= !complete;
	}
	if (!complete || !explanation->cuts[explanation->cut_count - 1].whole)
		*count = 0;
	return true;
}

/* How surprising a sum's change is by a cut's values; below 0 when none of them explains enough. */
static double surprise_of(struct explanation *explanation, const struct slice_table *table)
{
	double *before = arena_alloc(explanation->call->arena, (table->cell_count + 1) * sizeof *before), total;
	double *after = arena_alloc(explanation->call->arena, (table->cell_count + 1) * sizeof *after);
	size_t *chosen = arena_alloc(explanation->call->arena, (table->cell_count + 1) * sizeof *chosen);

	for (size_t i = 0; i < table->cell_count; i++) {
		before[i] = table->cells[i].counted.value0;
		after[i] = table->cells[i].counted.value1;
	}
	return surprise_choose(before, after, table->cell_count, chosen, &total) == 0 ? -1 : total;
}

/* The parts are told by one dimension: of a ratio that of the best slice, of a sum the most surprising one. */
static void choose_told(struct explanation *explanation)
{
	double most = 0;

	for (size_t i = 0; i < explanation->cut_count && explanation->slice_count > 0; i++) {
		const struct explain_cut *cut = &explanation->cuts[i];
		double one = !explanation->is_ratio && cut->whole ? surprise_of(explanation, &cut->table)
			: cut->table.dimensions[0] == explanation->slices[0].terms[0].dimension;

		if (cut->whole && cut->table.dimension_count == 1 && one > most) {
			most = one;
			explanation->told = cut;
		}
	}
}

/* The best ones that are not nearly everything: "all that has no campaign" says nothing. */
static void choose_slices(struct explanation *explanation)
{
	struct slice best[4 * EXPLAIN_SLICES];
	size_t count = slices_rank(&explanation->search, best, 4 * EXPLAIN_SLICES);

	for (size_t i = 0; i < count && explanation->slice_count < EXPLAIN_SLICES; i++)
		if (best[i].size < nearly_all)
			explanation->slices[explanation->slice_count++] = best[i];
}

bool explain_cuts(struct explanation *explanation)
{
	unsigned chosen[SLICE_TERMS_MOST];

	if (!ask_single_cuts(explanation))
		return false;
	size_t count = choose_dimensions(explanation, chosen);

	if (!ask_cross(explanation, chosen, &count))
		return false;
	explanation->search = search_of(explanation);
	for (size_t i = 0; i < explanation->cut_count; i++) {
		const struct explain_cut *cut = &explanation->cuts[i];

		if (cut->table.dimension_count > 1 ? cut->whole : !holds(chosen, count, cut->table.dimensions[0]))
			slices_add(&explanation->search, &cut->table);
	}
	choose_slices(explanation);
	choose_told(explanation);
	return true;
}

bool explain_counted(const struct explanation *explanation, const char *dimension, const char *value,
	struct segment *counted)
{
	unsigned place;

	if (dimension == NULL || value == NULL || !explain_dimension(explanation, dimension, &place))
		return false;
	for (size_t i = 0; i < explanation->cut_count; i++) {
		const struct slice_table *table = &explanation->cuts[i].table;

		for (size_t c = 0; explanation->cuts[i].whole && table->dimension_count == 1 && table->dimensions[0] == place &&
		    c < table->cell_count; c++) {
			const char *one = explanation->values[place].list[table->cells[c].values[0]].value;

			if (one != NULL && strcmp(one, value) == 0) {
				*counted = table->cells[c].counted;
				return true;
			}
		}
	}
	return false;
}

#include "explain_small.h"

#include <string.h>

#include "explain_cuts.h"
#include "mcp/metrics/small.h"

static int least_of(const struct explanation *explanation)
{
	return explanation->question.bounds.min_group;
}

bool explain_small_total(struct explanation *explanation, const struct question *question, const struct db_rows *rows,
	bool *small)
{
	struct call *call = explanation->call;
	long long members;

	if (!small_total(call->db, question, rows, 0, call->arena, &members, &call->error))
		return false;
	*small = members > 0 && members < question->bounds.min_group;
	return true;
}

bool explain_small_totals(struct explanation *explanation, const struct db_rows *rows)
{
	struct call *call = explanation->call;
	const struct question *question = &explanation->question;
	long long members;

	for (size_t period = 0; period < question->request.period_count; period++) {
		if (!small_total(call->db, question, rows, period, call->arena, &members, &call->error))
			return false;
		if (members > 0 && members < least_of(explanation)) {
			call->withheld = 1;
			return call_refuse(call, ERROR_NO_DATA, "The change of %s is withheld: fewer than %d members are behind "
				"one of its two numbers. Ask for a larger group or a longer window.", question->metric->name,
				least_of(explanation));
		}
	}
	return true;
}

/* A row's value in a cut of one dimension. */
static bool is_cell(const struct explanation *explanation, const struct explain_cut *cut, size_t cell,
	const struct db_rows *rows, size_t row)
{
	const char *one = explanation->values[cut->table.dimensions[0]].list[cut->table.cells[cell].values[0]].value;
	const char *other = db_text(rows, row, COMPILED_DIMENSION);

	return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

/* The cells of a cut of one dimension that may not be told of either period. */
static bool judge_cut(struct explanation *explanation, struct explain_cut *cut)
{
	struct call *call = explanation->call;

	if (cut->hidden != NULL)
		return true;
	cut->hidden = arena_alloc(call->arena, (cut->table.cell_count + 1) * sizeof *cut->hidden);
	for (size_t period = 0; period < 2; period++) {
		if (cut->questions[period] == NULL)
			continue;
		struct question question = *cut->questions[period];
		struct db_rows *rows = cut->rows[period];

		if (!small_withhold(call->db, &question, &rows, call->arena, &call->error))
			return false;
		for (size_t row = 0; row < db_count(rows); row++)
			for (size_t cell = 0; db_truth(rows, row, COMPILED_WITHHELD) && cell < cut->table.cell_count; cell++)
				cut->hidden[cell] = cut->hidden[cell] || (db_number(rows, row, COMPILED_PLACE) > 0 &&
					is_cell(explanation, cut, cell, rows, row));
	}
	return true;
}

static struct explain_cut *cut_by(struct explanation *explanation, unsigned dimension)
{
	for (size_t i = 0; i < explanation->cut_count; i++)
		if (explanation->cuts[i].table.dimension_count == 1 && explanation->cuts[i].table.dimensions[0] == dimension)
			return &explanation->cuts[i];
	return NULL;
}

/* What is in no cut cannot be judged, so it is hidden. */
static bool hides_term(struct explanation *explanation, const struct slice_term *term, bool *hidden)
{
	struct explain_cut *cut = cut_by(explanation, term->dimension);

	*hidden = true;
	if (cut == NULL)
		return true;
	if (!judge_cut(explanation, cut))
		return false;
	for (size_t cell = 0; cell < cut->table.cell_count; cell++)
		if (cut->table.cells[cell].values[0] == term->value)
			*hidden = cut->hidden[cell];
	return true;
}

bool explain_hides_value(struct explanation *explanation, const char *dimension, const char *value, bool *hidden)
{
	struct slice_term term = { .value = 0 };

	*hidden = least_of(explanation) > 1 && compile_has_members(explanation->metric);
	if (!*hidden || !explain_dimension(explanation, dimension, &term.dimension))
		return true;
	const struct explain_values *values = &explanation->values[term.dimension];

	while (term.value < values->count && (values->list[term.value].value == NULL ||
	    strcmp(values->list[term.value].value, value) != 0))
		term.value++;
	return hides_term(explanation, &term, hidden);
}

/* How many rows and members are behind a slice in one period. */
struct crowd {
	long long rows, members;
};

static bool count_slice(struct explanation *explanation, const struct slice *slice, bool later, struct crowd *crowd)
{
	struct call *call = explanation->call;
	const struct period *period = later ? explanation->now_period : explanation->then_period;
	json_t *args = arena_json(call->arena, explanation_args(explanation, period));
	json_t *filters = explanation_filters(explanation, slice);
	struct question question;
	struct db_rows *rows;
	bool known;

	*crowd = (struct crowd){ 0, 0 };
	if (filters != NULL)
		json_object_set_new(args, "filters", filters);
	if (!explanation_ask(explanation, args, 0, &question, &rows, &known))
		return false;
	for (size_t row = 0; known && row < db_count(rows); row++)
		if (db_number(rows, row, COMPILED_PLACE) == 0 && db_text(rows, row, COMPILED_ROWS) != NULL)
			crowd->rows = db_number(rows, row, COMPILED_ROWS);
	return !known || small_members(call->db, &question, 0, call->arena, &crowd->members, &call->error);
}

/* Whether a part may be told beside its whole: what is left is nobody, or enough. */
static bool leaves_enough(const struct explanation *explanation, struct crowd whole, struct crowd part)
{
	return whole.rows == part.rows || whole.members - part.members >= least_of(explanation);
}

/* A slice of several terms: enough members in it, and left by it in all that is wider by some of its terms. What three
 * or more told groups would give together is not looked at. */
static bool hides_cross(struct explanation *explanation, const struct slice *slice, bool *hidden)
{
	unsigned all = (1U << slice->term_count) - 1;
	struct crowd whole, part;

	*hidden = true;
	for (int later = 0; later < 2; later++) {
		if (!count_slice(explanation, slice, later, &part))
			return false;
		if (part.members > 0 && part.members < least_of(explanation))
			return true;
		for (unsigned some = 0; some < all; some++) {
			struct slice wider = { .term_count = 0 };

			for (size_t i = 0; i < slice->term_count; i++)
				if ((some >> i & 1) != 0)
					wider.terms[wider.term_count++] = slice->terms[i];
			if (!explanation_has_time(explanation))
				return true;
			if (!count_slice(explanation, &wider, later, &whole))
				return false;
			if (!leaves_enough(explanation, whole, part))
				return true;
		}
	}
	*hidden = false;
	return true;
}

static bool hides_slice(struct explanation *explanation, const struct slice *slice, bool *hidden)
{
	*hidden = false;
	if (least_of(explanation) <= 1)
		return true;
	for (size_t i = 0; i < slice->term_count && !*hidden; i++)
		if (!hides_term(explanation, &slice->terms[i], hidden))
			return false;
	return *hidden || slice->term_count == 1 || slice->either || hides_cross(explanation, slice, hidden);
}

static bool hide_slices(struct explanation *explanation)
{
	size_t kept = 0;
	bool hidden;

	for (size_t i = 0; i < explanation->slice_count; i++) {
		if (!hides_slice(explanation, &explanation->slices[i], &hidden))
			return false;
		explanation->withheld += hidden;
		if (!hidden)
			explanation->slices[kept++] = explanation->slices[i];
	}
	explanation->slice_count = kept;
	return true;
}

/* Whether the cut by a dimension has anything to hide. */
static bool has_hidden(struct explanation *explanation, const char *name, bool *any)
{
	unsigned dimension;
	struct explain_cut *cut = explain_dimension(explanation, name, &dimension) ? cut_by(explanation, dimension) : NULL;

	*any = false;
	if (cut == NULL)
		return true;
	if (!judge_cut(explanation, cut))
		return false;
	for (size_t cell = 0; cell < cut->table.cell_count; cell++)
		*any = *any || cut->hidden[cell];
	return true;
}

/* A pool is a part of its campaign: side by side, their numbers may give away another pool. Where one of the two cuts
 * has something to hide, the numbers of the dimension that comes first stay. */
static bool hide_causes(struct explanation *explanation)
{
	for (size_t i = 0; i < explanation->cause_count; i++) {
		struct explain_cause *cause = &explanation->causes[i];
		bool own, other;

		for (size_t j = 0; j < i && cause->measured; j++) {
			const struct explain_cause *first = &explanation->causes[j];

			if (!first->measured || strcmp(first->dimension, cause->dimension) == 0 ||
			    !explain_same_family(first->dimension, cause->dimension))
				continue;
			if (!has_hidden(explanation, first->dimension, &other) || !has_hidden(explanation, cause->dimension, &own))
				return false;
			cause->withheld = (own || other) && (first->counted.rows0 != cause->counted.rows0 ||
				first->counted.rows1 != cause->counted.rows1);
			cause->measured = !cause->withheld;
		}
		explanation->withheld += cause->withheld;
	}
	return true;
}

/* The segments of the told cut: those that are hidden go to the others. */
static bool hide_parts(struct explanation *explanation)
{
	struct explain_cut *told = NULL;

	for (size_t i = 0; i < explanation->cut_count; i++)
		if (&explanation->cuts[i] == explanation->told)
			told = &explanation->cuts[i];
	if (told == NULL)
		return true;
	if (!judge_cut(explanation, told))
		return false;
	for (size_t cell = 0; cell < told->table.cell_count; cell++)
		explanation->withheld += told->hidden[cell];
	return true;
}

bool explain_hide(struct explanation *explanation)
{
	return least_of(explanation) <= 1 || !compile_has_members(explanation->metric) ||
		(hide_slices(explanation) && hide_causes(explanation) && hide_parts(explanation));
}

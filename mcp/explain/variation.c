#include "variation.h"

#include <math.h>

static const double range_limit = 3.865;   /* D6 for two: (d2 + 3 d3) / d4 = (1.128 + 3 × 0.853) / 0.954 */

static double median_of(const double *values, size_t count)
{
	double sorted[PAST_MOST];

	for (size_t i = 0; i < count; i++) {
		size_t at = i;

		for (; at > 0 && sorted[at - 1] > values[i]; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = values[i];
	}
	return count == 0 ? 0 : count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

struct variation variation_judge(double change, double error, const double *past, size_t count)
{
	struct variation variation = { .past = count, .error = error };
	double sizes[PAST_MOST] = { 0 };

	for (size_t i = 0; i < count; i++)
		sizes[i] = fabs(past[i]);
	variation.median = median_of(sizes, count);
	variation.limit = count < PAST_LEAST ? 3 * error : fmax(range_limit * variation.median, 2 * error);
	variation.verdict = fabs(change) > variation.limit ? VERDICT_UNUSUAL : VERDICT_USUAL;
	return variation;
}

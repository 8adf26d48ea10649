/* A change taken apart so that the parts add up to it exactly: volume, mix and rate over segments, and the factors of
 * a product. Pure arithmetic in long double, rounded once. */
#ifndef FLASH_DECOMPOSE_H
#define FLASH_DECOMPOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "noise.h"

enum { FACTORS_MOST = 6 };

/* One segment in the earlier (0) and later (1) period: the numerator, the denominator, and the rows behind it. */
struct segment {
	double value0, weight0, rows0;
	double value1, weight1, rows1;
};

/* The change of a ratio V / W: rate1 - rate0 = mix + rate. `volume` is what the numerator gained because the
 * denominator grew: value1 - value0 = volume.value + (W0 + W1) / 2 × (mix + rate). */
struct split {
	double rate0, rate1;
	struct effect volume, mix, rate;
};

/* Splits by the midpoint form, the Shapley value of two players (Shorrocks 2013): with w a segment's share of W,
 *   rate_i = (w0 + w1) / 2 × (r1 - r0),   mix_i = (w1 - w0) × ((r0 + r1) / 2 - (R0 + R1) / 2).
 * A segment in one period only has no change of rate: it is all mix. `rate` and `mix` get `count` effects each.
 * False, and nothing done, when a period's weights add up to nothing. */
bool split_rate(const struct segment *segments, size_t count, struct noise noise, struct effect *rate,
	struct effect *mix, struct split *split);

/* The parts of the change of a product of `count` (1 to FACTORS_MOST) factors, by LMDI (Ang 2005):
 * L(y0, y1) ln(f1 / f0), L the logarithmic mean. With a zero or a negative factor, by the Shapley value, whose two
 * factor case is the midpoint form. `relative0` and `relative1` are the factors' relative variances. */
void split_product(const double *before, const double *after, const double *relative0, const double *relative1,
	size_t count, struct effect *effects);

/* The logarithmic mean of two positive numbers: (a - b) / ln(a / b), and a when they are equal. */
long double logarithmic_mean(long double a, long double b);

#endif

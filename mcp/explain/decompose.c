#include "decompose.h"

#include <math.h>

struct sums {
	long double weight0, weight1, rate0, rate1, rows0, rows1;
};

static struct sums sums_of(const struct segment *segments, size_t count)
{
	struct sums sums = { 0, 0, 0, 0, 0, 0 };

	for (size_t i = 0; i < count; i++) {
		sums.weight0 += segments[i].weight0;
		sums.weight1 += segments[i].weight1;
		sums.rate0 += segments[i].value0;
		sums.rate1 += segments[i].value1;
		sums.rows0 += segments[i].rows0;
		sums.rows1 += segments[i].rows1;
	}
	sums.rate0 /= sums.weight0 > 0 ? sums.weight0 : 1;
	sums.rate1 /= sums.weight1 > 0 ? sums.weight1 : 1;
	return sums;
}

/* The variance of a segment's share of all rows. */
static long double share_variance(struct noise noise, long double share, long double rows)
{
	long double dispersion = noise.measure == MEASURE_SUM ? 1 : noise.dispersion;

	return rows > 0 ? dispersion * share * (1 - share) / rows : 0;
}

static void split_segment(const struct segment *one, const struct sums *sums, struct noise noise, long double *rate,
	long double *mix, struct effect errors[2])
{
	long double w0 = one->weight0 / sums->weight0, w1 = one->weight1 / sums->weight1;
	long double r0 = one->weight0 > 0 ? (long double)one->value0 / one->weight0 : 0;
	long double r1 = one->weight1 > 0 ? (long double)one->value1 / one->weight1 : r0;

	if (!(one->weight0 > 0))
		r0 = r1;
	long double away = (r0 + r1) / 2 - (sums->rate0 + sums->rate1) / 2;
	long double rates = (long double)noise_variance(noise, (double)r0, one->rows0) +
		(long double)noise_variance(noise, (double)r1, one->rows1);
	long double shares = share_variance(noise, w0, sums->rows0) + share_variance(noise, w1, sums->rows1);

	*rate = (w0 + w1) / 2 * (r1 - r0);
	*mix = (w1 - w0) * away;
	errors[0].error = (double)((w0 + w1) / 2 * sqrtl(rates));
	errors[1].error = (double)sqrtl(shares * away * away + (w1 - w0) * (w1 - w0) * rates / 4);
}

bool split_rate(const struct segment *segments, size_t count, struct noise noise, struct effect *rate,
	struct effect *mix, struct split *split)
{
	struct sums sums = sums_of(segments, count);
	long double rates = 0, mixes = 0, rate_variance = 0, mix_variance = 0;

	if (!(sums.weight0 > 0) || !(sums.weight1 > 0))
		return false;
	for (size_t i = 0; i < count; i++) {
		long double one_rate, one_mix;
		struct effect errors[2];

		split_segment(&segments[i], &sums, noise, &one_rate, &one_mix, errors);
		rate[i] = (struct effect){ (double)one_rate, errors[0].error };
		mix[i] = (struct effect){ (double)one_mix, errors[1].error };
		rates += one_rate;
		mixes += one_mix;
		rate_variance += (long double)errors[0].error * errors[0].error;
		mix_variance += (long double)errors[1].error * errors[1].error;
	}
	long double middle = (sums.rate0 + sums.rate1) / 2, grown = sums.weight1 - sums.weight0;
	long double total = (long double)noise_variance(noise, (double)sums.rate0, (double)sums.rows0) +
		(long double)noise_variance(noise, (double)sums.rate1, (double)sums.rows1);
	/* The denominator's own variation: that of a count of rows. */
	long double a_row = sums.rows0 + sums.rows1 > 0
		? (sums.weight0 + sums.weight1) / (sums.rows0 + sums.rows1) : 1;

	*split = (struct split){
		.rate0 = (double)sums.rate0, .rate1 = (double)sums.rate1,
		.rate = { (double)rates, (double)sqrtl(rate_variance) }, .mix = { (double)mixes, (double)sqrtl(mix_variance) },
		.volume = { (double)(grown * middle), (double)sqrtl(grown * grown * total / 4 +
			middle * middle * a_row * (sums.weight0 + sums.weight1)) },
	};
	return true;
}

long double logarithmic_mean(long double a, long double b)
{
	long double x = logl(a / b);

	/* (a - b) / ln(a / b) = b (e^x - 1) / x: expm1 keeps the digits when a and b are near. */
	return fabsl(x) < 1e-18L ? a : b * expm1l(x) / x;
}

static long double product(const double *before, const double *after, size_t count, unsigned changed)
{
	long double y = 1;

	for (size_t i = 0; i < count; i++)
		y *= changed & 1U << i ? after[i] : before[i];
	return y;
}

/* The Shapley value of factor `at`: over all sets S of the others, |S|! (n - |S| - 1)! / n! × what it then adds. */
static long double shapley(const double *before, const double *after, size_t count, size_t at)
{
	static const long double factorial[FACTORS_MOST + 1] = { 1, 1, 2, 6, 24, 120, 720 };
	long double sum = 0;

	for (unsigned set = 0; set < 1U << count; set++) {
		unsigned size = (unsigned)__builtin_popcount(set);

		if (!(set & 1U << at))
			sum += factorial[size] * factorial[count - size - 1] / factorial[count] *
				(product(before, after, count, set | 1U << at) - product(before, after, count, set));
	}
	return sum;
}

void split_product(const double *before, const double *after, const double *relative0, const double *relative1,
	size_t count, struct effect *effects)
{
	unsigned all = (1U << count) - 1;
	long double y0 = product(before, after, count, 0), y1 = product(before, after, count, all);
	bool positive = true;

	for (size_t i = 0; i < count; i++)
		positive = positive && before[i] > 0 && after[i] > 0;
	long double mean = positive ? logarithmic_mean(y1, y0) : (fabsl(y0) + fabsl(y1)) / 2;

	for (size_t i = 0; i < count; i++) {
		long double part = positive ? mean * logl((long double)after[i] / before[i])
			: shapley(before, after, count, i);

		effects[i] = (struct effect){ (double)part, (double)(mean * sqrtl((long double)relative0[i] + relative1[i])) };
	}
}

/* Changes taken apart: published numbers, exact sums on random inputs, and what counts as unusual. */
#include "check.h"

#include <stdint.h>

#include "mcp/explain/decompose.h"
#include "mcp/explain/slices.h"
#include "mcp/explain/surprise.h"
#include "mcp/explain/variation.h"

enum { SEGMENTS = 12, RANDOM_ROUNDS = 20000 };

static uint64_t chance = 20261121;

static double draw(void)
{
	chance = chance * 6364136223846793005ULL + 1442695040888963407ULL;
	return (double)(chance >> 11) / 9007199254740992.0;
}

static const struct noise share = { MEASURE_SHARE, 1 };

/* Complete Journey, eligible pairs and redeemed ones by type of campaign: counted from the files. */
static void redemption_rates_of_complete_journey(void)
{
	static const struct segment may[] = { { 122, 1076, 1076, 64, 1076, 1076 }, { 9, 540, 540, 16, 299, 299 },
		{ 0, 77, 77, 0, 0, 0 } };
	static const struct segment august[] = { { 152, 1077, 1077, 88, 1077, 1077 }, { 4, 384, 384, 0, 0, 0 },
		{ 0, 0, 0, 9, 241, 241 } };
	struct effect rate[3], mix[3];
	struct split split;

	CHECK(split_rate(may, 3, share, rate, mix, &split));
	CHECK_NEAR(split.rate0, 0.077377, 5e-7);
	CHECK_NEAR(split.rate1, 0.058182, 5e-7);
	CHECK_NEAR(split.rate.value + split.mix.value, split.rate1 - split.rate0, 1e-14);
	CHECK_NEAR(rate[0].value, (1076.0 / 1693 + 1076.0 / 1375) / 2 * (64.0 - 122) / 1076, 1e-15);
	CHECK(fabs(rate[0].value) > 2 * rate[0].error && rate[2].value == 0);
	CHECK(split_rate(august, 3, share, rate, mix, &split));
	CHECK_NEAR(split.rate0, 0.106776, 5e-7);
	CHECK_NEAR(split.rate1, 0.073596, 5e-7);
	CHECK_NEAR(split.rate.value + split.mix.value, split.rate1 - split.rate0, 1e-14);
	/* One segment vanishes and one appears: both all mix. */
	CHECK(rate[1].value == 0 && rate[2].value == 0 && mix[1].value != 0 && mix[2].value != 0);
}

/* Cells may be empty in either period; amounts reach over ten orders of magnitude. */
static void random_segment(struct segment *one, bool money)
{
	double scale = pow(10, 6 * draw());

	*one = (struct segment){ 0, 0, 0, 0, 0, 0 };
	if (draw() < 0.85) {
		one->rows0 = floor(1 + scale * draw());
		one->weight0 = money ? one->rows0 * 3 : one->rows0;
		one->value0 = floor(one->rows0 * draw() * (money ? 5000 : 1));
	}
	if (draw() < 0.85) {
		one->rows1 = floor(1 + scale * draw());
		one->weight1 = money ? one->rows1 * 3 : one->rows1;
		one->value1 = floor(one->rows1 * draw() * (money ? 5000 : 1));
	}
}

static void volume_mix_and_rate_sum_exactly(void)
{
	struct segment segments[SEGMENTS];
	struct effect rate[SEGMENTS], mix[SEGMENTS];
	struct split split;
	double worst = 0, worst_value = 0;

	for (int round = 0; round < RANDOM_ROUNDS; round++) {
		double v0 = 0, v1 = 0, w0 = 0, w1 = 0;
		long double sum = 0;

		for (size_t i = 0; i < SEGMENTS; i++) {
			random_segment(&segments[i], round % 2 == 1);
			v0 += segments[i].value0;
			v1 += segments[i].value1;
			w0 += segments[i].weight0;
			w1 += segments[i].weight1;
		}
		if (!split_rate(segments, SEGMENTS, (struct noise){ round % 2 ? MEASURE_MEAN : MEASURE_SHARE, 1 }, rate, mix,
		    &split))
			continue;
		for (size_t i = 0; i < SEGMENTS; i++)
			sum += (long double)rate[i].value + mix[i].value;
		double size = fmax(fabs(v0 / w0), fabs(v1 / w1));

		worst = fmax(worst, fabs((double)sum - (v1 / w1 - v0 / w0)) / size);
		worst = fmax(worst, fabs(split.rate.value + split.mix.value - (v1 / w1 - v0 / w0)) / size);
		worst_value = fmax(worst_value, fabs(split.volume.value + (w0 + w1) / 2 * (split.rate.value +
			split.mix.value) - (v1 - v0)) / fmax(v0, v1));
	}
	printf("# volume, mix and rate: worst relative error %.2g of the ratio, %.2g of the numerator\n", worst,
		worst_value);
	CHECK(worst <= 1e-12 && worst_value <= 1e-12);
}

/* What the sum alone would not notice: which part an effect belongs to. */
static void each_part_means_what_it_says(void)
{
	static const struct segment only_rate[] = { { 10, 100, 100, 20, 100, 100 }, { 50, 100, 100, 50, 100, 100 } };
	static const struct segment only_mix[] = { { 10, 100, 100, 20, 200, 200 }, { 50, 100, 100, 100, 200, 200 },
		{ 9, 10, 10, 0, 0, 0 } };
	static const struct segment shifted[] = { { 10, 100, 100, 15, 150, 150 }, { 50, 100, 100, 25, 50, 50 } };
	struct effect rate[3], mix[3];
	struct split split;

	CHECK(split_rate(only_rate, 2, share, rate, mix, &split));
	CHECK_NEAR(rate[0].value, 0.05, 1e-15);
	CHECK(mix[0].value == 0 && mix[1].value == 0 && rate[1].value == 0 && split.volume.value == 0);
	CHECK_NEAR(rate[0].error, 0.5 * sqrt(0.1 * 0.9 / 100 + 0.2 * 0.8 / 100), 1e-12);
	CHECK(split_rate(only_mix, 3, share, rate, mix, &split));
	CHECK(rate[0].value == 0 && rate[1].value == 0 && rate[2].value == 0 && mix[2].value < 0);
	CHECK(split_rate(shifted, 2, share, rate, mix, &split));
	/* Shares move from .5 and .5 to .75 and .25; rates stay .1 and .5, the middle of the whole is .25. */
	CHECK_NEAR(mix[0].value, 0.25 * (0.1 - 0.25), 1e-15);
	CHECK_NEAR(mix[1].value, -0.25 * (0.5 - 0.25), 1e-15);
	CHECK_NEAR(split.volume.value, 0, 1e-12);
	CHECK(!split_rate(only_rate, 0, share, rate, mix, &split));
}

/* How far effects scatter when nothing changes: about as far as their standard errors say. */
static void standard_errors_are_those_of_chance(void)
{
	int beyond = 0, rounds = 4000;

	for (int round = 0; round < rounds; round++) {
		struct segment segments[2] = { { 0, 400, 400, 0, 400, 400 }, { 0, 300, 300, 0, 300, 300 } };
		struct effect rate[2], mix[2];
		struct split split;

		for (size_t i = 0; i < 2; i++)
			for (int n = 0; n < (int)segments[i].weight0; n++) {
				segments[i].value0 += draw() < 0.2;
				segments[i].value1 += draw() < 0.2;
			}
		split_rate(segments, 2, share, rate, mix, &split);
		beyond += fabs(rate[0].value) > 1.96 * rate[0].error;
	}
	printf("# %d of %d beyond 1.96 standard errors\n", beyond, rounds);
	CHECK(beyond > 0.035 * rounds && beyond < 0.065 * rounds);
}

static void factors_sum_exactly(void)
{
	static const double none[FACTORS_MOST] = { 0 };
	double before[FACTORS_MOST], after[FACTORS_MOST], worst = 0, worst_zero = 0;
	struct effect effects[FACTORS_MOST];

	for (int round = 0; round < RANDOM_ROUNDS; round++) {
		size_t count = 1 + (size_t)(draw() * FACTORS_MOST);
		double y0 = 1, y1 = 1;
		long double sum = 0, size = 0;

		for (size_t i = 0; i < count; i++) {
			before[i] = draw() < 0.05 ? 0 : pow(10, 6 * draw() - 3);
			after[i] = draw() < 0.05 ? 0 : draw() < 0.2 ? before[i] * (1 + 1e-9 * draw()) : pow(10, 6 * draw() - 3);
			y0 *= before[i];
			y1 *= after[i];
		}
		split_product(before, after, none, none, count, effects);
		for (size_t i = 0; i < count; i++)
			sum += effects[i].value;
		/* With a zero in both periods the whole is nothing and the parts are not: then it is their size that counts. */
		for (size_t i = 0; i < count; i++)
			size += fabs(effects[i].value);
		if (y0 > 0 && y1 > 0)
			worst = fmax(worst, fabs((double)sum - (y1 - y0)) / fmax(y0, y1));
		else if (size > 0)
			worst_zero = fmax(worst_zero, fabs((double)sum - (y1 - y0)) / (double)size);
	}
	printf("# factors: worst relative error %.2g, with zeros %.2g\n", worst, worst_zero);
	CHECK(worst <= 1e-12 && worst_zero <= 1e-12);
}

static void factors_mean_what_they_say(void)
{
	static const double before[] = { 100, 2, 30 }, after[] = { 100, 3, 20 }, none[] = { 0, 0, 0 };
	static const double gone0[] = { 4, 5 }, gone1[] = { 0, 7 }, vary[] = { 0.01, 0.0225 };
	struct effect effects[3];

	split_product(before, after, none, none, 3, effects);
	CHECK(effects[0].value == 0);
	/* y stays 6,000: the second factor gives what the third takes, 6,000 ln 1.5. */
	CHECK_NEAR(effects[1].value, 6000 * log(1.5), 1e-9);
	CHECK_NEAR(effects[2].value, -6000 * log(1.5), 1e-9);
	/* A factor that vanishes: the midpoint form, (5 + 7) / 2 × -4 and (4 + 0) / 2 × 2. */
	split_product(gone0, gone1, vary, none, 2, effects);
	CHECK_NEAR(effects[0].value, -24, 1e-12);
	CHECK_NEAR(effects[1].value, 4, 1e-12);
	CHECK_NEAR(effects[1].error, 10 * 0.15, 1e-12);
	CHECK_NEAR((double)logarithmic_mean(8, 2), 6 / log(4), 1e-15);
	CHECK_NEAR((double)logarithmic_mean(5, 5), 5, 0);
}

/* The example of the paper, section 4: 100 expected, 50 came. */
static void adtributor_example(void)
{
	static const double advertisers0[] = { 50, 20, 20, 10 }, advertisers1[] = { 24, 21, 4, 1 };
	static const double devices0[] = { 50, 25, 25 }, devices1[] = { 49, 1, 0 };
	size_t chosen[4];
	double of_advertisers, of_devices;

	surprise_choose(advertisers0, advertisers1, 4, chosen, &of_advertisers);
	CHECK_NEAR(of_advertisers, 0.04789, 5e-6);
	CHECK_INT(surprise_choose(devices0, devices1, 3, chosen, &of_devices), 2);
	CHECK_NEAR(of_devices, 0.1842, 5e-5);
	CHECK(of_devices > of_advertisers);
	CHECK(chosen[0] == 2 && chosen[1] == 1);
	CHECK_NEAR(surprise(0.5, 0.5), 0, 0);
	CHECK_NEAR(surprise(0, 1), 0.5 * log(2), 1e-15);
	CHECK_INT(surprise_choose(devices0, devices0, 3, chosen, &of_devices), 0);
}

static void what_is_unusual(void)
{
	static const double past[] = { 10, -12, 8, 9, -11, 10, 7, 13 };
	struct variation one = variation_judge(38.6, 3, past, 8);

	CHECK_NEAR(one.median, 10, 1e-12);
	CHECK_NEAR(one.limit, 38.65, 1e-9);
	CHECK(one.verdict == VERDICT_USUAL && variation_judge(-38.7, 3, past, 8).verdict == VERDICT_UNUSUAL);
	/* Beyond the past, but inside two counting errors. */
	CHECK(variation_judge(45, 30, past, 8).verdict == VERDICT_USUAL);
	/* Too little of a past: three counting errors. */
	CHECK(variation_judge(38, 13, past, 3).verdict == VERDICT_USUAL);
	CHECK(variation_judge(40, 13, past, 3).verdict == VERDICT_UNUSUAL);
	CHECK(variation_judge(0, 0, past, 0).verdict == VERDICT_USUAL);
}

/* Ordinary changes (of a level that stays, ten periods) that are called unusual: four in a hundred. */
static void ordinary_changes_are_rarely_unusual(void)
{
	int alarms = 0, rounds = 4000;

	for (int round = 0; round < rounds; round++) {
		double level[10], past[8];

		for (int i = 0; i < 10; i++)
			for (int n = level[i] = 0; n < 12; n++)
				level[i] += (draw() - 0.5) * 104;
		for (int i = 0; i < 8; i++)
			past[i] = level[i + 1] - level[i + 2];
		alarms += variation_judge(level[0] - level[1], 0, past, 8).verdict == VERDICT_UNUSUAL;
	}
	printf("# %d of %d ordinary changes called unusual\n", alarms, rounds);
	CHECK(alarms > 0 && alarms < 0.06 * rounds);
}

/* Planted: coupons of one pool vanish for members of one region; everything else stays as it was. */
static void a_planted_slice_is_found(void)
{
	struct arena *arena = arena_new();
	struct slice_cell cells[60];
	struct segment total = { 0, 0, 0, 0, 0, 0 };
	struct slice best[3];
	size_t count = 0;

	for (unsigned pool = 0; pool < 5; pool++)
		for (unsigned region = 0; region < 4; region++)
			for (unsigned tier = 0; tier < 3; tier++) {
				double before = 40 + 10 * pool + 7 * region + 3 * tier;

				cells[count++] = (struct slice_cell){ { pool, region, tier },
					{ before, 0, before, pool == 2 && region == 1 ? 1 : before, 0, before } };
				total.value0 += before;
				total.value1 += cells[count - 1].counted.value1;
			}
	struct slice_table table = { cells, count, 3, { 4, 5, 6 } };
	struct slice_search search = slices_open((struct noise){ MEASURE_SUM, 1 }, &total, arena);

	slices_add(&search, &table);
	CHECK_INT(slices_rank(&search, best, 3), 3);
	CHECK_INT(best[0].term_count, 2);
	CHECK(best[0].terms[0].dimension == 4 && best[0].terms[0].value == 2);
	CHECK(best[0].terms[1].dimension == 5 && best[0].terms[1].value == 1);
	CHECK_NEAR(best[0].explained, 1, 1e-12);
	struct effect own = slice_effect(&search, &best[0]), more = slice_contrast(&search, &best[0]);

	CHECK_NEAR(own.value, total.value1 - total.value0, 1e-9);
	CHECK(fabs(more.value) > 4 * more.error);
	arena_free(arena);
}

int main(void)
{
	CHECK_RUN(redemption_rates_of_complete_journey);
	CHECK_RUN(volume_mix_and_rate_sum_exactly);
	CHECK_RUN(each_part_means_what_it_says);
	CHECK_RUN(standard_errors_are_those_of_chance);
	CHECK_RUN(factors_sum_exactly);
	CHECK_RUN(factors_mean_what_they_say);
	CHECK_RUN(adtributor_example);
	CHECK_RUN(what_is_unusual);
	CHECK_RUN(ordinary_changes_are_rarely_unusual);
	CHECK_RUN(a_planted_slice_is_found);
	return check_done();
}

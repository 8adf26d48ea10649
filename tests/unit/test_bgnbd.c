/* The models against published numbers (CDNOW 1/10 sample, Fader, Hardie, Lee 2005 and Hardie's
 * notes 025 and 027) and against an independent way to compute the same expectation; the data
 * stay outside. */
#include "check.h"

#include <stdint.h>
#include <zlib.h>

#include "agent/models/bgnbd.h"
#include "agent/models/gamma_gamma.h"

enum { MOST_CUSTOMERS = 2400, CALIBRATION_DAYS = 273, ALL_DAYS = 546 }; /* 1997-01-01 is day 1 */

static const double HOLD_OUT_WEEKS = 39;

/* One row a customer, in the file's order; calibration to 1997-09-30, hold-out the 39 weeks
 * after. */
static struct cdnow {
	size_t customers, records, purchase_days, repeats, without_repeat, later, later_customers;
	double total_spend;
	double x[MOST_CUSTOMERS], t_x[MOST_CUSTOMERS], t[MOST_CUSTOMERS], weight[MOST_CUSTOMERS];
	double spend[MOST_CUSTOMERS], held[MOST_CUSTOMERS];
	double spend_x[MOST_CUSTOMERS], spend_mean[MOST_CUSTOMERS], ones[MOST_CUSTOMERS];
	size_t spenders;
} cdnow;

static struct bgnbd fitted;

static int day_of(int date)
{
	static const int before[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };

	return (date / 10000 - 1997) * 365 + before[date / 100 % 100 - 1] + date % 100;
}

static void cdnow_purchase(size_t i, int day, int first, double dollars, bool same_day)
{
	cdnow.purchase_days += !same_day;
	if (day > CALIBRATION_DAYS) {
		cdnow.held[i] += !same_day;
	} else if (day > first) {
		cdnow.x[i] += !same_day;
		cdnow.t_x[i] = (day - first) / 7.0;
		cdnow.spend[i] += dollars;
	}
}

static void cdnow_count(void)
{
	for (size_t i = 0; i < cdnow.customers; i++) {
		cdnow.repeats += (size_t)cdnow.x[i];
		cdnow.without_repeat += cdnow.x[i] < 1;
		cdnow.later += (size_t)cdnow.held[i];
		cdnow.later_customers += cdnow.held[i] > 0;
		cdnow.weight[i] = 1;
		if (cdnow.x[i] > 0) {
			cdnow.spend_x[cdnow.spenders] = cdnow.x[i];
			cdnow.spend_mean[cdnow.spenders] = cdnow.spend[i] / cdnow.x[i];
			cdnow.ones[cdnow.spenders++] = 1;
		}
	}
}

static bool cdnow_load(void)
{
	const char *folder = getenv("FLASHD_DATA");
	char path[512], line[128];
	int customer, units, date, last_customer = -1, first = 0, last = 0;
	double dollars;

	snprintf(
		path, sizeof path, "%s/cdnow_sample.txt.gz", folder != NULL ? folder : "../shared/data");
	gzFile file = gzopen(path, "rb");
	if (file == NULL)
		return false;
	while (gzgets(file, line, sizeof line) != NULL) {
		if (sscanf(line, "%*d %d %d %d %lf", &customer, &date, &units, &dollars) != 4)
			continue;
		int day = day_of(date);
		bool another = customer != last_customer;

		if (another && cdnow.customers == MOST_CUSTOMERS)
			break;
		if (another)
			cdnow.t[cdnow.customers++] = (CALIBRATION_DAYS - (first = day)) / 7.0;
		cdnow.records++;
		cdnow.total_spend += dollars;
		cdnow_purchase(cdnow.customers - 1, day, first, dollars, !another && day == last);
		last_customer = customer;
		last = day;
	}
	gzclose(file);
	cdnow_count();
	return true;
}

static struct bgnbd_rows cdnow_rows(void)
{
	return (struct bgnbd_rows){ .count = cdnow.customers,
		.x = cdnow.x,
		.t_x = cdnow.t_x,
		.t = cdnow.t,
		.weight = cdnow.weight };
}

#define CHECK_SHARE(actual, expected) CHECK_NEAR(actual, expected, .005 * (expected))

static void loader_counts(void)
{
	CHECK_INT(cdnow.records, 6919);
	CHECK_INT(cdnow.customers, 2357);
	CHECK_INT(cdnow.purchase_days, 6696);
	CHECK_INT(cdnow.repeats, 2457);
	CHECK_INT(cdnow.without_repeat, 1411);
	CHECK_INT(cdnow.later, 1882);
	CHECK_INT(cdnow.later_customers, 684);
	CHECK_INT(cdnow.spenders, 946);
	CHECK_NEAR(cdnow.total_spend, 244091.94, .001);
	CHECK_INT(ALL_DAYS - CALIBRATION_DAYS, HOLD_OUT_WEEKS * 7);
}

static void bgnbd_as_published(void)
{
	struct bgnbd_rows rows = cdnow_rows();
	struct bgnbd_fit fit = bgnbd_fit(&rows, NULL);

	CHECK_INT(fit.verdict, BGNBD_FITTED);
	CHECK(fit.usable);
	CHECK_SHARE(fit.model.r, .2426);
	CHECK_SHARE(fit.model.alpha, 4.4136);
	CHECK_SHARE(fit.model.a, .7929);
	CHECK_SHARE(fit.model.b, 2.4259);
	CHECK_NEAR(fit.log_likelihood, -9582.4292, .01);
	CHECK_NEAR(fit.log_likelihood, bgnbd_log_likelihood(&fit.model, &rows), 1e-6);
	CHECK_NEAR(fit.nbd_log_likelihood, -9763.66, .05);
	fitted = fit.model;
}

static void mbgnbd_as_published(void)
{
	struct bgnbd_rows rows = cdnow_rows();
	struct bgnbd_fit fit = bgnbd_fit_form(&rows, true);

	CHECK_INT(fit.verdict, BGNBD_FITTED_MODIFIED);
	CHECK_SHARE(fit.model.r, .5248);
	CHECK_SHARE(fit.model.alpha, 6.1831);
	CHECK_SHARE(fit.model.a, .8914);
	CHECK_SHARE(fit.model.b, 1.6140);
	CHECK_NEAR(fit.log_likelihood, -9582.1357, .01);
}

static void gamma_gamma_as_published(void)
{
	struct gamma_gamma_rows rows = {
		.count = cdnow.spenders, .x = cdnow.spend_x, .mean = cdnow.spend_mean, .weight = cdnow.ones
	};
	struct gamma_gamma_fit fit = gamma_gamma_fit(&rows, NULL);

	CHECK_INT(fit.verdict, GAMMA_GAMMA_FITTED);
	CHECK_SHARE(fit.model.p, 6.2496);
	CHECK_SHARE(fit.model.q, 3.7442);
	CHECK_SHARE(fit.model.gamma, 15.4435);
	CHECK_NEAR(fit.log_likelihood, -4055.918, .01);
	CHECK_NEAR(gamma_gamma_spend(&fit.model, 0, 0), 35.171, .01);

	static double cents[MOST_CUSTOMERS];

	for (size_t i = 0; i < cdnow.spenders; i++)
		cents[i] = 100 * cdnow.spend_mean[i];
	rows.mean = cents;
	struct gamma_gamma_fit in_cents = gamma_gamma_fit(&rows, NULL);

	CHECK_SHARE(in_cents.model.gamma, 1544.35);
	CHECK_NEAR(gamma_gamma_spend(&in_cents.model, 2, 2235),
		100 * gamma_gamma_spend(&fit.model, 2, 22.35), .1);
}

static void customer_one(void)
{
	CHECK_NEAR(cdnow.x[0], 2, 0);
	CHECK_NEAR(cdnow.t_x[0], 30.43, .005);
	CHECK_NEAR(cdnow.t[0], 38.86, .005);
	CHECK_NEAR(bgnbd_expected(&fitted, 2, cdnow.t_x[0], cdnow.t[0], HOLD_OUT_WEEKS), 1.226, .001);
	CHECK_NEAR(bgnbd_alive(&fitted, 2, cdnow.t_x[0], cdnow.t[0]), .7266, .001);
}

static double area_under_curve(const double *score, const double *held, size_t count)
{
	double wins = 0, pairs = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			if (held[i] > 0 && held[j] < 1) {
				pairs++;
				wins += score[i] > score[j] ? 1 : score[i] < score[j] ? 0 : .5;
			}
	return wins / pairs;
}

static void hold_out_predicted(void)
{
	static double expected[MOST_CUSTOMERS], buys[MOST_CUSTOMERS];
	double n = (double)cdnow.customers, total = 0, absolute = 0, squared = 0, held = 0;
	double both = 0, expected_squared = 0, held_squared = 0;

	for (size_t i = 0; i < cdnow.customers; i++) {
		double e = bgnbd_expected(&fitted, cdnow.x[i], cdnow.t_x[i], cdnow.t[i], HOLD_OUT_WEEKS);
		double y = cdnow.held[i];

		expected[i] = e;
		buys[i] = bgnbd_buys(&fitted, cdnow.x[i], cdnow.t_x[i], cdnow.t[i], HOLD_OUT_WEEKS);
		total += e;
		held += y;
		absolute += fabs(e - y);
		squared += (e - y) * (e - y);
		both += e * y;
		expected_squared += e * e;
		held_squared += y * y;
	}
	CHECK_NEAR(total, 1653.4, .5);
	CHECK_NEAR(absolute / n, .7855, .0005);
	CHECK_NEAR(sqrt(squared / n), 1.6080, .0005);
	CHECK_NEAR((n * both - total * held) / sqrt((n * expected_squared - total * total)
		* (n * held_squared - held * held)), .626, .0005);
	CHECK_NEAR(area_under_curve(expected, cdnow.held, cdnow.customers), .773, .0005);
	CHECK(area_under_curve(buys, cdnow.held, cdnow.customers) > .75);
	for (size_t i = 0; i < cdnow.customers; i++)
		CHECK(buys[i] <= expected[i] + 1e-12);
}

static void weights_are_members(void)
{
	static double x[MOST_CUSTOMERS], t_x[MOST_CUSTOMERS], t[MOST_CUSTOMERS], weight[MOST_CUSTOMERS];
	size_t count = 0;

	for (size_t i = 0; i < cdnow.customers; i++) {
		size_t j = 0;

		while (j < count && !(fabs(x[j] - cdnow.x[i]) + fabs(t_x[j] - cdnow.t_x[i])
		       + fabs(t[j] - cdnow.t[i]) < 1e-9))
			j++;
		count += j == count;
		x[j] = cdnow.x[i];
		t_x[j] = cdnow.t_x[i];
		t[j] = cdnow.t[i];
		weight[j]++;
	}
	struct bgnbd_rows rows = { .count = count, .x = x, .t_x = t_x, .t = t, .weight = weight };
	struct bgnbd_fit fit = bgnbd_fit(&rows, NULL);

	CHECK(count < cdnow.customers);
	CHECK_INT(fit.repeaters, 946);
	CHECK_NEAR(fit.log_likelihood, -9582.4292, .01);
	CHECK_SHARE(fit.model.r, .2426);
	CHECK_SHARE(fit.model.b, 2.4259);
}

/* E = P(alive) E_p[ (1 - ((alpha+T)/(alpha+T+p t))^(r+x)) / p ], p ~ Beta(a, b'+x): no series in
 * it. The integral over (0,1) by the double exponential rule, in logarithms of p and 1-p. */
static double expected_by_integral(
	const struct bgnbd *model, double x, double t_x, double t, double next)
{
	double b = model->b + x + (model->modified ? 1 : 0), step = .01, sum = 0;
	double log_beta = lgamma(model->a) + lgamma(b) - lgamma(model->a + b);

	for (int k = -800; k <= 800; k++) {
		double u = M_PI * sinh(k * step), log_p = -log1p(exp(-u)), log_rest = -log1p(exp(u));
		double p = exp(log_p);
		double buys = p > 0 ? -expm1(-(model->r + x) * log1p(p * next / (model->alpha + t))) / p
			: (model->r + x) * next / (model->alpha + t);

		sum +=
			exp(model->a * log_p + b * log_rest - log_beta) * buys * M_PI * cosh(k * step) * step;
	}
	return sum * bgnbd_alive(model, x, t_x, t);
}

static void expectation_by_two_ways(void)
{
	static const double rs[] = { .05, .2426, 1, 3, 12, 60, 400 },
						as[] = { .05, .5, .7929, 1, 1 + 3e-7, 2, 9 };
	static const double bs[] = { .3, 1, 2.4259, 30 }, xs[] = { 0, 1, 2, 30, 300 },
						nexts[] = { .5, 4, 39, 500 };
	size_t compared = 0;

	for (size_t i = 0; i < 7 * 7 * 4 * 5 * 4 * 2; i++) {
		struct bgnbd model = { .r = rs[i % 7],
			.alpha = 4.4136,
			.a = as[i / 7 % 7],
			.b = bs[i / 49 % 4],
			.modified = i / 3920 > 0 };
		double x = xs[i / 196 % 5], next = nexts[i / 980 % 4], t_x = x > 0 ? 20 : 0;
		double series = bgnbd_expected(&model, x, t_x, 38.86, next);
		double integral = expected_by_integral(&model, x, t_x, 38.86, next);

		if (!(fabs(series - integral) <= 1e-5 * integral))
			printf("# r %g a %g b %g x %g next %g: %g, not %g\n", model.r, model.a, model.b, x,
				next, series, integral);
		CHECK(fabs(series - integral) <= 1e-5 * integral);
		compared++;
	}
	CHECK_INT(compared, 7840);
}

static void signals_are_monotone(void)
{
	struct bgnbd model = { .r = .2426, .alpha = 4.4136, .a = .7929, .b = 2.4259 };
	double last_alive = 1, last_buys = 1, last_expected = 1e9;

	for (double t = 20; t < 200; t += 1) {
		double alive = bgnbd_alive(&model, 5, 20, t), buys = bgnbd_buys(&model, 5, 20, t, 4);
		double expected = bgnbd_expected(&model, 5, 20, t, 4);

		CHECK(alive < last_alive && buys < last_buys && expected < last_expected);
		CHECK(alive > 0 && buys > 0 && buys <= alive && buys <= expected);
		last_alive = alive;
		last_buys = buys;
		last_expected = expected;
	}
	CHECK_NEAR(bgnbd_alive(&model, 0, 0, 30), 1, 0);
	model.modified = true;
	CHECK(bgnbd_alive(&model, 0, 0, 30) < .9);
	for (double next = 1; next < 100; next += 1)
		CHECK(bgnbd_buys(&model, 3, 9, 20, next) < bgnbd_buys(&model, 3, 9, 20, next + 1)
			&& bgnbd_expected(&model, 3, 9, 20, next) < bgnbd_expected(&model, 3, 9, 20, next + 1));
	CHECK_NEAR(bgnbd_expected(&model, 3, 9, 20, 0), 0, 1e-12);
}

static void smooth_through_a_one(void)
{
	struct bgnbd below = { .r = .5, .alpha = 5, .a = 1 - 1e-4, .b = 2 }, at = below, above = below;

	at.a = 1;
	above.a = 1 + 1e-4;
	double middle = (bgnbd_expected(&below, 3, 9, 20, 8) + bgnbd_expected(&above, 3, 9, 20, 8)) / 2;

	CHECK_NEAR(bgnbd_expected(&at, 3, 9, 20, 8), middle, 1e-5 * middle);
	struct bgnbd pole = { .r = .5, .alpha = 5, .a = .6, .b = .4 };

	CHECK_NEAR(bgnbd_expected(&pole, 0, 0, 20, 8), expected_by_integral(&pole, 0, 0, 20, 8), 1e-5);
}

/* The member's own gap: exceeded with the probability that was asked for. */
static void gap_is_its_own_quantile(void)
{
	struct bgnbd model = { .r = .8, .alpha = 6, .a = .8, .b = 2.4 };
	double gap = bgnbd_gap(&model, 7, 30, .9);

	CHECK_NEAR(pow((model.alpha + 30) / (model.alpha + 30 + gap), 7.8), .1, 1e-12);
	CHECK(bgnbd_gap(&model, 20, 30, .9) < gap && bgnbd_gap(&model, 7, 30, .95) > gap);
}

/* `members` who buy every `period` weeks and never stop. */
static struct bgnbd_rows loyal_rows(double *x, double *t_x, double *t, double *weight, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		x[i] = 2 + (double)(i % 9);
		t[i] = 40;
		t_x[i] = 40 - 40 / (x[i] + 1) * (.2 + .1 * (double)(i % 7));
		weight[i] = 1;
	}
	return (struct bgnbd_rows){ .count = count, .x = x, .t_x = t_x, .t = t, .weight = weight };
}

static void refusals_keep_the_last_good(void)
{
	double x[400], t_x[400], t[400], weight[400];
	struct bgnbd last = { .r = .3, .alpha = 4, .a = .8, .b = 2 };
	struct bgnbd_rows rows = loyal_rows(x, t_x, t, weight, 400);
	struct bgnbd_fit fit = bgnbd_fit(&rows, &last);

	CHECK(fit.verdict == BGNBD_NO_BETTER || fit.verdict == BGNBD_AT_BOUND);
	CHECK(fit.usable && memcmp(&fit.model.r, &last.r, sizeof last.r) == 0);
	CHECK(strstr(fit.sentence, "last good parameters are kept") != NULL);
	rows.count = 150;
	fit = bgnbd_fit(&rows, NULL);
	CHECK_INT(fit.verdict, BGNBD_TOO_FEW);
	CHECK(!fit.usable);
	CHECK_TEXT(fit.sentence,
		"150 members bought again; a fit needs 200; there are no parameters to use yet");
	rows.count = 400;
	t_x[7] = 41;
	fit = bgnbd_fit(&rows, &last);
	CHECK_INT(fit.verdict, BGNBD_BAD_ROWS);
	CHECK(strstr(fit.sentence, "row 7 is impossible") != NULL);
	t_x[7] = NAN;
	CHECK_INT(bgnbd_fit(&rows, &last).verdict, BGNBD_BAD_ROWS);
	rows.count = BGNBD_MOST_ROWS + 1;
	CHECK_INT(bgnbd_fit(&rows, &last).verdict, BGNBD_BAD_ROWS);
	rows.count = 0;
	CHECK_INT(bgnbd_fit(&rows, &last).verdict, BGNBD_TOO_FEW);
}

/* Members with exponential rates (mean 1/5 a week) who leave after a purchase with chance
 * `leave`. */
static struct bgnbd_fit simulated_fit(uint64_t seed, double leave, const struct bgnbd *last_good)
{
	static double x[600], t_x[600], t[600], weight[600];
	uint64_t bits = 88172645463325252u * seed;
	double draws[2];

	for (size_t i = 0; i < 600; i++) {
		double rate = 0, at = 0;

		x[i] = t_x[i] = 0;
		t[i] = 30 + (double)(i % 10);
		weight[i] = 1;
		do {
			for (int k = 0; k < 2; k++) {
				bits ^= bits << 13;
				bits ^= bits >> 7;
				bits ^= bits << 17;
				draws[k] = ((double)(bits >> 11) + .5) * 0x1p-53;
			}
			if (rate > 0) {
				x[i]++;
				t_x[i] = at;
			} else {
				rate = -log(draws[1]) / 5;
			}
			at += -log(draws[0]) / rate;
		} while (at <= t[i] && !(x[i] > 0 && draws[1] < leave));
	}
	struct bgnbd_rows rows = { .count = 600, .x = x, .t_x = t_x, .t = t, .weight = weight };

	return bgnbd_fit(&rows, last_good);
}

static void data_that_cannot_tell_are_refused(void)
{
	struct bgnbd last = { .r = .3, .alpha = 4, .a = .8, .b = 2 };
	int fitted_models = 0, edges = 0, no_better = 0;

	for (uint64_t seed = 1; seed <= 12; seed++) {
		struct bgnbd_fit none = simulated_fit(seed, 0, &last),
						 some = simulated_fit(seed, .2, &last);

		CHECK(none.verdict == BGNBD_NO_BETTER || none.verdict == BGNBD_AT_BOUND);
		CHECK_NEAR(none.model.a, .8, 0);
		CHECK(none.usable && strstr(none.sentence, "the last good parameters are kept") != NULL);
		CHECK(some.verdict == BGNBD_FITTED || some.verdict == BGNBD_FITTED_MODIFIED
			|| some.verdict == BGNBD_AT_BOUND);
		CHECK((some.verdict == BGNBD_AT_BOUND) == (strstr(some.sentence, "at the edge") != NULL));
		CHECK(some.verdict != BGNBD_AT_BOUND || fabs(some.model.a - .8) < 1e-12);
		no_better += none.verdict == BGNBD_NO_BETTER;
		edges += some.verdict == BGNBD_AT_BOUND;
		fitted_models +=
			some.verdict == BGNBD_FITTED && some.log_likelihood > some.nbd_log_likelihood + 100;
	}
	CHECK(no_better > 0 && edges > 0 && fitted_models > 0);
}

static void spend_refusals(void)
{
	double x[300], mean[300], weight[300];

	for (size_t i = 0; i < 300; i++) {
		x[i] = 1 + (double)(i % 5);
		mean[i] = 50;
		weight[i] = 1;
	}
	struct gamma_gamma last = { .p = 6, .q = 4, .gamma = 15 };
	struct gamma_gamma_rows rows = { .count = 300, .x = x, .mean = mean, .weight = weight };

	CHECK_INT(gamma_gamma_fit(&rows, &last).verdict, GAMMA_GAMMA_AT_BOUND);
	CHECK_NEAR(gamma_gamma_fit(&rows, &last).model.q, 4, 0);
	rows.count = 100;
	CHECK_INT(gamma_gamma_fit(&rows, &last).verdict, GAMMA_GAMMA_TOO_FEW);
	rows.count = 300;
	mean[3] = 0;
	CHECK_INT(gamma_gamma_fit(&rows, NULL).verdict, GAMMA_GAMMA_BAD_ROWS);
	CHECK(!gamma_gamma_fit(&rows, NULL).usable);
}

int main(void)
{
	if (cdnow_load()) {
		CHECK_RUN(loader_counts);
		CHECK_RUN(bgnbd_as_published);
		CHECK_RUN(mbgnbd_as_published);
		CHECK_RUN(gamma_gamma_as_published);
		CHECK_RUN(customer_one);
		CHECK_RUN(hold_out_predicted);
		CHECK_RUN(weights_are_members);
	} else {
		check_skip("CDNOW numbers", "no cdnow_sample.txt.gz in FLASHD_DATA or ../shared/data");
	}
	CHECK_RUN(expectation_by_two_ways);
	CHECK_RUN(signals_are_monotone);
	CHECK_RUN(smooth_through_a_one);
	CHECK_RUN(gap_is_its_own_quantile);
	CHECK_RUN(refusals_keep_the_last_good);
	CHECK_RUN(data_that_cannot_tell_are_refused);
	CHECK_RUN(spend_refusals);
	return check_done();
}

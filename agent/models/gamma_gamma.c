/* The fit runs on spend divided by its mean, so that one box of log-parameters serves cents,
 * euros and yen. */
#include "gamma_gamma.h"

#include <math.h>
#include <stdio.h>

#include "fit.h"

static const double LOG_LOWER = -7, LOG_UPPER = 9;

struct sample {
	const struct gamma_gamma_rows *rows;
	double unit;
};

static double log_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign);
}

static double sample_cost(const double *logs, const void *data)
{
	const struct sample *sample = data;
	const struct gamma_gamma_rows *rows = sample->rows;
	double p = exp(logs[0]), q = exp(logs[1]), gamma = exp(logs[2]), sum = 0;
	double fixed = q * logs[2] - log_gamma(q);

	for (size_t i = 0; i < rows->count; i++) {
		double px = p * rows->x[i], mean = rows->mean[i] / sample->unit;

		sum += rows->weight[i] * (fixed + log_gamma(px + q) - log_gamma(px) + (px - 1) * log(mean)
			+ px * log(rows->x[i]) - (px + q) * log(gamma + mean * rows->x[i]));
	}
	return -sum;
}

static bool row_is_good(const struct gamma_gamma_rows *rows, size_t i)
{
	return rows->x[i] >= 1 && rows->x[i] == floor(rows->x[i]) && isfinite(rows->x[i])
		&& rows->mean[i] > 0 && isfinite(rows->mean[i]) && rows->weight[i] > 0
		&& isfinite(rows->weight[i]);
}

static void fit_rows(const struct gamma_gamma_rows *rows, double members, double unit,
	struct gamma_gamma_fit *result)
{
	struct sample sample = { .rows = rows, .unit = unit };
	struct fit search;
	struct error error;

	if (!fit_minimum(3, sample_cost, &sample, LOG_LOWER, LOG_UPPER, &search, &error)) {
		result->verdict = GAMMA_GAMMA_BROKE_OFF;
		snprintf(result->sentence, sizeof result->sentence, "%.300s", error.text);
		return;
	}
	result->model = (struct gamma_gamma){ .p = exp(search.point[0]), .q = exp(search.point[1]),
		.gamma = exp(search.point[2]) * unit };
	result->log_likelihood = -search.value - members * log(unit);
	result->verdict = search.at_bound ? GAMMA_GAMMA_AT_BOUND
		: result->model.q <= 1 ? GAMMA_GAMMA_NO_MEAN : GAMMA_GAMMA_FITTED;
	result->usable = result->verdict == GAMMA_GAMMA_FITTED;
	snprintf(result->sentence, sizeof result->sentence,
		"spend model %s: p %.4g, q %.4g, gamma %.4g, log-likelihood %.1f from %.0f repeat buyers",
		search.at_bound ? "ended at the edge of what is plausible"
			: result->usable ? "fitted" : "has no finite mean",
		result->model.p, result->model.q, result->model.gamma, result->log_likelihood, members);
}

static void fit_by_rules(const struct gamma_gamma_rows *rows, struct gamma_gamma_fit *result)
{
	double members = 0, total = 0;

	for (size_t i = 0; i < rows->count; i++) {
		if (!row_is_good(rows, i)) {
			snprintf(result->sentence, sizeof result->sentence,
				"row %zu is impossible: x %g, mean %g, "
				"weight %g; only repeat buyers with a positive spend count",
				i, rows->x[i], rows->mean[i], rows->weight[i]);
			return;
		}
		members += rows->weight[i];
		total += rows->weight[i] * rows->mean[i];
	}
	if (members < GAMMA_GAMMA_LEAST_REPEATERS) {
		result->verdict = GAMMA_GAMMA_TOO_FEW;
		snprintf(result->sentence, sizeof result->sentence,
			"%.0f members bought again; a spend model needs %d", members,
			GAMMA_GAMMA_LEAST_REPEATERS);
		return;
	}
	fit_rows(rows, members, total / members, result);
}

struct gamma_gamma_fit gamma_gamma_fit(const struct gamma_gamma_rows *rows,
	const struct gamma_gamma *last_good)
{
	struct gamma_gamma_fit result = { .verdict = GAMMA_GAMMA_BAD_ROWS };
	char why[sizeof result.sentence];

	fit_by_rules(rows, &result);
	if (result.usable)
		return result;
	result.usable = last_good != NULL;
	result.model = last_good != NULL ? *last_good : (struct gamma_gamma){ .p = 0 };
	snprintf(why, sizeof why, "%s", result.sentence);
	snprintf(result.sentence, sizeof result.sentence, "%.240s; %s", why, last_good != NULL
		? "the last good parameters are kept" : "there are no parameters to use yet");
	return result;
}

double gamma_gamma_spend(const struct gamma_gamma *model, double x, double mean)
{
	return model->p * (model->gamma + mean * x) / (model->p * x + model->q - 1);
}

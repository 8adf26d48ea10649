/* The likelihood is written as (still a customer) + (left at t_x) with the first taken out, so
 * that one log1p(exp()) stays exact however far apart the two are; all that depends on x alone
 * is tabulated. */
#include "bgnbd.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "fit.h"
#include "mcp/base/arena.h"
#include "mcp/base/both.h"

static const double LOG_LOWER = -7, LOG_UPPER = 9;
static const double LEAST_GAIN = 3;       /* half of chi-square .95: NBD has two parameters less */
static const double ASIDE = 1e-6;         /* step aside from removable poles */
static const double MOST_CANCELLING = 20; /* alternating terms that Euler's series may have */
enum { MOST_TERMS = 1 << 20, TWO_SHARES = 4096 };

/* By x: ln G(r+x)/G(r) + r ln(alpha), ln B(a,b'+x)/B(a,b), and ln of the odds factor a/(b'+x-1). */
struct tables {
	size_t size;
	double *rate, *stay, *leave;
	size_t moment_count;
	double *moments, *logs;     /* the rows' distinct t and t_x in their order, and ln(alpha + each) */
	uint32_t *now, *last;       /* by row: the places of its t and t_x among them */
};

struct sample {
	const struct bgnbd_rows *rows;
	struct tables tables;
	bool modified;
};

static double log_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign);
}

/* b as it enters the terms in x: in the modified form the first purchase is a chance to leave. */
static double model_b(const struct bgnbd *model)
{
	return model->modified ? model->b + 1 : model->b;
}

static bool model_may_leave(const struct bgnbd *model, double x)
{
	return model->modified || x > 0;
}

static int compare_moments(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static uint32_t place_of(const struct tables *tables, double moment)
{
	size_t low = 0, high = tables->moment_count - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (tables->moments[middle] < moment)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint32_t)low;
}

/* Histories are of whole days: tens of thousands of rows have a few hundred moments. */
static void tables_take_moments(struct arena *arena, struct tables *tables, const struct bgnbd_rows *rows)
{
	size_t count = 0;

	tables->moments = arena_alloc(arena, (2 * rows->count + 1) * sizeof(double));
	tables->now = arena_alloc(arena, (rows->count + 1) * sizeof(uint32_t));
	tables->last = arena_alloc(arena, (rows->count + 1) * sizeof(uint32_t));
	for (size_t i = 0; i < rows->count; i++) {
		tables->moments[2 * i] = rows->t[i];
		tables->moments[2 * i + 1] = rows->t_x[i];
	}
	qsort(tables->moments, 2 * rows->count, sizeof(double), compare_moments);
	for (size_t i = 0; i < 2 * rows->count; i++)
		if (count == 0 || tables->moments[i] > tables->moments[count - 1])
			tables->moments[count++] = tables->moments[i];
	tables->moment_count = count;
	tables->logs = arena_alloc(arena, (count + 1) * sizeof(double));
	for (size_t i = 0; i < rows->count; i++) {
		tables->now[i] = place_of(tables, rows->t[i]);
		tables->last[i] = place_of(tables, rows->t_x[i]);
	}
}

static void tables_fill_logs(struct tables *tables, double alpha)
{
	for (size_t i = 0; i < tables->moment_count; i++)
		tables->logs[i] = log(alpha + tables->moments[i]);
}

static struct tables tables_open(struct arena *arena, const struct bgnbd_rows *rows)
{
	double most = 0;

	for (size_t i = 0; i < rows->count; i++)
		most = rows->x[i] > most ? rows->x[i] : most;
	size_t size = (size_t)most + 1, bytes = size * sizeof(double);

	struct tables tables = { .size = size, .rate = arena_alloc(arena, bytes),
		.stay = arena_alloc(arena, bytes), .leave = arena_alloc(arena, bytes) };

	tables_take_moments(arena, &tables, rows);
	return tables;
}

static void tables_fill(struct tables *tables, const struct bgnbd *model)
{
	double a = model->a, b = model_b(model);
	double rate = model->r * log(model->alpha) - log_gamma(model->r);
	double stay = log_gamma(model->a + model->b) - log_gamma(model->b);

	for (size_t x = 0; x < tables->size; x++) {
		tables->rate[x] = rate + log_gamma(model->r + (double)x);
		tables->stay[x] = stay + log_gamma(b + (double)x) - log_gamma(a + b + (double)x);
		tables->leave[x] =
			model_may_leave(model, (double)x) ? log(a / (b + (double)x - 1)) : -INFINITY;
	}
	tables_fill_logs(tables, model->alpha);
}

/* ln(1 + e^d) without overflow. */
static double log_one_plus_exp(double d)
{
	return d > 0 ? d + log1p(exp(-d)) : log1p(exp(d));
}

/* Some of the rows, and their part of the log-likelihood. */
struct share {
	const struct tables *tables;
	const struct bgnbd *model;
	const struct bgnbd_rows *rows;
	size_t from, to;
	double sum;
};

static void *share_add(void *context)
{
	struct share *share = context;
	const struct tables *tables = share->tables;
	const struct bgnbd_rows *rows = share->rows;

	share->sum = 0;
	for (size_t i = share->from; i < share->to; i++) {
		size_t x = (size_t)rows->x[i];
		double power = share->model->r + rows->x[i];
		double now = tables->logs[tables->now[i]], last = tables->logs[tables->last[i]];
		double odds = tables->leave[x] + power * (now - last);

		share->sum += rows->weight[i]
			* (tables->rate[x] + tables->stay[x] - power * now + log_one_plus_exp(odds));
	}
	return NULL;
}

/* Of many rows in two halves, side by side; always the same two, so that the last digit is the same. */
static double tables_log_likelihood(const struct tables *tables, const struct bgnbd *model,
	const struct bgnbd_rows *rows)
{
	size_t half = rows->count < TWO_SHARES ? rows->count : rows->count / 2;
	struct share first = { tables, model, rows, 0, half, 0 }, second = { tables, model, rows, half, rows->count, 0 };

	if (half < rows->count)
		both_run(share_add, &first, &second);
	else
		share_add(&first);
	return first.sum + second.sum;
}

double bgnbd_log_likelihood(const struct bgnbd *model, const struct bgnbd_rows *rows)
{
	struct arena *arena = arena_new();
	struct tables tables = tables_open(arena, rows);

	tables_fill(&tables, model);
	double sum = tables_log_likelihood(&tables, model, rows);

	arena_free(arena);
	return sum;
}

double bgnbd_alive(const struct bgnbd *model, double x, double t_x, double t)
{
	if (!model_may_leave(model, x))
		return 1;
	double growth = pow((model->alpha + t) / (model->alpha + t_x), model->r + x);

	return 1 / (1 + model->a / (model_b(model) + x - 1) * growth);
}

double bgnbd_buys(const struct bgnbd *model, double x, double t_x, double t, double next)
{
	double some = -expm1(-(model->r + x) * log1p(next / (model->alpha + t)));

	return bgnbd_alive(model, x, t_x, t) * some;
}

double bgnbd_gap(const struct bgnbd *model, double x, double t_x, double quantile)
{
	return (model->alpha + t_x) * expm1(-log1p(-quantile) / (model->r + x));
}

/* 2F1(p, q; c; z) by its plain series, times e^log_factor; scaled on the way against overflow. */
static double hypergeometric(double p, double q, double c, double z, double log_factor)
{
	double term = 1, sum = 1;

	for (int n = 0; n < MOST_TERMS; n++) {
		double ratio = (p + n) * (q + n) / ((c + n) * (n + 1)) * z;

		term *= ratio;
		sum += term;
		if (fabs(term) <= 1e-15 * fabs(sum) && fabs(ratio) < 1)
			break;
		if (fabs(term) > 1e200) {
			term *= 1e-200;
			sum *= 1e-200;
			log_factor += 200 * log(10);
		}
	}
	return sum * exp(log_factor);
}

/* Euler's form converges in a few terms, but its signs alternate when r is large against a + b;
 * the plain form has positive terms only and is then taken. */
double bgnbd_expected(const struct bgnbd *model, double x, double t_x, double t, double next)
{
	double r = model->r, a = model->a, b = model_b(model);

	if (fabs(a - 1) < ASIDE)
		a = 1 + ASIDE;
	if (fabs(a + b + x - 1) < ASIDE)
		b = 1 - a - x + ASIDE;
	double c = a + b + x - 1, z = next / (model->alpha + t + next), keep = log1p(-z);
	double left;

	if (r - (a + b - 1) < MOST_CANCELLING)
		left = hypergeometric(a + b - 1 - r, a - 1, c, z, (a - 1) * keep);
	else
		left = hypergeometric(r + x, b + x, c, z, (r + x) * keep);
	return c / (a - 1) * (1 - left) * bgnbd_alive(model, x, t_x, t);
}

static struct bgnbd model_from_logs(const double *logs, bool modified)
{
	return (struct bgnbd){ .r = exp(logs[0]),
		.alpha = exp(logs[1]),
		.a = exp(logs[2]),
		.b = exp(logs[3]),
		.modified = modified };
}

static double sample_cost(const double *logs, const void *data)
{
	const struct sample *sample = data;
	struct bgnbd model = model_from_logs(logs, sample->modified);
	struct tables tables = sample->tables;

	tables_fill(&tables, &model);
	return -tables_log_likelihood(&tables, &model, sample->rows);
}

/* Plain NBD: the same member, who never leaves. */
static double sample_nbd_cost(const double *logs, const void *data)
{
	const struct sample *sample = data;
	const struct bgnbd_rows *rows = sample->rows;
	double r = exp(logs[0]), alpha = exp(logs[1]), sum = 0;
	struct tables tables = sample->tables;
	double *rate = tables.rate;

	for (size_t x = 0; x < sample->tables.size; x++)
		rate[x] = log_gamma(r + (double)x) - log_gamma(r) + r * logs[1];
	tables_fill_logs(&tables, alpha);
	for (size_t i = 0; i < rows->count; i++)
		sum += rows->weight[i]
			* (rate[(size_t)rows->x[i]] - (r + rows->x[i]) * tables.logs[tables.now[i]]);
	return -sum;
}

static bool row_is_good(const struct bgnbd_rows *rows, size_t i)
{
	double x = rows->x[i], t_x = rows->t_x[i], t = rows->t[i], weight = rows->weight[i];

	return x >= 0 && x <= BGNBD_MOST_X && x == floor(x) && t_x >= 0 && t_x <= t && isfinite(t)
		&& (x > 0) == (t_x > 0) && weight > 0 && isfinite(weight);
}

static bool rows_are_good(const struct bgnbd_rows *rows, struct bgnbd_fit *fit)
{
	fit->verdict = BGNBD_BAD_ROWS;
	if (rows->count > BGNBD_MOST_ROWS) {
		snprintf(fit->sentence, sizeof fit->sentence,
			"%zu rows are more than the %d that a fit takes; "
			"give distinct rows with weights, or a sample",
			rows->count, BGNBD_MOST_ROWS);
		return false;
	}
	for (size_t i = 0; i < rows->count; i++) {
		if (!row_is_good(rows, i)) {
			snprintf(fit->sentence, sizeof fit->sentence,
				"row %zu is impossible: x %g, t_x %g, t %g, "
				"weight %g; look at the member's purchase dates",
				i, rows->x[i], rows->t_x[i], rows->t[i], rows->weight[i]);
			return false;
		}
		fit->repeaters += rows->x[i] > 0 ? rows->weight[i] : 0;
	}
	return true;
}

static void fit_form(struct sample *sample, bool modified, struct bgnbd_fit *fit)
{
	struct fit search;
	struct error error;
	const char *form = modified ? "MBG/NBD" : "BG/NBD";

	sample->modified = modified;
	if (!fit_minimum(4, sample_cost, sample, LOG_LOWER, LOG_UPPER, &search, &error)) {
		fit->verdict = BGNBD_BROKE_OFF;
		snprintf(fit->sentence, sizeof fit->sentence, "%.300s", error.text);
		return;
	}
	fit->model = model_from_logs(search.point, modified);
	fit->log_likelihood = -search.value;
	fit->evaluations += search.evaluations;
	fit->usable = !search.at_bound;
	fit->verdict = modified ? BGNBD_FITTED_MODIFIED : BGNBD_FITTED;
	if (search.at_bound)
		fit->verdict = BGNBD_AT_BOUND;
	snprintf(fit->sentence, sizeof fit->sentence,
		"%s %s: r %.4g, alpha %.4g, a %.4g, b %.4g, "
		"log-likelihood %.1f from %.0f repeat buyers",
		form, search.at_bound ? "ended at the edge of what is plausible" : "fitted", fit->model.r,
		fit->model.alpha, fit->model.a, fit->model.b, fit->log_likelihood, fit->repeaters);
}

static void fit_against_nbd(struct bgnbd_fit *fit)
{
	if (!fit->usable || fit->log_likelihood - fit->nbd_log_likelihood >= LEAST_GAIN)
		return;
	fit->usable = false;
	fit->verdict = BGNBD_NO_BETTER;
	snprintf(fit->sentence, sizeof fit->sentence,
		"the model is no better than plain NBD (log-likelihood "
		"%.1f against %.1f): these data do not show that members leave",
		fit->log_likelihood, fit->nbd_log_likelihood);
}

static void fit_by_rules(struct sample *sample, struct bgnbd_fit *fit)
{
	struct fit nbd;
	struct error error;

	if (fit->repeaters < BGNBD_LEAST_REPEATERS) {
		fit->verdict = BGNBD_TOO_FEW;
		snprintf(fit->sentence, sizeof fit->sentence, "%.0f members bought again; a fit needs %d",
			fit->repeaters, BGNBD_LEAST_REPEATERS);
		return;
	}
	if (!fit_minimum(2, sample_nbd_cost, sample, LOG_LOWER, LOG_UPPER, &nbd, &error)) {
		fit->verdict = BGNBD_BROKE_OFF;
		snprintf(fit->sentence, sizeof fit->sentence, "%.300s", error.text);
		return;
	}
	fit->nbd_log_likelihood = -nbd.value;
	fit->evaluations += nbd.evaluations;
	for (int modified = 0; modified < 2 && !fit->usable; modified++) {
		fit_form(sample, modified != 0, fit);
		fit_against_nbd(fit);
	}
}

static void fit_keep_last(struct bgnbd_fit *fit, const struct bgnbd *last_good)
{
	char why[sizeof fit->sentence];

	snprintf(why, sizeof why, "%s", fit->sentence);
	fit->usable = last_good != NULL;
	fit->model = last_good != NULL ? *last_good : (struct bgnbd){ .r = 0 };
	snprintf(fit->sentence, sizeof fit->sentence, "%.240s; %s", why,
		last_good != NULL ? "the last good parameters are kept"
			: "there are no parameters to use yet");
}

struct bgnbd_fit bgnbd_fit(const struct bgnbd_rows *rows, const struct bgnbd *last_good)
{
	struct bgnbd_fit fit = { .verdict = BGNBD_BAD_ROWS };

	if (rows_are_good(rows, &fit)) {
		struct arena *arena = arena_new();
		struct sample sample = { .rows = rows, .tables = tables_open(arena, rows) };

		fit_by_rules(&sample, &fit);
		arena_free(arena);
	}
	if (!fit.usable)
		fit_keep_last(&fit, last_good);
	return fit;
}

struct bgnbd_fit bgnbd_fit_form(const struct bgnbd_rows *rows, bool modified)
{
	struct bgnbd_fit fit = { .verdict = BGNBD_BAD_ROWS };

	if (rows_are_good(rows, &fit)) {
		struct arena *arena = arena_new();
		struct sample sample = { .rows = rows, .tables = tables_open(arena, rows) };

		fit_form(&sample, modified, &fit);
		arena_free(arena);
	}
	return fit;
}

/* The only file that knows NLopt. */
#include "fit.h"

#include <math.h>
#include <nlopt.h>

static const double BAD_VALUE = 1e300, EDGE = 0.01;
static const int MOST_EVALUATIONS = 5000;

struct search {
	fit_function *function;
	const void *data;
	int evaluations;
};

static double search_value(unsigned count, const double *point, double *gradient, void *data)
{
	struct search *search = data;

	(void)count;
	(void)gradient;
	search->evaluations++;
	double value = search->function(point, search->data);

	return isfinite(value) ? value : BAD_VALUE;
}

/* One BOBYQA run from fit->point. Ending because rounding hides any further gain is an end, not
 * a failure. */
static bool search_run(struct search *search, size_t count, double lower, double upper, double step,
	struct fit *fit, struct error *error)
{
	nlopt_opt plan = nlopt_create(NLOPT_LN_BOBYQA, (unsigned)count);

	if (plan == NULL)
		return error_set(
			error, ERROR_INTERNAL, "the model fit could not start: NLopt has no memory");
	nlopt_set_min_objective(plan, search_value, search);
	nlopt_set_lower_bounds1(plan, lower);
	nlopt_set_upper_bounds1(plan, upper);
	nlopt_set_initial_step1(plan, step);
	nlopt_set_xtol_abs1(plan, 1e-7);
	nlopt_set_ftol_abs(plan, 1e-9);
	nlopt_set_maxeval(plan, MOST_EVALUATIONS);
	nlopt_result result = nlopt_optimize(plan, fit->point, &fit->value);

	nlopt_destroy(plan);
	if (result < 0 && result != NLOPT_ROUNDOFF_LIMITED)
		return error_set(error, ERROR_INTERNAL, "the model fit broke off: NLopt answered %s",
			nlopt_result_to_string(result));
	return true;
}

bool fit_minimum(size_t count, fit_function *function, const void *data, double lower, double upper,
	struct fit *fit, struct error *error)
{
	struct search search = { .function = function, .data = data };

	*fit = (struct fit){ .value = BAD_VALUE };
	if (!search_run(&search, count, lower, upper, 1, fit, error)
	    || !search_run(&search, count, lower, upper, 0.05, fit, error))
		return false;
	fit->evaluations = search.evaluations;
	for (size_t i = 0; i < count; i++)
		if (fit->point[i] < lower + EDGE || fit->point[i] > upper - EDGE)
			fit->at_bound = true;
	return true;
}

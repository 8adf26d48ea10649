/* The lowest point of a smooth function of a few variables inside a box: NLopt's BOBYQA, run
 * once with wide steps and once more with small ones from where that ended. No derivatives, no
 * randomness: the same function gives the same point. The models fit in log-parameters, so the
 * box is their trust region. */
#ifndef FLASH_FIT_H
#define FLASH_FIT_H

#include <stdbool.h>
#include <stddef.h>

#include "mcp/base/error.h"

enum { FIT_MAX_VARIABLES = 4 };

/* The value at `point`; an infinite or undefined value is taken as very bad, not as a failure. */
typedef double fit_function(const double *point, const void *data);

struct fit {
	double point[FIT_MAX_VARIABLES];
	double value;
	/* a coordinate ended at the edge of the box: the data do not pin it down */
	bool at_bound;
	int evaluations;
};

/* Searches from the origin, `count` variables (2 to FIT_MAX_VARIABLES), each in [lower, upper].
 * FAILED with ERROR_INTERNAL when the search itself breaks. */
bool fit_minimum(size_t count, fit_function *function, const void *data, double lower, double upper,
	struct fit *fit, struct error *error);

#endif

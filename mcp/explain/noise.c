#include "noise.h"

#include <math.h>

double noise_variance(struct noise noise, double value, double rows)
{
	if (noise.measure == MEASURE_SUM)
		return noise.dispersion * fabs(value);
	if (rows <= 0)
		return 0;
	if (noise.measure == MEASURE_MEAN)
		return noise.dispersion * value * value / rows;
	/* A share of 0 or 1 is not certain: as if half a row more had been the other way (Agresti and Coull 1998). */
	double r = fmin(fmax(value, 0.5 / (rows + 1)), 1 - 0.5 / (rows + 1));

	return noise.dispersion * r * (1 - r) / rows;
}

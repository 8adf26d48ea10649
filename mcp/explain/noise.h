/* How sure a number is: the law by which counts, shares and means vary, with one dispersion that the past can widen.
 * Quasi-Poisson and quasi-binomial (McCullagh and Nelder 1989, 4.5 and 6.2). */
#ifndef FLASH_NOISE_H
#define FLASH_NOISE_H

enum measure {
	MEASURE_SUM,     /* counts, and sums of amounts: the variance is dispersion × value */
	MEASURE_SHARE,   /* a ratio between 0 and 1 over rows: dispersion × r (1 - r) / rows */
	MEASURE_MEAN,    /* an amount per row: dispersion × r² / rows */
};

/* `dispersion`: of a SUM in its unit (1 for counts; of cents at least the amount of a row), else without a unit. */
struct noise {
	enum measure measure;
	double dispersion;
};

/* An effect and its standard error, in the metric's unit. */
struct effect {
	double value, error;
};

/* The variance of a value (SUM; `rows` is not used) or of a ratio over `rows` rows; 0 rows: 0. */
double noise_variance(struct noise noise, double value, double rows);

#endif

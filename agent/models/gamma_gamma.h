/* What a purchase of this member is worth: the Gamma-Gamma model of spend (Fader, Hardie, Lee
 * 2005; Hardie's note 025). x = repeat purchases, mean = their mean spend, in any one unit of
 * money: gamma and every answer are in the same unit. Pure; `lgamma_r` only. */
#ifndef FLASH_GAMMA_GAMMA_H
#define FLASH_GAMMA_GAMMA_H

#include <stdbool.h>
#include <stddef.h>

struct gamma_gamma {
	double p, q, gamma;
};

/* Repeat buyers only (x >= 1, mean > 0), each row standing for `weight` members. */
struct gamma_gamma_rows {
	size_t count;
	const double *x, *mean;
	const double *weight;
};

enum gamma_gamma_verdict {
	GAMMA_GAMMA_FITTED,
	GAMMA_GAMMA_BAD_ROWS, /* and below: refused, the last good model is kept */
	GAMMA_GAMMA_TOO_FEW,
	GAMMA_GAMMA_AT_BOUND,
	GAMMA_GAMMA_NO_MEAN, /* q <= 1: the spend of a new member would have no finite mean */
	GAMMA_GAMMA_BROKE_OFF
};

struct gamma_gamma_fit {
	enum gamma_gamma_verdict verdict;
	bool usable;         /* `model` may be used: it is new, or the last good one */
	struct gamma_gamma model;
	double log_likelihood;
	char sentence[320];
};

enum { GAMMA_GAMMA_LEAST_REPEATERS = 200 };

/* Fits, or refuses by the rules above and keeps `last_good` (may be NULL). */
struct gamma_gamma_fit gamma_gamma_fit(const struct gamma_gamma_rows *rows,
	const struct gamma_gamma *last_good);

/* Expected spend of one purchase of a member with x repeat purchases of this mean; x 0 gives the
 * population's mean. `p (gamma + mean x) / (p x + q - 1)`. */
double gamma_gamma_spend(const struct gamma_gamma *model, double x, double mean);

#endif

/* How often a member buys and whether he still does: BG/NBD (Fader, Hardie, Lee 2005, Marketing
 * Science 24(2); stable form in Hardie's note 027) and its modified form MBG/NBD (Batislam et
 * al. 2007), which also lets a member leave right after the first purchase. All times are weeks
 * since the first purchase: x = repeat purchase days, t_x = time of the last one (0 when x is
 * 0), t = time until now. Pure: no clock, no database, `lgamma_r` only, so any thread may call. */
#ifndef FLASH_BGNBD_H
#define FLASH_BGNBD_H

#include <stdbool.h>
#include <stddef.h>

struct bgnbd {
	double r, alpha;     /* buying rates among members: gamma, alpha in weeks */
	double a, b;         /* chance to leave after a purchase: beta */
	bool modified;       /* MBG/NBD */
};

/* Distinct (x, t_x, t), each standing for `weight` members. The arrays stay the caller's. */
struct bgnbd_rows {
	size_t count;
	const double *x, *t_x, *t;
	const double *weight;
};

enum { BGNBD_MOST_ROWS = 200000, BGNBD_LEAST_REPEATERS = 200, BGNBD_MOST_X = 20000 };

enum bgnbd_verdict {
	BGNBD_FITTED,        /* BG/NBD, new */
	BGNBD_FITTED_MODIFIED, /* MBG/NBD, new, because BG/NBD would not do */
	BGNBD_BAD_ROWS,      /* and below: refused, the last good model is kept */
	BGNBD_TOO_FEW,
	BGNBD_AT_BOUND,
	BGNBD_NO_BETTER,
	BGNBD_BROKE_OFF
};

struct bgnbd_fit {
	enum bgnbd_verdict verdict;
	bool usable;         /* `model` may be used: it is new, or the last good one */
	struct bgnbd model;
	/* of the new fit and of plain NBD; 0 when not reached */
	double log_likelihood, nbd_log_likelihood;
	double repeaters;    /* members with x > 0 */
	int evaluations;
	char sentence[320];  /* what happened, for the report */
};

/* Fits BG/NBD, MBG/NBD when the first ends at a bound or gains nothing; refuses when there are
 * fewer than BGNBD_LEAST_REPEATERS repeat buyers, when both end at a bound, or when neither
 * beats plain NBD (no member ever leaves) by a likelihood ratio at 5 %. `last_good` may be NULL;
 * it is kept when the fit is refused. */
struct bgnbd_fit bgnbd_fit(const struct bgnbd_rows *rows, const struct bgnbd *last_good);

/* One form only, without the rules above: for checks against published numbers. */
struct bgnbd_fit bgnbd_fit_form(const struct bgnbd_rows *rows, bool modified);

/* Log-likelihood of all rows, constants of the data left out as in the published tables. */
double bgnbd_log_likelihood(const struct bgnbd *model, const struct bgnbd_rows *rows);

/* P(still a customer). Not a signal for slipping: it is 1 for everybody without a repeat
 * purchase. */
double bgnbd_alive(const struct bgnbd *model, double x, double t_x, double t);

/* P(buys at least once in the next `next` weeks): the signal. Seen at the last visit it is the
 * same with t = t_x. */
double bgnbd_buys(const struct bgnbd *model, double x, double t_x, double t, double next);

/* Expected purchases in the next `next` weeks (equation 10 of the paper after Euler's
 * transformation). */
double bgnbd_expected(const struct bgnbd *model, double x, double t_x, double t, double next);

/* The gap in weeks that this member, still a customer, exceeds with probability 1 - quantile. */
double bgnbd_gap(const struct bgnbd *model, double x, double t_x, double quantile);

#endif

/* Whether a change is outside what earlier periods did. */
#ifndef FLASH_VARIATION_H
#define FLASH_VARIATION_H

#include <stddef.h>

enum { PAST_MOST = 12, PAST_LEAST = 5 };

enum verdict {
	VERDICT_USUAL,     /* inside past variation, or inside its own counting error */
	VERDICT_UNUSUAL,   /* outside both */
};

struct variation {
	enum verdict verdict;
	size_t past;        /* earlier changes that it was judged by */
	double median;      /* of their sizes */
	double limit;       /* what an unusual change exceeds */
	double error;       /* the change's standard error from counting alone */
};

/* Judges a change by the sizes of the `count` (at most PAST_MOST) earlier changes of the same kind. With PAST_LEAST of
 * them or more, by the range chart for two (Shewhart; Wheeler and Chambers 1992): unusual is more than D6 = 3.865 times
 * their median, which ordinary variation exceeds once in a hundred times when the median is known, and four times when
 * it rests on eight earlier changes (tests/unit/test_explain.c); and more than two standard errors. With fewer there is
 * no past to speak of: more than three standard errors. */
struct variation variation_judge(double change, double error, const double *past, size_t count);

#endif

/* Which dimension a change lies in, and in which of its values: Adtributor (Bhagwan and others, NSDI 2014). */
#ifndef FLASH_SURPRISE_H
#define FLASH_SURPRISE_H

#include <stddef.h>

/* How unexpected a value's share q of the later total is, given its share p of the earlier one, in nats:
 * (p ln(2p / (p + q)) + q ln(2q / (p + q))) / 2, half of the Jensen-Shannon divergence's term. Shares from 0 to 1. */
double surprise(double p, double q);

/* Of `count` values with their earlier and later amounts: the places of those that explain the change, most
 * surprising first, into `chosen` (room for `count`); how many. A value takes part when it explains a tenth of the
 * change, and they stop at two thirds: the paper's thresholds. None when the total did not change. `total` gets the
 * surprise of all. */
size_t surprise_choose(const double *before, const double *after, size_t count, size_t *chosen, double *total);

#endif

/* Questions that need no more of the orders than their sums by the day: what of a definition reads metric.order_sums
 * (sql/functions/metric_order_days.sql) instead of metric.orders. Found by what its fragments say, not by its name. */
#ifndef FLASH_ROLLED_H
#define FLASH_ROLLED_H

#include "compile.h"

/* A metric's fragments over the rows of metric.order_sums. */
struct rolled {
	const char *value;        /* an aggregate */
	const char *denominator;  /* an aggregate, or NULL as the metric's */
	const char *filter;       /* a condition on the rows, or NULL */
	const char *rows;         /* an aggregate: how many orders are behind it */
	const char *members;      /* an aggregate: at least so many distinct members are */
};

/* Columns that metric.order_sums and metric.order_rows share, separated by commas. */
extern const char rolled_columns[];

/* Whether the metric, the request's or a part of it, cut and limited as the request says, can be had from the sums;
 * then `rolled` holds its fragments, in `arena`. It can when values are sums of summed columns or counts of orders and
 * conditions speak of store, region, channel, tier and whether there is a member; or, joined by "and" to these, of a
 * coupon or a discount being there, where that has a sum of its own. Hours, entities and distinct counts need the
 * orders. */
bool rolled_make(const struct compile_request *request, const struct metric *metric, struct arena *arena,
	struct rolled *rolled);

#endif

/* The shape of every query:
 *
 *   with p0 as (groups and the total of the window), p1, p2 as (the same of each comparison),
 *        slots as (the days of a series, so that a day without rows is a zero),
 *        b0 as (the members behind each group of the window), g0 as (how many), h0 as (the groups not to tell), b1, …
 *        ranked as (all groups of the window in their places), top as (those to show)
 *   select total union all rows, of each period
 *
 * compile.c makes p and b, compile_rows.c the others. */
#ifndef FLASH_COMPILE_PARTS_H
#define FLASH_COMPILE_PARTS_H

#include "compile.h"
#include "mcp/base/text.h"
#include "rolled.h"

enum { SQL_MOST = 1 << 17 };

/* One query on its way. */
struct maker {
	const struct compile_request *request;
	const struct metric *metric;   /* the request's, or the part of it that is being made */
	size_t part;
	bool is_rolled;           /* it is read from the sums by the day, by these fragments */
	struct rolled rolled;
	struct arena *arena;
	struct text sql;
	struct compiled *out;
	size_t zone;              /* the parameter of the time zone, or 0 until it is needed */
	bool series;              /* one dimension, a grain, in the order of time */
	size_t least, enough, offset;   /* the parameters of these */
};

struct maker maker_open(const struct compile_request *request, struct compiled *out, struct arena *arena);

/* Adds a parameter and answers its number. */
size_t maker_bind(struct maker *maker, const char *value);

/* The parameter of the time zone: there when something needs it, for one that nothing names has no type. */
size_t maker_bind_zone(struct maker *maker);

bool grain_is_hour(const struct dimension *grain);

/* The first day of the piece of time that a local day lies in; days of fiscal pieces are joined, see add_pieces(). */
void maker_add_grain(struct maker *maker, const struct dimension *grain, const char *day);

/* "d1, d2", each between `before` and `after`. */
void maker_add_names(struct maker *maker, const char *before, const char *after);

/* "p0 as (select d1, …, whole, v, w, n …)": groups (whole 0) and total of a period; the filters' parameters. */
void maker_add_period(struct maker *maker, size_t period, const size_t *filters);

/* "b0 as (select d1, …, member …)": each member once in each group, of all parts together; nobody's rows are left
 * out. */
void maker_add_members(struct maker *maker, size_t period, const size_t *filters, bool first);

#endif

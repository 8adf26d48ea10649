/* Makes the one SELECT of a query, from certified fragments and the closed words only: every value that came from
 * outside is a parameter. The only place in C that puts SQL together. */
#ifndef FLASH_COMPILE_H
#define FLASH_COMPILE_H

#include "catalogue.h"

enum { BY_MOST = 3, FILTERS_MOST = 8, PERIODS_MOST = 1 + COMPARISON_COUNT, COMPILED_VALUES = 256, LIMIT_MOST = 200,
	LIMITS_MOST = 2 };

struct compile_filter {
	const struct dimension *dimension;
	const char *values;       /* a PostgreSQL array literal of texts */
	bool none;                /* also the rows without a value */
};

struct compile_period {
	const char *since, *until;   /* instants; unused for STATE and MODEL */
	const char *first_day, *last_day;
	bool whole_days;             /* false: cut at a moment of the last day */
	const char *part_since[PARTS_MOST];   /* of a derived metric: where each part begins */
	const char *part_first_day[PARTS_MOST];
};

/* The groups of a period and its total when they were counted already (count.h): arrays of one length. */
struct compile_counts {
	const char *by[BY_MOST];  /* of each dimension the values as texts; null in the total */
	const char *whole;        /* 1: the total */
	const char *values;
};

struct compile_request {
	const struct metric *metric;
	int tenant;
	const struct dimension *by[BY_MOST];
	size_t by_count;
	struct compile_filter filters[FILTERS_MOST + LIMITS_MOST];   /* asked for, and what the key is limited to */
	size_t filter_count;
	struct compile_period periods[PERIODS_MOST];
	size_t period_count;      /* the window, then what it is compared with */
	const struct compile_counts *counts;   /* of each period; NULL: to be counted by the query */
	const char *zone;
	int week_start;
	bool retail;              /* the fiscal calendar, as in bounds.h */
	int fiscal_month;
	int limit;                /* rows of the window, 1 to LIMIT_MOST */
	int offset;               /* rows of the window that earlier pages showed */
	bool page;                /* one row beyond the limit too, which tells that there are more; and COMPILED_STATE */
	int least;                /* members behind a number that may be told; 0: it is not looked at, COMPILED_WITHHELD
	                           * is false. Else what is withheld comes after all other rows but in a series. */
	int enough;               /* members that are enough behind a group: COMPILED_LEAST is not of such */
	bool by_time;             /* rows in the order of their grain, not of their value */
	bool lowest;              /* lowest value first */
};

/* Columns of the result, in its rows' order: period 0 first, in it place 0 (the total), then the rows. A comparison
 * has its total and the values of the same rows, but no rows when a grain is among the dimensions. */
enum compiled_column {
	COMPILED_PERIOD, COMPILED_PLACE,
	COMPILED_DIMENSION,                            /* BY_MOST values: text or null */
	COMPILED_LABEL = COMPILED_DIMENSION + BY_MOST, /* BY_MOST names of these, or null */
	COMPILED_VALUE = COMPILED_LABEL + BY_MOST,     /* whole number; of a ratio the numerator; null: none */
	COMPILED_DENOMINATOR,
	COMPILED_ROWS,                                 /* rows of the source behind it; of members or entities, these */
	COMPILED_WITHHELD,                             /* not to be told: small.h says which */
	COMPILED_LEAST,                                /* with a total: the fewest rows behind any group that has some, and
	                                                * of which it is not known that `enough` members are behind it */
	COMPILED_GROUPS,                               /* all groups of the window, with the total */
	COMPILED_VERSION,                              /* the data version of this very statement */
	COMPILED_STATE,                                /* with a total: another text when any group of the period is */
	COMPILED_BEFORE, COMPILED_BEFORE_GROUPS        /* with the total: sum of the rows before `offset` that could be
	                                                * told, and how many they are */
};

struct compiled {
	const char *sql;
	const char *values[COMPILED_VALUES];
	size_t count;
	bool sums;       /* it reads nothing but sums by the day, or counts that were made before */
};

/* Compiles into `arena`. The request must have been checked: dimensions allowed, counts within their bounds. */
struct compiled compile_query(const struct compile_request *request, struct arena *arena);

/* Columns of compile_members(): each period, and the distinct members behind its total. */
enum member_column { MEMBERS_PERIOD, MEMBERS_COUNT };

/* Whether the metric's rows belong to members, so that a number can single one out. */
bool compile_has_members(const struct metric *metric);

/* The SELECT of the distinct members behind the same request's totals, always from the source's own rows. Only for a
 * metric that has members. */
struct compiled compile_members(const struct compile_request *request, struct arena *arena);

/* A SELECT of the piece of time of a grain (not hour) that each day from $1 to $2 lies in: the day, the piece's first
 * day. */
const char *compile_pieces(const struct compile_request *request, const struct dimension *grain, struct arena *arena);

/* Whether one of the dimensions is a grain. */
bool compile_has_grain(const struct compile_request *request);

/* A SELECT of those of $2 (an array of texts) that the data of $1 (tenant) holds as values of a dimension (word, value
 * and true, as dimension_find.sql), and one of the first 50 that it holds. */
const char *compile_values_present(const struct source *source, const struct dimension *dimension,
	struct arena *arena);
const char *compile_values_known(const struct source *source, const struct dimension *dimension,
	struct arena *arena);

#endif

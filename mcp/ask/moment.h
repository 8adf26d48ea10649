/* Pieces of time in words: "last week", "the last 14 days", "in October", "from 1 October to 5 October". Days are
 * numbers as in mcp/metrics/day.h. A word of time that could mean two things is trouble, not a guess. */
#ifndef FLASH_ASK_MOMENT_H
#define FLASH_ASK_MOMENT_H

#include "mcp/metrics/day.h"
#include "sentence.h"

struct calendar {
	int today;            /* local */
	int week_start;       /* 1 is Monday */
};

enum span { SPAN_DAY, SPAN_WEEK, SPAN_MONTH, SPAN_QUARTER, SPAN_YEAR };

enum moment_shape {
	MOMENT_SO_FAR,        /* this span, until today */
	MOMENT_LAST,          /* the whole one before */
	MOMENT_DAYS,          /* `count` days before today */
	MOMENT_NAMED,         /* one day, month, quarter or year by its own name */
	MOMENT_BETWEEN,       /* from one to another */
};

struct moment {
	enum moment_shape shape;
	enum span span;
	int count;
	int first, last;      /* both inside */
	const char *window;   /* the name that a query has for it, or NULL: first to last */
};

/* How many words at `at` are a piece of time; 0: none. `trouble`: they are, but cannot be used, and why. */
size_t moment_read(const struct sentence *sentence, size_t at, const struct calendar *calendar, struct arena *arena,
	struct moment *moment, const char **trouble);

/* This span so far, and the whole one before it. */
struct moment moment_so_far(enum span span, const struct calendar *calendar, struct arena *arena);
struct moment moment_last(enum span span, const struct calendar *calendar, struct arena *arena);

/* The span whose name stands at `at`, or -1. */
int moment_span(const struct sentence *sentence, size_t at, bool plural);

/* The first day of the span that holds `day`, moved by `by` spans. */
int calendar_start(enum span span, int day, int by, const struct calendar *calendar);

/* The day's number, or CALENDAR_NONE when there is no such day between 1900 and 2199. */
enum { CALENDAR_NONE = -1000000 };
int calendar_day(int year, int month, int day);

/* Year, month and day of the month. */
void calendar_civil(int number, int *year, int *month, int *day);

#endif

/* The catalogue of governed numbers: one JSON file a metric (sql/metrics/NAME.json), read whole or not at all, every
 * mistake with its file and place. A definition's version is the hash of its canonical JSON. */
#ifndef FLASH_CATALOGUE_H
#define FLASH_CATALOGUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "mcp/base/arena.h"
#include "mcp/base/error.h"
#include "mcp/base/text.h"
#include "vocabulary.h"

/* A ratio is shown whole in cents and points, as a share (RATIO) to 6 decimals, in all else to 4. */
enum metric_unit { UNIT_CENTS, UNIT_POINTS, UNIT_COUNT, UNIT_RATIO, UNIT_DAYS, UNIT_HOURS };

/* SUM and COUNT add up over rows, DISTINCT does not. RATIO is numerator over denominator. STOCK is a state: at the
 * end of the window when its source has a history, else now. MODEL is what the latest finished runs judged. DERIVED is
 * arithmetic over other metrics. CUMULATIVE adds up from the beginning of the piece of time that the window ends in. */
enum metric_kind {
	KIND_SUM, KIND_COUNT, KIND_DISTINCT, KIND_RATIO, KIND_STOCK, KIND_MODEL, KIND_DERIVED, KIND_CUMULATIVE
};

enum { PARTS_MOST = 4 };

struct metric {
	const char *name, *title, *meaning, *owner;
	enum metric_unit unit;
	enum metric_kind kind;
	bool certified, additive;
	const char *certified_by, *certified_on;   /* NULL when not certified */
	const struct source *source;   /* of DERIVED that of a part, an imported one if there is one */
	const struct metric *parts[PARTS_MOST];   /* of DERIVED, whose value and denominator are made of their names */
	size_t part_count;
	const char *since;          /* of CUMULATIVE: week, month, quarter, year or fiscal_…, else NULL */
	const char *value;          /* an aggregate; of a ratio the numerator */
	const char *denominator;    /* of a ratio, else NULL */
	const char *filter;         /* condition on the source's rows, or NULL */
	const char *entity;         /* column: rows are first gathered by it, or NULL */
	const char *entity_columns; /* then: "aggregate as name, …" */
	int lookback_days;          /* counts the days before the window's end instead of the window; 0: the window */
	int freshness_hours;        /* what is known may end so long before the window does; 0: however long */
	const char *tests[8];       /* conditions that the value must meet, see metric_test.h */
	size_t test_count;
	bool counts_back;           /* a fragment names days_ago: whole days before the window's last day, 0 on it */
	unsigned windows;           /* a bit for each row of windows.def that may be asked for */
	const struct dimension *dimensions[32];
	size_t dimension_count;
	const char *synonyms[16];
	size_t synonym_count;
	const char *factors[3];     /* metrics m1, m2, … with value = m1 × m2 / m1 × … × value / the last one */
	size_t factor_count;
	const char *definition;     /* BLAKE2b-256 of the canonical JSON, 64 hex characters */
};

enum { METRICS_MOST = 512 };

struct catalogue;

/* An empty catalogue, owned by the caller. */
struct catalogue *catalogue_new(void);
void catalogue_free(struct catalogue *catalogue);

/* Reads one definition. Its mistakes go to the catalogue's list; it is then not in the catalogue. */
void catalogue_add(struct catalogue *catalogue, const char *path, const char *bytes, size_t size);

/* Checks what concerns several definitions (names and synonyms are each one's own) and answers the number of mistakes
 * of all; `catalogue_mistakes` has them, one line each: "path#/place: sentence". */
size_t catalogue_finish(struct catalogue *catalogue);
const char *catalogue_mistakes(const struct catalogue *catalogue);

/* Finishes a catalogue of a tenant's own: as above, and no name or synonym may be one of a shipped metric's. False with
 * ERROR_CONFIG and the mistakes. */
bool catalogue_beside_shipped(struct catalogue *catalogue, struct error *error);

/* The catalogue that travels in the binary, read at the first call; NULL with ERROR_CONFIG when it has mistakes. */
const struct catalogue *catalogue_shipped(struct error *error);

/* Metrics by name order; NULL past the end. By exact name; NULL when there is none. */
const struct metric *catalogue_at(const struct catalogue *catalogue, size_t index);
size_t catalogue_count(const struct catalogue *catalogue);
const struct metric *catalogue_find(const struct catalogue *catalogue, const char *name);

/* Refuses an unknown metric with the nearest names and synonyms; returns false. */
bool catalogue_refuse(const struct catalogue *catalogue, const char *name, struct arena *arena, struct error *error);

/* Whether only imports change the metric, so that an answer may be kept while the data version stands. */
bool metric_is_imported(const struct metric *metric);

/* Whether the metric is nothing but how many members its rows have. */
bool metric_counts_members(const struct metric *metric);

/* Whether the metric may be cut by a dimension. */
bool metric_allows(const struct metric *metric, const struct dimension *dimension);

/* "store, region, tier": what it may be cut by. Owned by the arena. */
const char *metric_dimensions(const struct metric *metric, struct arena *arena);

const char *metric_unit_word(enum metric_unit unit);
const char *metric_kind_word(enum metric_kind kind);

#endif

/* Volume, mix and rate by one dimension, and how figures, slices and effects of a change are written. */
#ifndef FLASH_TOOLS_EXPLAIN_PARTS_H
#define FLASH_TOOLS_EXPLAIN_PARTS_H

#include "explanation.h"

/* The parts of the change by the told cut; `split` is false when the metric has no rate, or there is no such cut. */
struct explain_parts {
	bool split;
	struct effect volume, mix, rate;
	size_t count;
	const struct segment *segments;
	const struct effect *segment_mix, *segment_rate;   /* of each segment, in the metric's unit */
};

struct explain_parts explain_parts_of(const struct explanation *explanation);
json_t *explain_parts_json(const struct explanation *explanation, const struct explain_parts *parts);

/* The factors that the definition declares; without them, when one cannot be asked for. False on an error. */
bool explain_factors(struct explanation *explanation);

/* A figure in the metric's unit ("3,241", "12.30 EUR", "5.82 %"), and with its sign. */
const char *explain_figure(const struct explanation *explanation, double figure);
const char *explain_signed(const struct explanation *explanation, double figure);

/* "coupon_pool autumn10 (Autumn 10) and region West"; "; 4,828 then, 2,016 now". */
const char *explain_slice(const struct explanation *explanation, const struct slice *slice);
const char *explain_counts(const struct explanation *explanation, const struct segment *counted);

/* New references. */
json_t *explain_effect_json(struct effect effect);
json_t *explain_counted_json(const struct explanation *explanation, const struct segment *counted);
json_t *explain_slice_json(const struct explanation *explanation, const struct slice *slice);

#endif

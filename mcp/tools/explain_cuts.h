/* The cuts of a change: both periods by each dimension, then by the three that say most, and the slices in them. */
#ifndef FLASH_TOOLS_EXPLAIN_CUTS_H
#define FLASH_TOOLS_EXPLAIN_CUTS_H

#include "explanation.h"

/* Asks for the cuts and finds the best slices. At most two questions a dimension and two for the cross cut. */
bool explain_cuts(struct explanation *explanation);

/* Where a dimension of the metric stands in its list, by name; false when it is none of them. */
bool explain_dimension(const struct explanation *explanation, const char *name, unsigned *place);

/* The counts of one value in the cut by that dimension alone; false when there is no such value, or no such cut whose
 * values add up to the whole: then the same order or member would explain the change twice. */
bool explain_counted(const struct explanation *explanation, const char *dimension, const char *value,
	struct segment *counted);

/* Whether the values of two dimensions are parts of each other: a pool and its campaign. */
bool explain_same_family(const char *one, const char *other);

#endif

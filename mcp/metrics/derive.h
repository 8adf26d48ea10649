/* Metrics that are arithmetic over other metrics. Only the catalogue uses this. */
#ifndef FLASH_DERIVE_H
#define FLASH_DERIVE_H

#include "definition.h"

/* Finds the parts of a derived metric among `catalogue` and (or NULL) `beside`, and checks what it says of itself
 * against them: none a ratio or itself derived, all known over time or none, dimensions and windows that all have. */
void derive_resolve(struct metric *metric, const char *path, const struct catalogue *catalogue,
	const struct catalogue *beside, struct arena *arena, struct mistakes *mistakes);

#endif

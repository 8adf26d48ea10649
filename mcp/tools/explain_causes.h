/* Operational causes: what happened in the time of a change, and how much of the change lies in what it touched. */
#ifndef FLASH_TOOLS_EXPLAIN_CAUSES_H
#define FLASH_TOOLS_EXPLAIN_CAUSES_H

#include "explanation.h"

/* Finds the events of the two periods, those that are measured and explain most first. */
bool explain_causes(struct explanation *explanation);

/* Whether a cause explains a part of the change: measured, beyond its standard error, in its direction, and a tenth. */
bool explain_matches(const struct explain_cause *cause);

#endif

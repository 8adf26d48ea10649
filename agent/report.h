/* A cycle's report for people: what it read and as of when, who slips, who was left alone, what was done and why, what
 * it cost, what waits, how to stop and how to undo. */
#ifndef FLASH_REPORT_H
#define FLASH_REPORT_H

#include "mcp/base/arena.h"

/* The report (cycle_run) as text for a terminal, in `arena`. */
const char *report_text(struct arena *arena, const json_t *report);

#endif

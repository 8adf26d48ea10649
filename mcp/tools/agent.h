/* What the resident's own tools share. */
#ifndef FLASH_TOOLS_AGENT_H
#define FLASH_TOOLS_AGENT_H

#include "mcp/tool.h"

/* Runs a statement over a definer function that audits itself and answers one JSON value; the tenant comes first,
 * then `values`. The value becomes the call's result. */
bool agent_function(struct call *call, const char *name, const char *const *values, size_t count);

/* The numbers of a call's arguments as parameters: the run, its fence, and any other whole number. */
const char *agent_number(const struct call *call, const char *name);

/* Runs a statement that answers one row: packed lines, how many, and the last member's number; they become the
 * result's "lines", "count" and "last". */
bool agent_lines(struct call *call, const char *name, const char *const *values, size_t count);

#endif

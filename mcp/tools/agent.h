/* What the resident's own tools share. */
#ifndef FLASH_TOOLS_AGENT_H
#define FLASH_TOOLS_AGENT_H

#include "mcp/tool.h"

/* Runs a statement over a definer function that audits itself and answers one JSON value; the tenant comes first,
 * then `values`. The value becomes the call's result. */
bool agent_function(struct call *call, const char *name, const char *const *values, size_t count);

/* The same with columns as the statement's last parameters. */
bool agent_function_columns(struct call *call, const char *name, const char *const *values, size_t count,
	const struct bulk *columns, size_t column_count);

/* At most so many members in one transaction that gives or writes, and in one that only records. */
enum { AGENT_CHUNK_MOST = 2000, AGENT_RECORD_MOST = 20000 };

/* The numbers of a call's arguments as parameters: the run, its fence, and any other whole number. */
const char *agent_number(const struct call *call, const char *name);

/* Runs a statement that answers one row of arrays: the call's columns. */
bool agent_arrays(struct call *call, const char *name, const char *const *values, size_t count);

#endif

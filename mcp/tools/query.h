/* A tool's statements: the tenant always goes first, and it is always the caller's. */
#ifndef FLASH_TOOLS_QUERY_H
#define FLASH_TOOLS_QUERY_H

#include "mcp/db/db.h"
#include "mcp/tool.h"

/* A statement's values: the caller's tenant, then `count` more. Owned by the arena. */
const char *const *query_values(const struct call *call, const char *const *values, size_t count);

/* Runs a named statement over the views, read-only, in the caller's tenant, which is its $1; `values` follow. */
bool query_rows(struct call *call, const char *name, const char *const *values, size_t count, struct db_rows **rows);

/* Runs a named statement over a definer function that answers one JSON value, made fit to show; the tenant
 * is its $1 here too. */
bool query_answer(struct call *call, const char *name, const char *const *values, size_t count, json_t **answer);

/* A JSON column, owned by the arena, with every text in it fit to show (utf8_shown): names of stores, reasons and the
 * like come from imports and people. */
json_t *query_json(struct call *call, const struct db_rows *rows, size_t row, int column);

/* A whole number as a parameter. */
const char *query_number(const struct call *call, long long number);

#endif

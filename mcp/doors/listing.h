/* What a client learns before it calls anything: who we are, what we can do, and the tools its key may see. */
#ifndef FLASH_LISTING_H
#define FLASH_LISTING_H

#include "mcp/tool.h"
#include "rpc.h"

/* Lists may be kept that long: there is no other notice of a change. */
enum { LISTING_TTL_MS = 60000 };

/* Results, as new references. A caller sees the tools whose scope it holds, in the order of tools.def, each with all
 * four hints of its kind; `fixtures` adds the conformance fixtures. */
json_t *listing_discover(bool fixtures);
json_t *listing_initialize(const json_t *params, bool fixtures);
json_t *listing_tools(const struct caller *caller, bool fixtures);

#endif

/* The methods of methods.def that need nobody else: lists, prompts, resources, greetings. Pure. */
#ifndef FLASH_METHODS_H
#define FLASH_METHODS_H

#include "mcp/tool.h"
#include "rpc.h"

/* The result of a request as a new reference, or NULL with a fault; `ttl_ms` as in rpc_complete(). */
json_t *method_answer(struct arena *arena, const struct rpc_message *message, const struct caller *caller,
	bool fixtures, int *ttl_ms, struct fault *fault);

#endif

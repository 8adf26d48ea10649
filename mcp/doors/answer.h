/* How a tool's call ends for an MCP client. Good: the result as structuredContent and the same JSON as text. Refused
 * or failed: the sentence as text with isError, so that a model can read it and do better. Broken inside: a JSON-RPC
 * error with a reference. Unknown or hidden: the same error, so that nobody learns what exists. */
#ifndef FLASH_ANSWER_H
#define FLASH_ANSWER_H

#include "mcp/tool.h"
#include "rpc.h"

/* An error result as text, in `arena`: its sentence for the model, and its word for programs. */
char *answer_error(struct arena *arena, const struct rpc_message *message, const char *sentence, enum error_code code);

/* The message's answer as text, in `arena`, from a finished call. `status` is HTTP's. */
char *answer_call(struct arena *arena, const struct rpc_message *message, struct call *call, int *status);

#endif

/* The methods of methods.def, served. */
#ifndef FLASH_METHODS_H
#define FLASH_METHODS_H

#include "exchange.h"

/* Serves or refuses one message; its answer comes now or later, once. */
void method_serve(struct message *message, struct corridor *corridor, struct db *db);

/* The parts of it that need nobody else, for tests and the fuzzer: the result of a method as a new reference, or NULL
 * with a fault; `ttl_ms` as in rpc_complete(). */
json_t *method_answer(struct arena *arena, const struct rpc_message *message, const struct caller *caller, bool fixtures,
	int *ttl_ms, struct fault *fault);

#endif

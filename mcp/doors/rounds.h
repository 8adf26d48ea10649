/* Answers that need something from the client's side first (MRTR): a definition lists rounds of input requests; each
 * round is asked, its answers are gathered in the sealed requestState, and after the last one the work goes on with
 * all inputs. Nothing is kept here between rounds. */
#ifndef FLASH_ROUNDS_H
#define FLASH_ROUNDS_H

#include "handle.h"
#include "rpc.h"

enum rounds_step {
	ROUNDS_ASK,      /* `out` is the input_required result */
	ROUNDS_GO,       /* `out` holds all inputs by key */
	ROUNDS_DENIED,   /* a person declined or cancelled; `out` is the result that says so */
	ROUNDS_FAULT
};

/* One step of `definition`: {"rounds": [{key: {method, params}}…], "state": true when requestState is a must,
 * "offer": true to ask only what this client can do instead of refusing}. `out` is the arena's. */
enum rounds_step rounds_play(struct arena *arena, const struct handle_bond *bond, const json_t *definition,
	const json_t *params, json_t **out, struct fault *fault);

/* Whether one answer has the form that the method of its request gives; a fault when it has none at all. */
bool rounds_check(struct arena *arena, const char *key, const json_t *request, const json_t *answer,
	struct fault *fault);

/* The action of an answer to an elicitation when it is not "accept", else NULL. */
const char *rounds_denial(const json_t *answer);

/* A tool's result with this text. A new reference. */
json_t *rounds_text(const char *text, bool is_error);

#endif

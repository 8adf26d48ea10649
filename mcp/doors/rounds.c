#include "rounds.h"

#include <string.h>

/* What a client must declare to be asked. */
static const struct {
	const char *method, *capability;
} needs[] = {
	{ "elicitation/create", "elicitation" },
	{ "sampling/createMessage", "sampling" },
	{ "roots/list", "roots" },
};

static const char *capability_of(const json_t *request)
{
	const char *method = json_string_value(json_object_get(request, "method"));

	for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++)
		if (method != NULL && strcmp(needs[i].method, method) == 0)
			return needs[i].capability;
	return "elicitation";
}

json_t *rounds_text(const char *text, bool is_error)
{
	json_t *result = json_pack("{s:[{s:s, s:s}]}", "content", "type", "text", "text", text);

	if (is_error)
		json_object_set_new(result, "isError", json_true());
	return result;
}

const char *rounds_denial(const json_t *answer)
{
	const char *action = json_string_value(json_object_get(answer, "action"));

	return action == NULL || strcmp(action, "accept") == 0 ? NULL : action;
}

bool rounds_check(struct arena *arena, const char *key, const json_t *request, const json_t *answer,
	struct fault *fault)
{
	const char *capability = capability_of(request);
	const char *action = json_string_value(json_object_get(answer, "action"));
	bool good;

	if (strcmp(capability, "elicitation") == 0)
		good = action != NULL && (strcmp(action, "decline") == 0 || strcmp(action, "cancel") == 0 ||
			(strcmp(action, "accept") == 0 && json_is_object(json_object_get(answer, "content"))));
	else if (strcmp(capability, "sampling") == 0)
		good = json_object_get(answer, "content") != NULL;
	else
		good = json_is_array(json_object_get(answer, "roots"));
	return good || fault_set(fault, arena, 200, FAULT_PARAMS, "inputResponses[\"%.60s\"] is not an answer to %s.",
		key, json_string_value(json_object_get(request, "method")));
}

/* The requests of a round that this client can answer. With `offer` the others are left out; else they are a fault
 * that names what is needed. */
static json_t *askable(struct arena *arena, const json_t *definition, const json_t *round, const json_t *params,
	struct fault *fault)
{
	const json_t *capabilities = json_object_get(json_object_get(params, "_meta"), ERA_META_CAPABILITIES);
	json_t *requests = arena_json(arena, json_object()), *missing = arena_json(arena, json_object()), *request;
	const char *key;

	json_object_foreach((json_t *)(uintptr_t)round, key, request) {
		if (json_is_object(json_object_get(capabilities, capability_of(request))))
			json_object_set(requests, key, request);
		else
			json_object_set_new(missing, capability_of(request), json_object());
	}
	if (json_object_size(missing) == 0 || json_is_true(json_object_get(definition, "offer")))
		return requests;
	fault_set(fault, arena, 400, FAULT_CAPABILITY, "This needs a capability that the client did not declare.");
	fault->data = arena_json(arena, json_pack("{s:O}", "requiredCapabilities", missing));
	return NULL;
}

static enum rounds_step ask(struct arena *arena, const struct handle_bond *bond, const json_t *definition,
	const json_t *params, size_t step, json_t *inputs, json_t **out, struct fault *fault)
{
	const json_t *round = json_array_get(json_object_get(definition, "rounds"), step);
	json_t *requests = askable(arena, definition, round, params, fault);

	if (requests == NULL)
		return ROUNDS_FAULT;
	json_t *content = arena_json(arena, json_pack("{s:i, s:O}", "step", (int)step, "inputs", inputs));

	*out = arena_json(arena, json_pack("{s:s, s:O, s:s}", "resultType", "input_required", "inputRequests", requests,
		"requestState", handle_seal(arena, bond, content)));
	return ROUNDS_ASK;
}

/* Takes the answers of one round into `inputs`: GO when all are there, ASK when some are missing. */
static enum rounds_step gather(struct arena *arena, const json_t *round, const json_t *responses, json_t *inputs,
	json_t **out, struct fault *fault)
{
	const char *key;
	json_t *request;

	json_object_foreach((json_t *)(uintptr_t)round, key, request) {
		json_t *answer = json_object_get(responses, key);

		if (answer == NULL)
			return ROUNDS_ASK;
		if (!rounds_check(arena, key, request, answer, fault))
			return ROUNDS_FAULT;
		if (rounds_denial(answer) != NULL) {
			*out = arena_json(arena, rounds_text(arena_format(arena, "Nothing was done: the question was "
				"answered with \"%s\".", rounds_denial(answer)), false));
			return ROUNDS_DENIED;
		}
		json_object_set(inputs, key, answer);
	}
	return ROUNDS_GO;
}

/* Where the client stands: the step and the inputs so far, from its requestState or from the beginning. */
static bool resume(struct arena *arena, const struct handle_bond *bond, const json_t *params, size_t *step,
	json_t **inputs, struct fault *fault)
{
	const json_t *state = json_object_get(params, "requestState");
	json_t *content;

	*step = 0;
	*inputs = arena_json(arena, json_object());
	if (state == NULL)
		return true;
	if (!json_is_string(state))
		return fault_set(fault, arena, 200, FAULT_PARAMS, "requestState must be a text.");
	content = handle_open(arena, bond, json_string_value(state), fault);
	if (content == NULL)
		return false;
	*step = (size_t)json_integer_value(json_object_get(content, "step"));
	*inputs = json_object_get(content, "inputs");
	return true;
}

enum rounds_step rounds_play(struct arena *arena, const struct handle_bond *bond, const json_t *definition,
	const json_t *params, json_t **out, struct fault *fault)
{
	const json_t *rounds = json_object_get(definition, "rounds");
	const json_t *responses = json_object_get(params, "inputResponses");
	json_t *inputs;
	size_t step;

	if (responses != NULL && !json_is_object(responses)) {
		fault_set(fault, arena, 200, FAULT_PARAMS, "inputResponses must be an object.");
		return ROUNDS_FAULT;
	}
	if (!resume(arena, bond, params, &step, &inputs, fault))
		return ROUNDS_FAULT;
	bool begun = json_object_get(params, "requestState") != NULL ||
		!json_is_true(json_object_get(definition, "state"));

	if (responses == NULL || !begun)
		return ask(arena, bond, definition, params, step, inputs, out, fault);
	enum rounds_step next = gather(arena, json_array_get(rounds, step), responses, inputs, out, fault);

	if (next == ROUNDS_GO && step + 1 < json_array_size(rounds))
		return ask(arena, bond, definition, params, step + 1, inputs, out, fault);
	if (next == ROUNDS_ASK)
		return ask(arena, bond, definition, params, step, inputs, out, fault);
	if (next == ROUNDS_GO)
		*out = inputs;
	return next;
}

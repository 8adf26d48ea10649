#include "handle.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "mcp/base/clock.h"

enum { NONCE = 20, USED_MAX = 4096 };

/* The handles redeemed last. */
static struct {
	pthread_mutex_t lock;
	char nonces[USED_MAX][NONCE + 1];
	size_t next;
} used = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* One text for all that a handle is bound to. */
static const char *bond_digest(struct arena *arena, const struct handle_bond *bond)
{
	const char *text = arena_format(arena, "%s\n%s\n%s\n%s", bond->caller->key, bond->method, bond->name,
		arena_dump(arena, bond->args));

	return seal_hash(text, strlen(text), arena);
}

char *handle_seal(struct arena *arena, const struct handle_bond *bond, json_t *content)
{
	char nonce[NONCE + 1];
	json_t *body;

	seal_random(nonce, NONCE);
	body = arena_json(arena, json_pack("{s:s, s:s, s:I, s:O}", "bond", bond_digest(arena, bond), "nonce", nonce,
		"until", (json_int_t)(clock_now() / 1000 + HANDLE_LIFE_MS), "content", content));
	/* Without PostgreSQL's "\x": the same hex is a plain word to a client. */
	return seal_encrypt(bond->seal, bond->caller->tenant, SEAL_HANDLE, arena_dump(arena, body), arena) + 2;
}

static bool use_once(const char *nonce)
{
	bool fresh = true;

	pthread_mutex_lock(&used.lock);
	for (size_t i = 0; i < USED_MAX && fresh; i++)
		fresh = strcmp(used.nonces[i], nonce) != 0;
	if (fresh) {
		snprintf(used.nonces[used.next], sizeof used.nonces[0], "%s", nonce);
		used.next = (used.next + 1) % USED_MAX;
	}
	pthread_mutex_unlock(&used.lock);
	return fresh;
}

json_t *handle_open(struct arena *arena, const struct handle_bond *bond, const char *text, struct fault *fault)
{
	struct error error;
	const char *plain = seal_decrypt(bond->seal, bond->caller->tenant, SEAL_HANDLE,
		arena_format(arena, "\\x%s", text), arena, &error);
	json_t *body = plain == NULL ? NULL : json_loads(plain, JSON_REJECT_DUPLICATES, NULL);

	if (body == NULL) {
		fault_set(fault, arena, 200, FAULT_PARAMS, "requestState was not made here, or was changed: send exactly "
			"what the last answer gave.");
		return NULL;
	}
	arena_json(arena, body);
	if (!seal_equal(json_string_value(json_object_get(body, "bond")), bond_digest(arena, bond)))
		fault_set(fault, arena, 200, FAULT_PARAMS, "requestState belongs to another key, method or arguments: "
			"repeat the first request unchanged.");
	else if (clock_now() / 1000 > json_integer_value(json_object_get(body, "until")))
		fault_set(fault, arena, 200, FAULT_PARAMS, "requestState is older than %d minutes: begin again without it.",
			(int)(HANDLE_LIFE_MS / 60000));
	else if (!use_once(json_string_value(json_object_get(body, "nonce"))))
		fault_set(fault, arena, 200, FAULT_PARAMS, "requestState was used before: begin again without it.");
	else
		return json_object_get(body, "content");
	return NULL;
}

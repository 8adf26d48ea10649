/* Fills one template for many members. Names are unsealed here and sealed again at once: the resident sees none. */
#include <string.h>

#include "mcp/base/clock.h"
#include "mcp/base/seal.h"
#include "mcp/base/template.h"
#include "mcp/db/array.h"
#include "mcp/db/db.h"
#include "mcp/tools/agent.h"
#include "mcp/tools/outreach.h"

enum { TEXT_MOST = 8000, VALUES = 6 };

struct batch {
	struct call *call;
	struct outreach message;     /* what is the same for all of them */
	const struct db_rows *names;
	struct db_array members, subjects, bodies, hashes;
	json_t *skipped;
};

static const char *item_text(const json_t *item, const char *name)
{
	return json_string_value(json_object_get(item, name));
}

/* The first word of the member's sealed name; NULL without one. */
static const char *first_name(const struct batch *batch, json_int_t member)
{
	struct call *call = batch->call;
	struct error error;
	size_t low = 0, high = db_count(batch->names);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (db_number(batch->names, middle, 0) < member)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == db_count(batch->names) || db_number(batch->names, low, 0) != member ||
	    db_text(batch->names, low, 1) == NULL)
		return NULL;
	char *name = seal_decrypt(call->seal, call->caller.tenant, SEAL_PROFILE, db_text(batch->names, low, 1), call->arena,
		&error);

	if (name != NULL)
		name[strcspn(name, " ")] = '\0';
	return name;
}

/* One member's message; false with a sentence when a variable is missing or unfit: that draft is left out, and said. */
static bool add_item(struct batch *batch, const json_t *item, struct error *error)
{
	struct call *call = batch->call;
	json_int_t member = json_integer_value(json_object_get(item, "member"));
	const struct template_value values[VALUES] = { { "first_name", first_name(batch, member) },
		{ "brand", call_text(call, "brand") }, { "tier", item_text(item, "tier") },
		{ "days_since", item_text(item, "days_since") }, { "points", call_text(call, "points") },
		{ "coupon_code", item_text(item, "coupon_code") } };
	struct outreach message = batch->message;
	struct outreach_sealed sealed;

	message.member = member;
	message.subject = template_fill(call->arena, call_text(call, "subject"), values, VALUES, TEXT_MOST, error);
	message.body = message.subject == NULL ? NULL
		: template_fill(call->arena, call_text(call, "body"), values, VALUES, TEXT_MOST, error);
	if (message.body == NULL || !outreach_seal(call->seal, &message, call->arena, &sealed, error))
		return false;
	db_array_number(&batch->members, member);
	db_array_add(&batch->subjects, sealed.subject);
	db_array_add(&batch->bodies, sealed.body);
	db_array_add(&batch->hashes, sealed.hash);
	return true;
}

/* The moment `hours` from now, in the form that is hashed. */
static const char *expiry(long long hours, struct arena *arena)
{
	char *stamp = arena_alloc(arena, 32);

	clock_stamp(clock_now() + hours * 3600 * 1000000, stamp);
	memcpy(stamp + 19, "Z", 2);
	return stamp;
}

static bool read_names(struct batch *batch, struct db_rows **rows)
{
	struct call *call = batch->call;
	struct db_array members = db_array_open(call->arena);
	size_t i;
	json_t *item;

	json_array_foreach(json_object_get(call->args, "items"), i, item)
		db_array_number(&members, json_integer_value(json_object_get(item, "member")));
	return db_query(call->db, call->caller.tenant, "find_names",
		DB_VALUES(arena_format(call->arena, "%d", call->caller.tenant), db_array_close(&members)), call->arena, rows,
		&call->error);
}

bool run_draft_chunk(struct call *call)
{
	struct batch batch = { .call = call, .message = { .tenant = call->caller.tenant,
		.channel = call_text(call, "channel"), .audience = call_text(call, "audience"),
		.policy = call_text(call, "policy"),
		.policy_version = call_number(call, "policy_version", 0),
		.expires_at = expiry(call_number(call, "expires_hours", 0), call->arena) },
		.members = db_array_open(call->arena), .subjects = db_array_open(call->arena),
		.bodies = db_array_open(call->arena), .hashes = db_array_open(call->arena),
		.skipped = arena_json(call->arena, json_array()) };
	struct db_rows *names;
	size_t i;
	json_t *item;

	if (!read_names(&batch, &names))
		return false;
	batch.names = names;
	json_array_foreach(json_object_get(call->args, "items"), i, item) {
		struct error error;

		if (!add_item(&batch, item, &error))
			json_array_append_new(batch.skipped, json_pack("{s:O, s:s}", "member", json_object_get(item, "member"),
				"why", error.text));
	}
	if (!agent_function(call, "draft_chunk", DB_VALUES(call->id, call->caller.key, call_text(call, "run"),
			agent_number(call, "fence"), batch.message.channel, batch.message.audience, call_text(call, "arm"),
			batch.message.expires_at, agent_number(call, "cool_down_days"), db_array_close(&batch.members),
			db_array_close(&batch.subjects), db_array_close(&batch.bodies), db_array_close(&batch.hashes))))
		return false;
	if (json_array_size(batch.skipped) > 0)
		json_object_set(call->result, "skipped", batch.skipped);
	return true;
}

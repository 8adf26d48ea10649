/* Fills one template for many members and gives each what the arm gives. Names come sealed, are unsealed here and
 * sealed again at once: the resident has them, and sees none. */
#include <string.h>

#include "mcp/base/seal.h"
#include "mcp/base/template.h"
#include "mcp/db/db.h"
#include "mcp/tools/agent.h"
#include "mcp/tools/outreach.h"
#include "mcp/tools/query.h"

enum { TEXT_MOST = 8000, VALUES = 6 };

enum { MEMBER, TIER, DAYS, CODE, NAME, COLUMNS };   /* of the call: whom it is for and what is each one's own */

struct batch {
	struct call *call;
	struct outreach message;     /* what is the same for all of them */
	const struct bulk *columns;
	const char *points;          /* as the template shows them; NULL: the arm gives none */
	struct bulk_bytes *subjects, *bodies;        /* of each member; NULL: no message could be made */
	const char **hashes;
	json_t *skipped;
};

static int64_t member_at(const struct batch *batch, size_t i)
{
	return ((const int64_t *)batch->columns[MEMBER].values)[i];
}

static const char *word_at(const struct batch *batch, int column, size_t i)
{
	return ((const char *const *)batch->columns[column].values)[i];
}

/* The first word of the member's name; NULL without one. */
static const char *first_name(const struct batch *batch, size_t i)
{
	struct call *call = batch->call;
	const struct bulk_bytes *sealed = (const struct bulk_bytes *)batch->columns[NAME].values + i;
	struct error error;
	char *name = sealed->bytes == NULL ? NULL
		: seal_decrypt_bytes(call->seal, call->caller.tenant, SEAL_PROFILE, sealed, call->arena, &error);

	if (name != NULL)
		name[strcspn(name, " ")] = '\0';
	return name;
}

/* One member's message; false with a sentence when a variable is missing or unfit: no draft then, and that is said. */
static bool add_message(struct batch *batch, size_t i, struct error *error)
{
	struct call *call = batch->call;
	const char *days = arena_format(call->arena, "%lld", (long long)((const int64_t *)batch->columns[DAYS].values)[i]);
	const struct template_value values[VALUES] = { { "first_name", first_name(batch, i) },
		{ "brand", call_text(call, "brand") }, { "tier", word_at(batch, TIER, i) }, { "days_since", days },
		{ "points", batch->points }, { "coupon_code", word_at(batch, CODE, i) } };
	struct outreach message = batch->message;
	struct outreach_bytes sealed;

	message.member = member_at(batch, i);
	message.subject = template_fill(call->arena, call_text(call, "subject"), values, VALUES, TEXT_MOST, error);
	message.body = message.subject == NULL ? NULL
		: template_fill(call->arena, call_text(call, "body"), values, VALUES, TEXT_MOST, error);
	if (message.body == NULL || !outreach_seal_bytes(call->seal, &message, call->arena, &sealed, error))
		return false;
	batch->subjects[i] = sealed.subject;
	batch->bodies[i] = sealed.body;
	batch->hashes[i] = sealed.hash;
	return true;
}

/* The moment when these expire, in the form that is hashed, by the database's clock as all that is compared with it. */
static bool read_expiry(struct batch *batch)
{
	struct call *call = batch->call;
	struct db_rows *rows;

	if (!query_rows(call, "draft_facts", DB_VALUES(query_number(call, call_number(call, "expires_hours", 0))), &rows))
		return false;
	batch->message.expires_at = db_text(rows, 0, 1);
	return true;
}

/* Rows are locked in one order. */
static bool check_order(const struct batch *batch)
{
	for (size_t i = 1; i < batch->columns[MEMBER].count; i++)
		if (member_at(batch, i) <= member_at(batch, i - 1))
			return call_refuse(batch->call, ERROR_ARGUMENT, "serve_chunk takes its members in order, each once; "
				"%lld comes behind %lld.", (long long)member_at(batch, i), (long long)member_at(batch, i - 1));
	return true;
}

static bool serve(const struct batch *batch)
{
	struct call *call = batch->call;
	size_t count = batch->columns[MEMBER].count;
	const struct bulk columns[] = { batch->columns[MEMBER], batch->columns[CODE],
		{ BULK_BYTES, count, batch->subjects }, { BULK_BYTES, count, batch->bodies },
		{ BULK_HEX, count, batch->hashes },
		{ BULK_UUIDS, count, seal_uuids(count, call->arena) }, { BULK_UUIDS, count, seal_uuids(count, call->arena) } };

	return agent_function_columns(call, "serve_chunk", DB_VALUES(call->id, call->caller.key, call_text(call, "run"),
		agent_number(call, "fence"), call_text(call, "kind"), agent_number(call, "points"), call_text(call, "pool"),
		call_text(call, "arm"), batch->message.channel, batch->message.audience, batch->message.expires_at,
		agent_number(call, "cool_down_days")), columns, sizeof columns / sizeof *columns);
}

bool run_serve_chunk(struct call *call)
{
	const struct bulk *columns = call_columns(call, COLUMNS, AGENT_CHUNK_MOST);
	size_t count = columns == NULL ? 0 : columns->count;
	struct batch batch = { .call = call, .message = { .tenant = call->caller.tenant,
		.channel = call_text(call, "channel"), .audience = call_text(call, "audience"),
		.policy = call_text(call, "policy"),
		.policy_version = call_number(call, "policy_version", 0) }, .columns = columns,
		.points = json_object_get(call->args, "points") == NULL ? NULL : agent_number(call, "points"),
		.subjects = arena_alloc(call->arena, (count + 1) * sizeof *batch.subjects),
		.bodies = arena_alloc(call->arena, (count + 1) * sizeof *batch.bodies),
		.hashes = arena_alloc(call->arena, (count + 1) * sizeof *batch.hashes),
		.skipped = arena_json(call->arena, json_array()) };

	if (columns == NULL || !check_order(&batch) || !read_expiry(&batch))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct error error;

		if (!add_message(&batch, i, &error))
			json_array_append_new(batch.skipped, json_pack("{s:I, s:s}", "member", (json_int_t)member_at(&batch, i),
				"why", error.text));
	}
	if (!serve(&batch))
		return false;
	if (json_array_size(batch.skipped) > 0)
		json_object_set(call->result, "skipped", batch.skipped);
	return true;
}

/* Opens one approved message for its sender: the bytes are unsealed here, and sent only if they are the bytes that the
 * human approved. */
#include <string.h>

#include "mcp/base/seal.h"
#include "mcp/corridor/corridor.h"
#include "mcp/db/db.h"
#include "mcp/tools/outreach.h"

enum { DRAFT, ATTEMPT, MEMBER, CHANNEL, AUDIENCE, SUBJECT, BODY, HASH, EMAIL, PHONE, POLICY, VERSION, EXPIRES };

static json_t *unfit(const struct db_rows *rows, const char *why)
{
	return json_pack("{s:s, s:I, s:b, s:s}", "draft", db_text(rows, 0, DRAFT), "attempt",
		(json_int_t)db_number(rows, 0, ATTEMPT), "fit", false, "why", why);
}

bool run_claim_delivery(struct call *call)
{
	const char *tenant = arena_format(call->arena, "%d", call->caller.tenant);
	const char *timeout = arena_format(call->arena, "%lld", call_number(call, "timeout_ms", 0));
	struct db_rows *rows;
	struct error error = { .code = ERROR_NONE };

	if (!db_query(call->db, 0, "claim_delivery", DB_VALUES(tenant, call->id, corridor_daemon(call->corridor), timeout),
			call->arena, &rows, &call->error))
		return false;
	call->audited = true;
	if (db_count(rows) == 0)
		return call_answer(call, json_object());
	struct outreach message = { .tenant = call->caller.tenant, .member = db_number(rows, 0, MEMBER),
		.channel = db_text(rows, 0, CHANNEL), .audience = db_text(rows, 0, AUDIENCE),
		.policy = db_text(rows, 0, POLICY), .policy_version = db_number(rows, 0, VERSION),
		.expires_at = db_text(rows, 0, EXPIRES) };
	const struct outreach_sealed sealed = { db_text(rows, 0, SUBJECT), db_text(rows, 0, BODY), db_text(rows, 0, HASH) };

	if (db_text(rows, 0, EMAIL) == NULL)
		return call_answer(call, unfit(rows, "the member has no e-mail address"));
	const char *email = seal_decrypt(call->seal, call->caller.tenant, SEAL_PROFILE, db_text(rows, 0, EMAIL),
		call->arena, &error);

	if (email == NULL || !outreach_open(call->seal, &sealed, call->arena, &message, &error))
		return call_answer(call, unfit(rows, error.text));
	return call_answer(call, json_pack("{s:s, s:I, s:s, s:s, s:s, s:b}", "draft", db_text(rows, 0, DRAFT), "attempt",
		(json_int_t)db_number(rows, 0, ATTEMPT), "email", email, "subject", message.subject, "body", message.body,
		"fit", true));
}

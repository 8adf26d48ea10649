#include "argument.h"
#include "mcp/base/template.h"
#include "member.h"
#include "outreach.h"
#include "query.h"

#include <string.h>

enum { USUAL_HOURS = 72, BYTES_MOST = 20000 };

/* Fills {{first_name}} and {{brand}}; what it fills in is checked, so a member's name cannot reshape a message. */
static bool fill(struct call *call, const char *field, const struct template_value *values, size_t count,
	const char **text)
{
	static const char *const names[] = { "first_name", "brand" };
	const char *from = call_text(call, field);

	*text = template_check(from, names, sizeof names / sizeof names[0], &call->error)
		? template_fill(call->arena, from, values, count, BYTES_MOST, &call->error) : NULL;
	return *text != NULL || error_wrap(&call->error, "%s", field);
}

static bool make(struct call *call, const struct member *member, struct outreach *outreach)
{
	struct db_rows *rows;

	if (!query_rows(call, "draft_facts", DB_VALUES(query_number(call, call_number(call, "expires_hours", USUAL_HOURS))),
			&rows))
		return false;
	const char *name = member->name == NULL ? "" : member->name;
	const struct template_value values[] = {
		{ "first_name", arena_copy_size(call->arena, name, strcspn(name, " ")) },
		{ "brand", db_text(rows, 0, 0) },
	};

	*outreach = (struct outreach){ .tenant = call->caller.tenant, .member = member->id,
		.channel = call_text(call, "channel"), .audience = "single", .expires_at = db_text(rows, 0, 1) };
	return fill(call, "subject", values, sizeof values / sizeof values[0], &outreach->subject) &&
		fill(call, "body", values, sizeof values / sizeof values[0], &outreach->body);
}

bool run_draft_outreach(struct call *call)
{
	struct member member;
	struct outreach outreach;
	struct outreach_sealed sealed;

	if (!member_find(call, &member))
		return false;
	if (member.email == NULL)
		return call_refuse(call, ERROR_NOT_FOUND, "Member %lld has no e-mail address: no message was drafted.",
			member.id);
	if (argument_has_secret(call_text(call, "subject")) || argument_has_secret(call_text(call, "body")))
		return call_refuse(call, ERROR_ARGUMENT, "The text holds what looks like an API key: take it out.");
	if (!make(call, &member, &outreach) ||
	    !outreach_seal(call->seal, &outreach, call->arena, &sealed, &call->error))
		return false;
	call->effect = arena_json(call->arena, json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "member",
		(json_int_t)member.id, "channel", outreach.channel, "audience", outreach.audience, "subject", sealed.subject,
		"body", sealed.body, "text_hash", sealed.hash, "expires_at", outreach.expires_at));
	return call_answer(call, json_pack("{s:o, s:s, s:s}", "member", member_show(call, &member), "subject",
		outreach.subject, "body", outreach.body));
}

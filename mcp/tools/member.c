#include "member.h"

#include <string.h>

#include "mcp/base/seal.h"
#include "mcp/base/text.h"
#include "mcp/base/utf8.h"
#include "query.h"

enum { CANDIDATES_MOST = 6 };

bool member_given(const struct call *call)
{
	return json_object_get(call->args, "member") != NULL || json_object_get(call->args, "email") != NULL;
}

static bool unseal(struct call *call, const char *sealed, const char **text)
{
	*text = NULL;
	if (sealed == NULL)
		return true;
	*text = seal_decrypt(call->seal, call->caller.tenant, SEAL_PROFILE, sealed, call->arena, &call->error);
	return *text != NULL;
}

bool member_unseal(struct call *call, const char *sealed, const char **text)
{
	if (!unseal(call, sealed, text))
		return false;
	*text = utf8_shown(call->arena, *text, false);
	return true;
}

bool member_open(struct call *call, const struct db_rows *rows, size_t row, int column, struct member *member)
{
	*member = (struct member){ .id = db_text(rows, row, column) == NULL ? 0 : db_number(rows, row, column) };
	return unseal(call, db_text(rows, row, column + 1), &member->name) &&
		unseal(call, db_text(rows, row, column + 2), &member->email);
}

/* The first character of a text, so that masking never cuts one in two. */
static const char *first_of(struct arena *arena, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	if (*text == '\0' || utf8_next(&at) < 0)
		return "";
	return utf8_shown(arena, arena_copy_size(arena, text, (size_t)((const char *)at - text)), false);
}

const char *member_mask_email(struct arena *arena, const char *email)
{
	if (email == NULL)
		return NULL;
	const char *at = strrchr(email, '@'), *dot = strrchr(email, '.');

	if (at == NULL)
		return "***";
	return arena_format(arena, "%s***@%s***%s", first_of(arena, email), first_of(arena, at + 1),
		dot == NULL || dot < at ? "" : utf8_shown(arena, dot, false));
}

const char *member_mask_phone(struct arena *arena, const char *phone)
{
	size_t size = phone == NULL ? 0 : strlen(phone);

	if (phone == NULL)
		return NULL;
	return size < 6 ? "***" : utf8_shown(arena, arena_format(arena, "***%s", phone + size - 2), false);
}

const char *member_name(const struct call *call, const struct member *member)
{
	if (member->name == NULL)
		return NULL;
	if (call->tool->kind == TOOL_WRITE || caller_holds(&call->caller, "members:read"))
		return utf8_shown(call->arena, member->name, false);
	return arena_format(call->arena, "%s***", first_of(call->arena, member->name));
}

json_t *member_show(const struct call *call, const struct member *member)
{
	if (member->id == 0)
		return json_null();
	return json_pack("{s:I, s:s?, s:s?}", "id", (json_int_t)member->id, "name", member_name(call, member),
		"email_masked", member_mask_email(call->arena, member->email));
}

static bool refuse_missing(struct call *call, const char *email)
{
	if (email != NULL)
		return call_refuse(call, ERROR_NOT_FOUND, "There is no member with the e-mail %s: look at list_members, or "
			"give `member`.", member_mask_email(call->arena, email));
	return call_refuse(call, ERROR_NOT_FOUND, "There is no member %lld: look at list_members, or give `email`.",
		call_number(call, "member", 0));
}

static bool refuse_several(struct call *call, const struct db_rows *rows, const char *email)
{
	struct text list = text_open(call->arena, 500);
	struct member member;

	for (size_t i = 0; i < db_count(rows) && i < CANDIDATES_MOST - 1; i++) {
		if (!member_open(call, rows, i, 0, &member))
			return false;
		const char *name = member_name(call, &member);

		text_format(&list, "%smember %lld (%.60s, %s)", i == 0 ? "" : "; ", member.id, name == NULL ? "no name" : name,
			member_mask_email(call->arena, member.email));
	}
	return call_refuse(call, ERROR_AMBIGUOUS, "The e-mail %s belongs to %s members: %s%s. Give `member` instead of "
		"`email`.", member_mask_email(call->arena, email), db_count(rows) == CANDIDATES_MOST ? "many" : "several",
		list.bytes, db_count(rows) == CANDIDATES_MOST ? "; …" : "");
}

static bool find_by_number(struct call *call, struct db_rows **rows)
{
	return query_rows(call, "member_by_number", DB_VALUES(query_number(call, call_number(call, "member", 0))), rows);
}

static bool find_by_email(struct call *call, const char *email, struct db_rows **rows)
{
	const char *index = seal_blind_index(call->seal, call->caller.tenant, email, call->arena);

	return query_rows(call, "member_by_email", DB_VALUES(index), rows);
}

bool member_find(struct call *call, struct member *member)
{
	const char *email = call_text(call, "email");
	bool by_number = json_object_get(call->args, "member") != NULL;
	struct db_rows *rows;

	if (by_number == (email != NULL))
		return call_refuse(call, ERROR_ARGUMENT, by_number ? "Give `member` or `email`, not both."
			: "Give `member` (a number) or `email`: which member is meant?");
	if (!(by_number ? find_by_number(call, &rows) : find_by_email(call, email, &rows)))
		return false;
	if (db_count(rows) == 0)
		return refuse_missing(call, email);
	if (db_count(rows) > 1)
		return refuse_several(call, rows, email);
	return member_open(call, rows, 0, 0, member);
}

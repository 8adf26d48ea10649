/* Members as the tools take and show them. A tool takes `member` (a number) or `email` (found exactly, by the blind
 * index). Addresses are shown masked; a name is shown to who may read members, and in the answer of a write, whose
 * caller has to see whom it touched. */
#ifndef FLASH_TOOLS_MEMBER_H
#define FLASH_TOOLS_MEMBER_H

#include "mcp/db/db.h"
#include "mcp/tool.h"

struct member {
	long long id;
	const char *name, *email;   /* as they were imported; NULL: none. Shown only by the functions below */
};

/* Whether the call names a member at all. */
bool member_given(const struct call *call);

/* The one member that the arguments `member` or `email` mean. Refuses when both or neither is given, when there is
 * none (another tenant's looks the same) and, with the candidates, when an e-mail belongs to several. */
bool member_find(struct call *call, struct member *member);

/* A member out of three columns of a row, from `column` on: number, sealed name, sealed e-mail. */
bool member_open(struct call *call, const struct db_rows *rows, size_t row, int column, struct member *member);

/* {"id", "name", "email_masked"}: a new reference; null for member 0. */
json_t *member_show(const struct call *call, const struct member *member);

/* The name as this call may show it: in clear, or its first letter. NULL when there is none. */
const char *member_name(const struct call *call, const struct member *member);

/* "a***@e***.test" and "***42"; NULL stays NULL. In the arena. */
const char *member_mask_email(struct arena *arena, const char *email);
const char *member_mask_phone(struct arena *arena, const char *phone);

/* Opens a sealed value of a member's profile, written out where it is not fit to show; NULL stays NULL. */
bool member_unseal(struct call *call, const char *sealed, const char **text);

#endif

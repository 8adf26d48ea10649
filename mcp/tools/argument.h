/* What an argument's schema cannot say: ids that must be ids, moments that must exist, names that must be known
 * here, free text that must be fit to keep. Each refuses with the field, its value and what would do; an absent
 * argument is fine everywhere. */
#ifndef FLASH_TOOLS_ARGUMENT_H
#define FLASH_TOOLS_ARGUMENT_H

#include "mcp/tool.h"

/* A UUID in its usual form. */
bool argument_uuid(struct call *call, const char *field);

/* A moment by RFC 3339, with a zone: 2026-03-01T08:00:00Z. */
bool argument_time(struct call *call, const char *field);

/* A name of this tenant: `kind` is tier, store, region, pool, policy, key or run. Asks the database. Another tenant's
 * name is as unknown as one that nobody has. */
bool argument_known(struct call *call, const char *field, const char *kind);

/* Free text that is kept and shown: no control, invisible or direction-turning characters (line feeds with
 * `lines`), and no API key. */
bool argument_words(struct call *call, const char *field, bool lines);

/* Whether a text holds what looks like an API key of ours. */
bool argument_has_secret(const char *text);

#endif

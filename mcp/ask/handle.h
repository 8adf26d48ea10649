/* What a question leaves for the one that goes on from it: its query, sealed for this tenant and this caller, with an
 * end of life. It lies with the client, not here: any daemon of the brand can open it, and none has to keep it. */
#ifndef FLASH_ASK_HANDLE_H
#define FLASH_ASK_HANDLE_H

#include "grammar.h"
#include "mcp/base/seal.h"

enum { ASK_HANDLE_LIFE_S = 1800, ASK_HANDLE_BYTES_MOST = 4000 };

/* The handle of a reading. Owned by the arena. */
char *ask_handle_make(const struct seal *seal, int tenant, const char *caller, const struct ask_reading *reading,
	struct arena *arena);

/* Opens a handle into `world` (previous, previous_moment). ERROR_ARGUMENT when it was not made here or is another's,
 * ERROR_EXPIRED when it is too old. */
bool ask_handle_open(const struct seal *seal, int tenant, const char *caller, const char *text, struct arena *arena,
	struct ask_world *world, struct error *error);

#endif

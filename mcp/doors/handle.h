/* What a client carries for us from one request to the next (MRTR's requestState): sealed, bound to the key, the
 * method, the name and the arguments it was made for, with an end of life, and good for one use. The client can
 * read nothing in it and change nothing of it. */
#ifndef FLASH_HANDLE_H
#define FLASH_HANDLE_H

#include "era.h"
#include "mcp/base/seal.h"
#include "mcp/tool.h"

enum { HANDLE_LIFE_MS = 600000 };

/* What a handle is good for. */
struct handle_bond {
	const struct seal *seal;
	const struct caller *caller;
	const char *method, *name;
	const json_t *args;
};

/* Seals `content`; the text is the arena's. */
char *handle_seal(struct arena *arena, const struct handle_bond *bond, json_t *content);

/* The content back, the arena's; NULL with a fault when the handle is forged, another's, for something else, too old
 * or used before. That it was used is remembered by this daemon only: whatever must not happen twice also needs its
 * row in the database. */
json_t *handle_open(struct arena *arena, const struct handle_bond *bond, const char *text, struct fault *fault);

#endif

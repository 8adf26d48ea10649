/* What an answer costs whoever reads it. A tool's result goes out twice, as JSON and as the text of the same JSON, and
 * both count. */
#ifndef FLASH_COST_H
#define FLASH_COST_H

#include "arena.h"

/* Bytes: the most of one answer as it is sent, and what the frame around both copies may take of it. */
enum { COST_MOST = 32768, COST_FRAME = 600 };

/* A result as it is sent: compact, its fields in their order. Owned by the arena. */
char *cost_dump(struct arena *arena, const json_t *json);

/* What a result costs whose text is `dump`: both copies, the escapes of the second, and the frame. */
size_t cost_of(const char *dump);

#endif

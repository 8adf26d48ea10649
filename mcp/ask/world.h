/* What a sentence is read against, from the database: one statement for the day and the values among its words, one for
 * the tenant's own metrics. */
#ifndef FLASH_ASK_WORLD_H
#define FLASH_ASK_WORLD_H

#include "ask.h"
#include "grammar.h"

bool ask_world_find(struct db *db, int tenant, const struct sentence *sentence, struct arena *arena,
	struct ask_world *world, struct error *error);

/* Makes the refusal's sentence of the words that nothing goes by: what each may have meant, or what is near to it among
 * metrics, synonyms, dimensions and the tenant's values. Always false. */
bool ask_world_refuse(struct db *db, int tenant, const struct ask_world *world, const struct ask_reading *reading,
	struct arena *arena, struct error *error);

#endif

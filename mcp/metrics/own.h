/* A tenant's own metrics, beside the shipped ones: definitions that a person stored (`flashd metrics add`). A mistake
 * in one, also one that a later release makes of it, takes away that one only. */
#ifndef FLASH_OWN_H
#define FLASH_OWN_H

#include "catalogue.h"
#include "mcp/db/db.h"

enum { OWN_MOST = 200 };

/* The metric of a name: shipped, else the tenant's own, which then lives in `arena`. False with ERROR_UNGROUNDED and
 * the nearest shipped names, ERROR_CONFIG when the tenant's own definition is wrong, or what the database said. */
bool own_find(struct db *db, int tenant, const char *name, struct arena *arena, const struct metric **metric,
	struct error *error);

/* Reads a definition of a tenant's own. NULL with ERROR_CONFIG and every mistake, one a line: those of any definition,
 * a name or synonym that a shipped metric has, a certificate (only a person gives one, later). */
const struct metric *own_read(const char *path, const char *bytes, struct arena *arena, struct error *error);

/* All of them that are right, at most `most`, in the order of their names; how many, or -1 with the error. */
int own_list(struct db *db, int tenant, struct arena *arena, const struct metric **metrics, size_t most,
	struct error *error);

#endif

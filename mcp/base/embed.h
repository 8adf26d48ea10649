/* Files that travel inside the binary: SQL, tool schemas, metrics, policies. Made by embed.awk at build. */
#ifndef FLASH_EMBED_H
#define FLASH_EMBED_H

#include <stddef.h>

struct embed {
	const char *path;   /* as in the repository: "sql/queries/find_key.sql" */
	const char *bytes;  /* ends in NUL, not counted */
	size_t size;
};

/* The file of this path, or NULL. */
const struct embed *embed_find(const char *path);

/* The next file under `folder` (with its '/') after `last`, in path order; NULL to start and at the end. */
const struct embed *embed_next(const char *folder, const struct embed *last);

#endif

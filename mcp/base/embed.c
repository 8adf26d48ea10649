#include "embed.h"

#include <string.h>

/* Defined by the generated assembly, sorted by path, ended by a row without path. */
extern const struct embed embed_files[];

const struct embed *embed_find(const char *path)
{
	for (const struct embed *file = embed_files; file->path != NULL; file++)
		if (strcmp(file->path, path) == 0)
			return file;
	return NULL;
}

const struct embed *embed_next(const char *folder, const struct embed *last)
{
	for (const struct embed *file = last == NULL ? embed_files : last + 1; file->path != NULL; file++)
		if (strncmp(file->path, folder, strlen(folder)) == 0)
			return file;
	return NULL;
}

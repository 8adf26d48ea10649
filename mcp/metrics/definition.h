/* Reads one definition file into a metric. Only the catalogue uses this. */
#ifndef FLASH_DEFINITION_H
#define FLASH_DEFINITION_H

#include "catalogue.h"

/* Collects mistakes: every one with its file and JSON pointer. */
struct mistakes {
	struct text text;
	size_t count;
};

void mistake_add(struct mistakes *mistakes, const char *path, const char *place, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The metric of a definition, in `arena`, or NULL when `mistakes` got one. */
struct metric *definition_read(struct arena *arena, const char *path, const char *bytes, size_t size,
	struct mistakes *mistakes);

#endif

/* Columns as PostgreSQL's binary arrays. */
#ifndef FLASH_BINARY_H
#define FLASH_BINARY_H

#include <stdbool.h>

#include "mcp/base/arena.h"
#include "mcp/base/bulk.h"

struct binary {
	char *bytes;
	int size;
};

/* The array in the form that PostgreSQL's array_recv takes (network byte order), in the arena. */
struct binary binary_array(const struct bulk *column, struct arena *arena);

/* The reverse, as array_send gives them: whole numbers of any width become BULK_INTEGERS, others BULK_REALS, bytea
 * BULK_BYTES; in the arena, but the bytes themselves stay where they are. False when it is another array, or one of
 * numbers with nulls. */
bool binary_column(const char *bytes, size_t size, struct bulk *column, struct arena *arena);

/* `size` bytes from twice as many hex digits, which are our own or PostgreSQL's: nothing is checked. */
void binary_from_hex(const char *hex, char *bytes, size_t size);

#endif

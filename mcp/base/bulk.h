/* Bulk: what a chunk of a cycle says of each of its members, column by column, beside a call's JSON. Thousands of rows
 * go between the resident and one SQL function this way, in PostgreSQL's binary form; as JSON they would be written,
 * checked, hashed and parsed as text first, for more than the function's own work costs. */
#ifndef FLASH_BULK_H
#define FLASH_BULK_H

#include <stddef.h>

enum bulk_kind {
	BULK_INTEGERS,        /* int64_t → bigint[] */
	BULK_REALS,           /* double → float8[] */
	BULK_SHORT_REALS,     /* float → real[] */
	BULK_TRUTHS,          /* bool → boolean[] */
	BULK_WORDS,           /* const char *, or NULL → text[] */
	BULK_HEX,             /* const char * "\x…", as seal.h makes it, or NULL → bytea[] */
	BULK_UUIDS,           /* const char * as seal_uuid() makes it → uuid[] */
	BULK_BYTES            /* struct bulk_bytes, or one of { NULL, 0 } → bytea[] */
};

struct bulk_bytes {
	const void *bytes;
	size_t size;
};

/* One column: `count` values of the kind's C type, owned by whoever made it. */
struct bulk {
	enum bulk_kind kind;
	size_t count;
	const void *values;
};

/* The columns of a call or of its answer. */
struct bulks {
	const struct bulk *columns;
	size_t count;
};

#endif

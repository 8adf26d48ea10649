/* The records of one text file, plain or .gz, as a stream: CSV by the letter of RFC 4180 (LF or
 * CRLF ends a row, a BOM in front is skipped, empty lines are no records), or columns parted by
 * blanks. A record that is wrong is told with its line and the reading goes on with the line
 * behind it. The only file that knows zlib. */
#ifndef FLASH_IMPORT_FILE_H
#define FLASH_IMPORT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/import_value.h"
#include "mcp/base/arena.h"
#include "mcp/base/error.h"

enum { IMPORT_RECORD_MOST_BYTES = 1 << 20, IMPORT_COLUMN_MOST = 512 };

struct import_file;

struct import_record {
	int64_t line;               /* of its first byte, from 1 */
	size_t count;
	char **fields;              /* valid until the next record */
	char reason[IMPORT_REASON_BYTES];
};

/* ROW: a record. BAD: `line` and `reason` say what is wrong there. FAILED: the file cannot be
 * read further (the error says why), which makes all that was read of it worthless. */
enum import_next { IMPORT_NEXT_ROW, IMPORT_NEXT_BAD, IMPORT_NEXT_END, IMPORT_NEXT_FAILED };

/* Opens a file; a name that ends in .gz must be gzip. It is closed with the arena, or before. */
struct import_file *import_file_open(struct arena *arena, const char *path, bool whitespace,
	char separator, struct error *error);

/* The next record. */
enum import_next import_file_next(struct import_file *file, struct import_record *record,
	struct error *error);

/* Closes early; the arena's closing does nothing more. */
void import_file_close(struct import_file *file);

#endif

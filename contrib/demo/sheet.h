/* One CSV file on its way to the disk: UTF-8, RFC 4180 quoting, rows end in a line feed. A write
 * that fails is remembered and told by sheet_close, so that the many small writes need no check
 * each. */
#ifndef FLASH_DEMO_SHEET_H
#define FLASH_DEMO_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcp/base/arena.h"
#include "mcp/base/error.h"

struct sheet;

/* Opens folder/NAME.part and writes the header row. The sheet belongs to the arena; until
 * sheet_close has succeeded, the arena's end removes the .part file. NULL: the file cannot be
 * made. */
struct sheet *sheet_open(struct arena *arena, const char *folder, const char *name,
	const char *header, struct error *error);

/* Adds one field to the row: a text of at most 512 bytes (NULL is an empty field; the second
 * form takes bytes without NUL), a whole number, a day or a local moment. */
void sheet_text(struct sheet *sheet, const char *text);
void sheet_text_size(struct sheet *sheet, const char *text, size_t size);
void sheet_number(struct sheet *sheet, int64_t number);
void sheet_day(struct sheet *sheet, int day);
void sheet_time(struct sheet *sheet, int64_t at);

/* Ends the row. */
void sheet_end_row(struct sheet *sheet);

/* The rows written so far, without the header. */
int64_t sheet_rows(const struct sheet *sheet);

/* Writes what is left of all of them, and when all of it is on the disk gives the files their
 * names. False: something could not be written; no file has a name that is not complete. */
bool sheet_close(struct sheet *const *sheets, size_t count, struct error *error);

#endif

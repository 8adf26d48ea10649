#include "contrib/demo/sheet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contrib/demo/civil.h"

enum { SHEET_BUFFER = 1 << 16, SHEET_PIECE = 1 << 10 };

struct sheet {
	char *name, *part;
	FILE *file;          /* NULL once closed */
	size_t used;
	int64_t rows;
	bool first;          /* the next field is the row's first */
	int broken;          /* errno of the first write that failed */
	char bytes[SHEET_BUFFER];
};

static void sheet_drop(void *thing)
{
	struct sheet *sheet = thing;

	if (sheet->file != NULL) {
		fclose(sheet->file);
		unlink(sheet->part);
	}
}

static void flush(struct sheet *sheet)
{
	if (sheet->used > 0 && fwrite(sheet->bytes, 1, sheet->used, sheet->file) != sheet->used &&
		sheet->broken == 0)
		sheet->broken = errno;
	sheet->used = 0;
}

/* Room for one piece (a number, a time, or a text part of at most SHEET_PIECE bytes) and a
 * comma. */
static char *begin_field(struct sheet *sheet)
{
	if (SHEET_BUFFER - sheet->used < SHEET_PIECE + 4)
		flush(sheet);
	if (!sheet->first)
		sheet->bytes[sheet->used++] = ',';
	sheet->first = false;
	return sheet->bytes + sheet->used;
}

struct sheet *sheet_open(struct arena *arena, const char *folder, const char *name,
	const char *header, struct error *error)
{
	struct sheet *sheet = arena_alloc(arena, sizeof *sheet);

	sheet->name = arena_format(arena, "%s/%s", folder, name);
	sheet->part = arena_format(arena, "%s.part", sheet->name);
	sheet->file = fopen(sheet->part, "wb");
	if (sheet->file == NULL) {
		error_set(error, ERROR_SYSTEM, "cannot write %s: %s; choose a folder that can be written",
			sheet->part, strerror(errno));
		return NULL;
	}
	setvbuf(sheet->file, NULL, _IONBF, 0);
	arena_own(arena, sheet, sheet_drop);
	size_t size = strlen(header);

	memcpy(sheet->bytes, header, size);
	sheet->bytes[size] = '\n';
	sheet->used = size + 1;
	sheet->first = true;
	return sheet;
}

void sheet_text(struct sheet *sheet, const char *text)
{
	sheet_text_size(sheet, text, text == NULL ? 0 : strlen(text));
}

void sheet_text_size(struct sheet *sheet, const char *text, size_t size)
{
	char *out = begin_field(sheet);
	bool quoted = false;

	if (size > SHEET_PIECE / 2)
		abort();   /* the brand makes no such text */
	for (size_t i = 0; i < size && !quoted; i++)
		quoted = text[i] == '"' || text[i] == ',' || text[i] == '\n' || text[i] == '\r';
	if (!quoted) {
		if (size > 0)
			memcpy(out, text, size);
		sheet->used += size;
		return;
	}
	char *end = out;

	*end++ = '"';
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '"')
			*end++ = '"';
		*end++ = text[i];
	}
	*end++ = '"';
	sheet->used += (size_t)(end - out);
}

void sheet_number(struct sheet *sheet, int64_t number)
{
	char digits[24];
	size_t at = sizeof digits;
	uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (number < 0)
		digits[--at] = '-';
	char *out = begin_field(sheet);

	memcpy(out, digits + at, sizeof digits - at);
	sheet->used += sizeof digits - at;
}

void sheet_day(struct sheet *sheet, int day)
{
	civil_write_day(day, begin_field(sheet));
	sheet->used += 10;
}

void sheet_time(struct sheet *sheet, int64_t at)
{
	civil_write_time(at, begin_field(sheet));
	sheet->used += 19;
}

void sheet_end_row(struct sheet *sheet)
{
	sheet->bytes[sheet->used++] = '\n';
	sheet->first = true;
	sheet->rows++;
}

int64_t sheet_rows(const struct sheet *sheet)
{
	return sheet->rows;
}

static void finish(struct sheet *sheet)
{
	flush(sheet);
	if (fclose(sheet->file) != 0 && sheet->broken == 0)
		sheet->broken = errno;
	sheet->file = NULL;
}

bool sheet_close(struct sheet *const *sheets, size_t count, struct error *error)
{
	const struct sheet *bad = NULL;
	int cause = 0;

	for (size_t i = 0; i < count; i++) {
		finish(sheets[i]);
		if (sheets[i]->broken != 0 && bad == NULL) {
			bad = sheets[i];
			cause = bad->broken;
		}
	}
	for (size_t i = 0; i < count && bad == NULL; i++)
		if (rename(sheets[i]->part, sheets[i]->name) != 0) {
			bad = sheets[i];
			cause = errno;
		}
	if (bad == NULL)
		return true;
	for (size_t i = 0; i < count; i++)
		unlink(sheets[i]->part);
	return error_set(error, ERROR_SYSTEM,
		"writing %s failed: %s; make room on that disk and start again", bad->name,
		strerror(cause));
}

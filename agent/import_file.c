/* A record is looked at twice: first its end is found without changing a byte, so that after a
 * mistake the reading can go on at the very next line; only a good record is then taken apart in
 * place. */
#include "agent/import_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

enum { BUFFER_BYTES = IMPORT_RECORD_MOST_BYTES * 2 };

struct import_file {
	const char *path;
	gzFile stream;
	char *buffer;
	size_t begin, end;          /* what is in the buffer and not used yet */
	bool finished;              /* the stream holds no more */
	bool whitespace, started;
	char separator;
	int64_t line;               /* of buffer[begin] */
	char *fields[IMPORT_COLUMN_MOST];
};

static void close_file(void *thing)
{
	import_file_close(thing);
}

static bool ends_in_gz(const char *path)
{
	size_t size = strlen(path);

	return size > 3 && strcmp(path + size - 3, ".gz") == 0;
}

struct import_file *import_file_open(struct arena *arena, const char *path, bool whitespace,
	char separator, struct error *error)
{
	struct stat about;
	bool there = stat(path, &about) == 0;
	gzFile stream = there && S_ISREG(about.st_mode) ? gzopen(path, "rbe") : NULL;

	if (stream == NULL) {
		error_set(error, ERROR_FORMAT, "%s cannot be opened: %s", path,
			there && !S_ISREG(about.st_mode) ? "it is not a file" : strerror(errno));
		return NULL;
	}
	struct import_file *file = arena_alloc(arena, sizeof *file);

	file->stream = stream;
	file->path = arena_copy(arena, path);
	file->whitespace = whitespace;
	file->separator = separator;
	file->line = 1;
	file->buffer = malloc(BUFFER_BYTES + 1);
	if (file->buffer == NULL)
		abort();
	arena_own(arena, file, close_file);
	gzbuffer(stream, 1 << 17);
	if (ends_in_gz(path) && gzdirect(stream)) {
		error_set(error, ERROR_FORMAT,
			"%s is called .gz but is not compressed; name it as what it is", path);
		return NULL;
	}
	return file;
}

void import_file_close(struct import_file *file)
{
	if (file->stream != NULL)
		gzclose_r(file->stream);
	file->stream = NULL;
	free(file->buffer);
	file->buffer = NULL;
}

/* Makes at least one longest record available, or all that is left. */
static bool fill(struct import_file *file, struct error *error)
{
	if (file->finished || file->end - file->begin > IMPORT_RECORD_MOST_BYTES)
		return true;
	memmove(file->buffer, file->buffer + file->begin, file->end - file->begin);
	file->end -= file->begin;
	file->begin = 0;
	while (file->end < BUFFER_BYTES) {
		int got = gzread(file->stream, file->buffer + file->end,
			(unsigned)(BUFFER_BYTES - file->end));
		int cause = Z_OK;

		if (got > 0) {
			file->end += (size_t)got;
			continue;
		}
		const char *why = gzerror(file->stream, &cause);

		if (cause != Z_OK && cause != Z_STREAM_END)
			return error_set(error, ERROR_FORMAT, "%s is damaged near line %lld: %s; get it again",
				file->path, (long long)file->line, cause == Z_ERRNO ? strerror(errno) : why);
		file->finished = true;
		return true;
	}
	return true;
}

static char *find(char *from, const char *to, char byte)
{
	return from < to ? memchr(from, byte, (size_t)(to - from)) : NULL;
}

static void go_behind(struct import_file *file, const char *end)
{
	for (char *at = file->buffer + file->begin; (at = find(at, end, '\n')) != NULL; at++)
		file->line++;
	file->begin = (size_t)(end - file->buffer);
}

/* Tells a mistake in the record that starts here, and goes behind its first line. */
static enum import_next refuse(struct import_file *file, struct import_record *record,
	const char *sentence)
{
	char *from = file->buffer + file->begin, *to = file->buffer + file->end;
	char *end = find(from, to, '\n');

	snprintf(record->reason, sizeof record->reason, "%s", sentence);
	go_behind(file, end == NULL ? to : end + 1);
	return IMPORT_NEXT_BAD;
}

/* A line without an end in reach: what is left of it is thrown away, buffer by buffer. */
static enum import_next skip_long_line(struct import_file *file, struct import_record *record,
	struct error *error)
{
	for (;;) {
		char *from = file->buffer + file->begin, *end = find(from, file->buffer + file->end, '\n');

		if (end != NULL) {
			go_behind(file, end + 1);
			break;
		}
		file->begin = file->end;
		if (file->finished)
			break;
		if (!fill(file, error))
			return IMPORT_NEXT_FAILED;
	}
	snprintf(record->reason, sizeof record->reason, "the line is longer than %d bytes",
		IMPORT_RECORD_MOST_BYTES);
	return IMPORT_NEXT_BAD;
}

/* The end of a record with quotes in it: its line feed, or `to` when the file ends there. NULL:
 * `sentence` says which rule of RFC 4180 it breaks. */
static char *scan_quoted(const struct import_file *file, char *from, char *to,
	const char **sentence)
{
	char *at = from;

	while (at < to) {
		if (*at == '"') {
			for (at++;; at += 2) {
				at = find(at, to, '"');
				if (at == NULL) {
					*sentence = to == file->buffer + file->end ?
						"a quoted field is not closed before the end" :
						"a quoted field is not closed within 1048576 bytes";
					return NULL;
				}
				if (at + 1 >= to || at[1] != '"')
					break;
			}
			at++;
			if (at < to && *at == '\r' && (at + 1 == to || at[1] == '\n'))
				at++;
			if (at < to && *at != '\n' && *at != file->separator) {
				*sentence = "there is text behind a closing quote";
				return NULL;
			}
		} else {
			for (; at < to && *at != file->separator && *at != '\n'; at++)
				if (*at == '"' || (*at == '\r' && at + 1 < to && at[1] != '\n')) {
					*sentence = *at == '"' ? "there is a quote inside an unquoted field" :
						"it holds a carriage return that ends no line";
					return NULL;
				}
		}
		if (at >= to || *at == '\n')
			return at;
		at++;   /* the separator; a field follows even when nothing does */
	}
	return to;
}

/* One field from `at` on, quotes taken off and ended by NUL; gives where the next one starts. */
static char *take_field(char *at, char *end, char separator, char **field)
{
	char *out = at;

	*field = at;
	if (at < end && *at == '"') {
		for (at++; at < end && (*at != '"' || (at + 1 < end && at[1] == '"')); at++) {
			at += *at == '"';
			*out++ = *at;
		}
		at++;
	} else {
		char *stop = find(at, end, separator);

		at = out = stop == NULL ? end : stop;
	}
	*out = '\0';
	return at + 1;
}

static bool split_csv(struct import_file *file, char *from, char *end, struct import_record *record)
{
	char *at = from;

	record->count = 0;
	do {
		if (record->count == IMPORT_COLUMN_MOST)
			return false;
		at = take_field(at, end, file->separator, &file->fields[record->count++]);
	} while (at <= end);
	return true;
}

static bool split_blanks(struct import_file *file, char *from, char *end,
	struct import_record *record)
{
	char *at = from;

	record->count = 0;
	*end = '\0';
	for (at += strspn(at, " \t"); at < end; at += strspn(at, " \t")) {
		if (record->count == IMPORT_COLUMN_MOST)
			return false;
		file->fields[record->count++] = at;
		at += strcspn(at, " \t");
		if (at < end)
			*at++ = '\0';
	}
	return true;
}

/* Takes the record between begin and `end` (its line feed or the end of the file) apart. */
static enum import_next take_record(struct import_file *file, char *end,
	struct import_record *record)
{
	char *from = file->buffer + file->begin, *last = end > from && end[-1] == '\r' ? end - 1 : end;
	char *behind = end < file->buffer + file->end ? end + 1 : end;

	if (find(from, end, '\0') != NULL)
		return refuse(file, record, "it holds a NUL byte");
	if (find(from, last, '\r') != NULL && find(from, last, '"') == NULL)
		return refuse(file, record, "it holds a carriage return that ends no line");
	if (last == from || (file->whitespace && strspn(from, " \t") >= (size_t)(last - from))) {
		record->count = 0;
		go_behind(file, behind);
		return IMPORT_NEXT_ROW;
	}
	go_behind(file, behind);   /* counts lines before the bytes change */
	if (file->whitespace && split_blanks(file, from, last, record))
		return IMPORT_NEXT_ROW;
	if (!file->whitespace && split_csv(file, from, last, record))
		return IMPORT_NEXT_ROW;
	snprintf(record->reason, sizeof record->reason, "it has more than %d columns",
		IMPORT_COLUMN_MOST);
	return IMPORT_NEXT_BAD;
}

static enum import_next next_record(struct import_file *file, struct import_record *record,
	struct error *error)
{
	const char *sentence = NULL;

	if (!fill(file, error))
		return IMPORT_NEXT_FAILED;
	char *from = file->buffer + file->begin, *to = file->buffer + file->end;

	if (from == to)
		return IMPORT_NEXT_END;
	record->line = file->line;
	record->fields = file->fields;
	char *reach = to - from > IMPORT_RECORD_MOST_BYTES ? from + IMPORT_RECORD_MOST_BYTES : to;
	char *end = find(from, reach, '\n');

	if (end == NULL && reach - from >= IMPORT_RECORD_MOST_BYTES)
		return skip_long_line(file, record, error);
	end = end == NULL ? to : end;
	if (!file->whitespace && find(from, end, '"') != NULL) {
		end = scan_quoted(file, from, reach, &sentence);
		if (end == NULL)
			return refuse(file, record, sentence);
		if (end == reach && reach < to)
			return refuse(file, record, "the record is too long");
	}
	return take_record(file, end, record);
}

enum import_next import_file_next(struct import_file *file, struct import_record *record,
	struct error *error)
{
	enum import_next next;

	if (!file->started) {
		file->started = true;
		if (!fill(file, error))
			return IMPORT_NEXT_FAILED;
		if (file->end >= 3 && memcmp(file->buffer, "\xef\xbb\xbf", 3) == 0)
			file->begin = 3;
	}
	do
		next = next_record(file, record, error);
	while (next == IMPORT_NEXT_ROW && record->count == 0);
	return next;
}

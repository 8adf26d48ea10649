/* The form of array_recv: dimensions, whether there are nulls, the elements' type, length and lower bound; then each
 * element as its length (-1: null) and its own binary form. Type numbers are those of pg_type.dat. */
#include "binary.h"

#include <arpa/inet.h>
#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TYPE_BOOL = 16, TYPE_BYTEA = 17, TYPE_INT8 = 20, TYPE_INT4 = 23, TYPE_TEXT = 25, TYPE_FLOAT4 = 700,
	TYPE_FLOAT8 = 701, TYPE_UUID = 2950 };
enum { HEADER_EMPTY = 12, HEADER = 20, LENGTH = 4, UUID_BYTES = 16 };

static uint32_t type_of(enum bulk_kind kind)
{
	switch (kind) {
	case BULK_INTEGERS: return TYPE_INT8;
	case BULK_REALS: return TYPE_FLOAT8;
	case BULK_SHORT_REALS: return TYPE_FLOAT4;
	case BULK_TRUTHS: return TYPE_BOOL;
	case BULK_WORDS: return TYPE_TEXT;
	case BULK_UUIDS: return TYPE_UUID;
	case BULK_HEX:
	case BULK_BYTES: return TYPE_BYTEA;
	}
	abort();
}

static char *put_32(char *at, uint32_t value)
{
	value = htonl(value);
	memcpy(at, &value, sizeof value);
	return at + sizeof value;
}

static char *put_64(char *at, uint64_t value)
{
	value = htobe64(value);
	memcpy(at, &value, sizeof value);
	return at + sizeof value;
}

/* The value of a digit '0'-'9', 'a'-'f', 'A'-'F', without a branch: letters have bit 6 set and are 9 further on. */
static unsigned nibble(char digit)
{
	unsigned code = (unsigned char)digit;

	return (code & 15) + (code >> 6) * 9;
}

void binary_from_hex(const char *hex, char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
}

/* "\x…" to bytes; the text is our own. */
static char *put_hex(char *at, const char *hex)
{
	if (hex == NULL)
		return put_32(at, UINT32_MAX);
	size_t size = (strlen(hex) - 2) / 2;

	at = put_32(at, (uint32_t)size);
	binary_from_hex(hex + 2, at, size);
	return at + size;
}

/* 8-4-4-4-12 digits to 16 bytes. */
static char *put_uuid(char *at, const char *uuid)
{
	at = put_32(at, UUID_BYTES);
	for (int i = 0; i < UUID_BYTES; i++, uuid += 2) {
		uuid += *uuid == '-';
		*at++ = (char)(nibble(uuid[0]) << 4 | nibble(uuid[1]));
	}
	return at;
}

static char *put_bytes(char *at, const struct bulk_bytes *bytes)
{
	at = put_32(at, bytes->bytes == NULL ? UINT32_MAX : (uint32_t)bytes->size);
	if (bytes->size > 0)
		memcpy(at, bytes->bytes, bytes->size);
	return at + bytes->size;
}

static char *put_word(char *at, const char *word)
{
	size_t size = word == NULL ? 0 : strlen(word);

	at = put_32(at, word == NULL ? UINT32_MAX : (uint32_t)size);
	if (size > 0)
		memcpy(at, word, size);
	return at + size;
}

static char *put_value(char *at, const struct bulk *column, size_t i)
{
	uint64_t wide;
	uint32_t narrow;

	switch (column->kind) {
	case BULK_INTEGERS:
		return put_64(put_32(at, 8), (uint64_t)((const int64_t *)column->values)[i]);
	case BULK_REALS:
		memcpy(&wide, (const double *)column->values + i, sizeof wide);
		return put_64(put_32(at, 8), wide);
	case BULK_SHORT_REALS:
		memcpy(&narrow, (const float *)column->values + i, sizeof narrow);
		return put_32(put_32(at, 4), narrow);
	case BULK_TRUTHS:
		at = put_32(at, 1);
		*at = ((const bool *)column->values)[i];
		return at + 1;
	case BULK_WORDS:
		return put_word(at, ((const char *const *)column->values)[i]);
	case BULK_HEX:
		return put_hex(at, ((const char *const *)column->values)[i]);
	case BULK_UUIDS:
		return put_uuid(at, ((const char *const *)column->values)[i]);
	case BULK_BYTES:
		return put_bytes(at, (const struct bulk_bytes *)column->values + i);
	}
	abort();
}

/* An upper bound of the array's bytes. */
static size_t room_for(const struct bulk *column)
{
	size_t room = HEADER + column->count * (LENGTH + UUID_BYTES);

	if (column->kind == BULK_WORDS || column->kind == BULK_HEX)
		for (size_t i = 0; i < column->count; i++) {
			const char *word = ((const char *const *)column->values)[i];

			room += word == NULL ? 0 : strlen(word);
		}
	for (size_t i = 0; column->kind == BULK_BYTES && i < column->count; i++)
		room += ((const struct bulk_bytes *)column->values)[i].size;
	return room;
}

struct binary binary_array(const struct bulk *column, struct arena *arena)
{
	char *bytes = arena_alloc(arena, room_for(column)), *at = bytes;

	at = put_32(at, column->count > 0);
	/* Whether there may be nulls; it is not looked at again. */
	at = put_32(at, column->kind == BULK_WORDS || column->kind == BULK_HEX || column->kind == BULK_BYTES);
	at = put_32(at, type_of(column->kind));
	if (column->count > 0)
		at = put_32(put_32(at, (uint32_t)column->count), 1);
	for (size_t i = 0; i < column->count; i++)
		at = put_value(at, column, i);
	return (struct binary){ bytes, (int)(at - bytes) };
}

static uint32_t take_32(const char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof value);
	return ntohl(value);
}

static uint64_t take_64(const char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof value);
	return be64toh(value);
}

static int64_t take_integer(const char *at, uint32_t type)
{
	return type == TYPE_INT8 ? (int64_t)take_64(at) : (int32_t)take_32(at);
}

static double take_real(const char *at, uint32_t type)
{
	uint64_t wide = type == TYPE_FLOAT8 ? take_64(at) : 0;
	uint32_t narrow = type == TYPE_FLOAT4 ? take_32(at) : 0;
	double whole;
	float half;

	memcpy(&whole, &wide, sizeof whole);
	memcpy(&half, &narrow, sizeof half);
	return type == TYPE_FLOAT8 ? whole : (double)half;
}

/* Behind the header of an array of bytea. */
static bool take_bytes(const char *at, const char *end, uint32_t count, struct bulk *column, struct arena *arena)
{
	struct bulk_bytes *values = arena_alloc(arena, ((size_t)count + 1) * sizeof *values);

	for (uint32_t i = 0; i < count; i++) {
		if (end - at < LENGTH)
			return false;
		uint32_t size = take_32(at);

		at += LENGTH;
		if (size == UINT32_MAX)
			continue;
		if (size > (size_t)(end - at))
			return false;
		values[i] = (struct bulk_bytes){ at, size };
		at += size;
	}
	*column = (struct bulk){ BULK_BYTES, count, values };
	return at == end;
}

bool binary_column(const char *bytes, size_t size, struct bulk *column, struct arena *arena)
{
	uint32_t dimensions = size < HEADER_EMPTY ? 2 : take_32(bytes), type = size < HEADER_EMPTY ? 0 : take_32(bytes + 8);
	uint32_t count = dimensions == 1 && size >= HEADER ? take_32(bytes + HEADER_EMPTY) : 0;
	size_t width = type == TYPE_INT8 || type == TYPE_FLOAT8 ? 8 : 4;
	bool whole = type == TYPE_INT8 || type == TYPE_INT4;
	const char *at = dimensions == 1 && size >= HEADER ? bytes + HEADER : bytes + size;

	if (type == TYPE_BYTEA && (dimensions == 0 || at < bytes + size) && count <= size / LENGTH)
		return take_bytes(at, bytes + size, count, column, arena);
	if (dimensions > 1 || (!whole && type != TYPE_FLOAT4 && type != TYPE_FLOAT8) ||
	    (dimensions == 1 && size != HEADER + count * (LENGTH + width)))
		return false;
	int64_t *integers = whole ? arena_alloc(arena, (count + 1) * sizeof *integers) : NULL;
	double *reals = whole ? NULL : arena_alloc(arena, (count + 1) * sizeof *reals);

	for (uint32_t i = 0; i < count; i++, at += LENGTH + width)
		if (take_32(at) != width)
			return false;
		else if (whole)
			integers[i] = take_integer(at + LENGTH, type);
		else
			reals[i] = take_real(at + LENGTH, type);
	*column = (struct bulk){ whole ? BULK_INTEGERS : BULK_REALS, count, whole ? (const void *)integers : reals };
	return true;
}

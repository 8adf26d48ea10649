#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text text_open(struct arena *arena, size_t limit)
{
	size_t room = limit < 240 ? limit : 240;

	return (struct text){ .arena = arena, .bytes = arena_alloc(arena, room + 1), .room = room, .limit = limit };
}

static void set_room(struct text *text, size_t room)
{
	if (room > text->limit)
		room = text->limit;
	if (room <= text->room)
		return;
	char *bytes = arena_alloc(text->arena, room + 1);

	memcpy(bytes, text->bytes, text->size);
	text->bytes = bytes;
	text->room = room;
}

void text_reserve(struct text *text, size_t more)
{
	set_room(text, more < text->limit - text->size ? text->size + more : text->limit);
}

void text_add_size(struct text *text, const char *piece, size_t size)
{
	if (text->full || size > text->limit - text->size) {
		text->full = true;
		return;
	}
	if (size > text->room - text->size)
		set_room(text, text->room * 2 > text->size + size ? text->room * 2 : text->size + size);
	memcpy(text->bytes + text->size, piece, size);
	text->size += size;
	text->bytes[text->size] = '\0';
}

void text_add(struct text *text, const char *piece)
{
	text_add_size(text, piece, strlen(piece));
}

void text_add_quoted(struct text *text, const char *piece)
{
	static const char special[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";

	text_add_size(text, "\"", 1);
	for (;;) {
		size_t plain = 0;

		while ((unsigned char)piece[plain] >= 0x20 && piece[plain] != '"' && piece[plain] != '\\')
			plain++;
		text_add_size(text, piece, plain);
		piece += plain;
		if (*piece == '\0')
			break;
		const char *known = strchr(special, *piece);

		if (known == NULL)
			text_format(text, "\\u%04X", (unsigned)*piece);
		else
			text_add_size(text, (const char[]){ '\\', letters[known - special] }, 2);
		piece++;
	}
	text_add_size(text, "\"", 1);
}

void text_format(struct text *text, const char *format, ...)
{
	va_list list, again;
	char piece[512];

	va_start(list, format);
	va_copy(again, list);
	int size = vsnprintf(piece, sizeof piece, format, list);
	va_end(list);
	if (size >= 0 && (size_t)size < sizeof piece) {
		text_add_size(text, piece, (size_t)size);
	} else if (size >= 0) {
		char *bytes = arena_alloc(text->arena, (size_t)size + 1);

		vsnprintf(bytes, (size_t)size + 1, format, again);
		text_add_size(text, bytes, (size_t)size);
	}
	va_end(again);
}

char *text_money(struct arena *arena, long long cents)
{
	char digits[32], grouped[48];
	unsigned long long whole = (cents < 0 ? 0ULL - (unsigned long long)cents : (unsigned long long)cents);
	int count = snprintf(digits, sizeof digits, "%llu", whole / 100), out = 0;

	for (int i = 0; i < count; i++) {
		if (i > 0 && (count - i) % 3 == 0)
			grouped[out++] = ',';
		grouped[out++] = digits[i];
	}
	grouped[out] = '\0';
	return arena_format(arena, "%s%s.%02llu", cents < 0 ? "-" : "", grouped, whole % 100);
}

static size_t edit_distance(const char *a, const char *b)
{
	size_t row[64];
	size_t width = strlen(b);

	if (width >= sizeof row / sizeof row[0])
		return width;
	for (size_t j = 0; j <= width; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= width; j++) {
			size_t change = corner + (a[i - 1] != b[j - 1]);
			size_t best = change < row[j] + 1 ? change : row[j] + 1;

			corner = row[j];
			row[j] = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
		}
	}
	return row[width];
}

const char *text_nearest(const char *word, const char *const *names, size_t count)
{
	const char *best = NULL;
	size_t size = strlen(word), least = size / 2 + 2;

	for (size_t i = 0; i < count; i++) {
		bool contains = size >= 3 && (strstr(names[i], word) != NULL || strstr(word, names[i]) != NULL);
		size_t distance = contains ? 1 : edit_distance(word, names[i]);

		if (distance < least) {
			least = distance;
			best = names[i];
		}
	}
	return best;
}

/* One scanner cuts a template into literal pieces and names; check, use and fill are three readings of it. */
#include "template.h"

#include <stdint.h>
#include <string.h>

#include "text.h"

enum { MOST_NAME = 32 };

enum piece_kind { PIECE_END, PIECE_LITERAL, PIECE_NAME, PIECE_BAD };

struct piece {
	enum piece_kind kind;
	const char *start;
	size_t size;
};

const struct template_word template_words[] = {
#define WORD(name, source, meaning) { #name, TEMPLATE_##source, meaning },
#include "template.def"
#undef WORD
};

const size_t template_word_count = sizeof template_words / sizeof template_words[0];

static struct piece piece_next(const char **at)
{
	struct piece piece = { .kind = PIECE_LITERAL, .start = *at, .size = strcspn(*at, "{}") };

	if (**at == '\0')
		return (struct piece){ .kind = PIECE_END, .start = *at };
	if (piece.size == 0) {
		size_t name = strncmp(*at, "{{", 2) == 0 ? strspn(*at + 2, "abcdefghijklmnopqrstuvwxyz_") : 0;

		if (name == 0 || name > MOST_NAME || strncmp(*at + 2 + name, "}}", 2) != 0)
			return (struct piece){ .kind = PIECE_BAD, .start = *at };
		piece = (struct piece){ .kind = PIECE_NAME, .start = *at + 2, .size = name };
		*at += name + 4;
		return piece;
	}
	*at += piece.size;
	return piece;
}

static bool piece_is(const struct piece *piece, const char *name)
{
	return strlen(name) == piece->size && memcmp(name, piece->start, piece->size) == 0;
}

/* The next character of UTF-8, or -1 when it is not well-formed (overlong, surrogate, cut off). */
static int32_t character_next(const unsigned char **at)
{
	static const int32_t least[4] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *byte = *at;
	int more = byte[0] < 0x80 ? 0 : byte[0] >> 5 == 6 ? 1 : byte[0] >> 4 == 14 ? 2 : byte[0] >> 3 == 30 ? 3 : -1;

	if (more < 0)
		return -1;
	int32_t character = more == 0 ? byte[0] : byte[0] & (0x3f >> more);

	for (int i = 1; i <= more; i++) {
		if (byte[i] >> 6 != 2)
			return -1;
		character = character << 6 | (byte[i] & 0x3f);
	}
	*at += more + 1;
	return character < least[more] || character > 0x10ffff || character >> 11 == 27 ? -1 : character;
}

/* Control and line characters, what turns the direction of writing, and what nobody can see. The joiners
 * 200C and 200D stay: names in several scripts are written with them. */
static bool character_is_hidden(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x200b || c == 0x200e
		|| c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff
		|| (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

/* The place, counted in characters from 1, of the first one that may not be shown; 0 when there is none. */
static size_t text_hidden_at(const char *text, bool lines)
{
	const unsigned char *at = (const unsigned char *)text;

	for (size_t place = 1; *at != '\0'; place++) {
		int32_t c = character_next(&at);

		if (c < 0 || (character_is_hidden(c) && !(lines && c == '\n')))
			return place;
	}
	return 0;
}

bool template_value_check(const char *value, struct error *error)
{
	size_t hidden = text_hidden_at(value, false);

	if (hidden > 0)
		return error_set(error, ERROR_FORMAT, "character %zu is a control, invisible or direction-turning "
			"character, or not UTF-8; correct the value", hidden);
	if (strpbrk(value, "{}") != NULL)
		return error_set(error, ERROR_FORMAT, "the value has a brace, which would look like a name left "
			"unfilled; correct the value");
	return true;
}

static bool piece_check(const char *text, const struct piece *piece, const char *const *names, size_t count,
	struct error *error)
{
	char name[MOST_NAME + 1];

	if (piece->kind == PIECE_BAD)
		return error_set(error, ERROR_FORMAT, "the brace at byte %zu is not part of a {{name}}; braces have "
			"no other use here", (size_t)(piece->start - text) + 1);
	for (size_t i = 0; i < count; i++)
		if (piece_is(piece, names[i]))
			return true;
	memcpy(name, piece->start, piece->size);
	name[piece->size] = '\0';
	const char *near = text_nearest(name, names, count);

	return error_set(error, ERROR_FORMAT, "{{%s}} is not a word that this text may use%s%s%s", name,
		near != NULL ? "; did you mean {{" : "", near != NULL ? near : "", near != NULL ? "}}?" : "");
}

bool template_check(const char *text, const char *const *names, size_t count, struct error *error)
{
	size_t hidden = text_hidden_at(text, true);
	const char *at = text;

	if (hidden > 0)
		return error_set(error, ERROR_FORMAT, "character %zu of the text is a control, invisible or "
			"direction-turning character, or not UTF-8", hidden);
	for (;;) {
		struct piece piece = piece_next(&at);

		if (piece.kind == PIECE_END)
			return true;
		if (piece.kind != PIECE_LITERAL && !piece_check(text, &piece, names, count, error))
			return false;
	}
}

bool template_uses(const char *text, const char *name)
{
	const char *at = text;
	struct piece piece;

	do {
		piece = piece_next(&at);
		if (piece.kind == PIECE_NAME && piece_is(&piece, name))
			return true;
	} while (piece.kind == PIECE_LITERAL || piece.kind == PIECE_NAME);
	return false;
}

static bool value_add(struct text *out, const struct piece *piece, const struct template_value *values,
	size_t count, struct error *error)
{
	for (size_t i = 0; i < count; i++) {
		if (!piece_is(piece, values[i].name) || values[i].value == NULL || values[i].value[0] == '\0')
			continue;
		if (!template_value_check(values[i].value, error))
			return error_wrap(error, "the value of {{%s}}", values[i].name);
		text_add(out, values[i].value);
		return true;
	}
	return error_set(error, ERROR_FORMAT, "{{%.*s}} has no value here", (int)piece->size, piece->start);
}

char *template_fill(struct arena *arena, const char *text, const struct template_value *values, size_t count,
	size_t limit, struct error *error)
{
	struct text out = text_open(arena, limit);
	const char *at = text;

	for (;;) {
		struct piece piece = piece_next(&at);

		if (piece.kind == PIECE_END)
			break;
		if (piece.kind == PIECE_BAD)
			return piece_check(text, &piece, NULL, 0, error) ? out.bytes : NULL;
		if (piece.kind == PIECE_LITERAL)
			text_add_size(&out, piece.start, piece.size);
		else if (!value_add(&out, &piece, values, count, error))
			return NULL;
	}
	if (out.full) {
		error_set(error, ERROR_FORMAT, "the filled text passes its limit of %zu bytes; shorten it", limit);
		return NULL;
	}
	return out.bytes;
}

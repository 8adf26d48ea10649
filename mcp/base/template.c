/* One scanner cuts a template into literal pieces and names; check, use and fill are three
 * readings of it. */
#include "template.h"

#include <string.h>

#include "text.h"
#include "utf8.h"

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
		size_t name =
			strncmp(*at, "{{", 2) == 0 ? strspn(*at + 2, "abcdefghijklmnopqrstuvwxyz_") : 0;

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

bool template_value_check(const char *value, struct error *error)
{
	size_t hidden = utf8_hidden_at(value, false);

	if (hidden > 0)
		return error_set(error, ERROR_FORMAT,
			"character %zu is a control, invisible or direction-turning "
			"character, or not UTF-8; correct the value",
			hidden);
	if (strpbrk(value, "{}") != NULL)
		return error_set(error, ERROR_FORMAT,
			"the value has a brace, which would look like a name left "
			"unfilled; correct the value");
	return true;
}

static bool piece_check(const char *text, const struct piece *piece, const char *const *names,
	size_t count, struct error *error)
{
	char name[MOST_NAME + 1];

	if (piece->kind == PIECE_BAD)
		return error_set(error, ERROR_FORMAT,
			"the brace at byte %zu is not part of a {{name}}; braces have "
			"no other use here",
			(size_t)(piece->start - text) + 1);
	for (size_t i = 0; i < count; i++)
		if (piece_is(piece, names[i]))
			return true;
	memcpy(name, piece->start, piece->size);
	name[piece->size] = '\0';
	const char *near = text_nearest(name, names, count);

	return error_set(error, ERROR_FORMAT, "{{%s}} is not a word that this text may use%s%s%s", name,
		near != NULL ? "; did you mean {{" : "", near != NULL ? near : "",
		near != NULL ? "}}?" : "");
}

bool template_check(const char *text, const char *const *names, size_t count, struct error *error)
{
	size_t hidden = utf8_hidden_at(text, true);
	const char *at = text;

	if (hidden > 0)
		return error_set(error, ERROR_FORMAT,
			"character %zu of the text is a control, invisible or "
			"direction-turning character, or not UTF-8",
			hidden);
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

static bool value_add(struct text *out, const struct piece *piece,
	const struct template_value *values, size_t count, struct error *error)
{
	for (size_t i = 0; i < count; i++) {
		if (!piece_is(piece, values[i].name) || values[i].value == NULL
			|| values[i].value[0] == '\0')
			continue;
		if (!template_value_check(values[i].value, error))
			return error_wrap(error, "the value of {{%s}}", values[i].name);
		text_add(out, values[i].value);
		return true;
	}
	return error_set(
		error, ERROR_FORMAT, "{{%.*s}} has no value here", (int)piece->size, piece->start);
}

char *template_fill(struct arena *arena, const char *text, const struct template_value *values,
	size_t count, size_t limit, struct error *error)
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
		error_set(error, ERROR_FORMAT, "the filled text passes its limit of %zu bytes; shorten it",
			limit);
		return NULL;
	}
	return out.bytes;
}

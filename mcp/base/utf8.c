#include "utf8.h"

#include <string.h>

#include "text.h"

enum { SHOWN_LIMIT = 1 << 20 };

int32_t utf8_next(const unsigned char **at)
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
	if (character < least[more] || character > 0x10ffff || character >> 11 == 27)
		return -1;
	*at += more + 1;
	return character;
}

bool utf8_hidden(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c || c == 0x200b || c == 0x200e
		|| c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff
		|| (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

size_t utf8_hidden_at(const char *text, bool lines)
{
	const unsigned char *at = (const unsigned char *)text;

	for (size_t place = 1; *at != '\0'; place++) {
		if (*at >= 0x20 && *at < 0x7f) {   /* most there is; looked at for every message of a cycle */
			at++;
			continue;
		}
		int32_t c = utf8_next(&at);

		if (c < 0 || (utf8_hidden(c) && !(lines && c == '\n')))
			return place;
	}
	return 0;
}

size_t utf8_length(const char *text)
{
	size_t length = 0;

	for (; *text != '\0'; text++)
		length += ((unsigned char)*text & 0xc0) != 0x80;
	return length;
}

const char *utf8_shown(struct arena *arena, const char *text, bool lines)
{
	if (text == NULL || utf8_hidden_at(text, lines) == 0)
		return text;
	struct text out = text_open(arena, SHOWN_LIMIT);
	const unsigned char *at = (const unsigned char *)text;

	while (*at != '\0') {
		const unsigned char *start = at;
		int32_t c = utf8_next(&at);

		if (c < 0)
			text_format(&out, "<0x%02X>", *at++);
		else if (utf8_hidden(c) && !(lines && c == '\n'))
			text_format(&out, "<U+%04X>", (unsigned)c);
		else
			text_add_size(&out, (const char *)start, (size_t)(at - start));
	}
	return out.bytes;
}

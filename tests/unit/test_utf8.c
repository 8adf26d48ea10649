/* What may be shown as it is, and what is written out instead. */
#include "check.h"
#include "mcp/base/utf8.h"

static const char *shown(struct arena *arena, const char *text)
{
	return utf8_shown(arena, text, false);
}

static void plain_text_stays(void)
{
	struct arena *arena = arena_new();
	const char *texts[] = { "", "Zoë Ångström", "李小龙", "नी\u200d", "a\u200cb", "😀" };

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		CHECK(shown(arena, texts[i]) == texts[i]);
	CHECK(shown(arena, NULL) == NULL);
	CHECK_INT(utf8_length("Zoë😀"), 4);
	arena_free(arena);
}

static void hidden_characters_are_written_out(void)
{
	struct arena *arena = arena_new();

	CHECK_TEXT(shown(arena, "Ann\u202eexe"), "Ann<U+202E>exe");
	CHECK_TEXT(shown(arena, "a\nb\x7f"), "a<U+000A>b<U+007F>");
	CHECK_TEXT(utf8_shown(arena, "a\nb\r", true), "a\nb<U+000D>");
	CHECK_TEXT(shown(arena, "\u200b\ufeff\u2066"), "<U+200B><U+FEFF><U+2066>");
	CHECK_TEXT(shown(arena, "a\U000e0041"), "a<U+E0041>");
	CHECK_INT(utf8_hidden_at("ab\u202ec", false), 3);
	arena_free(arena);
}

static void what_is_not_utf8_is_written_out(void)
{
	struct arena *arena = arena_new();

	CHECK_TEXT(shown(arena, "a\xff" "b"), "a<0xFF>b");
	CHECK_TEXT(shown(arena, "\xc0\xaf"), "<0xC0><0xAF>");           /* overlong */
	CHECK_TEXT(shown(arena, "\xed\xa0\x80"), "<0xED><0xA0><0x80>"); /* a surrogate */
	CHECK_TEXT(shown(arena, "a\xe2\x82"), "a<0xE2><0x82>");         /* cut off */
	CHECK_TEXT(shown(arena, "\xf5\x80\x80\x80"), "<0xF5><0x80><0x80><0x80>");
	arena_free(arena);
}

int main(void)
{
	CHECK_RUN(plain_text_stays);
	CHECK_RUN(hidden_characters_are_written_out);
	CHECK_RUN(what_is_not_utf8_is_written_out);
	return check_done();
}

/* Templates: what they fill, what they refuse, and that a value is never more than a value. */
#include "check.h"

#include "mcp/base/template.h"

static struct arena *arena;
static const char *const names[] = { "first_name", "points", "brand" };

static const char *fill(const char *text, const char *first_name, size_t limit)
{
	static struct error error;
	struct template_value values[] = { { "first_name", first_name }, { "points", "200" },
		{ "brand", "Flora" }, { "coupon_code", NULL } };
	const char *filled = template_fill(arena, text, values, 4, limit, &error);

	return filled != NULL ? filled : error.text;
}

static void fills_in_place(void)
{
	CHECK_TEXT(
		fill("Hello {{first_name}}, {{points}} points from {{brand}}.\n{{brand}}", "Ana", 200),
		"Hello Ana, 200 points from Flora.\nFlora");
	CHECK_TEXT(fill("", "Ana", 10), "");
	CHECK_TEXT(fill("{{first_name}}", "Zo\xc3\xab \xe6\x9d\x8e \xf0\x9f\x8c\xb8", 40),
		"Zo\xc3\xab \xe6\x9d\x8e \xf0\x9f\x8c\xb8");
	CHECK_TEXT(fill("{{first_name}}", "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae", 40),
		"\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae");
	CHECK_TEXT(
		fill("{{first_name}}", "%s %n $1 \\0 <b>&amp;</b>", 40), "%s %n $1 \\0 <b>&amp;</b>");
	CHECK_TEXT(fill("12345{{first_name}}", "67890", 10), "1234567890");
}

static void says_what_is_missing(void)
{
	CHECK_TEXT(fill("Use {{coupon_code}}", "Ana", 99), "{{coupon_code}} has no value here");
	CHECK_TEXT(fill("Hi {{first_name}}", "", 99), "{{first_name}} has no value here");
	CHECK_TEXT(fill("Hi {{nobody}}", "Ana", 99), "{{nobody}} has no value here");
	CHECK_TEXT(fill("12345{{first_name}}", "678901", 10),
		"the filled text passes its limit of 10 bytes; shorten it");
}

static void braces_are_names_only(void)
{
	static const char *const bad[] = { "{", "}", "a { b", "a } b", "{{", "}}", "{{}}", "{{points}",
		"{points}}", "{{ points }}", "{{Points}}", "{{#points}}", "{{points}}}", "{{{points}}}",
		"{{{{points}}}}", "{{poi{{points}}nts}}", "{{points\n}}", "{{p\xc3\xa4}}",
		"{{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}}" };
	struct error error;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		bool refused = !template_check(bad[i], names, 3, &error)
			&& strstr(error.text, "is not part of a {{name}}") != NULL;

		if (!refused)
			printf("# taken: %s\n", bad[i]);
		CHECK(refused);
		CHECK(strstr(fill(bad[i], "Ana", 99), "is not part of a {{name}}") != NULL);
	}
	CHECK(!template_check("ab{", names, 3, &error) && strstr(error.text, "byte 3") != NULL);
}

static void unknown_names_are_named(void)
{
	struct error error;

	CHECK(template_check("{{points}}{{brand}} x", names, 3, &error));
	CHECK(!template_check("{{pionts}}", names, 3, &error));
	CHECK_TEXT(
		error.text, "{{pionts}} is not a word that this text may use; did you mean {{points}}?");
	CHECK(!template_check("{{zzzzzzzzzzzz}}", names, 3, &error));
	CHECK_TEXT(error.text, "{{zzzzzzzzzzzz}} is not a word that this text may use");
	CHECK(template_uses("a {{brand}} b", "brand") && !template_uses("a {{brand}} b", "bran"));
	CHECK(!template_uses("brand", "brand"));
}

static const char *const unfit[] = { "a\nBcc: x@y", "a\rb", "a\tb", "\x01", "\x7f", "\xc2\x85",
	"\xc2\xad",
	"\xe2\x80\xae"
	"evil",
	"\xe2\x81\xa6x", "\xe2\x80\x8f", "\xd8\x9c",
	"a\xe2\x80\x8b"
	"b",
	"\xe2\x80\xa8", "\xef\xbb\xbf", "\xf3\xa0\x81\x81", "\xff", "\xc0\xaf", "\xed\xa0\x80",
	"\xf4\x90\x80\x80", "\xe2\x82", "\xe2", "\xf0\x9f\x8c", "{{points}}", "{", "a}b" };

static void values_cannot_steer(void)
{
	for (size_t i = 0; i < sizeof unfit / sizeof unfit[0]; i++) {
		struct error error = { .text = "" };

		CHECK(!template_value_check(unfit[i], &error));
		CHECK_INT(error.code, ERROR_FORMAT);
		CHECK(strncmp(fill("Hi {{first_name}}", unfit[i], 99), "the value of {{first_name}}: ", 28)
			== 0);
	}
}

static void texts_cannot_hide(void)
{
	struct error error;

	CHECK(template_check("line\nline", names, 3, &error));
	for (size_t i = 0; i + 3 < sizeof unfit / sizeof unfit[0]; i++)
		if (strchr(unfit[i], '\n') == NULL)
			CHECK(!template_check(unfit[i], names, 3, &error));
}

static void every_word_is_documented(void)
{
	CHECK(template_word_count >= 6);
	for (size_t i = 0; i < template_word_count; i++)
		CHECK(strlen(template_words[i].name) > 0 && strlen(template_words[i].meaning) > 5);
}

int main(void)
{
	arena = arena_new();
	CHECK_RUN(fills_in_place);
	CHECK_RUN(says_what_is_missing);
	CHECK_RUN(braces_are_names_only);
	CHECK_RUN(unknown_names_are_named);
	CHECK_RUN(values_cannot_steer);
	CHECK_RUN(texts_cannot_hide);
	CHECK_RUN(every_word_is_documented);
	arena_free(arena);
	return check_done();
}

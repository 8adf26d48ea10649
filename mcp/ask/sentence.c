#include "sentence.h"

#include <ctype.h>
#include <string.h>

#include "mcp/base/utf8.h"

/* Signs that only part words: quotes, dashes, brackets, spaces. 2019 is an apostrophe. */
static bool is_parting(int32_t character)
{
	return character == 0xA0 || character == 0xAB || character == 0xBB || character == 0x2018 ||
		(character >= 0x2010 && character <= 0x2015) || character == 0x201C || character == 0x201D ||
		character == 0x2026 || character == 0x202F || (character < 0x80 && character > 0 &&
		strchr(" \t\n,;:.?!\"()[]-_'", (int)character) != NULL);
}

static bool is_letter(int32_t character)
{
	return character >= 0x80 ? !is_parting(character) && character != 0x2019 : isalnum((int)character) != 0;
}

/* The character at a byte, and its size. */
static int32_t look(const char *text, size_t at, size_t *size)
{
	const unsigned char *place = (const unsigned char *)text + at;
	int32_t character = *place == '\0' ? 0 : utf8_next(&place);

	*size = (size_t)(place - ((const unsigned char *)text + at));
	return character;
}

/* The bytes of the apostrophe at `at`, 0 when there is none. */
static size_t apostrophe(const char *text, size_t at)
{
	size_t size;
	int32_t character = look(text, at, &size);

	return character == '\'' || character == 0x2019 ? size : 0;
}

/* The end of a word. "store's" ends before its apostrophe, "don't" is one word. */
static size_t word_end(const char *text, size_t at, size_t *next)
{
	size_t size;

	for (;;) {
		while (is_letter(look(text, at, &size)))
			at += size;
		size_t mark = apostrophe(text, at), after;

		*next = at;
		if (mark == 0)
			return at;
		bool own = tolower((unsigned char)text[at + mark]) == 's' && !is_letter(look(text, at + mark + 1, &after));

		if (own || !is_letter(look(text, at + mark, &after))) {
			*next = at + mark + own;
			return at;
		}
		at += mark;
	}
}

static const char *lower(struct arena *arena, const char *text, size_t size)
{
	char *out = arena_alloc(arena, size + 1);
	size_t used = 0, step;

	for (size_t at = 0; at < size; at += step)
		if ((step = apostrophe(text, at)) == 0)
			out[used++] = (char)tolower((unsigned char)text[at]), step = 1;
	return out;
}

void word_stem(char *word)
{
	size_t size = strlen(word);

	if (size < 4 || word[size - 1] != 's' || strchr("sui", word[size - 2]) != NULL)
		return;
	bool many = size > 4 && strcmp(word + size - 3, "ies") == 0;   /* categories, category */

	word[size - (many ? 3 : 1)] = many ? 'y' : '\0';
	word[size - (many ? 2 : 1)] = '\0';
}

static bool add(struct sentence *sentence, struct arena *arena, const char *text, size_t at, size_t size,
	struct error *error)
{
	struct token *token = &sentence->tokens[sentence->count];

	if (sentence->count == TOKENS_MOST)
		return error_set(error, ERROR_ARGUMENT, "The question has more than %d words. Ask one thing in one short "
			"sentence.", TOKENS_MOST);
	token->text = strcmp(text, "&") == 0 ? "and" : text;
	char *stem = arena_copy(arena, token->text);

	word_stem(stem);
	token->stem = stem;
	token->at = at;
	token->size = size;
	sentence->count++;
	return true;
}

/* What stands between two words: how near they are. */
static void note_gap(struct sentence *sentence, size_t from, size_t to)
{
	struct token *token = &sentence->tokens[sentence->count];

	*token = (struct token){ .joint = to == from + 1 && sentence->count > 0 ? sentence->text[from] : '\0' };
	for (size_t at = from; at < to; at++)
		token->apart = token->apart || strchr(",;:.?!\n", sentence->text[at]) != NULL;
}

bool sentence_read(const char *text, struct arena *arena, struct sentence *sentence, struct error *error)
{
	size_t size = strlen(text), gap = 0, next, step;

	*sentence = (struct sentence){ .text = text };
	if (size > SENTENCE_BYTES_MOST)
		return error_set(error, ERROR_ARGUMENT, "The question has %zu bytes; the most is %d. Ask one thing in one "
			"short sentence.", size, SENTENCE_BYTES_MOST);
	if (utf8_hidden_at(text, true) != 0)
		return error_set(error, ERROR_ARGUMENT, "Character %zu of the question cannot be seen or is no UTF-8. Write it "
			"in plain words.", utf8_hidden_at(text, true));
	for (size_t at = 0; text[at] != '\0'; at = next) {
		int32_t character = look(text, at, &step);

		next = at + step;
		if (is_parting(character) || character == 0x2019)
			continue;
		size_t end = is_letter(character) ? word_end(text, at, &next) : next;

		if (sentence->count < TOKENS_MOST)
			note_gap(sentence, gap, at);
		if (!add(sentence, arena, lower(arena, text + at, end - at), at, end - at, error))
			return false;
		gap = end;
	}
	return sentence->count > 0 || error_set(error, ERROR_ARGUMENT, "The question is empty. Ask for one number, like "
		"\"GMV last week by store\".");
}

size_t sentence_says(const struct sentence *sentence, size_t at, const char *phrase, bool stems)
{
	size_t count = 0;

	if (at >= sentence->count || sentence->tokens[at].text[0] != phrase[0])   /* most are not: this is asked often */
		return 0;
	for (const char *word = phrase; *word != '\0'; count++) {
		size_t size = strcspn(word, " ");

		if (at + count >= sentence->count)
			return 0;
		const struct token *token = &sentence->tokens[at + count];
		const char *own = stems ? token->stem : token->text;

		if (strlen(own) != size || memcmp(own, word, size) != 0)
			return 0;
		word += size + (word[size] == ' ');
	}
	return count;
}

const char *sentence_span(const struct sentence *sentence, size_t first, size_t count, struct arena *arena)
{
	const struct token *last = &sentence->tokens[first + count - 1];
	size_t at = sentence->tokens[first].at;

	return arena_copy_size(arena, sentence->text + at, last->at + last->size - at);
}

int sentence_number(const struct sentence *sentence, size_t at)
{
	static const struct { const char *word; int number; } words[] = { { "one", 1 }, { "two", 2 }, { "three", 3 },
		{ "four", 4 }, { "five", 5 }, { "six", 6 }, { "seven", 7 }, { "eight", 8 }, { "nine", 9 }, { "ten", 10 },
		{ "eleven", 11 }, { "twelve", 12 }, { "fourteen", 14 }, { "fifteen", 15 }, { "twenty", 20 }, { "thirty", 30 },
		{ "sixty", 60 }, { "ninety", 90 } };
	int number = 0;

	if (at >= sentence->count)
		return -1;
	const char *text = sentence->tokens[at].text;

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(text, words[i].word) == 0)
			return words[i].number;
	for (size_t i = 0; text[i] != '\0'; i++) {
		if (i == 4 || !isdigit((unsigned char)text[i]))
			return -1;
		number = number * 10 + (text[i] - '0');
	}
	return number;
}

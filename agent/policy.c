/* One reader for all groups, driven by policy.def; mistakes are collected, never thrown. */
#include "policy.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json_place.h"
#include "mcp/base/template.h"
#include "policy_reader.h"

enum { REQUIRED = 1, OPTIONAL = 0 };

const struct policy_word policy_words[] = {
#define WORD(group, name, kind, need, least, most, detail, meaning) \
	{ #group, #name, POLICY_WORD_##kind, need, least, most, offsetof(struct group, name), \
		detail, meaning },
#include "policy.def"
#undef WORD
};

const size_t policy_word_count = sizeof policy_words / sizeof policy_words[0];

/* list_read() puts the count of a list behind its pointer. */
#define FOLLOWS(group, list, count)                                                                \
	(offsetof(group, count) == offsetof(group, list) + sizeof(void *))
_Static_assert(FOLLOWS(struct policy_audience, tiers, tier_count), "tiers");
_Static_assert(FOLLOWS(struct policy_evidence, metrics, metric_count), "metrics");
_Static_assert(FOLLOWS(struct policy, arms, arm_count), "arms");
#undef FOLLOWS

static void group_read(
	struct policy_reader *reader, const char *pointer, json_t *json, const char *group, void *base);

void policy_mistake(struct policy_reader *reader, const char *pointer, const char *format, ...)
{
	char sentence[320];
	va_list list;

	va_start(list, format);
	vsnprintf(sentence, sizeof sentence, format, list);
	va_end(list);
	char *line = arena_format(reader->arena, "%s:%d: %s%s%s", reader->file,
		json_place_line(reader->bytes, pointer), pointer, pointer[0] != '\0' ? ": " : "", sentence);

	if (reader->mistake_count == 0)
		snprintf(reader->first, sizeof reader->first, "%s", line);
	if (++reader->mistake_count <= POLICY_MOST_MISTAKES)
		text_format(reader->mistakes, "%s\n", line);
}

/* A key as it may be shown: the file's author is not trusted with the terminal. */
static const char *key_show(struct policy_reader *reader, const char *key)
{
	char *shown = arena_copy_size(reader->arena, key, strnlen(key, 40));

	for (char *c = shown; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~' || *c == '/')
			*c = '?';
	return shown;
}

static const struct policy_word *word_find(const char *group, const char *name)
{
	for (size_t i = 0; i < policy_word_count; i++)
		if (strcmp(policy_words[i].group, group) == 0 && strcmp(policy_words[i].name, name) == 0)
			return &policy_words[i];
	return NULL;
}

static bool name_is_good(const char *name)
{
	size_t size = strlen(name);

	return size >= 1 && size <= 40 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == size
		&& name[0] != '_' && name[0] != '-';
}

static const char *name_read(struct policy_reader *reader, const char *pointer, const json_t *json)
{
	const char *name = json_string_value(json);

	if (name != NULL && name_is_good(name))
		return arena_copy(reader->arena, name);
	policy_mistake(reader, pointer, "must be a name: 1 to 40 lower-case letters, digits, _ or -");
	return "";
}

static const char *text_read(struct policy_reader *reader, const char *pointer,
	const struct policy_word *word, const json_t *json)
{
	const char *text = json_string_value(json);
	size_t size = text != NULL ? strlen(text) : 0;
	/* policy_check() looks at those */
	bool message = strcmp(word->group, "policy_template") == 0;
	struct error error;

	if (text == NULL)
		policy_mistake(reader, pointer, "must be a text: %s", word->meaning);
	else if (!message && !template_value_check(text, &error))
		policy_mistake(reader, pointer, "%s", error.text);
	else if (size < (size_t)word->least || size > (size_t)word->most)
		policy_mistake(reader, pointer, "has %zu bytes; it must have %.0f to %.0f: %s", size,
			word->least, word->most, word->meaning);
	else
		return arena_copy(reader->arena, text);
	return "";
}

static int64_t whole_read(struct policy_reader *reader, const char *pointer,
	const struct policy_word *word, const json_t *json)
{
	json_int_t value = json_integer_value(json);

	if (json_is_integer(json) && value >= (json_int_t)word->least
		&& value <= (json_int_t)word->most)
		return value;
	policy_mistake(reader, pointer, "must be a whole number from %.0f to %.0f: %s", word->least,
		word->most, word->meaning);
	return 0;
}

static double real_read(struct policy_reader *reader, const char *pointer,
	const struct policy_word *word, const json_t *json)
{
	double value = json_number_value(json);

	if (json_is_number(json) && value >= word->least && value <= word->most)
		return value;
	policy_mistake(reader, pointer, "must be a number from %g to %g: %s", word->least, word->most,
		word->meaning);
	return NAN;
}

static int choice_read(struct policy_reader *reader, const char *pointer,
	const struct policy_word *word, const json_t *json)
{
	const char *value = json_string_value(json), *at = word->detail;
	size_t size = value != NULL ? strlen(value) : 0;

	for (int place = 0; size > 0; place++) {
		size_t one = strcspn(at, "|");

		if (one == size && memcmp(at, value, size) == 0)
			return place;
		if (at[one] == '\0')
			break;
		at += one + 1;
	}
	policy_mistake(reader, pointer, "must be one of %s: %s", word->detail, word->meaning);
	return 0;
}

/* The struct of one member of a list or map, by group. */
static size_t group_size(const char *group)
{
	return strcmp(group, "policy_metric") == 0 ? sizeof(struct policy_metric)
		: strcmp(group, "policy_arm") == 0 ? sizeof(struct policy_arm)
		: strcmp(group, "policy_template") == 0 ? sizeof(struct policy_template)
		: sizeof(const char *);
}

/* The items of an array, one struct (or name) after the other; the count goes behind them. */
static void list_read(struct policy_reader *reader, const char *pointer,
	const struct policy_word *word, const json_t *json, void *base)
{
	size_t count = json_array_size(json), size = group_size(word->detail);
	char *items = arena_alloc(reader->arena, (count + 1) * size);

	if (!json_is_array(json) || count < (size_t)word->least || count > (size_t)word->most) {
		policy_mistake(reader, pointer, "must be a list of %.0f to %.0f: %s", word->least,
			word->most, word->meaning);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const char *place = arena_format(reader->arena, "%s/%zu", pointer, i);
		json_t *item = json_array_get(json, i);

		if (strcmp(word->detail, "name") == 0)
			((const char **)(void *)items)[i] = name_read(reader, place, item);
		else
			group_read(reader, place, item, word->detail, items + i * size);
	}
	memcpy(base, &items, sizeof items);
	memcpy((char *)base + sizeof items, &count, sizeof count);
}

static int name_order(const void *a, const void *b)
{
	return strcmp(
		((const struct policy_template *)a)->name, ((const struct policy_template *)b)->name);
}

/* Templates by name, in the order of their names, so that the file's order means nothing. */
static void map_read(struct policy_reader *reader, const char *pointer,
	const struct policy_word *word, json_t *json, struct policy *policy)
{
	size_t count = json_object_size(json), i = 0;
	const char *key;
	json_t *item;

	if (!json_is_object(json) || count < (size_t)word->least || count > (size_t)word->most) {
		policy_mistake(reader, pointer, "must be an object of %.0f to %.0f: %s", word->least,
			word->most, word->meaning);
		return;
	}
	policy->templates = arena_alloc(reader->arena, count * sizeof *policy->templates);
	policy->template_count = count;
	json_object_foreach(json, key, item) {
		const char *place = arena_format(reader->arena, "%s/%s", pointer, key_show(reader, key));

		policy->templates[i].name = arena_copy(reader->arena, key);
		if (!name_is_good(key))
			policy_mistake(
				reader, place, "is not a name: 1 to 40 lower-case letters, digits, _ or -");
		group_read(reader, place, item, word->detail, &policy->templates[i++]);
	}
	qsort(policy->templates, count, sizeof *policy->templates, name_order);
}

static void word_read(struct policy_reader *reader, const char *pointer,
	const struct policy_word *word, json_t *json, void *base)
{
	void *field = (char *)base + word->offset;

	switch (word->kind) {
	case POLICY_WORD_TEXT:
		*(const char **)field = text_read(reader, pointer, word, json);
		break;
	case POLICY_WORD_NAME:
		*(const char **)field = name_read(reader, pointer, json);
		break;
	case POLICY_WORD_WHOLE:
		*(int64_t *)field = whole_read(reader, pointer, word, json);
		break;
	case POLICY_WORD_REAL:
		*(double *)field = real_read(reader, pointer, word, json);
		break;
	case POLICY_WORD_CHOICE:
		*(int *)field = choice_read(reader, pointer, word, json);
		break;
	case POLICY_WORD_GROUP:
		group_read(reader, pointer, json, word->detail, field);
		break;
	case POLICY_WORD_LIST:
		list_read(reader, pointer, word, json, field);
		break;
	case POLICY_WORD_MAP:
		map_read(reader, pointer, word, json, base);
		break;
	}
}

static void word_missing(
	struct policy_reader *reader, const char *pointer, const struct policy_word *word, void *base)
{
	double *field = (double *)(void *)((char *)base + word->offset);

	if (word->required)
		policy_mistake(reader, pointer, "lacks \"%s\": %s", word->name, word->meaning);
	if (word->kind == POLICY_WORD_REAL)
		*field = NAN;
}

static void word_unknown(
	struct policy_reader *reader, const char *pointer, const char *group, const char *key)
{
	const char *names[32];
	size_t count = 0;

	for (size_t i = 0; i < policy_word_count && count < 32; i++)
		if (strcmp(policy_words[i].group, group) == 0)
			names[count++] = policy_words[i].name;
	const char *near = text_nearest(key, names, count);

	policy_mistake(reader, pointer, "is not a word that is known here%s%s%s",
		near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
		near != NULL ? "\"?" : "");
}

static void group_read(
	struct policy_reader *reader, const char *pointer, json_t *json, const char *group, void *base)
{
	const char *key;
	json_t *value;

	if (!json_is_object(json)) {
		policy_mistake(reader, pointer, "must be an object with its words in braces");
		return;
	}
	json_object_foreach(json, key, value) if (word_find(group, key) == NULL) word_unknown(
		reader, arena_format(reader->arena, "%s/%s", pointer, key_show(reader, key)), group, key);
	for (size_t i = 0; i < policy_word_count; i++) {
		const struct policy_word *word = &policy_words[i];

		if (strcmp(word->group, group) != 0)
			continue;
		value = json_object_get(json, word->name);
		if (value == NULL)
			word_missing(reader, pointer, word, base);
		else
			word_read(reader, arena_format(reader->arena, "%s/%s", pointer, word->name), word,
				value, base);
	}
}

/* A file NAME.json holds the policy NAME, so that people find what a report speaks of. */
static void file_name_check(struct policy_reader *reader, const struct policy *policy)
{
	const char *slash = strrchr(reader->file, '/'),
			   *stem = slash != NULL ? slash + 1 : reader->file;
	size_t size = strlen(stem);

	if (size < 5 || strcmp(stem + size - 5, ".json") != 0)
		return;
	if (size - 5 != strlen(policy->name) || memcmp(stem, policy->name, size - 5) != 0)
		policy_mistake(reader, "/name", "is \"%s\", but the file is called %s", policy->name, stem);
}

static const struct policy *policy_from_json(
	struct policy_reader *reader, json_t *json, struct error *error)
{
	struct policy *policy = arena_alloc(reader->arena, sizeof *policy);

	group_read(reader, "", json, "policy", policy);
	if (reader->mistake_count == 0) {
		file_name_check(reader, policy);
		policy_check(reader, policy);
	}
	if (reader->mistake_count == 0) {
		policy->body = arena_dump(reader->arena, json);
		return policy;
	}
	if (reader->mistake_count > POLICY_MOST_MISTAKES)
		text_format(reader->mistakes, "%s: and %zu more\n", reader->file,
			reader->mistake_count - POLICY_MOST_MISTAKES);
	error_set(error, ERROR_CONFIG, "%s is not taken, it has %zu mistake%s; the first: %s",
		reader->file, reader->mistake_count, reader->mistake_count == 1 ? "" : "s", reader->first);
	return NULL;
}

static const struct policy *policy_refuse(
	const char *file, int line, const char *what, struct text *mistakes, struct error *error)
{
	text_format(mistakes, "%s:%d: %s\n", file, line, what);
	error_set(error, ERROR_CONFIG, "%s is not taken, at line %d: %s", file, line, what);
	return NULL;
}

const struct policy *policy_read(struct arena *arena, const char *file, const char *bytes,
	size_t size, struct text *mistakes, struct error *error)
{
	json_error_t where;

	if (size > POLICY_MOST_BYTES)
		return policy_refuse(
			file, 1, "it is larger than 65536 bytes, which no policy needs", mistakes, error);
	json_t *json = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &where);

	if (json == NULL)
		return policy_refuse(file, where.line, where.text, mistakes, error);
	struct policy_reader reader = { .arena = arena, .file = file, .mistakes = mistakes,
		.bytes = arena_copy_size(arena, bytes, size) };

	return policy_from_json(&reader, arena_json(arena, json), error);
}

const struct policy *policy_load(struct arena *arena, const char *path, struct text *mistakes,
	struct error *error)
{
	char *bytes = arena_alloc(arena, POLICY_MOST_BYTES + 1);
	struct stat status;
	size_t size = 0;
	ssize_t got = -1;
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (file >= 0 && fstat(file, &status) == 0 && !S_ISREG(status.st_mode)) {
		close(file);
		return policy_refuse(path, 1, "it is not a file", mistakes, error);
	}
	while (file >= 0 && size <= POLICY_MOST_BYTES
	       && (got = read(file, bytes + size, POLICY_MOST_BYTES + 1 - size)) > 0)
		size += (size_t)got;
	int reason = errno;

	if (file >= 0)
		close(file);
	if (got < 0)
		return policy_refuse(path, 1, strerror(reason), mistakes, error);
	return policy_read(arena, path, bytes, size, mistakes, error);
}

bool policy_is_file(const char *path)
{
	const char *slash = strrchr(path, '/'), *stem = slash != NULL ? slash + 1 : path;
	size_t size = strlen(stem);

	return size > 5 && strcmp(stem + size - 5, ".json") == 0 && strcmp(stem, "schema.json") != 0
		&& strstr(path, "cases/") == NULL;
}

size_t policy_tier(const struct policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->audience.tier_count; i++)
		if (strcmp(policy->audience.tiers[i], name) == 0)
			return i;
	return POLICY_NONE;
}

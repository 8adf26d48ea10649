#include "event_value.h"

#include <stdio.h>
#include <string.h>

#include "event_read.h"
#include "mcp/base/clock.h"

enum { ID_MOST = 200, TEXT_MOST = 500, SHOWN_MOST = 60 };

static const long long cents_most = 1000000000000LL, count_most = 2147483647LL, day_us = 86400000000LL;

bool event_is_text(const char *text, size_t size, size_t most)
{
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	return size >= 1 && size <= most;
}

/* Two digits, or -1. */
static int two(const char *at)
{
	return at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9' ? (at[0] - '0') * 10 + at[1] - '0' : -1;
}

/* Days since 1970 of a day of the Gregorian calendar: whole years and leap days, then the days of the months before. */
static int64_t days_of(int year, int month, int day)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	int past = year - 1;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return (int64_t)past * 365 + past / 4 - past / 100 + past / 400 - 719162 + before[month - 1] + (leap && month > 2) +
		day - 1;
}

static int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

/* Up to six digits behind a point count, as microseconds; more are dropped. Returns what comes after them. */
static const char *read_fraction(const char *at, int64_t *us)
{
	int64_t unit = 100000;

	if (*at != '.' || at[1] < '0' || at[1] > '9')
		return at;
	for (at++; *at >= '0' && *at <= '9'; at++, unit /= 10)
		*us += (*at - '0') * unit;
	return at;
}

static bool read_offset(const char *at, int64_t *us)
{
	if ((at[0] == 'Z' || at[0] == 'z') && at[1] == '\0')
		return true;
	if ((at[0] != '+' && at[0] != '-') || strlen(at) != 6 || at[3] != ':')
		return false;
	int hours = two(at + 1), minutes = two(at + 4);

	if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59)
		return false;
	*us += (at[0] == '-' ? 1 : -1) * (hours * 3600LL + minutes * 60LL) * 1000000;
	return true;
}

bool event_time(const char *text, int64_t *at_us)
{
	if (strnlen(text, 41) < 20 || strnlen(text, 41) > 40 || text[4] != '-' || text[7] != '-' ||
	    (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':')
		return false;
	int century = two(text), rest = two(text + 2), month = two(text + 5), day = two(text + 8);
	int hour = two(text + 11), minute = two(text + 14), second = two(text + 17);
	int year = century * 100 + rest;

	if (century < 0 || rest < 0 || year < 1970 || year > 2199 || month < 1 || month > 12 || day < 1 ||
	    day > month_days(year, month) || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
		second > 59)
		return false;
	int64_t us = (days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) * 1000000;
	const char *after = read_fraction(text + 19, &us);

	*at_us = us;
	return read_offset(after, at_us);
}

static const char *time_text(struct arena *arena, int64_t at_us)
{
	char stamp[32];

	clock_stamp(at_us, stamp);   /* to the millisecond: what lies behind is put in its place */
	return arena_format(arena, "%.19s.%06dZ", stamp, (int)(at_us % 1000000));
}

static const char *of_time(struct arena *arena, const json_t *value, int64_t now_us, const char **why)
{
	int64_t at_us;

	*why = "an instant with its offset, like 2026-11-20T10:00:00+01:00";
	if (!json_is_string(value) || !event_time(json_string_value(value), &at_us) || at_us < 0)
		return NULL;
	*why = "a moment that is past, or at most a day ahead";
	return at_us > now_us + day_us ? NULL : time_text(arena, at_us);
}

static const char *of_number(struct arena *arena, const json_t *value, long long least, long long most,
	const char **why)
{
	if (json_is_integer(value) && json_integer_value(value) >= least && json_integer_value(value) <= most)
		return arena_format(arena, "%lld", (long long)json_integer_value(value));
	*why = arena_format(arena, "a whole number from %lld to %lld", least, most);
	return NULL;
}

static const char *of_text(struct arena *arena, const json_t *value, size_t most, const char **why)
{
	if (json_is_string(value) && event_is_text(json_string_value(value), json_string_length(value), most))
		return json_string_value(value);
	*why = arena_format(arena, "a text of 1 to %zu bytes without control characters", most);
	return NULL;
}

static const char *of_word(struct arena *arena, const json_t *value, const char *words, const char **why)
{
	const char *text = json_string_value(value);
	size_t size = text == NULL ? 0 : strlen(text);

	for (const char *at = words; size > 0 && *at != '\0'; at += strspn(at, "|")) {
		size_t width = strcspn(at, "|");

		if (width == size && strncmp(at, text, size) == 0)
			return text;
		at += width;
	}
	char *list = arena_copy(arena, words);

	for (char *at = list; (at = strchr(at, '|')) != NULL;)
		*at = '/';
	*why = arena_format(arena, "one of %s", list);
	return NULL;
}

static const char *of_uuid(const json_t *value, const char **why)
{
	const char *text = json_string_value(value);

	*why = "an id like 019a9f3e-5c1d-7a10-b1c2-2f6f3c1d9e77";
	if (text == NULL || strlen(text) != 36)
		return NULL;
	for (int i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : strchr("0123456789abcdefABCDEF", text[i]) == NULL)
			return NULL;
	}
	return text;
}

/* One line of an order, checked and in our own form: only these fields, in PostgreSQL's ranges. */
static json_t *read_line(struct arena *arena, const json_t *line)
{
	static const struct {
		const char *name;
		bool needed;
	} numbers[] = { { "line", true }, { "units", true }, { "amount_cents", true }, { "cost_cents", false } };
	json_t *out = json_object(), *category = json_object_get(line, "category");
	const char *why;
	size_t seen = category != NULL;
	bool good = category == NULL || json_is_null(category) || of_text(arena, category, TEXT_MOST, &why) != NULL;

	if (category != NULL)
		json_object_set(out, "category", category);
	for (size_t i = 0; good && i < 4; i++) {
		const json_t *value = json_object_get(line, numbers[i].name);

		seen += value != NULL;
		if (value != NULL)
			json_object_set(out, numbers[i].name, (json_t *)(uintptr_t)value);
		good = value == NULL || json_is_null(value) ? !numbers[i].needed
			: of_number(arena, value, 0, i < 2 ? count_most : cents_most, &why) != NULL;
	}
	if (good && json_object_size(line) == seen)
		return out;
	json_decref(out);
	return NULL;
}

/* The lines in our own form; NULL: something of them is not what it must be. */
static const char *read_lines(struct arena *arena, const json_t *value)
{
	json_t *lines = arena_json(arena, json_array()), *numbers = arena_json(arena, json_object()), *one;
	size_t i;

	if (!json_is_array(value) || json_array_size(value) > EVENT_LINES_MOST)
		return NULL;
	json_array_foreach((json_t *)(uintptr_t)value, i, one) {
		json_t *line = read_line(arena, one);
		char number[24];

		if (line == NULL)
			return NULL;
		json_array_append_new(lines, line);
		snprintf(number, sizeof number, "%lld", (long long)json_integer_value(json_object_get(line, "line")));
		if (json_object_get(numbers, number) != NULL)
			return NULL;
		json_object_set_new(numbers, number, json_true());
	}
	return i == 0 ? "[]" : arena_dump(arena, lines);
}

static const char *of_lines(struct arena *arena, const json_t *value, const char **why)
{
	const char *lines = read_lines(arena, value);

	if (lines == NULL)
		*why = arena_format(arena, "a list of at most %d objects with line (no two alike), units, amount_cents and, if "
			"known, category and cost_cents, whole numbers from 0", (int)EVENT_LINES_MOST);
	return lines;
}

const char *event_value(struct arena *arena, enum event_type type, const json_t *value, const char *words,
	int64_t now_us, const char **why)
{
	switch (type) {
	case EVENT_TYPE_ID:
		return of_text(arena, value, ID_MOST, why);
	case EVENT_TYPE_TEXT:
		return of_text(arena, value, TEXT_MOST, why);
	case EVENT_TYPE_CENTS:
		return of_number(arena, value, 0, cents_most, why);
	case EVENT_TYPE_COUNT:
		return of_number(arena, value, 0, count_most, why);
	case EVENT_TYPE_POSITIVE:
		return of_number(arena, value, 1, cents_most, why);
	case EVENT_TYPE_TIME:
		return of_time(arena, value, now_us, why);
	case EVENT_TYPE_BOOL:
		*why = "true or false";
		return json_is_boolean(value) ? (json_is_true(value) ? "true" : "false") : NULL;
	case EVENT_TYPE_WORD:
		return of_word(arena, value, words, why);
	case EVENT_TYPE_UUID:
		return of_uuid(value, why);
	case EVENT_TYPE_LINES:
		return of_lines(arena, value, why);
	}
	return NULL;
}

const char *event_shown(struct arena *arena, const char *text)
{
	char *shown = arena_copy_size(arena, text, strnlen(text, SHOWN_MOST));

	for (char *at = shown; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || (unsigned char)*at >= 0x7f)
			*at = '?';
	return shown;
}

const char *event_value_shown(struct arena *arena, const json_t *value)
{
	if (json_is_string(value))
		return arena_format(arena, "\"%s\"", event_shown(arena, json_string_value(value)));
	if (json_is_integer(value))
		return arena_format(arena, "%lld", (long long)json_integer_value(value));
	return json_is_array(value) ? "this list" : json_is_object(value) ? "an object" : json_is_real(value) ? "a fraction"
		: json_is_true(value) ? "true" : "false";
}

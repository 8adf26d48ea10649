#include "argument.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "mcp/base/text.h"
#include "mcp/base/utf8.h"
#include "query.h"

enum { NAMES_MOST = 100, LISTED_MOST = 12 };

bool argument_uuid(struct call *call, const char *field)
{
	const char *value = call_text(call, field);
	bool good = value == NULL || strlen(value) == 36;

	for (size_t i = 0; good && value != NULL && i < 36; i++)
		good = i == 8 || i == 13 || i == 18 || i == 23 ? value[i] == '-' : isxdigit((unsigned char)value[i]) != 0;
	return good || call_refuse(call, ERROR_ARGUMENT, "%s is \"%.60s\"; it must be an id like "
		"01a2b3c4-d5e6-7f80-9a1b-2c3d4e5f6071, as the list tools show it.", field,
		utf8_shown(call->arena, value, false));
}

static int days_of(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* The zone at the end of a moment: Z, or +hh:mm up to 14 hours. */
static bool is_zone(const char *text)
{
	int hours, minutes, used = 0;

	if (strcmp(text, "Z") == 0)
		return true;
	return (text[0] == '+' || text[0] == '-') && strlen(text) == 6 && isdigit((unsigned char)text[1]) &&
		isdigit((unsigned char)text[4]) && sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &used) == 2 && used == 5 &&
		hours <= 14 && minutes <= 59;
}

static bool is_moment(const char *text)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:dd";
	int year, month, day, hour, minute, second;

	for (size_t i = 0; shape[i] != '\0'; i++)
		if (shape[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != shape[i])
			return false;
	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &year, &month, &day, &hour, &minute, &second) != 6)
		return false;
	text += sizeof shape - 1;
	if (*text == '.') {
		size_t digits = strspn(text + 1, "0123456789");

		if (digits < 1 || digits > 6)
			return false;
		text += digits + 1;
	}
	return year >= 1970 && year <= 2999 && month >= 1 && month <= 12 && day >= 1 && day <= days_of(year, month) &&
		hour <= 23 && minute <= 59 && second <= 59 && is_zone(text);
}

bool argument_time(struct call *call, const char *field)
{
	const char *value = call_text(call, field);

	return value == NULL || is_moment(value) || call_refuse(call, ERROR_ARGUMENT, "%s is \"%.60s\"; it must be a "
		"moment with its zone, like 2026-03-01T08:00:00Z or 2026-03-01T09:00:00+01:00.", field,
		utf8_shown(call->arena, value, false));
}

/* The names that there are, for the sentence of the refusal. */
static const char *list_names(struct call *call, const struct db_rows *rows, const char *value)
{
	const char *names[NAMES_MOST], *near;
	size_t count = db_count(rows) < NAMES_MOST ? db_count(rows) : NAMES_MOST;
	struct text list = text_open(call->arena, 400);

	for (size_t i = 0; i < count; i++)
		names[i] = utf8_shown(call->arena, db_text(rows, i, 0), false);
	near = text_nearest(value, names, count);
	if (near != NULL)
		text_format(&list, " Nearest: %s.", near);
	for (size_t i = 0; i < count && i < LISTED_MOST; i++)
		text_format(&list, "%s%s", i == 0 ? " Known: " : ", ", names[i]);
	if (count > 0)
		text_add(&list, count > LISTED_MOST ? ", …" : ".");
	return list.bytes;
}

bool argument_known(struct call *call, const char *field, const char *kind)
{
	const char *value = call_text(call, field);
	struct db_rows *rows;

	if (value == NULL)
		return true;
	if (!query_rows(call, "known_names", DB_VALUES(kind, value), &rows))
		return false;
	if (db_count(rows) > 0 && db_truth(rows, 0, 1))
		return true;
	const char *shown = utf8_shown(call->arena, value, false);

	return call_refuse(call, ERROR_NOT_FOUND, "%s is \"%.60s\"; there is no such %s here.%s", field, shown, kind,
		list_names(call, rows, shown));
}

bool argument_has_secret(const char *text)
{
	return strstr(text, "fl_live_") != NULL;
}

bool argument_words(struct call *call, const char *field, bool lines)
{
	const char *value = call_text(call, field);
	size_t hidden = value == NULL ? 0 : utf8_hidden_at(value, lines);

	if (hidden > 0)
		return call_refuse(call, ERROR_ARGUMENT, "%s has a control, invisible or direction-turning character at place "
			"%zu; only plain text%s is allowed: write it again without it.", field, hidden, lines ? " and line feeds"
			: " on one line");
	if (value != NULL && argument_has_secret(value))
		return call_refuse(call, ERROR_ARGUMENT, "%s holds what looks like an API key; keys must not be kept in texts: "
			"take it out.", field);
	return true;
}

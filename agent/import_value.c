#include "agent/import_value.h"

#include <stdio.h>
#include <string.h>

#include "mcp/base/utf8.h"

static const struct import_rule rules[] = {
#define ENTITY(name)
#define FIELD(entity, name, kind, need, words) \
	{ IMPORT_##entity, #name, IMPORT_##kind, IMPORT_##need, words },
#include "agent/import_fields.def"
#undef ENTITY
#undef FIELD
};

const char *const import_entity_names[IMPORT_ENTITY_COUNT] = {
#define ENTITY(name) #name,
#define FIELD(entity, name, kind, need, words)
#include "agent/import_fields.def"
#undef ENTITY
#undef FIELD
};

const char *const import_as_words[IMPORT_AS_MOST] = {
	"text", "lower", "integer", "cents", "cents_comma", "cents_rounded", "yyyymmdd", "yyyy-mm-dd",
	"yyyy-mm-dd hh:mm:ss", "rfc3339",
};

/* The shape of each date form: Y, M, D, h, m, s stand for digits, the rest for itself. */
static const char *const date_shapes[IMPORT_AS_MOST] = {
	[IMPORT_AS_YYYYMMDD] = "YYYYMMDD",
	[IMPORT_AS_YYYY_MM_DD] = "YYYY-MM-DD",
	[IMPORT_AS_YYYY_MM_DD_HH_MM_SS] = "YYYY-MM-DD hh:mm:ss",
	[IMPORT_AS_RFC3339] = "YYYY-MM-DDThh:mm:ss",
};

struct moment {
	int year, month, day, hour, minute, second;
	size_t size;   /* of the text that was read */
};

struct import_rules import_rules(enum import_entity entity)
{
	struct import_rules found = { NULL, 0 };

	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
		if (rules[i].entity == entity) {
			found.fields = found.fields == NULL ? &rules[i] : found.fields;
			found.count++;
		}
	return found;
}

/* "sentence", with the value in front: cut, and without bytes that could upset a terminal. */
static bool refuse(char *reason, const char *value, const char *sentence)
{
	char shown[44];
	size_t size = 0;

	for (; value[size] != '\0' && size < 40; size++) {
		unsigned char byte = (unsigned char)value[size];

		shown[size] = byte < 0x20 || byte >= 0x7f ? '?' : value[size];
	}
	shown[size] = '\0';
	snprintf(reason, IMPORT_REASON_BYTES, "\"%s%s\" %s", shown, value[size] != '\0' ? "..." : "",
		sentence);
	return false;
}

bool import_value_fits(enum import_kind kind, enum import_as as)
{
	switch (kind) {
	case IMPORT_ID:
	case IMPORT_TEXT:
	case IMPORT_BOOL:
	case IMPORT_WORD:
		return as == IMPORT_AS_TEXT || as == IMPORT_AS_LOWER;
	case IMPORT_CENTS:
		return as >= IMPORT_AS_INTEGER && as <= IMPORT_AS_CENTS_ROUNDED;
	case IMPORT_COUNT:
	case IMPORT_POSITIVE:
		return as == IMPORT_AS_INTEGER;
	case IMPORT_DATE:
	case IMPORT_TIME:
		return as >= IMPORT_AS_YYYYMMDD && as < IMPORT_AS_MOST;
	}
	return false;
}

enum import_as import_value_default(enum import_kind kind)
{
	if (kind == IMPORT_DATE)
		return IMPORT_AS_YYYY_MM_DD;
	if (kind == IMPORT_TIME)
		return IMPORT_AS_YYYY_MM_DD_HH_MM_SS;
	return import_value_fits(kind, IMPORT_AS_TEXT) ? IMPORT_AS_TEXT : IMPORT_AS_INTEGER;
}

static bool is_digit(char letter)
{
	return letter >= '0' && letter <= '9';
}

static bool convert_integer(const char *text, int64_t *number, char *reason)
{
	const char *at = text[0] == '-' ? text + 1 : text;

	*number = 0;
	for (; is_digit(*at) && *number <= IMPORT_NUMBER_MOST; at++)
		*number = *number * 10 + (*at - '0');
	if ((*at != '\0' && !is_digit(*at)) || at == text || !is_digit(at[-1]))
		return refuse(reason, text, "is not a whole number");
	if (*number > IMPORT_NUMBER_MOST)
		return refuse(reason, text, "is too large");
	*number = text[0] == '-' ? -*number : *number;
	return true;
}

/* The digits of a decimal number without its point, and where the point stood. */
struct decimal {
	char digits[64];
	int count, whole;   /* digits, and those before the point, which an exponent moves */
	bool negative, exponent;
};

static bool read_exponent(const char *text, int *exponent)
{
	bool negative = *text == '-';

	*exponent = 0;
	text += *text == '-' || *text == '+';
	if (!is_digit(*text))
		return false;
	for (; is_digit(*text) && *exponent < 1000; text++)
		*exponent = *exponent * 10 + (*text - '0');
	*exponent = negative ? -*exponent : *exponent;
	return *text == '\0';
}

static bool read_decimal(const char *text, char point, struct decimal *decimal)
{
	bool fraction = false;
	int exponent = 0;

	*decimal = (struct decimal){ .negative = *text == '-' };
	text += *text == '-' || *text == '+';
	for (; is_digit(*text) || (*text == point && !fraction); text++) {
		if (*text == point) {
			fraction = true;
			decimal->whole = decimal->count;
			continue;
		}
		if (decimal->count == (int)sizeof decimal->digits)
			return false;
		decimal->digits[decimal->count++] = *text;
	}
	if (!fraction)
		decimal->whole = decimal->count;
	if (decimal->count == 0)
		return false;
	if (*text == 'e' || *text == 'E') {
		decimal->exponent = true;
		if (!read_exponent(text + 1, &exponent))
			return false;
		decimal->whole += exponent;
		return true;
	}
	return *text == '\0';
}

bool import_value_cents(const char *text, char point, bool rounded, int64_t *cents, char *reason)
{
	struct decimal decimal;
	int64_t sum = 0;

	if (!read_decimal(text, point, &decimal) || (decimal.exponent && !rounded))
		return refuse(reason, text, "is not an amount of money");
	int wanted = decimal.whole + 2;   /* digits that make whole cents */

	for (int i = 0; i < wanted; i++) {
		sum = sum * 10 + (i < decimal.count ? decimal.digits[i] - '0' : 0);
		if (sum > IMPORT_NUMBER_MOST)
			return refuse(reason, text, "is too large");
		if (sum == 0 && i >= decimal.count)
			break;   /* zero with a large exponent */
	}
	for (int i = wanted < 0 ? 0 : wanted; i < decimal.count && !rounded; i++)
		if (decimal.digits[i] != '0')
			return refuse(reason, text, "has parts of a cent");
	if (wanted >= 0 && wanted < decimal.count && decimal.digits[wanted] >= '5')
		sum++;
	*cents = decimal.negative ? -sum : sum;
	return true;
}

static int digits_value(const char *text, size_t count)
{
	int value = 0;

	for (size_t i = 0; i < count; i++)
		value = value * 10 + (text[i] - '0');
	return value;
}

static bool is_shaped(const char *text, const char *shape)
{
	for (; *shape != '\0'; shape++, text++) {
		bool digit = strchr("YMDhms", *shape) != NULL;

		if (digit ? !is_digit(*text) : *text != *shape)
			return false;
	}
	return true;
}

static int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static bool read_moment(enum import_as as, const char *text, struct moment *moment, char *reason)
{
	bool compact = as == IMPORT_AS_YYYYMMDD;
	bool timed = as == IMPORT_AS_YYYY_MM_DD_HH_MM_SS || as == IMPORT_AS_RFC3339;

	*moment = (struct moment){ .size = strlen(date_shapes[as]) };
	if (!is_shaped(text, date_shapes[as])) {
		char sentence[80];

		snprintf(sentence, sizeof sentence, "is not written as %s", import_as_words[as]);
		return refuse(reason, text, sentence);
	}
	moment->year = digits_value(text, 4);
	moment->month = digits_value(text + (compact ? 4 : 5), 2);
	moment->day = digits_value(text + (compact ? 6 : 8), 2);
	if (timed) {
		moment->hour = digits_value(text + 11, 2);
		moment->minute = digits_value(text + 14, 2);
		moment->second = digits_value(text + 17, 2);
	}
	if (moment->year < 1900 || moment->year > 2199 || moment->month < 1 || moment->month > 12 ||
		moment->day < 1 || moment->day > month_days(moment->year, moment->month))
		return refuse(reason, text, "is not a day of the calendar between 1900 and 2199");
	if (moment->hour > 23 || moment->minute > 59 || moment->second > 59)
		return refuse(reason, text, "is not a time of day");
	return true;
}

/* What stands behind the seconds: nothing but for RFC 3339, which drops a fraction and keeps the
 * offset. */
static bool read_offset(enum import_as as, const char *text, size_t at, char offset[8],
	char *reason)
{
	offset[0] = '\0';
	if (as != IMPORT_AS_RFC3339)
		return text[at] == '\0' || refuse(reason, text, "has something behind the date");
	if (text[at] == '.' && is_digit(text[at + 1]))
		for (at++; is_digit(text[at]);)
			at++;
	bool zulu = text[at] == 'Z' && text[at + 1] == '\0';
	bool shift = (text[at] == '+' || text[at] == '-') && is_shaped(text + at + 1, "hh:mm") &&
		text[at + 6] == '\0' && digits_value(text + at + 1, 2) <= 14 &&
		digits_value(text + at + 4, 2) <= 59;

	if (!zulu && !shift)
		return refuse(reason, text, "has no offset such as Z or +01:00 at its end");
	snprintf(offset, 8, "%s", text + at);
	return true;
}

static bool convert_date(enum import_kind kind, enum import_as as, const char *time,
	const char *text, char *out, char *reason)
{
	struct moment moment;
	char offset[8], clock[16];

	if (!read_moment(as, text, &moment, reason) ||
		!read_offset(as, text, moment.size, offset, reason))
		return false;
	snprintf(clock, sizeof clock, "%02d:%02d:%02d", moment.hour % 100, moment.minute % 100,
		moment.second % 100);
	if (as == IMPORT_AS_YYYYMMDD || as == IMPORT_AS_YYYY_MM_DD)
		snprintf(clock, sizeof clock, "%s", time == NULL ? "00:00:00" : time);
	if (kind == IMPORT_DATE)
		snprintf(out, IMPORT_VALUE_BYTES, "%04d-%02d-%02d", moment.year, moment.month, moment.day);
	else
		snprintf(out, IMPORT_VALUE_BYTES, "%04d-%02d-%02d %s%s", moment.year, moment.month,
			moment.day, clock, offset);
	return true;
}

static bool convert_text(enum import_as as, const char *text, char *out, char *reason)
{
	size_t size = strlen(text);

	if (size >= IMPORT_VALUE_BYTES)
		return refuse(reason, text, "is too long");
	for (size_t i = 0; i <= size; i++)
		out[i] = as == IMPORT_AS_LOWER && text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) :
			text[i];
	return true;
}

bool import_value_convert(enum import_kind kind, enum import_as as, const char *time,
	const char *text, char *out, char *reason)
{
	char point = as == IMPORT_AS_CENTS_COMMA ? ',' : '.';
	int64_t number = 0;

	switch (as) {
	case IMPORT_AS_INTEGER:
		if (!convert_integer(text, &number, reason))
			return false;
		break;
	case IMPORT_AS_CENTS:
	case IMPORT_AS_CENTS_COMMA:
	case IMPORT_AS_CENTS_ROUNDED:
		if (!import_value_cents(text, point, as == IMPORT_AS_CENTS_ROUNDED, &number, reason))
			return false;
		break;
	case IMPORT_AS_YYYYMMDD:
	case IMPORT_AS_YYYY_MM_DD:
	case IMPORT_AS_YYYY_MM_DD_HH_MM_SS:
	case IMPORT_AS_RFC3339:
		return convert_date(kind, as, time, text, out, reason);
	case IMPORT_AS_TEXT:
	case IMPORT_AS_LOWER:
	case IMPORT_AS_MOST:
		return convert_text(as, text, out, reason);
	}
	snprintf(out, IMPORT_VALUE_BYTES, "%lld", (long long)number);
	return true;
}

/* An id that holds what nobody can see could be taken for another; in a text only controls are
 * refused. */
static bool check_text(const char *value, bool id, char *reason)
{
	const unsigned char *at = (const unsigned char *)value;
	size_t size = strlen(value), most = id ? IMPORT_ID_MOST_BYTES : IMPORT_TEXT_MOST_BYTES;

	while (*at != '\0') {
		int32_t character = utf8_next(&at);

		if (character < 0)
			return refuse(reason, value, "is not UTF-8");
		if (character < 0x20 || (character >= 0x7f && character < 0xa0))
			return refuse(reason, value, "holds a control character");
		if (id && utf8_hidden(character))
			return refuse(reason, value, "holds a character that cannot be seen");
	}
	if (size <= most)
		return true;
	snprintf(reason, IMPORT_REASON_BYTES, "a text of %zu bytes is longer than %zu", size, most);
	return false;
}

static bool check_word(const char *words, const char *value, char *reason)
{
	size_t size = strlen(value);
	char sentence[80];

	for (const char *at = words; *at != '\0'; at += strcspn(at, "|"), at += *at == '|')
		if (strcspn(at, "|") == size && strncmp(at, value, size) == 0)
			return true;
	snprintf(sentence, sizeof sentence, "is none of %s", words);
	return refuse(reason, value, sentence);
}

bool import_value_check(const struct import_rule *rule, const char *value, char *reason)
{
	if (value == NULL || value[0] == '\0') {
		if (rule->need == IMPORT_MAY || rule->need == IMPORT_ZERO)
			return true;
		snprintf(reason, IMPORT_REASON_BYTES, "it is empty");
		return false;
	}
	switch (rule->kind) {
	case IMPORT_ID:
		return check_text(value, true, reason);
	case IMPORT_TEXT:
		return check_text(value, false, reason);
	case IMPORT_CENTS:
	case IMPORT_COUNT:
		return value[0] != '-' || refuse(reason, value, "is below zero");
	case IMPORT_POSITIVE:
		return (value[0] != '-' && strcmp(value, "0") != 0) ||
			refuse(reason, value, "is not above zero");
	case IMPORT_BOOL:
		return check_word("true|false", value, reason);
	case IMPORT_WORD:
		return check_word(rule->words, value, reason);
	case IMPORT_DATE:
	case IMPORT_TIME:
		return true;
	}
	return false;
}

bool import_value_is_time_of_day(const char *text)
{
	return strlen(text) == 8 && is_shaped(text, "hh:mm:ss") && digits_value(text, 2) < 24 &&
		digits_value(text + 3, 2) < 60 && digits_value(text + 6, 2) < 60;
}

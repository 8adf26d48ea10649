/* A table of the five fields and one reader for all of them. */
#include "cron.h"

#include <string.h>

struct field {
	const char *name;
	int least, most;
};

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELDS };

static const struct field fields[FIELDS] = {
	[MINUTE] = { "minute", 0, 59 }, [HOUR] = { "hour", 0, 23 }, [DAY] = { "day", 1, 31 },
	[MONTH] = { "month", 1, 12 }, [WEEKDAY] = { "weekday", 0, 7 },
};

/* One or two digits within the field's range, or -1. */
static int number_read(const char **at, const struct field *field)
{
	int value = 0, digits = 0;

	while (**at >= '0' && **at <= '9' && digits < 3) {
		value = value * 10 + (*(*at)++ - '0');
		digits++;
	}
	return digits > 0 && digits < 3 && value >= field->least && value <= field->most ? value : -1;
}

/* One item of a list: star, number, range; an optional step, but not after a lone number. */
static bool item_read(const char **at, const struct field *field, uint64_t *bits)
{
	int first = field->least, last = field->most, step = 1;
	bool many = **at == '*';

	if (many) {
		(*at)++;
	} else {
		first = last = number_read(at, field);
		if (first >= 0 && **at == '-') {
			(*at)++;
			last = number_read(at, field);
			many = true;
		}
	}
	if (first < 0 || last < first)
		return false;
	if (**at == '/') {
		struct field steps = { field->name, 1, field->most };

		(*at)++;
		step = number_read(at, &steps);
		if (!many || step < 1)
			return false;
	}
	for (int value = first; value <= last; value += step)
		*bits |= (uint64_t)1 << value;
	return true;
}

static bool field_read(
	const char **at, const struct field *field, uint64_t *bits, struct error *error)
{
	const char *start = *at;

	for (;;) {
		if (!item_read(at, field, bits))
			break;
		if (**at == ' ' || **at == '\0')
			return true;
		if (**at != ',')
			break;
		(*at)++;
	}
	int size = (int)strcspn(start, " ");

	return error_set(error, ERROR_CONFIG,
		"the %s field \"%.*s\" is not a schedule: give numbers from %d to "
		"%d, lists 1,2, ranges 1-5, steps */5 or *",
		field->name, size < 40 ? size : 40, start, field->least, field->most);
}

/* With the weekday left open, some allowed month must have one of the allowed days. */
static bool cron_ever(const struct cron *cron)
{
	static const int lengths[13] = { 0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (!cron->any_weekday)
		return true;
	for (int month = 1; month <= 12; month++)
		for (int day = 1; day <= lengths[month]; day++)
			if (cron->months >> month & 1 && cron->days >> day & 1)
				return true;
	return false;
}

bool cron_read(const char *text, struct cron *cron, struct error *error)
{
	uint64_t bits[FIELDS] = { 0 };
	bool star[FIELDS];
	const char *at = text;

	for (int i = 0; i < FIELDS; i++) {
		if (i > 0 && *at == ' ')
			at++;
		star[i] = at[0] == '*' && (at[1] == ' ' || at[1] == '\0');
		if (*at == '\0')
			return error_set(error, ERROR_CONFIG,
				"the schedule has %d fields; it needs five: minute hour "
				"day month weekday, with one blank between",
				i);
		if (!field_read(&at, &fields[i], &bits[i], error))
			return false;
	}
	if (*at != '\0')
		return error_set(
			error, ERROR_CONFIG, "the schedule goes on after its five fields: \"%.40s\"", at);
	*cron = (struct cron){ .minutes = bits[MINUTE],
		.hours = bits[HOUR],
		.days = bits[DAY],
		.months = bits[MONTH],
		.weekdays = (bits[WEEKDAY] | bits[WEEKDAY] >> 7) & 127,
		.any_day = star[DAY],
		.any_weekday = star[WEEKDAY] };
	if (!cron_ever(cron))
		return error_set(
			error, ERROR_CONFIG, "the schedule never comes: none of its months has such a day");
	return true;
}

/* The calendar repeats every 400 years, or 146,097 days; with the year begun in March, the leap
 * day comes last and the months fall into the regular pattern (153 m + 2) / 5. */
#include "contrib/demo/civil.h"

#include <string.h>

enum { ERA_DAYS = 146097, EPOCH_SHIFT = 719468 };   /* 0000-03-01 to 1970-01-01 */

int civil_day(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = y / 400, of_era = y - era * 400;
	int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_SHIFT;
}

struct civil_date civil_date(int day)
{
	int shifted = day + EPOCH_SHIFT, era = shifted / ERA_DAYS, of_era = shifted - era * ERA_DAYS;
	int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * year + year / 4 - year / 100);
	int month = (5 * of_year + 2) / 153;

	return (struct civil_date){
		.year = era * 400 + year + (month >= 10),
		.month = month < 10 ? month + 3 : month - 9,
		.day = of_year - (153 * month + 2) / 5 + 1,
	};
}

int civil_weekday(int day)
{
	return (day + 3) % 7;   /* 1970-01-01 was a Thursday */
}

static int digits(const char *text, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

bool civil_parse(const char *text, int *day, struct error *error)
{
	if (strlen(text) == 10 && text[4] == '-' && text[7] == '-') {
		int y = digits(text, 4), m = digits(text + 5, 2), d = digits(text + 8, 2);

		if (y >= 1970 && y < 2200 && m >= 1 && m <= 12 && d >= 1) {
			struct civil_date back = civil_date(civil_day(y, m, d));

			*day = civil_day(y, m, d);
			if (back.month == m && back.day == d)
				return true;
		}
	}
	return error_set(error, ERROR_ARGUMENT,
		"\"%.40s\" is not a day between 1970 and 2199; write it as YYYY-MM-DD, such as 2026-11-20",
			text);
}

static void put(char *out, int value, int count)
{
	for (int i = count - 1; i >= 0; i--) {
		out[i] = (char)('0' + value % 10);
		value /= 10;
	}
}

void civil_write_day(int day, char *out)
{
	struct civil_date date = civil_date(day);

	put(out, date.year, 4);
	out[4] = '-';
	put(out + 5, date.month, 2);
	out[7] = '-';
	put(out + 8, date.day, 2);
}

void civil_write_time(int64_t at, char *out)
{
	int day = (int)(at / CIVIL_DAY_SECONDS), second = (int)(at % CIVIL_DAY_SECONDS);

	civil_write_day(day, out);
	out[10] = ' ';
	put(out + 11, second / 3600, 2);
	out[13] = ':';
	put(out + 14, second / 60 % 60, 2);
	out[16] = ':';
	put(out + 17, second % 60, 2);
}

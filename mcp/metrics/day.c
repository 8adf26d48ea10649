#include "day.h"

#include <stdio.h>
#include <string.h>

static int digits(const char *text, int count)
{
	int number = 0;

	for (int i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		number = number * 10 + text[i] - '0';
	}
	return number;
}

bool day_parse(const char *text, int *number)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return false;
	int year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);

	if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1)
		return false;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (day > lengths[month - 1] + (leap && month == 2))
		return false;
	int before = year - 1, days = before * 365 + before / 4 - before / 100 + before / 400 - 719162;

	for (int i = 0; i < month - 1; i++)
		days += lengths[i] + (leap && i == 1);
	*number = days + day - 1;
	return true;
}

/* Years begin in March here, so that the leap day comes last: the months' days are then (153 m + 2) / 5. */
void day_format(int number, char out[11])
{
	int shifted = number + 719468, era = shifted / 146097, of_era = shifted - era * 146097;
	int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
	int day = of_year - (153 * month + 2) / 5 + 1;

	year += era * 400 + (month >= 10);
	month += month < 10 ? 3 : -9;
	snprintf(out, 11, "%04u-%02u-%02u", (unsigned)year % 10000U, (unsigned)month % 100U, (unsigned)day % 100U);
}

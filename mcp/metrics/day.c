#include "day.h"

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

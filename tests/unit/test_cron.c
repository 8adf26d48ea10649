/* Schedules: what is taken, which bits it means, and that everything else is refused with its
 * field named. */
#include "check.h"

#include "agent/cron.h"

static void taken(const char *text, uint64_t minutes, uint64_t hours, uint64_t days,
	uint64_t months, uint64_t weekdays)
{
	struct cron cron;
	struct error error = { .text = "" };

	if (!cron_read(text, &cron, &error)) {
		printf("# \"%s\": %s\n", text, error.text);
		check_failed++;
		return;
	}
	CHECK_INT(cron.minutes, minutes);
	CHECK_INT(cron.hours, hours);
	CHECK_INT(cron.days, days);
	CHECK_INT(cron.months, months);
	CHECK_INT(cron.weekdays, weekdays);
}

static const uint64_t ALL_HOURS = 0xffffff, ALL_DAYS = 0xfffffffe, ALL_MONTHS = 0x1ffe,
					  ALL_WEEKDAYS = 0x7f;

static void schedules_taken(void)
{
	taken("0 9 * * *", 1, 1 << 9, ALL_DAYS, ALL_MONTHS, ALL_WEEKDAYS);
	taken("*/15 8-10 1,15 * *", 1 | 1 << 15 | 1 << 30 | 1ULL << 45, 7 << 8, 2 | 1 << 15, ALL_MONTHS,
		ALL_WEEKDAYS);
	taken("5 0 * 1-6/2 1-5", 1 << 5, 1, ALL_DAYS, 2 | 8 | 32, 62);
	taken("59 23 31 12 7", 1ULL << 59, 1 << 23, 1ULL << 31, 1 << 12, 1);
	taken("0 * * * 0,6-7", 1, ALL_HOURS, ALL_DAYS, ALL_MONTHS, 65);
	taken("0 0 29 2 *", 1, 1, 1 << 29, 4, ALL_WEEKDAYS);
	taken("0 0 31 2 1", 1, 1, 1ULL << 31, 4, 2);
	taken("00 09 01 01 *", 1, 1 << 9, 2, 2, ALL_WEEKDAYS);
}

static void stars_do_not_restrict(void)
{
	struct cron cron;
	struct error error;

	CHECK(cron_read("0 9 * * 1", &cron, &error) && cron.any_day && !cron.any_weekday);
	CHECK(cron_read("0 9 */2 * *", &cron, &error) && !cron.any_day && cron.any_weekday);
}

static void refused(const char *text, const char *saying)
{
	struct cron cron;
	struct error error = { .text = "" };

	if (cron_read(text, &cron, &error) || error.code != ERROR_CONFIG
	    || strstr(error.text, saying) == NULL) {
		printf("# \"%s\" gave \"%s\", without \"%s\"\n", text, error.text, saying);
		check_failed++;
	}
}

static void schedules_refused(void)
{
	refused("", "has 0 fields");
	refused("0 9 * *", "has 4 fields");
	refused("0 9 * * ", "has 4 fields");
	refused("0 9 * * * *", "goes on");
	refused("0 9 * * *\n", "weekday field");
	refused("60 9 * * *", "minute field \"60\"");
	refused("0 24 * * *", "hour field");
	refused("0 9 0 * *", "day field");
	refused("0 9 32 * *", "day field");
	refused("0 9 * 13 *", "month field");
	refused("0 9 * * 8", "weekday field");
	refused("0 9 * JAN *", "month field");
	refused("@daily", "minute field");
	refused("-1 9 * * *", "minute field");
	refused("5-1 9 * * *", "minute field");
	refused("1, 9 * * *", "minute field");
	refused(",1 9 * * *", "minute field");
	refused("1,,2 9 * * *", "minute field");
	refused("*/0 9 * * *", "minute field");
	refused("*/ 9 * * *", "minute field");
	refused("5/10 9 * * *", "minute field");
	refused("*/99 9 * * *", "minute field");
	refused("1-2-3 9 * * *", "minute field");
	refused("** 9 * * *", "minute field");
	refused("000 9 * * *", "minute field");
	refused("99999999999999999999 9 * * *", "minute field");
	refused("0  9 * * *", "hour field");
	refused(" 0 9 * * *", "minute field");
	refused("0\t9 * * *", "minute field");
	refused("0 0 30 2 *", "never comes");
	refused("0 0 31 4,6,9,11 *", "never comes");
}

int main(void)
{
	CHECK_RUN(schedules_taken);
	CHECK_RUN(stars_do_not_restrict);
	CHECK_RUN(schedules_refused);
	return check_done();
}

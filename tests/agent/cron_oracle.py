#!/usr/bin/env python3
"""cron_oracle.py SEED COUNT: cases for app.cron_next as CSV (expression, zone, after, expected instant or nothing).

The answer is found another way than the product's: local minutes one after another, day by day, each held against the
expression by its own reader. What PostgreSQL makes of a local time that a clock change skips or repeats, as Python's zone
data tells it: the smaller of the two offsets (a skipped time lies behind the gap, a repeated one is its second coming)."""
import csv
import random
import sys
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ZONES = ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'UTC', 'Asia/Kathmandu', 'America/Santiago',
	'Europe/London', 'Pacific/Chatham', 'Africa/Casablanca', 'Asia/Tokyo']
# Every clock change of these three, both ways.
CHANGES = [('Europe/Paris', (2026, 3, 29)), ('Europe/Paris', (2026, 10, 25)), ('America/New_York', (2027, 3, 14)),
	('America/New_York', (2026, 11, 1)), ('Australia/Lord_Howe', (2027, 4, 4)), ('Australia/Lord_Howe', (2026, 10, 4))]
LIMITS = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]


def fits(field, value, least, most):
	"""Whether a value is one of a field's, by asking of each part: in its range, and a whole number of steps in it."""
	for part in field.split(','):
		body, _, step = part.partition('/')
		first, last = (least, most) if body == '*' else ([int(x) for x in body.split('-')] * 2)[:2]
		if first <= value <= last and (value - first) % int(step or 1) == 0:
			return True
	return False


def day_fits(fields, day):
	if not fits(fields[3], day.month, 1, 12):
		return False
	in_days = fits(fields[2], day.day, 1, 31)
	weekday = day.isoweekday()
	in_weekdays = fits(fields[4], weekday, 0, 7) or weekday == 7 and fits(fields[4], 0, 0, 7)
	if fields[2] != '*' and fields[4] != '*':
		return in_days or in_weekdays
	return in_days and in_weekdays


def instant(local, zone):
	return (local - min(local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))).replace(tzinfo=timezone.utc)


def following(text, zone_name, after):
	fields, zone = text.split(), ZoneInfo(zone_name)
	day = after.astimezone(zone).date() - timedelta(days=1)
	minutes = [minute for minute in range(60) if fits(fields[0], minute, 0, 59)]
	hours = [hour for hour in range(24) if fits(fields[1], hour, 0, 23)]
	for _ in range(8 * 366 + 1):
		if day_fits(fields, day):
			midnight = datetime(day.year, day.month, day.day)
			coming = [at for at in (instant(midnight + timedelta(hours=hour, minutes=minute), zone)
				for hour in hours for minute in minutes) if at > after]
			if coming:
				return min(coming)
		day += timedelta(days=1)
	return None


def field(random_, least, most, plain):
	kind = random_.random()
	if kind < plain:
		return '*'
	if kind < plain + .1:
		return '*/%d' % random_.randint(2, max(2, most // 2))
	parts = []
	for _ in range(random_.choice([1, 1, 1, 2, 3])):
		first = random_.randint(least, most)
		last = random_.randint(first, most)
		parts.append(random_.choice(['%d' % first, '%d-%d' % (first, last),
			'%d-%d/%d' % (first, last, random_.randint(1, 5))]))
	return ','.join(parts)


def expression(random_):
	plain = [.1, .2, .6, .6, .6]
	return ' '.join(field(random_, *LIMITS[i], plain[i]) for i in range(5))


def cases(random_, count):
	for zone, (year, month, day) in CHANGES:
		around = datetime(year, month, day, tzinfo=timezone.utc)
		for text in ['%d %d * * *' % (minute, hour) for hour in (0, 1, 2, 3) for minute in (0, 15, 30, 45)] + [
				'*/10 * * * *', '0 * * * *', '30 1-3 * * *', '0 9 * * *']:
			for hours in (-30, -16, -15.5, -1, -.5, 0, .5, 1, 1.5, 5, 6, 6.5, 7, 8):
				yield text, zone, around + timedelta(hours=hours)
	for text, zone, after in [('0 0 29 2 *', 'Europe/Paris', (2026, 1, 1)), ('0 0 29 2 *', 'UTC', (2028, 2, 29)),
			('0 0 29 2 *', 'UTC', (2096, 2, 29)), ('0 0 29 2 1', 'UTC', (2096, 3, 1)), ('0 0 31 4 *', 'UTC', (2026, 1, 1)),
			('0 12 31 * *', 'Asia/Tokyo', (2026, 1, 31)), ('59 23 31 12 *', 'Europe/Paris', (2026, 12, 31)),
			('0 0 13 * 5', 'UTC', (2026, 2, 13)), ('0 0 13 * 0', 'UTC', (2026, 2, 13)), ('0 0 * * 7', 'UTC', (2026, 2, 13)),
			('0 0 * * 6-7', 'UTC', (2026, 2, 13)), ('0 0 1-7 * 1', 'Europe/London', (2026, 2, 28))]:
		yield text, zone, datetime(*after, tzinfo=timezone.utc)
	for _ in range(count):
		after = datetime(2020, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=random_.randint(0, 15 * 366 * 86400))
		yield expression(random_), random_.choice(ZONES), after


def main():
	random_ = random.Random(int(sys.argv[1]))
	out = csv.writer(sys.stdout)
	for text, zone, after in cases(random_, int(sys.argv[2])):
		expected = following(text, zone, after)
		out.writerow([text, zone, after.isoformat(), expected.isoformat() if expected else ''])


main()

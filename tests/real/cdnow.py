#!/usr/bin/env python3
"""cdnow.py FILE histories|facts|scores: the CDNOW sample read without any of flashd's code.

histories: what the fit must see, "x days_to_last days_since_first customers", in the order of their bytes.
facts: the loader's counts that are published.
scores R ALPHA A B: stdin is "customer p_now p_then" of everybody; prints the largest distance to the formulas, and how
well p_now tells who bought in the 39 weeks after."""
import datetime
import gzip
import sys
from collections import Counter

END = datetime.date(1997, 9, 30)
HORIZON_WEEKS = 39


def read(path):
	orders = []
	with gzip.open(path, 'rt') as file:
		for line in file:
			master, _, day, _, dollars = line.split()
			date = datetime.date(int(day[:4]), int(day[4:6]), int(day[6:]))
			orders.append((master, date, round(float(dollars) * 100)))
	return orders


def days_of(orders):
	days = {}
	for master, date, _ in orders:
		days.setdefault(master, set()).add(date)
	return days


def history(days):
	seen = sorted(day for day in days if day <= END)
	return len(seen) - 1, (seen[-1] - seen[0]).days, (END - seen[0]).days


def histories(orders):
	counts = Counter(history(days) for days in days_of(orders).values())
	return sorted('%d %d %d %d' % (key + (count,)) for key, count in counts.items())


def facts(orders):
	days = days_of(orders)
	known = [history(one) for one in days.values()]
	later = [sum(day > END for day in one) for one in days.values()]
	return ['%d records of %d customers' % (len(orders), len(days)),
		'%d purchase days' % sum(len(one) for one in days.values()),
		'%d repeats until the end' % sum(one[0] for one in known),
		'%d without one' % sum(one[0] == 0 for one in known),
		'T at most %.2f weeks' % (max(one[2] for one in known) / 7),
		'%d purchases after it by %d' % (sum(later), sum(one > 0 for one in later)),
		'spend %.2f' % (sum(order[2] for order in orders) / 100)]


def buys(model, x, t_x, age, weeks):
	r, alpha, a, b = model
	lost = a / (b + x - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x) if x > 0 else 0
	return (1 - ((alpha + age) / (alpha + age + weeks)) ** (r + x)) / (1 + lost)


def area(scored):
	"""The chance that one who bought has the higher score; ties count half."""
	ranked, below, bought, won = sorted(scored), 0, 0, 0.0
	place = 0
	while place < len(ranked):
		same = [one for one in ranked[place:] if one[0] == ranked[place][0]]
		yes = sum(one[1] for one in same)
		won += yes * below + yes * (len(same) - yes) / 2
		below += len(same) - yes
		bought += yes
		place += len(same)
	return won / (bought * below)


def scores(orders, model):
	days, worst, scored = days_of(orders), 0.0, []
	for line in sys.stdin:
		customer, p_now, p_then = line.split()
		x, t_x, age = history(days[customer])
		for got, at in ((p_now, age), (p_then, t_x)):
			worst = max(worst, abs(float(got) - buys(model, x, t_x / 7, at / 7, HORIZON_WEEKS)))
		scored.append((float(p_now), any(day > END for day in days[customer])))
	lapsed = sum(max(one) < END for one in ([day for day in all if day <= END] for all in days.values()))
	return ['%d of %d' % (len(scored), lapsed), 'worst %.1e' % worst, 'area %.4f' % area(scored),
		'expected %.1f bought %d' % (sum(one[0] for one in scored), sum(one[1] for one in scored))]


def main():
	orders = read(sys.argv[1])
	if sys.argv[2] == 'histories':
		lines = histories(orders)
	elif sys.argv[2] == 'facts':
		lines = facts(orders)
	else:
		lines = scores(orders, [float(word) for word in sys.argv[3:7]])
	print('\n'.join(lines))


main()

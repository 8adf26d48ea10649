#include "contrib/demo/world.h"

#include "contrib/demo/civil.h"

const char *const world_regions[WORLD_REGIONS] = { "Paris", "West", "North", "East", "South" };

const struct store world_stores[WORLD_STORES] = {
	{ "Paris \"Le Marais\"", 0, 9.6, 2009 }, { "Nantes Graslin", 1, 6.4, 2011 },
	{ "Lille Vieux-Lille", 2, 6.0, 2010 }, { "Strasbourg Krutenau", 3, 4.6, 2012 },
	{ "Lyon, Part-Dieu", 4, 7.7, 2010 }, { "Paris Opéra", 0, 7.1, 2011 },
	{ "Rennes Sainte-Anne", 1, 4.1, 2013 }, { "Rouen Cathédrale", 2, 3.0, 2014 },
	{ "Nancy Stanislas", 3, 2.6, 2013 }, { "Marseille Joliette", 4, 5.2, 2013 },
	{ "Paris Bastille", 0, 4.9, 2012 }, { "Bordeaux Chartrons", 1, 4.4, 2012 },
	{ "Amiens Saint-Leu", 2, 1.9, 2015 }, { "Metz Muse", 3, 1.9, 2016 },
	{ "Toulouse Capitole", 4, 4.3, 2012 }, { "Paris Batignolles", 0, 3.4, 2014 },
	{ "Brest Siam", 1, 1.7, 2016 }, { "Le Havre Docks", 2, 1.6, 2017 },
	{ "Dijon Darcy", 3, 2.2, 2014 }, { "Nice Masséna", 4, 3.5, 2013 },
	{ "Boulogne-Billancourt", 0, 2.6, 2015 }, { "Angers Ralliement", 1, 1.8, 2015 },
	{ "Caen Vaugueux", 2, 1.5, 2016 }, { "Reims Drouet", 3, 1.8, 2016 },
	{ "Montpellier Comédie", 4, 3.0, 2014 }, { "Versailles Notre-Dame", 0, 2.0, 2016 },
	{ "Tours Plumereau", 1, 1.6, 2017 }, { "Arras Héros", 2, 0.9, 2018 },
	{ "Mulhouse Réunion", 3, 1.1, 2018 }, { "Grenoble Grenette", 4, 2.2, 2015 },
	{ "La Défense", 0, 1.7, 2017 }, { "La Rochelle Port", 1, 1.3, 2018 },
	{ "Dunkerque Jean Bart", 2, 0.8, 2019 }, { "Besançon Battant", 3, 1.0, 2019 },
	{ "Aix-en-Provence", 4, 1.9, 2016 }, { "Saint-Denis", 0, 1.1, 2019 },
	{ "Poitiers Clain", 1, 0.9, 2020 }, { "Calais Hugo", 2, 0.6, 2021 },
	{ "Troyes Bouchon", 3, 0.8, 2020 }, { "Nîmes Arènes", 4, 1.2, 2019 },
};

const struct tier world_tiers[WORLD_TIERS] = {
	{ "bronze", "Bronze", 0 }, { "silver", "Silver", 20000 }, { "gold", "Gold", 50000 },
	{ "platinum", "Platinum", 100000 },
};

const struct campaign world_campaigns[WORLD_CAMPAIGNS] = {
	{ "C01", "New year, new list", "A", -690, -660 }, { "C02", "First terrace", "B", -590, -550 },
	{ "C03", "Long light", "C", -505, -460 }, { "C04", "Candle weeks", "A", -350, -315 },
	{ "C05", "Spring market", "B", -250, -200 }, { "C06", "Neighbours' week", "C", -180, -173 },
	{ "C07", "Picnic", "A", -160, -130 }, { "C08", "Back to school", "B", -118, -70 },
	{ "C09", "Autumn thanks", "A", -80, 10 }, { "C10", "Founders' days", "C", -12, 2 },
};

const struct pool world_pools[WORLD_POOLS] = {
	{ "welcome5", "Welcome 5", "WEL5", "open", -1, 500, 300, 60, 0.45, 30000 },
	{ "birthday8", "Birthday 8", "BDAY8", "open", -1, 800, 480, 30, 0.60, 24000 },
	{ "autumn10", "Autumn 10", "AUT10", "open", 8, 1000, 600, 14, 0.75, 0 },
	{ "school7", "Back to school 7", "SCH7", "closed", 7, 700, 420, 21, 0.60, 9000 },
	{ "spring6", "Spring 6", "SPR6", "closed", 4, 600, 360, 21, 0.55, 6000 },
	{ "winback8", "We miss you 8", "MISS8", "open", -1, 800, 480, 21, 0.70, 40000 },
	{ "vip15", "Gold 15", "GOLD15", "open", -1, 1500, 900, 45, 0.55, 8000 },
	{ "partner5", "Partner cinema 5", "CINE5", "paused", -1, 500, 450, 90, 0.30, 5000 },
};

/* Busy and quiet: by weekday from Monday, and by month (the value on its 15th, straight lines
 * between). */
static const double weekdays[7] = { 0.80, 0.85, 0.98, 0.92, 1.15, 1.50, 0.80 };
static const double months_busy[12] = { 1.05, 0.84, 0.90, 0.96, 1.00, 1.04, 0.96, 0.82, 0.98, 1.02,
	1.08, 1.42 };

static double season(int day)
{
	struct civil_date date = civil_date(day);
	int here = date.month - 1, near = date.day < 15 ? (here + 11) % 12 : (here + 1) % 12;
	double away = (date.day < 15 ? 15 - date.day : date.day - 15) / 30.5;

	double month = months_busy[here] * (1 - away) + months_busy[near] * away;

	return weekdays[civil_weekday(day)] * month;
}

struct world *world_make(struct arena *arena, uint64_t seed, int as_of, int months)
{
	struct world *world = arena_alloc(arena, sizeof *world);
	struct civil_date date = civil_date(as_of);
	int month = date.year * 12 + date.month - 1 - months;

	world->seed = seed;
	world->as_of = as_of;
	world->start = civil_day(month / 12, month % 12 + 1, date.day < 28 ? date.day : 28);
	world->first = world->start - WORLD_BEFORE_DAYS;
	world->dry_at = (int64_t)(as_of - STORY_DRY_DAYS) * CIVIL_DAY_SECONDS + 15 * 3600 + 42 * 60;
	world->clock = arena_alloc(arena, sizeof *world->clock * (size_t)(as_of - world->first + 1));
	for (int day = world->first; day < as_of; day++)
		world->clock[day - world->first + 1] = world->clock[day - world->first] + season(day);
	return world;
}

double world_clock(const struct world *world, int day)
{
	return world->clock[day - world->first];
}

int world_day(const struct world *world, double clock)
{
	int low = 0, high = world->as_of - world->first;

	if (clock >= world->clock[high])
		return world->as_of;
	while (high - low > 1) {
		int middle = low + (high - low) / 2;

		if (world->clock[middle] <= clock)
			low = middle;
		else
			high = middle;
	}
	return world->first + low;
}

int world_pick_store(struct draw *draw, int region)
{
	double weights[WORLD_STORES];

	for (int i = 0; i < WORLD_STORES; i++)
		weights[i] = region < 0 || world_stores[i].region == region ? world_stores[i].weight : 0;
	return (int)draw_weighted(draw, weights, WORLD_STORES);
}

int world_tier_of(int64_t spent_cents)
{
	int tier = 0;

	while (tier + 1 < WORLD_TIERS && spent_cents >= world_tiers[tier + 1].threshold_cents)
		tier++;
	return tier;
}

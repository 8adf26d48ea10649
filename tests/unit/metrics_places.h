/* Where the tenants of an oracle's database are, what is known there and from when until when: read from the tables
 * that tests/fixtures/oracle_world.sql (by hand) or oracle_brands.sql made. */
#ifndef FLASH_METRICS_PLACES_H
#define FLASH_METRICS_PLACES_H

#include "check.h"
#include "mcp/base/arena.h"
#include "mcp/base/log.h"
#include "mcp/db/db.h"
#include "mcp/metrics/catalogue.h"

enum { PLACES_MOST = 4, LOOKUPS_MOST = 20 };

/* What a call in an oracle is short for, and the dimensions that it looks up. */
struct lookup {
	const char *call, *dimensions, *sql;
};

/* One value of a dimension; or a source, with local times like "2017-11-05 22:30:00.000000". */
struct word {
	const char *of, *value;
};

struct known {
	const char *source, *since, *until;
};

struct place {
	int tenant, week_start, fiscal_month;
	bool retail;
	const char *today;
	struct known *known;
	struct word *words;
	const char **edges;       /* days at which something begins or ends */
	size_t known_count, word_count, edge_count;
};

static struct arena *arena, *whole;
static struct db *asked, *raw;
static struct place places[PLACES_MOST];
static struct lookup lookups[LOOKUPS_MOST];
static size_t place_count, lookup_count;

/* A file's text, read once. */
static const char *read_file(const char *path)
{
	static struct word files[200];
	static size_t count;
	char bytes[1 << 16];

	for (size_t i = 0; i < count; i++)
		if (strcmp(files[i].of, path) == 0)
			return files[i].value;
	FILE *file = fopen(path, "re");

	if (file == NULL || count == sizeof files / sizeof files[0]) {
		printf("Bail out! %s cannot be read; run this from the top of the checkout\n", path);
		exit(1);
	}
	bytes[fread(bytes, 1, sizeof bytes - 1, file)] = '\0';
	fclose(file);
	files[count] = (struct word){ arena_copy(whole, path), arena_copy(whole, bytes) };
	return files[count++].value;
}

static const char *daemon_database;

static void need(bool good, const char *what, const struct error *error)
{
	if (good)
		return;
	printf("Bail out! %s: %s\n", what, error->text);
	exit(1);
}

/* One statement of the test's own, as a superuser. */
static struct db_rows *read_rows(int tenant, const char *path, bool of_tenant)
{
	const char *number = arena_format(whole, "%d", tenant);
	struct db_rows *rows;
	struct error error;

	if (!db_select(raw, tenant, read_file(path), &number, of_tenant ? 1 : 0, whole, &rows, &error)) {
		printf("Bail out! %s: %s\n", path, error.text);
		exit(1);
	}
	return rows;
}

static void read_place(struct place *place)
{
	struct db_rows *spans = read_rows(place->tenant, "tests/fixtures/oracle_spans.sql", true);
	struct db_rows *words = read_rows(place->tenant, "tests/fixtures/oracle_words.sql", true);
	struct db_rows *edges = read_rows(place->tenant, "tests/fixtures/oracle_edges.sql", true);

	place->known_count = db_count(spans);
	place->known = arena_alloc(whole, place->known_count * sizeof *place->known);
	for (size_t i = 0; i < place->known_count; i++)
		place->known[i] = (struct known){ db_text(spans, i, 0), db_text(spans, i, 1), db_text(spans, i, 2) };
	place->word_count = db_count(words);
	place->words = arena_alloc(whole, place->word_count * sizeof *place->words);
	for (size_t i = 0; i < place->word_count; i++)
		place->words[i] = (struct word){ db_text(words, i, 0), db_text(words, i, 1) };
	place->edge_count = db_count(edges);
	place->edges = arena_alloc(whole, place->edge_count * sizeof *place->edges);
	for (size_t i = 0; i < place->edge_count; i++)
		place->edges[i] = db_text(edges, i, 0);
}

static void read_places(void)
{
	struct db_rows *rows = read_rows(1, "tests/fixtures/oracle_places.sql", false);

	for (place_count = 0; place_count < db_count(rows) && place_count < PLACES_MOST; place_count++) {
		struct place *place = &places[place_count];

		*place = (struct place){ .tenant = (int)db_number(rows, place_count, 0),
			.week_start = (int)db_number(rows, place_count, 1), .retail = db_truth(rows, place_count, 2),
			.fiscal_month = (int)db_number(rows, place_count, 3), .today = db_text(rows, place_count, 4) };
		read_place(place);
	}
	rows = read_rows(1, "tests/fixtures/oracle_lookups.sql", false);
	for (lookup_count = 0; lookup_count < db_count(rows) && lookup_count < LOOKUPS_MOST; lookup_count++)
		lookups[lookup_count] = (struct lookup){ db_text(rows, lookup_count, 0), db_text(rows, lookup_count, 1),
			db_text(rows, lookup_count, 2) };
}

/* Both connections, with the clock held at `now`, and what the oracles share. */
static void open_oracle(const char *database, const char *places_sql, const char *now)
{
	struct error error;

	daemon_database = arena_format(whole, "%s user=flashd options='-c flash.now=%s'", database, now);
	raw = db_open(arena_format(whole, "%s options='-c flash.now=%s'", database, now), "oracle", &error);
	need(raw != NULL, "connect again", &error);
	need(db_script(raw, read_file(places_sql), &error), places_sql, &error);
	need(db_script(raw, read_file("tests/fixtures/oracle.sql"), &error), "oracle.sql", &error);
	read_places();
	asked = db_open(daemon_database, "asked", &error);
	need(asked != NULL, "connect as flashd", &error);
}

static const struct metric *metric_of(const char *name)
{
	struct error error;

	return catalogue_find(catalogue_shipped(&error), name);
}

#endif

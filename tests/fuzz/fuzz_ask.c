/* Questions in plain words on any bytes: the reading of a sentence over the real catalogue and words, with the demo
 * brand's values as if a statement had found them. Holds when nothing crashes, a refusal has a sentence, the same
 * sentence is read alike twice, what was understood fits the input schema of the tool that answers it, every word
 * belongs to exactly one piece, and no word that nothing goes by has been passed over. An input is a sentence; a line
 * above it is the question that it goes on from.
 * Runs: 20000
 * Links: mcp/ask/sentence.c mcp/ask/moment.c mcp/ask/earlier.c mcp/ask/pieces.c mcp/ask/grammar.c mcp/ask/slots.c
 * mcp/ask/build.c mcp/metrics/catalogue.c mcp/metrics/definition.c mcp/metrics/fragment.c mcp/metrics/vocabulary.c
 * mcp/metrics/day.c mcp/metrics/derive.c
 * mcp/corridor/schema.c mcp/base/arena.c mcp/base/error.c mcp/base/text.c mcp/base/utf8.c
 * mcp/base/seal.c mcp/base/clock.c -ljansson -lsodium -pthread */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcp/ask/grammar.h"
#include "mcp/base/embed.h"
#include "mcp/corridor/schema.h"

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { VALUES_MOST = 600 };

static const struct { const char *name, *dimension, *value; } names[] = {
	{ "paris", "region", "Paris" }, { "west", "region", "West" }, { "north", "region", "North" },
	{ "gold", "tier", "gold" }, { "silver", "tier", "silver" }, { "web", "channel", "web" },
	{ "store", "channel", "store" }, { "app", "channel", "app" }, { "web", "acquisition_source", "web" },
	{ "store", "acquisition_source", "store" }, { "nantes graslin", "store", "S02" }, { "s02", "store", "S02" },
	{ "gold 15", "coupon_pool", "vip15" }, { "c05", "campaign", "C05" }, { "picnic", "campaign", "C07" },
	{ "a", "campaign_type", "A" }, { "12", "store", "12" }, { "top", "store", "S77" }, { "orders", "tier", "orders" },
	{ "october", "campaign", "October" }, { "gold", "key", "gold" },
};

static struct catalogue *catalogue;
static json_t *files_read[2], *schemas[2];

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "not true: %s\n", what);
	abort();
}

/* No file travels in this program: the catalogue is read from the checkout. */
const struct embed *embed_find(const char *path)
{
	(void)path;
	return NULL;
}

const struct embed *embed_next(const char *folder, const struct embed *last)
{
	(void)folder;
	(void)last;
	return NULL;
}

static void read_metric(const char *name)
{
	static char bytes[1 << 16];
	char path[300];

	snprintf(path, sizeof path, "sql/metrics/%s", name);
	FILE *file = fopen(path, "rb");
	size_t size = fread(bytes, 1, sizeof bytes, file);

	fclose(file);
	catalogue_add(catalogue, path, bytes, size);
}

int LLVMFuzzerInitialize(int *count, char ***words)
{
	static const char *const tools[] = { "mcp/tools/query_metric.json", "mcp/tools/list_metrics.json" };
	static struct dirent **files;

	(void)count;
	(void)words;
	catalogue = catalogue_new();
	for (int i = 0, most = scandir("sql/metrics", &files, NULL, alphasort); i < most; i++)
		if (strstr(files[i]->d_name, ".json") != NULL)
			read_metric(files[i]->d_name);
	must(catalogue_finish(catalogue) == 0 && catalogue_at(catalogue, 0) != NULL, "the catalogue is read");
	for (int i = 0; i < 2; i++)
		schemas[i] = json_object_get(files_read[i] = json_load_file(tools[i], 0, NULL), "inputSchema");
	must(schemas[0] != NULL && schemas[1] != NULL, "the schemas are read");
	return 0;
}

/* As the statement would: values whose words these are, by lower case. */
static size_t find_values(const struct sentence *sentence, struct ask_value *values)
{
	size_t found = 0;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		for (size_t at = 0; at < sentence->count && found < VALUES_MOST; at++) {
			size_t count = sentence_says(sentence, at, names[i].name, false);

			if (count > 0)
				values[found++] = (struct ask_value){ at, count, dimension_find(names[i].dimension), names[i].value };
		}
	return found;
}

/* Every word is in one piece; only a search for metrics may hold words that are not grounded. */
static void check_cover(const struct sentence *sentence, const struct ask_world *world, enum ask_intent intent,
	struct arena *arena)
{
	struct pieces *pieces = arena_alloc(arena, sizeof *pieces);
	size_t next = 0;

	pieces_split(sentence, world, arena, pieces);
	for (size_t i = 0; i < pieces->count; i++) {
		const struct piece *piece = &pieces->all[i];

		must(piece->first == next && piece->count > 0, "every word belongs to one piece");
		next += piece->count;
		must(intent == ASK_LIST_METRICS || piece->role != ROLE_UNKNOWN, "what is answered has no unknown word");
		must(intent == ASK_LIST_METRICS || (piece->role != ROLE_PEOPLE && piece->role != ROLE_FORECAST &&
			piece->role != ROLE_INSTRUCTION && piece->role != ROLE_NEGATION), "what is answered is a question for a "
			"number");
	}
	must(next == sentence->count, "no word is left");
}

static void check_query(const struct ask_reading *reading, struct arena *arena)
{
	struct error error;
	json_t *query = arena_json(arena, json_deep_copy(reading->query));

	if (!schema_check(schemas[reading->intent == ASK_LIST_METRICS], query, &error)) {
		fprintf(stderr, "%s in %s\n", error.text, arena_dump(arena, query));
		must(false, "a query fits its tool's schema");
	}
	must(reading->intent == ASK_LIST_METRICS || catalogue_find(catalogue,
		json_string_value(json_object_get(query, "metric"))) != NULL, "a query names a metric");
}

/* The reading of a sentence; false when it was refused. */
static bool read_one(const char *text, const struct ask_reading *previous, struct arena *arena,
	struct ask_reading *reading)
{
	struct sentence *sentence = arena_alloc(arena, sizeof *sentence);
	struct ask_value *values = arena_alloc(arena, sizeof *values * VALUES_MOST);
	struct ask_world world = { .catalogue = catalogue, .calendar = { 20777, 1 }, .values = values };
	struct error error = { .code = ERROR_NONE }, again;
	struct ask_reading second;

	if (!sentence_read(text, arena, sentence, &error)) {
		must(error.code == ERROR_ARGUMENT && error.text[0] != '\0', "a refused text is said why");
		return false;
	}
	world.value_count = find_values(sentence, values);
	if (previous != NULL) {
		world.previous = previous->query;
		world.previous_moment = previous->moment;
	}
	bool good = ask_read(sentence, &world, arena, reading, &error);

	must(ask_read(sentence, &world, arena, &second, &again) == good, "a sentence is read alike twice");
	must(!good || json_equal(second.query, reading->query), "a sentence gives the same query twice");
	must(good || ((error.code == ERROR_UNGROUNDED || error.code == ERROR_AMBIGUOUS) && error.text[0] != '\0'),
		"a refusal says why");
	if (!good)
		return false;
	check_cover(sentence, &world, reading->intent, arena);
	check_query(reading, arena);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	char *text = arena_copy_size(arena, size == 0 ? "" : (const char *)data, size);
	char *second = strchr(text, '\n');
	struct ask_reading first, next;

	if (second != NULL)
		*second++ = '\0';
	if (read_one(text, NULL, arena, &first) && second != NULL && first.intent != ASK_LIST_METRICS)
		read_one(second, &first, arena, &next);
	arena_free(arena);
	return 0;
}

/* One pass over the fields, then the rules between them. Goes on after a mistake, so that all are told at once. */
#include "definition.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "day.h"
#include "fragment.h"
#include "mcp/base/seal.h"
#include "metric_test.h"

static const char *const fields[] = { "name", "title", "unit", "kind", "meaning", "synonyms", "owner", "certified",
	"certified_by", "certified_on", "certified_definition", "source", "value", "numerator", "denominator",
	"filter", "entity", "dimensions", "additive", "windows", "lookback_days", "freshness_hours", "tests", "factors",
	"since" };
static const char *const units[] = { "cents", "points", "count", "ratio", "days", "hours" };
static const char *const kinds[] = { "sum", "count", "distinct", "ratio", "stock", "model", "derived",
	"cumulative" };

/* The column that the compiler makes for what looks back. */
static const char days_ago[] = "days_ago";

struct reader {
	struct arena *arena;
	const char *path;
	json_t *json;
	struct mistakes *mistakes;
	struct metric *metric;
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

void mistake_add(struct mistakes *mistakes, const char *path, const char *place, const char *format, ...)
{
	char sentence[600];
	va_list list;

	va_start(list, format);
	vsnprintf(sentence, sizeof sentence, format, list);
	va_end(list);
	text_format(&mistakes->text, "%s%s#%s: %s", mistakes->count == 0 ? "" : "\n", path, place, sentence);
	mistakes->count++;
}

#define MISTAKE(reader, place, ...) mistake_add((reader)->mistakes, (reader)->path, place, __VA_ARGS__)

const char *metric_unit_word(enum metric_unit unit)
{
	return units[unit];
}

const char *metric_kind_word(enum metric_kind kind)
{
	return kinds[kind];
}

/* A text field of 1 to `most` bytes, or NULL; a missing one is a mistake when it is `needed`. */
static const char *read_text(struct reader *reader, const char *field, bool needed, size_t most)
{
	const json_t *value = json_object_get(reader->json, field);
	const char *place = arena_format(reader->arena, "/%s", field);

	if (value == NULL) {
		if (needed)
			MISTAKE(reader, place, "is missing");
		return NULL;
	}
	if (!json_is_string(value) || json_string_length(value) == 0 || json_string_length(value) > most) {
		MISTAKE(reader, place, "must be a text of 1 to %zu characters", most);
		return NULL;
	}
	return arena_copy(reader->arena, json_string_value(value));
}

static bool read_truth(struct reader *reader, const char *field)
{
	const json_t *value = json_object_get(reader->json, field);

	if (!json_is_boolean(value))
		MISTAKE(reader, arena_format(reader->arena, "/%s", field), "must be true or false");
	return json_is_true(value);
}

/* The place of a word in a table; a mistake and 0 when it is none of them. */
static int read_word(struct reader *reader, const char *field, const char *const *table, size_t count)
{
	const char *word = read_text(reader, field, true, 40);

	for (size_t i = 0; word != NULL && i < count; i++)
		if (strcmp(table[i], word) == 0)
			return (int)i;
	if (word != NULL) {
		const char *near = names_near(reader->arena, word, table, count);

		MISTAKE(reader, arena_format(reader->arena, "/%s", field), "\"%s\" is not known%s%s", word,
			near == NULL ? "" : "; nearest: ", near == NULL ? "" : near);
	}
	return 0;
}

static void check_fields(struct reader *reader)
{
	const char *name;
	json_t *value;

	json_object_foreach(reader->json, name, value) {
		bool known = false;

		for (size_t i = 0; i < COUNT(fields); i++)
			known = known || strcmp(fields[i], name) == 0;
		if (!known) {
			const char *near = names_near(reader->arena, name, fields, COUNT(fields));

			MISTAKE(reader, arena_format(reader->arena, "/%.60s", name), "is not a field of a metric%s%s",
				near == NULL ? "" : "; nearest: ", near == NULL ? "" : near);
		}
	}
}

static void read_certificate(struct reader *reader)
{
	struct metric *metric = reader->metric;
	int number;

	metric->certified = json_object_get(reader->json, "certified") != NULL && read_truth(reader, "certified");
	metric->certified_by = read_text(reader, "certified_by", metric->certified, 80);
	metric->certified_on = read_text(reader, "certified_on", metric->certified, 10);
	if (metric->certified_on != NULL && !day_parse(metric->certified_on, &number))
		MISTAKE(reader, "/certified_on", "must be a day like 2026-11-20");
	if (!metric->certified && metric->certified_by != NULL)
		MISTAKE(reader, "/certified_by", "names somebody, but certified is false");
}

/* The hash of what is defined, apart from who certified it. A certificate counts only for the hash that it names. */
static void read_definition(struct reader *reader)
{
	static const char *const apart[] = { "certified", "certified_by", "certified_on", "certified_definition" };
	json_t *defined = arena_json(reader->arena, json_copy(reader->json));

	for (size_t i = 0; i < COUNT(apart); i++)
		json_object_del(defined, apart[i]);
	const char *canonical = arena_dump(reader->arena, defined);
	const char *given = read_text(reader, "certified_definition", false, 64);

	reader->metric->definition = seal_hash(canonical, strlen(canonical), reader->arena) + strlen("\\x");
	reader->metric->certified = reader->metric->certified && given != NULL &&
		strcmp(given, reader->metric->definition) == 0;
}

static void read_name(struct reader *reader)
{
	struct metric *metric = reader->metric;
	const char *slash = strrchr(reader->path, '/'), *base = slash == NULL ? reader->path : slash + 1;

	metric->name = read_text(reader, "name", true, 30);
	if (metric->name != NULL &&
	    (strspn(metric->name, "abcdefghijklmnopqrstuvwxyz_0123456789") != strlen(metric->name) ||
	    strncmp(metric->name, base, strlen(metric->name)) != 0 || strcmp(base + strlen(metric->name), ".json") != 0))
		MISTAKE(reader, "/name", "must be small letters, digits and _, and the name of the file without .json");
	metric->title = read_text(reader, "title", true, 60);
	metric->meaning = read_text(reader, "meaning", true, 300);
	metric->owner = read_text(reader, "owner", true, 60);
	metric->unit = (enum metric_unit)read_word(reader, "unit", units, COUNT(units));
	metric->kind = (enum metric_kind)read_word(reader, "kind", kinds, COUNT(kinds));
	if (metric->meaning != NULL && metric->meaning[strlen(metric->meaning) - 1] != '.')
		MISTAKE(reader, "/meaning", "must be a sentence that ends with a full stop");
}

static void read_synonyms(struct reader *reader)
{
	struct metric *metric = reader->metric;
	const json_t *list = json_object_get(reader->json, "synonyms"), *one;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > COUNT(metric->synonyms)) {
		MISTAKE(reader, "/synonyms", "must be a list of at most %zu texts", COUNT(metric->synonyms));
		return;
	}
	json_array_foreach(list, i, one) {
		const char *word = json_string_value(one);

		if (word == NULL || *word == '\0' || strlen(word) > 60 ||
		    strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789 -") != strlen(word))
			MISTAKE(reader, arena_format(reader->arena, "/synonyms/%zu", i),
				"must be 1 to 60 small letters, digits, blanks and hyphens");
		else
			metric->synonyms[metric->synonym_count++] = arena_copy(reader->arena, word);
	}
}

static void read_source(struct reader *reader)
{
	const char *names[NAMES_MOST];
	size_t count = 0;

	if (reader->metric->kind == KIND_DERIVED) {   /* its parts' is known once all are read */
		if (json_object_get(reader->json, "source") != NULL || json_object_get(reader->json, "entity") != NULL ||
		    json_object_get(reader->json, "filter") != NULL)
			MISTAKE(reader, "/source", "a derived metric is made of other metrics: it has no source, filter or entity");
		reader->metric->source = source_at(0);
		return;
	}
	for (const struct source *source; (source = source_at(count)) != NULL;)
		names[count++] = source->name;
	reader->metric->source = source_at((size_t)read_word(reader, "source", names, count));
}

static bool check_fragment(struct reader *reader, const char *field, const char *text, enum fragment_kind kind,
	const char *columns, const char *more)
{
	struct error error;

	if (text == NULL)
		return true;
	if (fragment_check(text, kind, columns, more, &error)) {
		reader->metric->counts_back = reader->metric->counts_back || strstr(text, days_ago) != NULL;
		return true;
	}
	MISTAKE(reader, arena_format(reader->arena, "/%s", field), "%s", error.text);
	return false;
}

/* {"by": column, "columns": {name: aggregate}}: rows gathered by a column before the value is made. Answers the
 * names that the value's fragments may then use. */
static const char *read_entity(struct reader *reader)
{
	struct metric *metric = reader->metric;
	json_t *entity = json_object_get(reader->json, "entity"), *columns = json_object_get(entity, "columns"), *one;
	struct text names = text_open(reader->arena, 400), made = text_open(reader->arena, 800);
	const char *by = json_string_value(json_object_get(entity, "by")), *name;

	if (entity == NULL)
		return NULL;
	if (by == NULL || !words_hold(metric->source->columns, by, strlen(by)) || json_object_size(entity) != 2 ||
	    json_object_size(columns) == 0) {
		MISTAKE(reader, "/entity", "must be {\"by\": a column of %s, \"columns\": {name: aggregate}}",
			metric->source->name);
		return NULL;
	}
	text_add(&names, by);
	json_object_foreach(columns, name, one) {
		const char *field = arena_format(reader->arena, "entity/columns/%.60s", name);

		if (strspn(name, "abcdefghijklmnopqrstuvwxyz_") != strlen(name) || !json_is_string(one) ||
		    words_hold(metric->source->columns, name, strlen(name)))
			MISTAKE(reader, arena_format(reader->arena, "/%s", field), "must be a new name with a text");
		else if (check_fragment(reader, field, json_string_value(one), FRAGMENT_AGGREGATE, metric->source->columns,
			metric->lookback_days > 0 ? days_ago : ""))
			text_format(&made, "%s%s as %s", made.size == 0 ? "" : ", ", json_string_value(one), name);
		text_format(&names, " %s", name);
	}
	metric->entity = arena_copy(reader->arena, by);
	metric->entity_columns = made.bytes;
	return names.bytes;
}

static void read_value(struct reader *reader)
{
	struct metric *metric = reader->metric;
	if (metric->kind == KIND_DERIVED) {
		bool share = json_object_get(reader->json, "denominator") != NULL;

		metric->value = read_text(reader, share ? "numerator" : "value", true, 400);
		metric->denominator = share ? read_text(reader, "denominator", true, 400) : NULL;
		return;
	}
	const char *gathered = read_entity(reader);
	const char *columns = gathered != NULL ? gathered : metric->source->columns;
	bool ratio = metric->kind == KIND_RATIO;

	metric->value = read_text(reader, ratio ? "numerator" : "value", true, 400);
	metric->denominator = ratio ? read_text(reader, "denominator", true, 400) : NULL;
	if (json_object_get(reader->json, ratio ? "value" : "numerator") != NULL ||
	    (!ratio && json_object_get(reader->json, "denominator") != NULL))
		MISTAKE(reader, ratio ? "/value" : "/numerator", "a ratio has numerator and denominator, all else a value");
	metric->filter = read_text(reader, "filter", false, 400);
	const char *more = metric->lookback_days > 0 && gathered == NULL ? days_ago : "";

	check_fragment(reader, ratio ? "numerator" : "value", metric->value, FRAGMENT_AGGREGATE, columns, more);
	check_fragment(reader, "denominator", metric->denominator, FRAGMENT_AGGREGATE, columns, more);
	check_fragment(reader, "filter", metric->filter, FRAGMENT_CONDITION, metric->source->columns, "");
}

static void read_dimensions(struct reader *reader)
{
	struct metric *metric = reader->metric;
	const json_t *list = json_object_get(reader->json, "dimensions"), *one;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > COUNT(metric->dimensions)) {
		MISTAKE(reader, "/dimensions", "must be a list of at most %zu names", COUNT(metric->dimensions));
		return;
	}
	json_array_foreach(list, i, one) {
		const char *name = json_is_string(one) ? json_string_value(one) : "";
		const struct dimension *dimension = dimension_find(name);
		const char *place = arena_format(reader->arena, "/dimensions/%zu", i);
		bool grain = dimension != NULL && dimension->kind == DIMENSION_GRAIN;

		if (dimension == NULL)
			MISTAKE(reader, place, "\"%.60s\" is not a dimension", name);
		else if (!grain && metric->kind != KIND_DERIVED &&
			!words_hold(metric->source->dimensions, name, strlen(name)))
			MISTAKE(reader, place, "%s cannot be cut by %s", metric->source->name, name);
		else if (grain && (metric->kind == KIND_STOCK || metric->kind == KIND_CUMULATIVE ||
		    metric->source->time[0] == '\0' || metric->lookback_days > 0))
			MISTAKE(reader, place, "a state and a look-back are no sum of days: they cannot be cut by %s", name);
		else if (metric_allows(metric, dimension))
			MISTAKE(reader, place, "%s is there twice", name);
		else
			metric->dimensions[metric->dimension_count++] = dimension;
	}
}

static void read_windows(struct reader *reader)
{
	struct metric *metric = reader->metric;
	const json_t *list = json_object_get(reader->json, "windows"), *one;
	enum window_kind wanted = metric->source->kind == SOURCE_STATE ? WINDOW_STATE
		: metric->source->kind == SOURCE_MODEL ? WINDOW_MODEL : WINDOW_FLOW;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) == 0)
		MISTAKE(reader, "/windows", "must be a list of windows, or [\"any\"]");
	json_array_foreach(list, i, one) {
		const char *name = json_is_string(one) ? json_string_value(one) : "";
		bool any = strcmp(name, "any") == 0 && wanted == WINDOW_FLOW;
		int found = window_find(name);

		if (!any && (found < 0 || window_at((size_t)found)->kind != wanted))
			MISTAKE(reader, arena_format(reader->arena, "/windows/%zu", i),
				"\"%.60s\" is not a window that numbers made of %s can have", name, metric->source->name);
		for (int w = 0; w < WINDOW_COUNT; w++)
			if (w == found || (any && window_at((size_t)w)->kind == WINDOW_FLOW))
				metric->windows |= 1U << w;
	}
}

/* Names of metrics; the catalogue checks that there are such. */
static void read_factors(struct reader *reader)
{
	struct metric *metric = reader->metric;
	const json_t *list = json_object_get(reader->json, "factors"), *one;
	size_t i;

	if (list == NULL)
		return;
	if (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > COUNT(metric->factors) ||
	    metric->kind == KIND_RATIO) {
		MISTAKE(reader, "/factors", "must be a list of 1 to %zu metrics, of a number that is no ratio",
			COUNT(metric->factors));
		return;
	}
	json_array_foreach(list, i, one)
		metric->factors[metric->factor_count++] = arena_copy(reader->arena,
			json_is_string(one) ? json_string_value(one) : "");
}

static void check_kind(struct reader *reader)
{
	struct metric *metric = reader->metric;
	bool adds = metric->kind == KIND_SUM || metric->kind == KIND_COUNT || metric->kind == KIND_CUMULATIVE;
	bool never = metric->kind == KIND_DISTINCT || metric->kind == KIND_RATIO || metric->kind == KIND_MODEL ||
		metric->denominator != NULL;

	metric->additive = read_truth(reader, "additive");
	if ((adds && !metric->additive) || (never && metric->additive))
		MISTAKE(reader, "/additive", "a %s %s up over its rows", kinds[metric->kind], adds ? "adds" : "does not add");
	if ((metric->kind == KIND_MODEL) != (metric->source->kind == SOURCE_MODEL) ||
	    (metric->source->kind == SOURCE_STATE && metric->kind != KIND_STOCK && metric->kind != KIND_RATIO))
		MISTAKE(reader, "/kind", "a %s cannot be made of %s", kinds[metric->kind], metric->source->name);
	if ((metric->unit == UNIT_RATIO || metric->unit == UNIT_DAYS || metric->unit == UNIT_HOURS) &&
	    metric->denominator == NULL)
		MISTAKE(reader, "/unit", "only a ratio has the unit %s", units[metric->unit]);
}

/* Where a cumulative metric begins to count. */
static void read_since(struct reader *reader)
{
	static const char *const pieces[] = { "week", "month", "quarter", "year", "fiscal_month", "fiscal_quarter",
		"fiscal_year" };
	bool cumulative = reader->metric->kind == KIND_CUMULATIVE;

	if (cumulative)
		reader->metric->since = pieces[read_word(reader, "since", pieces, COUNT(pieces))];
	else if (json_object_get(reader->json, "since") != NULL)
		MISTAKE(reader, "/since", "only a cumulative metric counts since something");
	if (cumulative && reader->metric->source->time[0] == '\0')
		MISTAKE(reader, "/kind", "a cumulative metric cannot be made of %s", reader->metric->source->name);
}

static void read_lookback(struct reader *reader)
{
	const json_t *days = json_object_get(reader->json, "lookback_days");

	if (days == NULL)
		return;
	reader->metric->lookback_days = (int)json_integer_value(days);
	if (!json_is_integer(days) || json_integer_value(days) < 1 || json_integer_value(days) > 3660 ||
	    reader->metric->kind == KIND_STOCK || reader->metric->kind == KIND_MODEL ||
	    reader->metric->kind == KIND_DERIVED || reader->metric->kind == KIND_CUMULATIVE)
		MISTAKE(reader, "/lookback_days", "must be 1 to 3660 days, of a number that is counted over time");
}

static void read_freshness(struct reader *reader)
{
	const json_t *hours = json_object_get(reader->json, "freshness_hours");

	if (hours == NULL)
		return;
	reader->metric->freshness_hours = (int)json_integer_value(hours);
	if (!json_is_integer(hours) || json_integer_value(hours) < 1 || json_integer_value(hours) > 8760 ||
	    reader->metric->source->time[0] == '\0')
		MISTAKE(reader, "/freshness_hours", "must be 1 to 8760 hours, of a source that has a history");
}

/* Whether it is one of METRIC_TESTS. */
static bool is_test(const char *text)
{
	static const char *const plain[] = { "not_negative", "share", "rows_add_up" };
	static const char at_most[] = "at_most ";

	for (size_t i = 0; i < COUNT(plain); i++)
		if (strcmp(plain[i], text) == 0)
			return true;
	return strncmp(text, at_most, strlen(at_most)) == 0 && strlen(text) > strlen(at_most) && strlen(text) < 60;
}

/* Sanity tests: conditions over the figure. */
static void read_tests(struct reader *reader)
{
	struct metric *metric = reader->metric;
	const json_t *list = json_object_get(reader->json, "tests"), *one;
	size_t i;

	read_freshness(reader);
	if (list == NULL)
		return;
	if (!json_is_array(list) || json_array_size(list) > COUNT(metric->tests)) {
		MISTAKE(reader, "/tests", "must be a list of at most %zu conditions", COUNT(metric->tests));
		return;
	}
	json_array_foreach(list, i, one) {
		const char *text = json_string_value(one);

		if (text == NULL || !is_test(text))
			MISTAKE(reader, arena_format(reader->arena, "/tests/%zu", i), "must be one of: " METRIC_TESTS);
		else
			metric->tests[metric->test_count++] = arena_copy(reader->arena, text);
	}
}

struct metric *definition_read(struct arena *arena, const char *path, const char *bytes, size_t size,
	struct mistakes *mistakes)
{
	struct reader reader = { .arena = arena, .path = path, .mistakes = mistakes };
	size_t before = mistakes->count;
	json_error_t place;
	json_t *json = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &place);

	if (json == NULL) {
		mistake_add(mistakes, path, "", "line %d, column %d: %s", place.line, place.column, place.text);
		return NULL;
	}
	reader.json = arena_json(arena, json);
	if (!json_is_object(json)) {
		mistake_add(mistakes, path, "", "must be an object");
		return NULL;
	}
	reader.metric = arena_alloc(arena, sizeof *reader.metric);
	check_fields(&reader);
	read_name(&reader);
	read_certificate(&reader);
	read_synonyms(&reader);
	read_source(&reader);
	read_since(&reader);
	read_lookback(&reader);
	read_factors(&reader);
	read_value(&reader);
	read_dimensions(&reader);
	read_windows(&reader);
	check_kind(&reader);
	read_tests(&reader);
	read_definition(&reader);
	return mistakes->count == before ? reader.metric : NULL;
}

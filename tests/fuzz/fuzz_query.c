/* The arguments of query_metric on any bytes: JSON text, the tool's schema, the question, its bounds and values, the
 * compiled query, the shaped answer. All real but the database, whose rows are made up here from the input and from
 * `salt`. Holds when nothing crashes; when what is asked twice is answered alike to the byte; when every query is one
 * SELECT over views of `metric`, each limited to the tenant, and says the same whatever the values, days, zone and
 * limit are, which stand in its parameters alone; and when every refusal has a whole sentence and every answer the
 * tool's shape and its bound. The first line of an input describes the world (see WORLD), the rest is the arguments.
 * Runs: 4000
 * Links: mcp/metrics/[!u]*.c mcp/corridor/schema.c mcp/db/array.c mcp/base/arena.c mcp/base/error.c mcp/base/text.c
 * mcp/base/utf8.c mcp/base/seal.c mcp/base/clock.c mcp/base/cost.c mcp/base/log.c mcp/base/json_list.c
 * mcp/base/memberset.c -ljansson -lsodium -lroaring -lpg_query -lm -pthread */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcp/base/embed.h"
#include "mcp/base/utf8.h"
#include "mcp/corridor/schema.h"
#include "mcp/metrics/answer.h"
#include "mcp/metrics/bounds_kept.h"
#include "mcp/metrics/day.h"
#include "mcp/metrics/question.h"
#include "tests/unit/one_select.h"

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Letters of the first line: what is not as usual in this world. */
enum { WORLD_SUSPENDED = 's', WORLD_RETIRED = 'r', WORLD_OTHER_DEFINITION = 'd', WORLD_RESHAPED = 'h',
	WORLD_UNKNOWN = 'u', WORLD_OLD = 'o', WORLD_MOVES = 'm', WORLD_MOVES_ALWAYS = 'M', WORLD_EMPTY = 'e',
	WORLD_LONG = 'l', WORLD_SUNDAY = 'w', WORLD_RETAIL = 'f' };

enum { TENANT = 7, TODAY = 20777, FILES = 256, CELLS = 40, SEEN = 1 << 14 };

static const char own_metric[] = "{\"name\": \"my_sales\", \"title\": \"My sales\", \"unit\": \"cents\","
	"\"kind\": \"sum\", \"meaning\": \"All of it.\", \"synonyms\": [], \"owner\": \"me\", \"certified\": false,"
	"\"source\": \"orders\", \"value\": \"sum(gross_cents)\", \"dimensions\": [\"store\", \"day\"],"
	"\"additive\": true, \"windows\": [\"any\"]}";

/* The values there are: a word, its dimension and whether it is the value itself. */
static const struct { const char *word, *dimension; bool exact; } names[] = {
	{ "S02", "store", true }, { "nantes graslin", "store", false }, { "two", "store", false },
	{ "two", "store", false },
	{ "gold", "tier", true }, { "silver", "tier", true }, { "Paris", "region", true }, { "North", "region", true },
	{ "web", "channel", true }, { "store", "channel", true }, { "vip15", "coupon_pool", true },
	{ "C05", "campaign", true }, { "x'); drop table y", "store", true },
};

struct db_rows {
	size_t count;
	int width;
	const char *(*cells)[CELLS];
};

static struct embed files[FILES];
static size_t file_count;
static json_t *tool;
static const char *columns[CELLS];
static const char *world;          /* its letters */
static int salt;                   /* changes every text that comes from outside */
static const struct question *asked;
static struct arena *keeps;        /* what was sent to the database in this try */
static const char *sent_sql;
static size_t sent_count;
static unsigned asked_times;
static uint64_t seen[SEEN];

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "not true: %s\n%s\n", what, sent_sql == NULL ? "" : sent_sql);
	abort();
}

static bool is_world(int letter)
{
	return strchr(world, letter) != NULL;
}

/* The metrics' files come from the checkout. */
const struct embed *embed_find(const char *path)
{
	for (size_t i = 0; i < file_count; i++)
		if (strcmp(files[i].path, path) == 0)
			return &files[i];
	return NULL;
}

const struct embed *embed_next(const char *folder, const struct embed *last)
{
	(void)folder;
	size_t next = last == NULL ? 0 : (size_t)(last - files) + 1;

	return next < file_count ? &files[next] : NULL;
}

static void read_columns(void);

static void read_metric(const char *name)
{
	char path[300], *bytes = calloc(1, 1 << 14);

	snprintf(path, sizeof path, "sql/metrics/%s", name);
	FILE *file = fopen(path, "rb");

	must(file_count < FILES && file != NULL, "the metrics' files are there");
	files[file_count++] = (struct embed){ strdup(path), bytes, fread(bytes, 1, (1 << 14) - 1, file) };
	fclose(file);
}

int LLVMFuzzerInitialize(int *count, char ***words)
{
	static struct dirent **found;
	struct error error;

	(void)count, (void)words;
	for (int i = 0, most = scandir("sql/metrics", &found, NULL, alphasort); i < most; i++)
		if (strstr(found[i]->d_name, ".json") != NULL)
			read_metric(found[i]->d_name);
	must(catalogue_shipped(&error) != NULL, "the catalogue is read");
	tool = json_load_file("mcp/tools/query_metric.json", 0, NULL);
	must(tool != NULL, "the tool's schema is read");
	read_columns();
	return 0;
}

/* The database. */

size_t db_count(const struct db_rows *rows)
{
	return rows->count;
}

const char *db_text(const struct db_rows *rows, size_t row, int column)
{
	must(row < rows->count && column >= 0 && column < CELLS, "a row is there when it is read");
	return rows->cells[row][column];
}

long long db_number(const struct db_rows *rows, size_t row, int column)
{
	const char *text = db_text(rows, row, column);

	return text == NULL ? 0 : strtoll(text, NULL, 10);
}

bool db_truth(const struct db_rows *rows, size_t row, int column)
{
	const char *text = db_text(rows, row, column);

	return text != NULL && text[0] == 't';
}

static struct db_rows *rows_new(struct arena *arena, size_t most)
{
	struct db_rows *rows = arena_alloc(arena, sizeof *rows);

	rows->cells = arena_alloc(arena, sizeof *rows->cells * most);
	return rows;
}

/* Only members that were counted from sets come so, and there are no sets here. */
struct db_rows *db_rows_made(const char *const *cells, size_t count, int width, struct arena *arena)
{
	return cells == NULL && count == 0 && width == 0 ? rows_new(arena, 0) : (abort(), NULL);
}

static const char *number_text(struct arena *arena, long long number)
{
	return arena_format(arena, "%lld", number);
}

static const char *day_text(struct arena *arena, int number)
{
	char text[11];

	day_format(number, text);
	return arena_copy(arena, text);
}

/* How many days a window has, about. */
static int window_days(const char *window)
{
	int days = 0;

	if (sscanf(window, "last_%dd", &days) == 1)
		return days;
	return strstr(window, "year") != NULL ? 365 : strstr(window, "quarter") != NULL ? 91
		: strstr(window, "day") != NULL ? 1 : 30;
}

/* The places of metric_window.sql's columns, by their names. */
static void read_columns(void)
{
	static char sql[1 << 14];
	FILE *file = fopen("sql/queries/metric_window.sql", "rb");
	size_t size = file == NULL ? 0 : fread(sql, 1, sizeof sql - 1, file), i;
	PgQueryParseResult parsed = pg_query_parse(sql);
	json_t *tree = json_loads(parsed.parse_tree, 0, NULL), *list, *one;

	must(size > 0 && json_unpack(tree, "{s:[{s:{s:{s:o}}}]}", "stmts", "stmt", "SelectStmt", "targetList", &list) == 0,
		"the window's statement is read");
	fclose(file);
	json_array_foreach(list, i, one) {
		const json_t *target = json_object_get(one, "ResTarget"), *fields = json_object_get(json_object_get(
			json_object_get(target, "val"), "ColumnRef"), "fields");
		const char *name = json_string_value(json_object_get(target, "name"));

		if (name == NULL)
			name = json_string_value(json_object_get(json_object_get(json_array_get(fields,
				json_array_size(fields) - 1), "String"), "sval"));
		must(i < CELLS && name != NULL, "a column has a name");
		columns[i] = strdup(name);
	}
	json_decref(tree);
	pg_query_free_parse_result(parsed);
}

static void set_cell(const char **cells, const char *name, const char *text)
{
	size_t i = 0;

	while (i < CELLS && columns[i] != NULL && strcmp(columns[i], name) != 0)
		i++;
	must(i < CELLS && columns[i] != NULL, "the window's statement has this column");
	cells[i] = text;
}

/* What was said of the metric. */
static void set_standing(const char **cells, const char *name)
{
	struct error error;
	const struct metric *metric = catalogue_find(catalogue_shipped(&error), name);
	bool reshaped = is_world(WORLD_RESHAPED);

	set_cell(cells, "state", is_world(WORLD_SUSPENDED) ? "suspended" : is_world(WORLD_RETIRED) ? "retired"
		: is_world(WORLD_OTHER_DEFINITION) || reshaped ? "certified" : NULL);
	set_cell(cells, "definition", reshaped && metric != NULL ? metric->definition : "0");
	set_cell(cells, "changed_by", "ann");
	set_cell(cells, "changed_on", "2026-11-01");
	set_cell(cells, "reason", "it is wrong");
	set_cell(cells, "shape", "shape");
	set_cell(cells, "shape_now", reshaped ? "other shape" : "shape");
	set_cell(cells, "shape_shipped", "shape");
}

static void set_coverage(struct arena *arena, const char **cells)
{
	int known = is_world(WORLD_OLD) ? TODAY - 400 : TODAY;

	set_cell(cells, "covered_since_us", number_text(arena, 10000 * 86400000000LL));
	set_cell(cells, "covered_until_us", number_text(arena, known * 86400000000LL));
	set_cell(cells, "covered_since_day", day_text(arena, 10000));
	set_cell(cells, "covered_until_day", day_text(arena, known));
	set_cell(cells, "covered_until", day_text(arena, known));
	set_cell(cells, "covered_since_hour", "1997-05-19T00");
	set_cell(cells, "covered_until_hour", "2026-11-20T14");
}

/* A row of metric_window.sql; its days are moved by the salt. */
static void add_period(struct arena *arena, struct db_rows *rows, int period, int first, int last, const char *metric)
{
	const char **cells = rows->cells[rows->count++];

	set_cell(cells, "period", number_text(arena, period));
	set_cell(cells, "zone", arena_format(arena, "outside%d zone", salt));
	set_cell(cells, "currency", "EUR");
	set_cell(cells, "week_start", is_world(WORLD_SUNDAY) ? "7" : "1");
	set_cell(cells, "data_version", is_world(WORLD_MOVES_ALWAYS) ? "4" : "5");
	set_cell(cells, "real_today", day_text(arena, TODAY));
	set_cell(cells, "day_left_s", "3600");
	set_cell(cells, "first_day", day_text(arena, first + 7 * salt));
	set_cell(cells, "last_day", day_text(arena, last + 7 * salt));
	set_cell(cells, "since", arena_format(arena, "outside%d since", salt));
	set_cell(cells, "until", arena_format(arena, "outside%d until", salt));
	set_cell(cells, "since_us", number_text(arena, first * 86400000000LL));
	set_cell(cells, "until_us", number_text(arena, (last + 1) * 86400000000LL));
	set_cell(cells, "since_local", "since");
	set_cell(cells, "until_local", "until");
	set_cell(cells, "retail", is_world(WORLD_RETAIL) ? "t" : "f");
	set_cell(cells, "fiscal_month", is_world(WORLD_RETAIL) ? "2" : "1");
	set_cell(cells, "now_us", number_text(arena, TODAY * 86400000000LL));
	set_standing(cells, metric);
	if (!is_world(WORLD_UNKNOWN))
		set_coverage(arena, cells);
}

static struct db_rows *find_window(struct arena *arena, const char *const *values)
{
	struct db_rows *rows = rows_new(arena, 1 + COMPARISON_COUNT);
	int first = TODAY, last = TODAY;

	if (*values[2] == '\0') {
		must(day_parse(values[3], &first) && day_parse(values[4], &last), "explicit days are days when they are sent");
	} else {
		last = strstr(values[2], "last_") == NULL ? TODAY : TODAY - 1;
		first = last + 1 - window_days(values[2]);
	}
	if (values[6][0] >= '1' && values[6][0] <= '9')
		first = last + 1 - atoi(values[6]);
	for (const char *asked = values[8]; (asked = strpbrk(asked, "0123456789")) != NULL; asked++) {
		int i = *asked - '0', back = i == 0 ? 0 : i == 2 ? 365 : last + 1 - first;

		must(i <= COMPARISON_COUNT, "only periods that there are are asked for");
		add_period(arena, rows, i, first - back, last - back, values[7]);
	}
	return rows;
}

static struct db_rows *find_names(struct arena *arena, const char *dimension)
{
	struct db_rows *rows = rows_new(arena, sizeof names / sizeof names[0]);

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (dimension == NULL || strcmp(names[i].dimension, dimension) == 0) {
			rows->cells[rows->count][0] = names[i].word;
			rows->cells[rows->count][1] = arena_format(arena, "outside%d '%s", salt, names[i].word);
			rows->cells[rows->count++][2] = names[i].exact ? "t" : "f";
		}
	return rows;
}

bool db_query(struct db *db, int tenant, const char *name, const char *const *values, size_t count,
	struct arena *arena, struct db_rows **rows, struct error *error)
{
	(void)db, (void)count, (void)error;
	must(tenant == TENANT && atoi(values[0]) == tenant, "a statement sees the caller's tenant only");
	if (strcmp(name, "metric_window") == 0) {
		*rows = find_window(arena, values);
	} else if (strncmp(name, "dimension_", 10) == 0) {
		*rows = find_names(arena, values[1]);
	} else {
		*rows = rows_new(arena, 1);
		must(strcmp(name, "metric_definitions") == 0, "no other statement is run");
		if (strcmp(values[1], "my_sales") == 0) {
			(*rows)->cells[0][0] = values[1];
			(*rows)->cells[0][1] = own_metric;
			(*rows)->count = 1;
		}
	}
	return true;
}

bool db_query_planned(struct db *db, int tenant, const char *name, const char *const *values, size_t count,
	struct arena *arena, struct db_rows **rows, struct error *error)
{
	return db_query(db, tenant, name, values, count, arena, rows, error);
}

bool db_query_columns(struct db *db, const char *name, const char *const *values, size_t count,
	const struct bulk *columns, size_t column_count, struct arena *arena, struct db_rows **rows, struct error *error)
{
	(void)db, (void)name, (void)values, (void)count, (void)columns, (void)column_count, (void)arena, (void)rows;
	(void)error;
	must(false, "a question writes nothing");
	return false;
}

/* As long as their input. */
struct db_rows *db_hold(struct db_rows *rows) { return rows; }
void db_release(struct db_rows *rows) { (void)rows; }

const char *db_limits(const struct db *db)
{
	(void)db;
	return NULL;
}

const void *db_bytes(const struct db_rows *rows, size_t row, int column, struct arena *arena, size_t *size)
{
	(void)rows, (void)row, (void)column, (void)arena;
	*size = 0;
	return NULL;
}

static uint64_t mixed(uint64_t hash, const char *text)
{
	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211ULL;
	return hash;
}

/* Every parameter has its type beside it, none is left out, none is too many. */
static void check_parameters(const char *sql, size_t count)
{
	bool used[COMPILED_VALUES + 1] = { false };

	must(count <= COMPILED_VALUES, "parameters are bounded");
	for (const char *at = sql; (at = strchr(at, '$')) != NULL;) {
		char *end;
		unsigned long number = strtoul(at + 1, &end, 10);

		must(number >= 1 && number <= count && strncmp(end, "::", 2) == 0, "a parameter is there and has a type");
		used[number] = true;
		at = end;
	}
	for (size_t i = 1; i <= count; i++)
		must(used[i], "every parameter is used");
}

/* The text of a query, once for each. */
static void check_sql(struct arena *arena, const char *sql, size_t count, bool looks_up)
{
	uint64_t hash = mixed(14695981039346656037ULL, sql), *place = &seen[hash % SEEN];
	size_t views, walls = 0;

	must(strstr(sql, "outside") == NULL, "nothing from outside stands in a query");
	check_parameters(sql, count);
	if (*place == hash)
		return;
	const char *problem = select_problem(arena, sql, &views);

	if (problem != NULL && !(looks_up && strcmp(problem, "reads metric.judged") == 0)) {
		fprintf(stderr, "%s\n", problem);
		must(false, "a query is one SELECT over listed views");
	}
	for (const char *at = sql; (at = strstr(at, "tenant = $1::int")) != NULL; at++)
		walls++;
	must(walls >= views, "every view is limited to the tenant");
	*place = hash;
}

/* A row of a compiled query. */
static void add_figure(struct arena *arena, struct db_rows *rows, size_t period, size_t place, uint64_t hash)
{
	const struct compile_request *request = &asked->request;
	const char **cell = rows->cells[rows->count++];

	cell[COMPILED_PERIOD] = number_text(arena, (long long)period);
	cell[COMPILED_PLACE] = number_text(arena, (long long)place);
	for (size_t i = 0; place > 0 && i < request->by_count; i++) {
		bool grain = request->by[i]->kind == DIMENSION_GRAIN;

		cell[COMPILED_DIMENSION + i] = grain ? day_text(arena, TODAY - 40 + (int)place)
			: hash % 11 == 0 ? NULL : arena_format(arena, "v%zu%s", place,
				is_world(WORLD_LONG) ? "\x1b long long long long long long long" : "");
		if (!grain && hash % 3 == 0 && hash % 11 != 0)
			cell[COMPILED_LABEL + i] = arena_format(arena, "Name %zu \xc3\xa9", place);
	}
	if (hash % 13 != 0)
		cell[COMPILED_VALUE] = number_text(arena, (long long)(hash % 2000000000000ULL) - 1000000000000LL);
	if (request->metric->denominator != NULL && hash % 7 != 0)
		cell[COMPILED_DENOMINATOR] = number_text(arena, (long long)(hash % 1000));
	cell[COMPILED_ROWS] = number_text(arena, 1 + (long long)(hash % 499));
	cell[COMPILED_WITHHELD] = request->least > 0 && hash % 17 == 0 ? "t" : "f";
	cell[COMPILED_LEAST] = place == 0 && request->by_count > 0 ? "7" : "0";
	cell[COMPILED_STATE] = cell[COMPILED_BEFORE] = cell[COMPILED_BEFORE_GROUPS] = "0";
	cell[COMPILED_GROUPS] = place == 0 && request->by_count > 0 ? "700" : "0";
	cell[COMPILED_VERSION] = period + place > 0 || (hash % 5 == 0 && !is_world(WORLD_MOVES_ALWAYS)) ? "0"
		: is_world(WORLD_MOVES) && asked_times < 2 ? "6" : "5";
}

static struct db_rows *find_figures(struct arena *arena, const char *sql, const char *const *values, size_t count)
{
	const struct compile_request *request = &asked->request;
	uint64_t hash = mixed(14695981039346656037ULL, sql);

	for (size_t i = 0; i < count; i++)
		hash = mixed(hash, values[i] == NULL ? "" : values[i]);
	size_t places = request->by_count == 0 ? 0 : hash % ((size_t)request->limit + (request->page ? 2 : 1));

	must(request->period_count <= PERIODS_MOST && request->limit >= 1 && request->limit <= LIMIT_MOST,
		"a request is bounded");
	struct db_rows *rows = rows_new(arena, request->period_count * (places + 1));

	for (size_t period = 0; period < request->period_count && !is_world(WORLD_EMPTY); period++)
		for (size_t place = 0; place <= places && (period == 0 || place == 0 || !compile_has_grain(request)); place++)
			add_figure(arena, rows, period, place, hash = hash * 6364136223846793005ULL + 1442695040888963407ULL);
	return rows;
}

bool db_select(struct db *db, int tenant, const char *sql, const char *const *values, size_t count,
	struct arena *arena, struct db_rows **rows, struct error *error)
{
	bool figures = strncmp(sql, "with p0 ", 8) == 0;

	(void)db, (void)error;
	must(tenant == TENANT && atoi(values[0]) == tenant, "a query sees the caller's tenant only");
	check_sql(keeps, sql, count, !figures);
	asked_times += figures;
	if (figures && asked != NULL) {
		sent_sql = arena_copy(keeps, sql);
		sent_count = count;
	}
	*rows = !figures ? find_names(arena, NULL) : find_figures(arena, sql, values, count);
	return true;
}

bool db_select_planned(struct db *db, int tenant, const char *sql, const char *const *values, size_t count,
	struct arena *arena, struct db_rows **rows, struct error *error)
{
	return db_select(db, tenant, sql, values, count, arena, rows, error);
}

/* The properties. */

/* A refusal is a whole sentence that may be shown, of a code that says no. */
static void check_refusal(const struct error *error)
{
	static const enum error_code codes[] = { ERROR_ARGUMENT, ERROR_UNGROUNDED, ERROR_NO_DATA, ERROR_STALE,
		ERROR_AMBIGUOUS };
	size_t size = strlen(error->text), i = 0;

	while (i < sizeof codes / sizeof codes[0] && codes[i] != error->code)
		i++;
	sent_sql = error->text;
	must(i < sizeof codes / sizeof codes[0] || (error->code == ERROR_BUSY && is_world(WORLD_MOVES_ALWAYS)),
		"a refusal says no");
	must(size > 10 && size < sizeof error->text - 1 && error->text[size - 1] == '.', "a refusal is a whole sentence");
	must(utf8_hidden_at(error->text, false) == 0, "a refusal can be shown");
}

static void check_answer(struct arena *arena, const json_t *answer)
{
	struct error error = { .text = "" };
	json_t *told = arena_json(arena, json_copy((json_t *)(uintptr_t)answer));

	/* The tool adds it, which holds the seal. */
	json_object_set_new(told, "receipt", json_pack("{s:s, s:s}", "id", "000000000000", "token", "signed"));
	if (!schema_check(json_object_get(tool, "outputSchema"), told, &error)) {
		fprintf(stderr, "%s\n", error.text);
		must(false, "an answer has the tool's shape");
	}
	must(strlen(arena_dump(arena, answer)) <= 32000, "an answer is bounded");
}

/* One try: the answer's text, or the refusal's; `sent_sql` and `sent_count` are those of its query. */
static const char *try(struct arena *arena, const json_t *args, int tenant, int salted, struct question *question,
	bool *good)
{
	struct error error = { .code = ERROR_NONE };

	memset(question, 0, sizeof *question);
	asked = question;
	sent_sql = NULL;
	asked_times = 0;
	salt = salted;
	bounds_kept_saw(tenant, -1);   /* what was kept is of another world */
	json_t *answer = question_answer(NULL, tenant, args, arena, question, &error);

	*good = answer != NULL;
	if (!*good) {
		check_refusal(&error);
		return arena_copy(arena, error.text);
	}
	must(!is_world(WORLD_MOVES_ALWAYS) || is_world(WORLD_EMPTY), "an answer's bounds and numbers are of one version");
	check_answer(arena, answer);
	return arena_dump(arena, answer);
}

/* The arguments with another limit, which may not be seen in the query's text. */
static json_t *with_other_limit(struct arena *arena, const json_t *args)
{
	json_t *other = arena_json(arena, json_copy((json_t *)(uintptr_t)args));
	json_int_t limit = json_integer_value(json_object_get(args, "limit"));

	if (limit >= 1 && limit <= LIMIT_MOST)
		json_object_set_new(other, "limit", json_integer(LIMIT_MOST + 1 - limit));
	return other;
}

static void check_question(struct arena *arena, const json_t *args)
{
	struct question question;
	bool good, again, salted;
	const char *first = try(arena, args, TENANT, 0, &question, &good), *sql = good ? sent_sql : NULL;
	size_t count = sent_count;

	must(strcmp(try(arena, args, TENANT, 0, &question, &again), first) == 0 && good == again,
		"what is asked twice is answered alike");
	must(!good || (sql != NULL && strcmp(sent_sql, sql) == 0), "what is asked twice is compiled alike");
	try(arena, with_other_limit(arena, args), TENANT, 1, &question, &salted);
	must(good == salted, "an answer depends on no other value");
	must(!good || (strcmp(sent_sql, sql) == 0 && sent_count == count), "a query's text holds no value");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = keeps = arena_new();
	char *text = arena_copy_size(arena, size == 0 ? "" : (const char *)data, size), *line = strchr(text, '\n');
	struct error error = { .code = ERROR_NONE };

	world = "";
	if (line != NULL) {
		*line = '\0';
		world = text;
	}
	json_t *args = json_loads(line == NULL ? text : line + 1, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(args)) {
		if (!schema_check(json_object_get(tool, "inputSchema"), args, &error))
			must(error.code == ERROR_ARGUMENT && strlen(error.text) > 10, "the schema's refusal has a sentence");
		check_question(arena, args);
	}
	json_decref(args);
	arena_free(arena);
	return 0;
}

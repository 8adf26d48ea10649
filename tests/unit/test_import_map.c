/* Maps: the shipped ones hold, every mistake is told with its place. Values: exact cents, real
 * dates. */
#include "agent/import_map.h"

#include "mcp/base/text.h"
#include "tests/unit/check.h"

static void shipped_maps(void)
{
	static const char *const names[] = { "demo", "cdnow", "completejourney", "generic" };
	static const int days[] = { -1, 0, 365, 365 };

	for (size_t i = 0; i < 4; i++) {
		struct arena *arena = arena_new();
		struct text mistakes = text_open(arena, 1 << 16);
		struct error error = { .code = ERROR_NONE };
		const struct import_map *map = import_map_load(arena,
			arena_format(arena, "contrib/maps/%s.json", names[i]), &mistakes, &error);

		CHECK(map != NULL);
		CHECK_TEXT(mistakes.bytes, "");
		if (map != NULL) {
			CHECK_TEXT(map->name, names[i]);
			CHECK_INT(map->tier_days, days[i]);
			CHECK(map->zone != NULL);
		}
		arena_free(arena);
	}
}

/* The demo map fills every field there is: nothing in import_fields.def is out of its reach. */
static void demo_map_is_complete(void)
{
	struct arena *arena = arena_new();
	struct text mistakes = text_open(arena, 1 << 16);
	struct error error = { .code = ERROR_NONE };
	const struct import_map *map = import_map_load(arena, "contrib/maps/demo.json", &mistakes,
		&error);

	CHECK_INT(map->block_count, IMPORT_ENTITY_COUNT);
	for (size_t b = 0; b < map->block_count; b++) {
		struct import_rules rules = import_rules(map->blocks[b].entity);

		CHECK(rules.count >= 4 && rules.count <= IMPORT_FIELD_MOST);
		for (size_t f = 0; f < rules.count; f++)
			CHECK(map->blocks[b].fields[f].from == IMPORT_FROM_COLUMN);
	}
	arena_free(arena);
}

/* Maps are written with ' for " here. */
static const struct import_map *read_quoted(struct arena *arena, const char *map, struct text *told,
	struct error *error)
{
	char *quoted = arena_copy(arena, map);

	for (char *c = quoted; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	return import_map_read(arena, "m", quoted, strlen(quoted), told, error);
}

#define FILES "'files':{'a':{'path':'a.csv'}}"
#define ONE(fields) "{'map':'t'," FILES ",'entities':[{'entity':'members','file':'a'," \
	"'fields':{" fields "}}]}"
#define ORDER(fields) "{'map':'t'," FILES ",'entities':[{'entity':'orders','file':'a'," \
	"'group':true,'fields':{'order':'o','channel':{'constant':'web'}," \
	"'ordered_at':'t','gross_cents':'g'," fields "}}]}"

/* A map with a mistake, and what must be told of it. */
static const struct { const char *map, *told; } mistakes_of[] = {
	{ "{", "m:1: string or '}' expected" },
	{ "{'map':'t','map':'u'}", "m:1: duplicate object key" },
	{ "[]", "m:1: must be an object" },
	{ "{'mop':1}", "m:1: /mop: is not known here; known are map|why|zone" },
	{ "{}", "m:1: must say its name in \"map\"" },
	{ "{'map':'t'}", "/entities: must be a list that says at least one entity" },
	{ "{'map':5}", "/map: must be a text of 1 to 500 bytes" },
	{ "{'map':'t','tier_rule':{'spend_days':-1}}",
		"/tier_rule/spend_days: must be a whole number" },
	{ "{'map':'t','tier_rule':{'days':1}}", "/tier_rule/days: is not known here" },
	{ "{'map':'t','files':[]}", "/files: must be an object" },
	{ "{'map':'t','files':{'a':{'path':'../x'}}}", "/files/a/path: must name a file inside" },
	{ "{'map':'t','files':{'a':{'path':'/etc/x'}}}", "/files/a/path: must name a file inside" },
	{ "{'map':'t','files':{'a':{'path':'x/..'}}}", "/files/a/path: must name a file inside" },
	{ "{'map':'t','files':{'a':{'path':'x','format':'cvs'}}}",
		"\"cvs\" is no format; did you mean \"csv\"?" },
	{ "{'map':'t','files':{'a':{'path':'x','format':'whitespace'}}}",
		"/files/a: a whitespace file has no header" },
	{ "{'map':'t','files':{'a':{'path':'x','separator':'ab'}}}",
		"/files/a/separator: must be one" },
	{ "{'map':'t','files':{'a':{'path':'x','columns':['p','p']}}}",
		"/files/a/columns/1: is there twice" },
	{ ONE("'member':'id'") "x", "m:1: end of file expected" },
	{ ONE("'name':'id'"), "/entities/0/fields: member is missing: members cannot be without it" },
	{ ONE("'member':'id','nam':'n'"),
		"/fields/nam: \"nam\" is no field of this entity; did you mean \"name\"?" },
	{ ONE("'member':7"), "/fields/member: must be a column name, or an object" },
	{ ONE("'member':{}"), "/fields/member: must have exactly one of column, constant, join" },
	{ ONE("'member':{'column':'a','constant':'b'}"), "must have exactly one of column" },
	{ ONE("'member':{'column':'a','form':1}"), "/fields/member/form: is not known here" },
	{ ONE("'member':{'join':['a']}"), "/fields/member/join: must be a list of 2 to 8 columns" },
	{ ONE("'member':{'column':'a','with':'-'}"), "/fields/member/with: only a join has one" },
	{ ONE("'member':{'column':'a','as':'cents'}"), "\"cents\" does not make a value for member" },
	{ ONE("'member':{'column':'a','as':'upper'}"),
		"/fields/member/as: \"upper\" is no conversion" },
	{ ONE("'member':{'column':'a','lookup':'x'}"), "\"lookup\" and \"take\" go together" },
	{ ONE("'member':{'column':'a','lookup':'x','take':'y'}"), "\"x\" is no name in /lookups" },
	{ ONE("'member':{'column':'a','fold':'min'}"),
		"/fold: only the fields of a \"group\" are folded" },
	{ ONE("'member':{'column':'a','values':{'x':3}}"), "/values/x: must become a text, or null" },
	{ ONE("'member':{'constant':[]}"),
		"/member/constant: must be a text, a whole number, true or false" },
	{ ONE("'member':{'constant':'a','as':'lower'}"), "a constant stands as it is" },
	{ ONE("'member':{'sum':['a','b']}"), "member is not a number and cannot be a sum" },
	{ ONE("'member':'a','enrolled_at':{'line_number':true}"),
		"enrolled_at cannot be a line number" },
	{ ONE("'member':'a','enrolled_at':{'column':'b','time':'12:00:00'}"),
		"/enrolled_at/time: must be HH:MM:SS" },
	{ ONE("'member':'a','enrolled_at':{'column':'b','as':'yyyymmdd','time':'25:00:00'}"),
		"/enrolled_at/time: must be HH:MM:SS" },
	{ ONE("'member':'a','enrolled_at':{'constant':'2026-02-29 00:00:00'}"),
		"\"2026-02-29 00:00:00\" is not a day of the calendar" },
	{ ORDER("'units':{'column':'u','prefix':'x'}"),
		"/units/prefix: only an id or a text can have one" },
	{ ORDER("'units':{'column':'u','fold':'avg'}"), "/units/fold: \"avg\" is no fold" },
	{ ORDER("'store':{'column':'u','fold':'sum'}"), "/store/fold: store is not a number" },
	{ ORDER("'store':{'column':'u','fold':'max'}"), "/store/fold: store has no order" },
	{ ORDER("'units':{'constant':-1}"), "/units/constant: units: \"-1\" is below zero" },
	{ "{'map':'t','entities':[{'entity':'stors'}]}",
		"\"stors\" is no entity; did you mean \"stores\"?" },
	{ "{'map':'t','entities':[{'entity':'stores','file':'a'}]}",
		"/file: \"a\" is no name in /files" },
	{ "{'map':'t'," FILES ",'entities':[{'entity':'tiers','rows':[{'tier':'a'}]}]}",
		"/entities/0/rows/0: threshold_cents is missing" },
	{ "{'map':'t'," FILES ",'entities':[{'entity':'stores','rows':[{'store':1,'name':2}]}]}",
		"/files/a: is used nowhere" },
	{ "{'map':'t'," FILES ",'lookups':{'l':{'file':'a','key':'k'}},'entities':["
		"{'entity':'stores','rows':[{'store':1,'name':2}]}]}",
		"/lookups/l: is used nowhere" },
	{ "{'map':'t','entities':[{'entity':'stores','rows':[{'store':1,'name':2}],'group':true}]}",
		"/entities/0: has its own \"rows\"" },
	{ "{'map':'t'," FILES ",'entities':[{'entity':'stores','rows':[{'store':1,'name':2}]},"
		"{'entity':'members','file':'a','fields':{'member':'m'}},"
		"{'entity':'stores','rows':[{'store':2,'name':2}]}]}",
		"/entities/2: all parts of stores must stand together" },
	{ "{'map':'t'," FILES ",'entities':[{'entity':'members','file':'a','group':true,"
		"'fields':{'member':'m'}},{'entity':'members','file':'a','fields':{'member':'m'}}]}",
		"/entities/1: either all parts of members are a \"group\" or none" },
};

static void every_mistake_has_its_place(void)
{
	for (size_t i = 0; i < sizeof mistakes_of / sizeof mistakes_of[0]; i++) {
		struct arena *arena = arena_new();
		struct text told = text_open(arena, 1 << 16);
		struct error error = { .code = ERROR_NONE };
		const char *map = mistakes_of[i].map;

		CHECK(read_quoted(arena, map, &told, &error) == NULL);
		CHECK_INT(error.code, ERROR_CONFIG);
		if (strstr(told.bytes, mistakes_of[i].told) == NULL) {
			CHECK_TEXT(told.bytes, mistakes_of[i].told);
			printf("# in %s\n", map);
		}
		arena_free(arena);
	}
}

/* All mistakes of a map are told at once. */
static void all_at_once(void)
{
	static const char map[] = "{\n'map': 't',\n'zone': 3,\n" FILES ",\n'entities': [\n"
		"{'entity':'members','file':'a',\n'fields':{\n'name':'n',\n'emial':'e'}},\n"
		"{'entity':'store','file':'a'}]}";
	struct arena *arena = arena_new();
	struct text told = text_open(arena, 1 << 16);
	struct error error = { .code = ERROR_NONE };

	CHECK(read_quoted(arena, map, &told, &error) == NULL);
	CHECK_TEXT(told.bytes, "m:3: /zone: must be a text of 1 to 500 bytes\n"
		"m:9: /entities/0/fields/emial: \"emial\" is no field of this entity; "
		"did you mean \"email\"?\n"
		"m:7: /entities/0/fields: member is missing: members cannot be without it\n"
		"m:10: /entities/1/entity: \"store\" is no entity; did you mean \"stores\"?\n");
	CHECK_TEXT(error.text, "m has 4 mistakes; mend what is told and try again");
	arena_free(arena);
}

static void no_such_map(void)
{
	struct arena *arena = arena_new();
	struct text told = text_open(arena, 1 << 16);
	struct error error = { .code = ERROR_NONE };

	CHECK(import_map_load(arena, "/nonexistent.json", &told, &error) == NULL);
	CHECK_TEXT(error.text, "the map /nonexistent.json cannot be read: No such file or directory");
	arena_free(arena);
}

static void cents(void)
{
	static const struct { const char *text; char point; bool rounded; const char *cents; } cases[] =
		{
		{ "29.33", '.', false, "2933" }, { "0", '.', false, "0" }, { "-1.5", '.', false, "-150" },
		{ "+2", '.', false, "200" }, { ".5", '.', false, "50" }, { "7.", '.', false, "700" },
		{ "1.10", '.', false, "110" }, { "1.1000", '.', false, "110" }, { "0.29", '.', false,
			"29" },
		{ "1.15", '.', false, "115" }, { "4.35", '.', false, "435" }, { "1234567.89", '.', false,
			"123456789" },
		{ "9999999999999.99", '.', false, "999999999999999" }, { "12,50", ',', false, "1250" },
		{ "1.005", '.', false, "has parts of a cent" },
		{ "1e2", '.', false, "is not an amount of money" },
		{ "12,50", '.', false, "is not an amount of money" },
		{ "", '.', false, "is not an amount of money" },
		{ ".", '.', false, "is not an amount of money" },
		{ "-", '.', false, "is not an amount of money" },
		{ "1.2.3", '.', false, "is not an amount of money" },
		{ "$5", '.', false, "is not an amount of money" },
		{ " 5", '.', false, "is not an amount of money" },
		{ "5 ", '.', false, "is not an amount of money" },
		{ "0x10", '.', false, "is not an amount of money" },
		{ "nan", '.', false, "is not an amount of money" },
		{ "10000000000000.01", '.', false, "is too large" },
		{ "99999999999999999999999999999", '.', false, "is too large" },
		{ "1.005", '.', true, "101" }, { "1.0049999", '.', true, "100" }, { "-1.005", '.', true,
			"-101" },
		{ "4.440892e-16", '.', true, "0" }, { "1e2", '.', true, "10000" }, { "1.5E+1", '.', true,
			"1500" },
		{ "5e-3", '.', true, "1" }, { "4e-3", '.', true, "0" }, { "19.989999999999998", '.', true,
			"1999" },
		{ "1e", '.', true, "is not an amount of money" }, { "1e99", '.', true, "is too large" },
		{ "0e999", '.', true, "0" }, { "1e-999", '.', true, "0" }, { "1e2x", '.', true,
			"is not an amount of money" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char reason[IMPORT_REASON_BYTES] = "", told[IMPORT_REASON_BYTES];
		int64_t amount = 0;

		if (import_value_cents(cases[i].text, cases[i].point, cases[i].rounded, &amount, reason)) {
			snprintf(told, sizeof told, "%lld", (long long)amount);
			CHECK_TEXT(told, cases[i].cents);
		} else if (strstr(reason, cases[i].cents) == NULL)
			CHECK_TEXT(reason, cases[i].cents);
	}
}

static void dates(void)
{
	static const struct { enum import_kind kind; enum import_as as; const char *time, *text,
		*made; } cases[] = {
		{ IMPORT_TIME, IMPORT_AS_YYYYMMDD, NULL, "19970118", "1997-01-18 00:00:00" },
		{ IMPORT_TIME, IMPORT_AS_YYYYMMDD, "23:59:59", "20240229", "2024-02-29 23:59:59" },
		{ IMPORT_DATE, IMPORT_AS_YYYY_MM_DD, NULL, "2000-02-29", "2000-02-29" },
		{ IMPORT_DATE, IMPORT_AS_YYYY_MM_DD_HH_MM_SS, NULL, "2017-01-28 14:06:53", "2017-01-28" },
		{ IMPORT_TIME, IMPORT_AS_YYYY_MM_DD_HH_MM_SS, NULL, "2017-12-31 23:59:59",
			"2017-12-31 23:59:59" },
		{ IMPORT_TIME, IMPORT_AS_RFC3339, NULL, "2026-11-20T10:00:00Z", "2026-11-20 10:00:00Z" },
		{ IMPORT_TIME, IMPORT_AS_RFC3339, NULL, "2026-11-20T10:00:00.123+05:30",
			"2026-11-20 10:00:00+05:30" },
		{ IMPORT_DATE, IMPORT_AS_YYYY_MM_DD, NULL, "2017-02-30", "!is not a day of the calendar" },
		{ IMPORT_DATE, IMPORT_AS_YYYY_MM_DD, NULL, "1900-02-29", "!is not a day of the calendar" },
		{ IMPORT_DATE, IMPORT_AS_YYYY_MM_DD, NULL, "2017-13-01", "!is not a day of the calendar" },
		{ IMPORT_DATE, IMPORT_AS_YYYY_MM_DD, NULL, "2017-00-10", "!is not a day of the calendar" },
		{ IMPORT_DATE, IMPORT_AS_YYYY_MM_DD, NULL, "0017-01-10", "!is not a day of the calendar" },
		{ IMPORT_DATE, IMPORT_AS_YYYY_MM_DD, NULL, "2017-1-1", "!is not written as yyyy-mm-dd" },
		{ IMPORT_DATE, IMPORT_AS_YYYY_MM_DD, NULL, "2017-01-01x",
			"!has something behind the date" },
		{ IMPORT_DATE, IMPORT_AS_YYYY_MM_DD, NULL, "", "!is not written as yyyy-mm-dd" },
		{ IMPORT_TIME, IMPORT_AS_YYYYMMDD, NULL, "970118", "!is not written as yyyymmdd" },
		{ IMPORT_TIME, IMPORT_AS_YYYY_MM_DD_HH_MM_SS, NULL, "2017-01-01 24:00:00",
			"!is not a time of day" },
		{ IMPORT_TIME, IMPORT_AS_YYYY_MM_DD_HH_MM_SS, NULL, "2017-01-01 23:59:60",
			"!is not a time of day" },
		{ IMPORT_TIME, IMPORT_AS_YYYY_MM_DD_HH_MM_SS, NULL, "2017-01-01", "!is not written as" },
		{ IMPORT_TIME, IMPORT_AS_RFC3339, NULL, "2026-11-20T10:00:00", "!has no offset" },
		{ IMPORT_TIME, IMPORT_AS_RFC3339, NULL, "2026-11-20T10:00:00+15:00", "!has no offset" },
		{ IMPORT_TIME, IMPORT_AS_RFC3339, NULL, "2026-11-20T10:00:00Zulu", "!has no offset" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char reason[IMPORT_REASON_BYTES] = "", out[IMPORT_VALUE_BYTES] = "";
		bool good = import_value_convert(cases[i].kind, cases[i].as, cases[i].time, cases[i].text,
			out, reason);

		if (cases[i].made[0] != '!')
			CHECK_TEXT(good ? out : reason, cases[i].made);
		else if (good || strstr(reason, cases[i].made + 1) == NULL)
			CHECK_TEXT(good ? out : reason, cases[i].made);
	}
}

static void checks(void)
{
	static const struct import_rule id = { IMPORT_stores, "x", IMPORT_ID, IMPORT_NEED, "" };
	static const struct import_rule word = { IMPORT_stores, "x", IMPORT_WORD, IMPORT_MAY,
		"store|web" };
	static const struct import_rule some = { IMPORT_stores, "x", IMPORT_POSITIVE, IMPORT_NEED, "" };
	char reason[IMPORT_REASON_BYTES], longest[IMPORT_ID_MOST_BYTES + 2];

	memset(longest, 'x', sizeof longest);
	longest[IMPORT_ID_MOST_BYTES] = '\0';
	CHECK(import_value_check(&id, longest, reason));
	longest[IMPORT_ID_MOST_BYTES] = 'x';
	longest[IMPORT_ID_MOST_BYTES + 1] = '\0';
	CHECK(!import_value_check(&id, longest, reason));
	CHECK_TEXT(reason, "a text of 201 bytes is longer than 200");
	CHECK(!import_value_check(&id, NULL, reason));
	CHECK(!import_value_check(&id, "a\xe2\x80\xae", reason));   /* right-to-left override */
	CHECK(!import_value_check(&id, "\xed\xa0\x80", reason));    /* a surrogate */
	CHECK(!import_value_check(&id, "\xc0\xaf", reason));        /* not the shortest form */
	CHECK(import_value_check(&word, NULL, reason) && import_value_check(&word, "web", reason));
	CHECK(!import_value_check(&word, "we", reason) && !import_value_check(&word, "store|web",
		reason));
	CHECK_TEXT(reason, "\"store|web\" is none of store|web");
	CHECK(import_value_check(&some, "1", reason) && !import_value_check(&some, "0", reason));
}

int main(void)
{
	CHECK_RUN(shipped_maps);
	CHECK_RUN(demo_map_is_complete);
	CHECK_RUN(every_mistake_has_its_place);
	CHECK_RUN(all_at_once);
	CHECK_RUN(no_such_map);
	CHECK_RUN(cents);
	CHECK_RUN(dates);
	CHECK_RUN(checks);
	return check_done();
}

/* The import reader on files written here, on the shipped maps, and on the two public data sets. */
#include "agent/import_read.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mcp/base/text.h"
#include "tests/unit/check.h"

/* What a reading handed on, one line each: "entity line: a|b|-" and "bad line: reason". */
struct heard {
	struct arena *arena;
	struct text lines;
	char folder[64];
	long rows[IMPORT_ENTITY_COUNT], bad;
	long long gross_cents, discount_cents, units, line_cents;
	const char *first_order, *last_order;
	bool quiet;             /* count only */
	long stop_after;        /* rows until the sink refuses; 0: never */
	enum import_entity open;
	bool is_open;
};

static bool hear_begin(void *context, enum import_entity entity, struct error *error)
{
	struct heard *heard = context;

	(void)error;
	CHECK(!heard->is_open);
	heard->is_open = true;
	heard->open = entity;
	return true;
}

static bool hear_end(void *context, enum import_entity entity, struct error *error)
{
	struct heard *heard = context;

	(void)error;
	CHECK(heard->is_open && heard->open == entity);
	heard->is_open = false;
	return true;
}

static void add_order(struct heard *heard, const struct import_row *row)
{
	const char *at = row->values[4];

	heard->gross_cents += atoll(row->values[5]);
	heard->discount_cents += atoll(row->values[6]);
	heard->units += atoll(row->values[8]);
	if (heard->first_order == NULL || strcmp(at, heard->first_order) < 0)
		heard->first_order = arena_copy(heard->arena, at);
	if (heard->last_order == NULL || strcmp(at, heard->last_order) > 0)
		heard->last_order = arena_copy(heard->arena, at);
}

static bool hear_row(void *context, const struct import_row *row, struct error *error)
{
	struct heard *heard = context;

	CHECK(heard->is_open && heard->open == row->entity);
	CHECK_INT(row->count, import_rules(row->entity).count);
	heard->rows[row->entity]++;
	if (heard->stop_after > 0 && --heard->stop_after == 0)
		return error_set(error, ERROR_UNAVAILABLE, "the sink is full");
	if (row->entity == IMPORT_orders)
		add_order(heard, row);
	if (row->entity == IMPORT_order_lines)
		heard->line_cents += atoll(row->values[4]);
	if (heard->quiet)
		return true;
	text_format(&heard->lines, "%s %" PRId64 ":", import_entity_names[row->entity], row->line);
	for (size_t i = 0; i < row->count; i++)
		text_format(&heard->lines, "%s%s", i == 0 ? " " : "|",
			row->values[i] == NULL ? "-" : row->values[i]);
	text_add(&heard->lines, "\n");
	return true;
}

static void hear_bad(void *context, const char *file, int64_t line, const char *reason)
{
	struct heard *heard = context;

	CHECK(file[0] != '\0');
	heard->bad++;
	if (!heard->quiet)
		text_format(&heard->lines, "bad %" PRId64 ": %s\n", line, reason);
}

static struct heard *hear(void)
{
	struct arena *arena = arena_new();
	struct heard *heard = arena_alloc(arena, sizeof *heard);

	heard->arena = arena;
	heard->lines = text_open(arena, 1 << 20);
	snprintf(heard->folder, sizeof heard->folder, "/tmp/flashd-import-XXXXXX");
	if (mkdtemp(heard->folder) == NULL)
		abort();
	return heard;
}

static void hush(struct heard *heard)
{
	static const char *const names[] = { "a.csv", "b.csv", "a.csv.gz", "a.txt", "shops.csv",
		"customers.csv", "sales.csv" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		unlink(arena_format(heard->arena, "%s/%s", heard->folder, names[i]));
	CHECK_INT(rmdir(heard->folder), 0);
	arena_free(heard->arena);
}

static void put_bytes(struct heard *heard, const char *name, const void *bytes, size_t size)
{
	FILE *file = fopen(arena_format(heard->arena, "%s/%s", heard->folder, name), "wb");

	if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
		abort();
}

static void put(struct heard *heard, const char *name, const char *text)
{
	put_bytes(heard, name, text, strlen(text));
}

static bool read_path(struct heard *heard, const char *map_path, const char *path,
	struct error *error)
{
	struct text mistakes = text_open(heard->arena, 1 << 16);
	const struct import_map *map = import_map_load(heard->arena, map_path, &mistakes, error);
	struct import_sink sink = { heard, hear_begin, hear_row, hear_end, hear_bad, NULL };

	if (map == NULL) {
		printf("# %s# %s\n", mistakes.bytes, error->text);
		return false;
	}
	return import_read(map, path, &sink, error);
}

/* Reads the folder through a map of tests/fixtures/import; what was heard, and the error's
 * sentence. */
static const char *read_map(struct heard *heard, const char *name)
{
	struct error error = { .code = ERROR_NONE };
	const char *path = arena_format(heard->arena, "tests/fixtures/import/%s.json", name);

	if (read_path(heard, path, heard->folder, &error))
		return heard->lines.bytes;
	CHECK(error.code == ERROR_FORMAT || error.code == ERROR_UNAVAILABLE);
	return arena_format(heard->arena, "%s%s", heard->lines.bytes, error.text);
}

/* What the members map hears of a file, rows shown as "line: member|name". */
static const char *read_members(struct heard *heard, const char *bytes, size_t size)
{
	put_bytes(heard, "a.csv", bytes, size);
	return read_map(heard, "members");
}

static void quoting(void)
{
	static const char text[] = "id,name\r\n1,\"Smith, \"\"Al\"\"\"\n2,\n\"3\",\"\"\n\n4,plain";
	struct heard *heard = hear();

	CHECK_TEXT(read_members(heard, text, strlen(text)),
		"members 2: 1|Smith, \"Al\"|-|-|-|-|-|-\nmembers 3: 2|-|-|-|-|-|-|-\n"
		"members 4: 3|-|-|-|-|-|-|-\nmembers 6: 4|plain|-|-|-|-|-|-\n");
	hush(heard);
}

static void byte_order_mark(void)
{
	static const char text[] = "\xef\xbb\xbf\"id\",name\r\n7,Zo\xc3\xab\r\n";
	struct heard *heard = hear();

	CHECK_TEXT(read_members(heard, text, strlen(text)), "members 2: 7|Zo\xc3\xab|-|-|-|-|-|-\n");
	hush(heard);
}

/* Each broken row is told with its own line, and the next line is read as if nothing had been. */
static void broken_rows(void)
{
	static const char text[] = "id,name\n1,a\"b\n2,\"c\"d\n3,ok\n4\n5,x,y\n6,\"open\n7,ok\n8,a\rb\n"
		"9,\xff\xfe\n10,\"bell\a\"\n11,\"two\nlines\"\n12,ok\n,nobody\n\"13,to the end\n14,ok\n";
	struct heard *heard = hear();

	CHECK_TEXT(read_members(heard, text, strlen(text)),
		"bad 2: there is a quote inside an unquoted field\n"
		"bad 3: there is text behind a closing quote\n"
		"members 4: 3|ok|-|-|-|-|-|-\n"
		"bad 5: it has 1 columns instead of 2\n"
		"bad 6: it has 3 columns instead of 2\n"
		"bad 7: there is text behind a closing quote\n"
		"members 8: 7|ok|-|-|-|-|-|-\n"
		"bad 9: it holds a carriage return that ends no line\n"
		"bad 10: name: \"??\" is not UTF-8\n"
		"bad 11: name: \"bell?\" holds a control character\n"
		"bad 12: name: \"two?lines\" holds a control character\n"
		"members 14: 12|ok|-|-|-|-|-|-\n"
		"bad 15: member: it is empty\n"
		"bad 16: a quoted field is not closed before the end\n"
		"members 17: 14|ok|-|-|-|-|-|-\n");
	CHECK_INT(heard->bad, 11);
	hush(heard);
}

static void nul_byte(void)
{
	static const char text[] = "id,name\n1,a\0b\n2,ok\n";
	struct heard *heard = hear();

	CHECK_TEXT(read_members(heard, text, sizeof text - 1),
		"bad 2: it holds a NUL byte\nmembers 3: 2|ok|-|-|-|-|-|-\n");
	hush(heard);
}

/* Lines around the limit, one beyond the buffer, and a quote that never closes in a file larger
 * than that. */
static void huge_lines(void)
{
	struct heard *heard = hear();
	size_t huge = 5u << 20;
	char *text = arena_alloc(heard->arena, huge * 2 + 256);
	size_t size = (size_t)snprintf(text, 64, "id,name\n1,ok\n2,");

	memset(text + size, 'x', huge);
	size += huge;
	size += (size_t)snprintf(text + size, 64, "\n3,ok\n4,\"open\n5,ok\n");
	for (size_t i = 0; i < 3u << 17; i++) {
		memcpy(text + size, "\n\n\n\n", 4);
		size += 4;
	}
	size += (size_t)snprintf(text + size, 64, "6,last");
	CHECK_TEXT(read_members(heard, text, size),
		"members 2: 1|ok|-|-|-|-|-|-\nbad 3: the line is longer than 1048576 bytes\n"
		"members 4: 3|ok|-|-|-|-|-|-\nbad 5: a quoted field is not closed within 1048576 bytes\n"
		"members 6: 5|ok|-|-|-|-|-|-\nmembers 1572871: 6|last|-|-|-|-|-|-\n");
	hush(heard);
}

/* Every way in which a file is not what the map says ends before the first row. */
static void files_that_do_not_fit(void)
{
	static const struct { const char *text, *sentence; } cases[] = {
		{ "", "/a.csv does not fit: it is empty" },
		{ "\n\n", "/a.csv does not fit: it is empty" },
		{ "id,nme\n1,a\n",
			"/a.csv does not fit: it has no column \"name\"; the nearest is \"nme\"" },
		{ "ID,x\n1,a\n", "/a.csv does not fit: it has no column \"id\"; the nearest is \"ID\"" },
		{ "id,name,id\n1,a,2\n", "/a.csv does not fit: it has the column \"id\" 2 times" },
		{ "id,\"name\n1,a\n",
			"/a.csv does not fit: line 1: a quoted field is not closed before the end" },
		{ "id,na\"me\n1,a\n",
			"/a.csv does not fit: line 1: there is a quote inside an unquoted field" },
	};
	struct heard *heard = hear();

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		CHECK_TEXT(read_members(heard, cases[i].text, strlen(cases[i].text)),
			arena_format(heard->arena, "%s%s", heard->folder, cases[i].sentence));
	unlink(arena_format(heard->arena, "%s/a.csv", heard->folder));
	CHECK_TEXT(read_map(heard, "members"), arena_format(heard->arena,
		"%s/a.csv is not there, nor is %s/a.csv.gz; the map t needs it", heard->folder,
			heard->folder));
	CHECK_INT(heard->rows[IMPORT_members], 0);
	hush(heard);
}

/* A second file that does not fit stops the first one's rows, too. */
static void all_files_before_any_row(void)
{
	struct heard *heard = hear();

	put(heard, "a.csv", "id,name\n1,a\n");
	put(heard, "b.csv", "order;when\n");
	const char *said = read_map(heard, "two_files");

	CHECK(strstr(said, "b.csv does not fit: it has no column \"order\"") != NULL);
	CHECK_INT(heard->rows[IMPORT_members], 0);
	hush(heard);
}

/* "id,name\n1,gz\n2,two\n" by gzip -n. */
static const unsigned char zipped[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x4c,
	0xd1, 0xc9, 0x4b, 0xcc, 0x4d, 0xe5, 0x32, 0xd4, 0x49, 0xaf, 0xe2, 0x32,
	0xd2, 0x29, 0x29, 0xcf, 0xe7, 0x02, 0x00, 0x38, 0xea, 0x62, 0xff, 0x13,
	0x00, 0x00, 0x00,
};

static void compressed(void)
{
	struct heard *heard = hear();

	put_bytes(heard, "a.csv.gz", zipped, sizeof zipped);
	CHECK_TEXT(read_map(heard, "members"),
		"members 2: 1|gz|-|-|-|-|-|-\nmembers 3: 2|two|-|-|-|-|-|-\n");
	hush(heard);
}

static void compressed_and_damaged(void)
{
	struct heard *heard = hear();
	unsigned char bytes[sizeof zipped];
	const char *path = arena_format(heard->arena, "%s/a.csv.gz", heard->folder);
	const char *said;

	memcpy(bytes, zipped, sizeof zipped);
	put_bytes(heard, "a.csv.gz", bytes, sizeof bytes - 9);
	said = read_map(heard, "members");
	CHECK(strstr(said, "is damaged near line") != NULL);
	bytes[sizeof bytes - 6] ^= 1;   /* the checksum */
	put_bytes(heard, "a.csv.gz", bytes, sizeof bytes);
	said = read_map(heard, "members");
	CHECK(strstr(said, "is damaged near line") != NULL);
	put(heard, "a.csv.gz", "id,name\n1,plain\n");
	CHECK_TEXT(read_map(heard, "members"), arena_format(heard->arena,
		"%s is called .gz but is not compressed; name it as what it is", path));
	CHECK_INT(heard->rows[IMPORT_members], 0);
	hush(heard);
}

static void whitespace(void)
{
	struct heard *heard = hear();

	put(heard, "a.txt", " 04 19970101   29.33\r\n\t07\t19970230 1\r\n  \r\n08 19970228 .5 x\r\n"
		"09 19970228 .5");
	CHECK_TEXT(read_map(heard, "whitespace"),
		"orders 1: n1|04|-|web|1997-01-01 00:00:00|2933|0|0|0|-\n"
		"bad 2: ordered_at: \"19970230\" is not a day of the calendar between 1900 and 2199\n"
		"bad 4: it has 4 columns instead of 3\n"
		"orders 5: n5|09|-|web|1997-02-28 00:00:00|50|0|0|0|-\n");
	put(heard, "a.txt", "04 19970101\n");
	CHECK(strstr(read_map(heard, "whitespace"),
		"a.txt does not fit: line 1 has 2 columns, the map names 3") != NULL);
	hush(heard);
}

/* Join, prefix, lookup, values, else, sum, time, lower: each as contrib/maps/README.md says. */
static void fields(void)
{
	struct heard *heard = hear();

	put(heard, "a.csv", "shop,bill,who,day,net,off\n"
		"1,77,ANNA,2026-01-31,10.5,0.25\n2,78,,2026-01-31,1,\n3,79,x,2026-01-31,1,1\n"
		"9,80,x,2026-01-31,1,1\n1,,x,2026-01-31,1,1\n4,81,x,2026-01-31,,\n");
	put(heard, "b.csv", "no;code;kind\n1;S1;S\n2;S2;W\n3;S3;?\n4;S4;Z\n2;again;W\n");
	CHECK_TEXT(read_map(heard, "fields"), "bad 6: the key \"2\" was there before\n"
		"orders 2: B1-77|anna|S1|store|2026-01-31 12:30:00|1075|25|0|0|-\n"
		"orders 3: B2-78|-|S2|web|2026-01-31 12:30:00|100|0|0|0|-\n"
		"orders 4: B3-79|x|S3|app|2026-01-31 12:30:00|200|100|0|0|-\n"
		"bad 5: store: \"9\" is not in the lookup shop\n"
		"bad 6: order: it is empty\n"
		"bad 7: gross_cents: it is empty\n");
	hush(heard);
}

/* The map that people copy does what it says. */
static void the_example(void)
{
	struct heard *heard = hear();
	struct error error = { .code = ERROR_NONE };

	put(heard, "shops.csv", "ShopNo;Name;Area;Opened;Kind\r\n7;Mitte;;20200229;Shop\r\n"
		"9;\"Web; all\";DE;20210101;Online\r\n");
	put(heard, "customers.csv",
		"CustomerNo;FirstName;LastName;Email;Phone;ShopNo;Created;Newsletter\n"
		"5;Anna;Groß;Anna@Example.Test;;7;2026-01-02T10:00:00+01:00;Y\n"
		"6;Ben;;;;9;2026-07-02T10:00:00+02:00;\n");
	put(heard, "sales.csv", "ReceiptNo;ShopNo;CustomerNo;SoldAt;Price;Discount;Pieces\n"
		"1;7;;2026-03-01T09:00:00Z;10,50;0;1\n1;7;5;2026-03-01T09:00:00Z;1;0,5;2\n"
		"1;9;6;2026-03-01T09:00:00Z;1.000,00;0;1\n2;9;6;2026-03-01T09:00:00Z;8;;1\n");
	CHECK(read_path(heard, "contrib/maps/generic.json", heard->folder, &error));
	CHECK_TEXT(heard->lines.bytes,
		"stores 2: 7|Mitte|Elsewhere|2020-02-29\nstores 3: 9|Web; all|DE|2021-01-01\n"
		"tiers 1: basic|Basic|1|0\ntiers 2: plus|Plus|2|30000\n"
		"members 2: 5|Anna Groß|anna@example.test|-|-|7|-|2026-01-02 10:00:00+01:00\n"
		"members 3: 6|-|-|-|-|9|-|2026-07-02 10:00:00+02:00\n"
		"consents 2: 5|email|true|2026-01-02 10:00:00+01:00\n"
		"consents 3: 6|email|false|2026-07-02 10:00:00+02:00\n"
		"bad 4: gross_cents: \"1.000,00\" is not an amount of money\n"
		"orders 2: 7-1|5|7|store|2026-03-01 09:00:00Z|1150|50|0|3|-\n"
		"orders 5: 9-2|6|9|web|2026-03-01 09:00:00Z|800|0|0|1|-\n");
	hush(heard);
}

/* Rows of one key become one, also out of two files; a row that contradicts its group is left
 * out. */
static void groups(void)
{
	struct heard *heard = hear();

	put(heard, "a.csv", "bill,who,shop,at,cents\n"
		"1,anna,S2,2026-01-02 10:00:00,100\n2,ben,S1,2026-01-02 10:00:00,7\n"
		"1,anna,S1,2026-01-01 10:00:00,50\n1,ben,S1,2026-01-03 10:00:00,1000\n"
		"1,,S1,2026-01-03 10:00:00,25\n3,,S1,2026-01-03 10:00:00,x\n");
	put(heard, "b.csv", "who\nzoe\nben\n");
	CHECK_TEXT(read_map(heard, "groups"),
		"bad 6: member: it is empty\nbad 7: member: it is empty\n"
		"members 2: anna|-|-|-|-|S2|-|2026-01-01 10:00:00\n"
		"members 3: ben|-|-|-|-|S1|-|2026-01-02 10:00:00\nmembers 2: zoe|-|-|-|-|-|-|-\n"
		"bad 5: member: \"ben\" differs from line 2 of the same order\n"
		"bad 7: gross_cents: \"x\" is not a whole number\n"
		"orders 2: 1|anna|-|store|2026-01-03 10:00:00|175|0|0|25|-\n"
		"orders 3: 2|ben|-|store|2026-01-02 10:00:00|7|0|0|7|-\n");
	hush(heard);
}

/* A broken record is told once, although the file is read once for each entity. */
static void told_once(void)
{
	struct heard *heard = hear();

	put(heard, "a.csv", "id,name\n1,\"x\"y\n2,b\n");
	CHECK_TEXT(read_map(heard, "three_entities"),
		"bad 2: there is text behind a closing quote\nstores 3: 2|b|-|-\ntiers 1: t|T|1|0\n"
		"members 3: 2|-|-|-|-|-|-|-\n");
	hush(heard);
}

static void the_sink_stops(void)
{
	struct heard *heard = hear();

	heard->stop_after = 2;
	put(heard, "a.csv", "id,name\n1,a\n2,b\n3,c\n");
	CHECK_TEXT(read_map(heard, "members"), "members 2: 1|a|-|-|-|-|-|-\nthe sink is full");
	CHECK_INT(heard->rows[IMPORT_members], 2);
	hush(heard);
}

/* A map with one file reads that file under any name; one with more wants a folder. */
static void one_file(void)
{
	static const char members[] = "tests/fixtures/import/members.json";
	struct heard *heard = hear();
	struct error error = { .code = ERROR_NONE };

	put(heard, "b.csv", "id,name\n1,a\n");
	const char *path = arena_format(heard->arena, "%s/b.csv", heard->folder);

	CHECK(read_path(heard, members, path, &error));
	CHECK_TEXT(heard->lines.bytes, "members 2: 1|a|-|-|-|-|-|-\n");
	CHECK(!read_path(heard, members, "/nonexistent", &error));
	CHECK_TEXT(error.text, "/nonexistent is not there; say the folder or file to import");
	CHECK(!read_path(heard, "tests/fixtures/import/two_files.json", path, &error));
	CHECK(strstr(error.text, "is a file, but the map t reads 2 files; say their folder") != NULL);
	hush(heard);
}

static const char *data_folder(void)
{
	const char *folder = getenv("FLASHD_DATA");

	return folder != NULL ? folder : "../shared/data";
}

static struct heard *read_public(const char *map_path, const char *below)
{
	struct heard *heard = hear();
	struct text mistakes = text_open(heard->arena, 1 << 16);
	struct error error = { .code = ERROR_NONE };
	struct import_sink sink = { heard, hear_begin, hear_row, hear_end, hear_bad, NULL };
	const struct import_map *map = import_map_load(heard->arena, map_path, &mistakes, &error);

	heard->quiet = true;
	CHECK(map != NULL && import_read(map, arena_format(heard->arena, "%s%s", data_folder(), below),
		&sink, &error));
	if (error.code != ERROR_NONE)
		printf("# %s\n", error.text);
	return heard;
}

/* Counts of the published sample; the spend of all of it is 244,091.94. */
static void cdnow(void)
{
	struct heard *heard = read_public("contrib/maps/cdnow.json", "");

	CHECK_INT(heard->rows[IMPORT_orders], 6919);
	CHECK_INT(heard->rows[IMPORT_members], 2357);
	CHECK_INT(heard->gross_cents, 24409194);
	CHECK_INT(heard->units, 16479);
	CHECK_INT(heard->bad, 0);
	CHECK_TEXT(heard->first_order, "1997-01-01 00:00:00");
	CHECK_TEXT(heard->last_order, "1998-06-30 00:00:00");
	hush(heard);
}

/* Counted independently from the files. 898 of 6,589 pairs belong to campaigns without a
 * description. */
static void completejourney(void)
{
	struct heard *heard = read_public("contrib/maps/completejourney.json", "/completejourney");

	CHECK_INT(heard->rows[IMPORT_order_lines], 62113);
	CHECK_INT(heard->rows[IMPORT_orders], 39197);
	CHECK_INT(heard->rows[IMPORT_stores], 274);
	CHECK_INT(heard->rows[IMPORT_members], 2344 + 4);
	CHECK_INT(heard->rows[IMPORT_campaigns], 22);
	CHECK_INT(heard->rows[IMPORT_coupon_pools], 22);
	CHECK_INT(heard->rows[IMPORT_coupons], 6589 - 898);
	CHECK_INT(heard->bad, 898);
	CHECK_INT(heard->rows[IMPORT_redemptions], 1302);
	CHECK_INT(heard->gross_cents, 22592422);
	CHECK_INT(heard->discount_cents, 3320201);
	CHECK_INT(heard->line_cents, heard->gross_cents);
	CHECK_INT(heard->units, 6527869);
	CHECK_TEXT(heard->first_order, "2017-01-01 07:30:27");
	CHECK_TEXT(heard->last_order, "2017-10-31 23:07:45");
	hush(heard);
}

static void run_public(const char *name, const char *below, void (*function)(void))
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s", data_folder(), below);
	if (access(path, R_OK) == 0)
		check_run(name, function);
	else
		check_skip(name, "the public data is not here; FLASHD_DATA names its folder");
}

int main(void)
{
	CHECK_RUN(quoting);
	CHECK_RUN(byte_order_mark);
	CHECK_RUN(broken_rows);
	CHECK_RUN(nul_byte);
	CHECK_RUN(huge_lines);
	CHECK_RUN(files_that_do_not_fit);
	CHECK_RUN(all_files_before_any_row);
	CHECK_RUN(compressed);
	CHECK_RUN(compressed_and_damaged);
	CHECK_RUN(whitespace);
	CHECK_RUN(fields);
	CHECK_RUN(the_example);
	CHECK_RUN(groups);
	CHECK_RUN(told_once);
	CHECK_RUN(the_sink_stops);
	CHECK_RUN(one_file);
	run_public("cdnow", "cdnow_sample.txt.gz", cdnow);
	run_public("completejourney", "completejourney/transactions_sample.csv.gz", completejourney);
	return check_done();
}

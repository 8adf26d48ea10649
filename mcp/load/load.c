#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcp/base/embed.h"
#include "mcp/db/migrate.h"

enum { ENTITIES_MOST = 16, BUFFER = 1 << 16, NAME = 1, EMAIL = 2, PHONE = 3 };

struct load {
	struct db *db;
	const struct seal *seal;
	struct arena *arena, *row_arena;
	int tenant;
	const char *tenant_text, *zone;
	const char *entities[ENTITIES_MOST];
	int64_t rows[ENTITIES_MOST];
	size_t count, open;          /* how many entities, and which one's rows come now */
	bool members, committed;
	size_t used;
	char buffer[BUFFER];
};

static bool find_zone(struct load *load, struct error *error)
{
	struct db_rows *rows;

	if (!db_query(load->db, 0, "find_zone", DB_VALUES(load->tenant_text), load->arena, &rows, error))
		return false;
	if (db_count(rows) == 0)
		return error_set(error, ERROR_NOT_FOUND, "There is no tenant %s.", load->tenant_text);
	load->zone = db_text(rows, 0, 0);
	return true;
}

struct load *load_open(struct db *admin, const struct seal *seal, int tenant, const char *zone, struct error *error)
{
	struct load *load = calloc(1, sizeof *load);

	if (load == NULL)
		abort();
	load->db = admin;
	load->seal = seal;
	load->tenant = tenant;
	load->arena = arena_new();
	load->row_arena = arena_new();
	load->tenant_text = arena_format(load->arena, "%d", tenant);
	load->zone = zone;
	if (migrate_become_owner(admin, error) &&
	    db_query(admin, 0, "enter_session", DB_VALUES(load->tenant_text), load->arena, NULL, error) &&
	    (zone != NULL || find_zone(load, error)) && db_begin(admin, error) &&
	    db_script(admin, embed_find("sql/load/stage.sql")->bytes, error))
		return load;
	load_close(load);
	return NULL;
}

void load_close(struct load *load)
{
	if (load == NULL)
		return;
	if (!load->committed)
		db_rollback(load->db);
	arena_free(load->row_arena);
	arena_free(load->arena);
	free(load);
}

bool load_begin(struct load *load, const char *entity, struct error *error)
{
	for (load->open = 0; load->open < load->count; load->open++)
		if (strcmp(load->entities[load->open], entity) == 0)
			break;
	if (load->open == ENTITIES_MOST)
		return error_set(error, ERROR_INTERNAL, "Too many entities in one import.");
	if (load->open == load->count)
		load->entities[load->count++] = arena_copy(load->arena, entity);
	load->members = strcmp(entity, "members") == 0;
	return db_copy_open(load->db, arena_format(load->arena, "copy_%s", entity), error);
}

static bool flush(struct load *load, struct error *error)
{
	bool good = load->used == 0 || db_copy_write(load->db, load->buffer, load->used, error);

	load->used = 0;
	return good;
}

static bool put(struct load *load, const char *bytes, size_t size, struct error *error)
{
	while (size > 0) {
		size_t take = size < BUFFER - load->used ? size : BUFFER - load->used;

		memcpy(load->buffer + load->used, bytes, take);
		load->used += take;
		bytes += take;
		size -= take;
		if (load->used == BUFFER && !flush(load, error))
			return false;
	}
	return true;
}

/* One value in COPY's text form. */
static bool put_value(struct load *load, const char *value, struct error *error)
{
	static const char special[] = "\\\t\n\r", escaped[] = "\\tnr";

	if (value == NULL)
		return put(load, "\t\\N", 3, error);
	if (!put(load, "\t", 1, error))
		return false;
	for (size_t plain; *value != '\0'; value += plain) {
		plain = strcspn(value, special);
		if (!put(load, value, plain, error))
			return false;
		if (value[plain] != '\0') {
			char pair[2] = { '\\', escaped[strchr(special, value[plain]) - special] };

			if (!put(load, pair, 2, error))
				return false;
			plain++;
		}
	}
	return true;
}

static const char *sealed(struct load *load, const char *value)
{
	return value == NULL ? NULL : seal_encrypt(load->seal, load->tenant, SEAL_PROFILE, value, load->row_arena);
}

static const char *indexed(struct load *load, const char *value)
{
	return value == NULL ? NULL : seal_blind_index(load->seal, load->tenant, value, load->row_arena);
}

bool load_row(struct load *load, const char *file, int64_t line, const char *const *values, size_t count,
	struct error *error)
{
	char number[24];
	bool good;

	load->rows[load->open]++;
	snprintf(number, sizeof number, "%lld", (long long)line);
	good = put(load, file, strlen(file), error) && put_value(load, number, error);
	for (size_t i = 0; good && i < count; i++) {
		bool personal = load->members && (i == NAME || i == EMAIL || i == PHONE);

		good = put_value(load, personal ? sealed(load, values[i]) : values[i], error);
	}
	if (good && load->members) {
		good = put_value(load, indexed(load, values[EMAIL]), error) &&
			put_value(load, indexed(load, values[PHONE]), error);
		if (load->rows[load->open] % 256 == 0) {
			arena_free(load->row_arena);
			load->row_arena = arena_new();
		}
	}
	return good && put(load, "\n", 1, error);
}

bool load_end(struct load *load, struct error *error)
{
	return flush(load, error) && db_copy_close(load->db, error);
}

static bool merge(struct load *load, size_t index, struct arena *arena, json_t *entities, struct error *error)
{
	const char *entity = load->entities[index];
	struct db_rows *rows;

	if (!db_query(load->db, 0, arena_format(load->arena, "merge_%s", entity),
			DB_VALUES(load->tenant_text, load->zone), arena, &rows, error))
		return error_wrap(error, "%s", entity);
	json_array_append_new(entities, json_pack("{s:s, s:I, s:I, s:I}", "entity", entity, "rows",
		(json_int_t)load->rows[index], "added", (json_int_t)db_number(rows, 0, 0), "changed",
		(json_int_t)db_number(rows, 0, 1)));
	return true;
}

static bool list_skipped(struct load *load, struct arena *arena, json_t *report, struct error *error)
{
	struct db_rows *rows;
	json_t *list = json_array();

	json_object_set_new(report, "skipped_rows", list);
	if (!db_query(load->db, 0, "list_skipped", DB_NOTHING, arena, &rows, error))
		return false;
	for (size_t i = 0; i < db_count(rows); i++)
		json_array_append_new(list, json_pack("{s:s, s:I, s:s}", "file", db_text(rows, i, 0), "line",
			(json_int_t)db_number(rows, i, 1), "reason", db_text(rows, i, 2)));
	json_object_set_new(report, "skipped", json_integer(db_count(rows) == 0 ? 0 : db_number(rows, 0, 3)));
	return true;
}

bool load_commit(struct load *load, int tier_days, const char *what, void (*merged)(void *context, const char *entity),
	void *context, struct arena *arena, json_t **report, struct error *error)
{
	json_t *entities = json_array();
	char days[16], call[37];
	struct db_rows *rows;

	*report = arena_json(arena, json_pack("{s:o}", "entities", entities));
	for (size_t i = 0; i < load->count; i++) {
		if (merged != NULL)
			merged(context, load->entities[i]);
		if (!merge(load, i, arena, entities, error))
			return false;
	}
	snprintf(days, sizeof days, "%d", tier_days);
	seal_uuid(call);
	if (merged != NULL)
		merged(context, "statistics");
	if (!list_skipped(load, arena, *report, error) ||
	    !db_query(load->db, 0, "finish_import", DB_VALUES(load->tenant_text, days, call, what), arena, &rows, error))
		return false;
	json_object_set_new(*report, "data_version", json_integer(db_number(rows, 0, 0)));
	load->committed = db_commit(load->db, error);
	return load->committed;
}

bool load_roll(struct load *load, void (*rolled)(void *context, long long left), void *context, struct error *error)
{
	long long left = 1, most = 1;

	/* As many as there were, for a day into which others write all the time stays stale. */
	for (long long i = 0; i < most && left > 0; i++) {
		if (!db_one_number(load->db, "roll_days", DB_VALUES(load->tenant_text, "1"), &left, error))
			return false;
		if (left < 0)
			return error_set(error, ERROR_BUSY, "Other facts are being taken in.");
		most = i == 0 ? 1 + left : most;
		rolled(context, left);
	}
	return true;
}

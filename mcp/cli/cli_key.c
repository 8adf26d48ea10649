/* API keys: presets, a secret that is seen once, budgets. The limits are the database's to keep. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "mcp/base/json_list.h"
#include "mcp/base/seal.h"
#include "mcp/base/text.h"
#include "mcp/db/array.h"
#include "mcp/db/db.h"

static const struct preset {
	const char *name, *kind, *scopes;
	long long cap_cents;
	bool writes;
} presets[] = {
	{ "read-only", "read_only", "metrics:read members:read agent:read agent:stop", 0, false },
	{ "operator", "operator", "metrics:read members:read agent:read agent:stop points:write coupons:write agent:act "
		"actions:undo", 5000, true },
	{ "agent", "agent", "metrics:read members:read points:write coupons:write agent:act agent:read agent:stop "
		"actions:undo", 5000, true },
};

/* What --scope may add. `needs_conformance`: only where the setting says that this is a place for tests. */
static const struct extra {
	const char *scope;
	bool needs_write, needs_conformance;
} extras[] = {
	{ "members:pii", false, false },
	{ "points:write", true, false },
	{ "coupons:write", true, false },
	{ "agent:act", true, false },
	{ "actions:undo", true, false },
	{ "conformance:fixtures", false, true },
};

static const struct preset *find_preset(const char *name)
{
	for (size_t i = 0; i < sizeof presets / sizeof presets[0]; i++)
		if (strcmp(presets[i].name, name) == 0)
			return &presets[i];
	return NULL;
}

/* Whether "a b c" has the word. */
static bool has_word(const char *words, const char *word, size_t size)
{
	for (const char *at = words; *at != '\0'; at += strspn(at, " ")) {
		size_t width = strcspn(at, " ");

		if (width == size && strncmp(at, word, size) == 0)
			return true;
		at += width;
	}
	return false;
}

static bool check_scope(const struct preset *preset, const struct settings *settings, const char *scope, size_t size,
	struct error *error)
{
	for (size_t i = 0; i < sizeof extras / sizeof extras[0]; i++) {
		if (strlen(extras[i].scope) != size || strncmp(extras[i].scope, scope, size) != 0)
			continue;
		if (extras[i].needs_write && !preset->writes)
			return error_set(error, ERROR_USAGE, "A read-only key cannot have %s: take the preset operator or agent.",
				extras[i].scope);
		if (extras[i].needs_conformance && settings->conformance == 0)
			return error_set(error, ERROR_USAGE, "%s is for the protocol's own tests: it needs the setting "
				"`conformance` = 1.", extras[i].scope);
		return true;
	}
	return error_set(error, ERROR_USAGE, "There is no scope \"%.*s\" to add; there are members:pii, points:write, "
		"coupons:write, agent:act and actions:undo.", (int)size, scope);
}

/* The preset's scopes and those of --scope, separated by spaces; NULL with the error set. */
static const char *key_scopes(struct cli *cli, const struct preset *preset, struct error *error)
{
	struct text scopes = text_open(cli->arena, 390);   /* what a caller can hold */
	const struct settings *settings = cli_settings(cli, error);
	const char *more = cli_option(cli, "scope");

	if (settings == NULL)
		return NULL;
	text_add(&scopes, preset->scopes);
	while (more != NULL && *more != '\0') {
		size_t size = strcspn(more, ", ");

		if (size > 0 && !has_word(scopes.bytes, more, size)) {
			if (!check_scope(preset, settings, more, size, error))
				return NULL;
			text_format(&scopes, " %.*s", (int)size, more);
		}
		more += size;
		more += strspn(more, ", ");
	}
	return scopes.bytes;
}

/* The words between separators, as an array. */
static const char *array_of_words(struct cli *cli, const char *words, const char *separators)
{
	struct db_array array = db_array_open(cli->arena);

	words += strspn(words, separators);
	for (size_t size; *words != '\0'; words += size, words += strspn(words, separators)) {
		size = strcspn(words, separators);
		db_array_add(&array, arena_copy_size(cli->arena, words, size));
	}
	return db_array_close(&array);
}

/* A new file that only its owner reads. Written before the key is made: a key whose secret is lost helps nobody. */
static bool write_secret(const char *path, const char *secret, struct error *error)
{
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (file < 0)
		return error_set(error, ERROR_USAGE, "The file %s cannot be made (%s); name a new one with --out. No key was "
			"made.", path, strerror(errno));
	size_t size = strlen(secret);
	bool good = write(file, secret, size) == (ssize_t)size && write(file, "\n", 1) == 1 && fsync(file) == 0;

	if (close(file) == 0 && good)
		return true;
	unlink(path);
	return error_set(error, ERROR_SYSTEM, "The file %s could not be written (%s). No key was made.", path,
		strerror(errno));
}

struct new_key {
	const struct preset *preset;
	const char *scopes, *cap, *per_minute, *budget, *period, *secret, *stores, *tiers;
	struct seal_api_key parts;
};

static void tell_key(struct cli *cli, const struct new_key *key)
{
	const char *budget = key->budget == NULL ? "no budget, so it may not write" : arena_format(cli->arena,
		"budget %s %s", cli_money(cli, cli_number(cli, "budget-cents", 0)), key->period);

	cli_say(cli, "Key %s (%s) of %s: %s.", key->parts.id, key->preset->name, cli->tenant_slug, key->scopes);
	if (key->stores != NULL)
		cli_say(cli, "It sees and touches only these stores and their members: %s.", key->stores);
	if (key->tiers != NULL)
		cli_say(cli, "It sees and touches only members of these tiers, as they are at the time: %s.", key->tiers);
	if (key->preset->writes)
		cli_say(cli, "One call at most %s, %s calls a minute, %s.",
			cli_money(cli, cli_number(cli, "cap-cents", key->preset->cap_cents)), key->per_minute, budget);
	if (key->preset->writes && key->budget == NULL)
		cli_say(cli, "Give it one with: flashd key budget %s CENTS", key->parts.id);
	cli_say(cli, "The secret is shown this once. Put it into FLASH_API_KEY, then:\n"
		"  claude mcp add --transport http flash http://%s:%ld/api/mcp --header \"Authorization: Bearer "
		"${FLASH_API_KEY}\"", cli->settings.http_address, cli->settings.http_port);
}

static bool add_key(struct cli *cli, const struct new_key *key, const char *person, struct error *error)
{
	const char *hash = seal_api_key_hash(cli->seal, &key->parts, cli->arena);

	return cli_power(cli, "create_key", DB_VALUES(person, key->parts.id, key->preset->kind, cli_option(cli, "name"),
		hash, array_of_words(cli, key->scopes, " "), key->cap, key->per_minute, key->budget, key->period,
		key->stores == NULL ? NULL : array_of_words(cli, key->stores, ","),
		key->tiers == NULL ? NULL : array_of_words(cli, key->tiers, ",")), NULL, error);
}

static json_t *json_of_words(const char *words)
{
	json_t *list = json_array();

	for (words += strspn(words, ","); *words != '\0'; words += strspn(words, ",")) {
		size_t size = strcspn(words, ",");

		json_array_append_new(list, json_stringn(words, size));
		words += size;
	}
	return list;
}

/* One to 20 names: a list of nothing would be a key of everything, or of nothing. */
static bool check_limit(const char *option, const char *words, struct error *error)
{
	json_t *list = words == NULL ? NULL : json_of_words(words);
	size_t count = json_array_size(list);

	json_decref(list);
	return words == NULL || (count >= 1 && count <= 20) || error_set(error, ERROR_USAGE, "--%s is \"%.60s\"; it must "
		"be 1 to 20 names with commas. Nothing was done.", option, words);
}

static bool answer_key(struct cli *cli, const struct new_key *key, const char *out)
{
	json_t *scopes = json_array();

	for (const char *at = key->scopes; *at != '\0'; at += strspn(at, " ")) {
		size_t size = strcspn(at, " ");

		json_array_append_new(scopes, json_stringn(at, size));
		at += size;
	}
	json_t *answer = json_pack("{s:s, s:s, s:s, s:o}", "key", key->parts.id, "kind", key->preset->kind, "name",
		cli_option(cli, "name"), "scopes", scopes);

	if (key->stores != NULL)
		json_object_set_new(answer, "stores", json_of_words(key->stores));
	if (key->tiers != NULL)
		json_object_set_new(answer, "tiers", json_of_words(key->tiers));
	if (out == NULL)
		json_object_set_new(answer, "secret", json_string(key->secret));
	else
		json_object_set_new(answer, "file", json_string(out));
	return cli_answer(cli, answer, "%s\n", out == NULL ? key->secret : key->parts.id);
}

bool key_create(struct cli *cli, struct error *error)
{
	const struct preset *preset = find_preset(cli_option(cli, "preset"));
	const char *person = cli_person(cli, error), *out = cli_option(cli, "out");
	struct new_key key = { .preset = preset, .scopes = person == NULL ? NULL : key_scopes(cli, preset, error),
		.cap = cli_option(cli, "cap-cents"), .per_minute = cli_option(cli, "per-minute"),
		.budget = cli_option(cli, "budget-cents"), .period = cli_option(cli, "period"),
		.stores = cli_option(cli, "stores"), .tiers = cli_option(cli, "tiers") };

	if (key.scopes == NULL || !check_limit("stores", key.stores, error) || !check_limit("tiers", key.tiers, error) ||
	    cli_seal(cli, error) == NULL || cli_tenant(cli, error) == 0)
		return false;
	if (!preset->writes && key.budget != NULL)
		return error_set(error, ERROR_USAGE, "A read-only key writes nothing, so it needs no --budget-cents.");
	if (key.cap == NULL)
		key.cap = arena_format(cli->arena, "%lld", preset->cap_cents);
	if (key.per_minute == NULL)
		key.per_minute = "600";
	if (key.period == NULL)
		key.period = "forever";
	key.secret = seal_api_key_new(cli->tenant, &key.parts, cli->arena);
	if (out != NULL && !write_secret(out, key.secret, error))
		return false;
	if (!add_key(cli, &key, person, error)) {
		if (out != NULL && error->code != ERROR_UNCONFIRMED)
			unlink(out);
		return false;
	}
	cli->next = arena_format(cli->arena, "flashd key revoke %s", key.parts.id);   /* when nobody got the secret */
	tell_key(cli, &key);
	return answer_key(cli, &key, out);
}

static const struct cli_column key_columns[] = {
	{ "key", "KEY", CLI_TEXT }, { "kind", "KIND", CLI_TEXT }, { "name", "NAME", CLI_TEXT },
	{ "state", "STATE", CLI_STATE }, { "cap_cents", "CAP", CLI_MONEY },
	{ "calls_per_minute", "A MINUTE", CLI_NUMBER }, { "budget_period", "PERIOD", CLI_TEXT },
	{ "budget_cents", "BUDGET", CLI_MONEY }, { "spent_cents", "SPENT", CLI_MONEY }, { "left_cents", "LEFT", CLI_MONEY },
	{ "created_by", "BY", CLI_TEXT }, { "created_at", NULL, CLI_TEXT }, { NULL, "SINCE", CLI_TEXT },
	{ "expires_at", NULL, CLI_TEXT }, { "revoked_at", NULL, CLI_TEXT }, { "scopes", NULL, CLI_JSON },
	{ "stores", NULL, CLI_JSON }, { "tiers", NULL, CLI_JSON }, { NULL, "LIMITED TO", CLI_TEXT },
};

enum { KEY_COLUMNS = sizeof key_columns / sizeof key_columns[0], KEY_KIND = 1, KEY_NAME = 2, KEY_PERIOD = 6,
	KEY_BUDGET = 7, KEY_STORES = 16, KEY_TIERS = 17 };

static bool read_keys(struct cli *cli, const char *all, const char *key, struct cli_table *table,
	struct error *error)
{
	struct db_rows *rows;

	*table = (struct cli_table){ .columns = key_columns, .column_count = KEY_COLUMNS };
	if (cli_tenant(cli, error) == 0 || !db_query(cli->db, cli->tenant, "cli_keys", DB_VALUES(all, cli->tenant_zone,
			key), cli->arena, &rows, error))
		return false;
	cli_table_add_rows(cli, table, rows);
	return key == NULL || db_count(rows) == 1 || error_set(error, ERROR_NOT_FOUND, "There is no valid key %.40s: "
		"`flashd key list` shows them.", key);
}

bool key_list(struct cli *cli, struct error *error)
{
	struct cli_table table;

	return read_keys(cli, cli_switch(cli, "all") ? "true" : "false", NULL, &table, error) &&
		cli_table_answer(cli, "keys", &table);
}

bool key_revoke(struct cli *cli, struct error *error)
{
	const char *key = cli_argument(cli, 0), *person = cli_person(cli, error);
	struct cli_table table;
	struct db_rows *rows;

	if (person == NULL || !read_keys(cli, "false", key, &table, error))
		return false;
	if (!cli_confirm_mild(cli, arena_format(cli->arena, "Key %s (%s, \"%s\") of %s will end for good; what runs under "
			"it fails from then on.", key, table.cells[KEY_KIND], table.cells[KEY_NAME], cli->tenant_slug), error))
		return false;
	if (!cli_power(cli, "revoke_key", DB_VALUES(person, key), &rows, error))
		return false;
	const char *at = db_text(rows, 0, 0);

	return cli_answer(cli, json_pack("{s:s, s:s, s:s}", "key", key, "state", "revoked", "revoked_at", at),
		"%s revoked: no write of it commits after %s\n", key, cli_local_time(cli, at));
}

bool key_budget(struct cli *cli, struct error *error)
{
	const char *key = cli_argument(cli, 0), *cents = cli_argument(cli, 1), *person = cli_person(cli, error);
	struct cli_table table;
	struct db_rows *rows;

	if (person == NULL || !read_keys(cli, "false", key, &table, error))
		return false;
	/* Friction in the dangerous direction only. */
	long long now_cents = table.cells[KEY_BUDGET] == NULL ? 0 : strtoll(table.cells[KEY_BUDGET], NULL, 10);
	long long new_cents = strtoll(cents, NULL, 10);

	if (new_cents > now_cents && !cli_confirm_severe(cli, arena_format(cli->arena, "Key %s (\"%s\") of %s may spend "
			"%s %s instead of %s.", key, table.cells[KEY_NAME], cli->tenant_slug, cli_money(cli, new_cents),
			table.cells[KEY_PERIOD], cli_money(cli, now_cents)), error))
		return false;
	if (!cli_power(cli, "change_budget", DB_VALUES(person, key, cents), &rows, error))
		return false;
	json_t *answer = db_json(rows, 0, 0, cli->arena);
	long long spent_cents = json_integer_value(json_object_get(answer, "spent_cents"));

	return cli_answer(cli, json_incref(answer), "%s: budget %s, spent %s\n", key, cli_money(cli, new_cents),
		cli_money(cli, spent_cents));
}

/* Whether new limits (words with commas; NULL: none) let in what the old ones (a JSON array, or NULL) kept out. */
static bool is_wider(struct cli *cli, const char *before, const char *now)
{
	json_t *old = before == NULL ? NULL : arena_json(cli->arena, json_loads(before, 0, NULL)), *one;
	json_t *words = now == NULL ? NULL : arena_json(cli->arena, json_of_words(now));
	size_t i;

	if (old == NULL || words == NULL)
		return old != NULL;
	json_array_foreach(words, i, one)
		if (!json_list_has(old, one))
			return true;
	return false;
}

static const char *limits_said(struct cli *cli, const char *stores, const char *tiers)
{
	if (stores == NULL && tiers == NULL)
		return "everything";
	return arena_format(cli->arena, "only %s%s%s%s%s", stores == NULL ? "" : "stores ", stores == NULL ? "" : stores,
		stores == NULL || tiers == NULL ? "" : " and ", tiers == NULL ? "" : "tiers ", tiers == NULL ? "" : tiers);
}

bool key_limit(struct cli *cli, struct error *error)
{
	const char *key = cli_argument(cli, 0), *person = cli_person(cli, error);
	const char *stores = cli_option(cli, "stores"), *tiers = cli_option(cli, "tiers");
	struct cli_table table;
	struct db_rows *rows;

	if (person == NULL || !check_limit("stores", stores, error) || !check_limit("tiers", tiers, error))
		return false;
	if ((stores != NULL || tiers != NULL) == cli_switch(cli, "none"))
		return error_set(error, ERROR_USAGE, "Say all that the key is to be limited to, with --stores, --tiers or "
			"both; or --none, for no limits. Nothing was done.");
	if (!read_keys(cli, "false", key, &table, error))
		return false;
	const char *said = limits_said(cli, stores, tiers);

	/* Friction in the dangerous direction only. */
	if ((is_wider(cli, table.cells[KEY_STORES], stores) || is_wider(cli, table.cells[KEY_TIERS], tiers)) &&
	    !cli_confirm_severe(cli, arena_format(cli->arena, "Key %s (\"%s\") of %s will see more than before: %s.", key,
		table.cells[KEY_NAME], cli->tenant_slug, said), error))
		return false;
	if (!cli_power(cli, "limit_key", DB_VALUES(person, key, stores == NULL ? NULL : array_of_words(cli, stores, ","),
		tiers == NULL ? NULL : array_of_words(cli, tiers, ",")), &rows, error))
		return false;
	return cli_answer(cli, json_incref(db_json(rows, 0, 0, cli->arena)), "%s: sees and touches %s, from its next call "
		"on\n", key, said);
}

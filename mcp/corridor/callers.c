/* Callers by API key. The cache only saves a look-up: every write checks the key again behind the gate, and every
 * other answer is checked by the audit statement before it leaves. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guesses.h"
#include "mcp/base/clock.h"
#include "mcp/base/seal.h"
#include "station.h"

enum { SLOTS = 8192, KEEP_US = 30 * 1000000 };

struct slot {
	int64_t until_us;
	char hash[72];
	struct caller caller;
};

struct callers {
	pthread_mutex_t lock;
	struct guesses *guesses;
	struct slot slots[SLOTS];
};

struct callers *callers_open(int guesses_most)
{
	struct callers *callers = calloc(1, sizeof *callers);

	if (callers == NULL)
		abort();
	pthread_mutex_init(&callers->lock, NULL);
	callers->guesses = guesses_open(guesses_most);
	return callers;
}

void callers_close(struct callers *callers)
{
	if (callers != NULL)
		guesses_close(callers->guesses);
	free(callers);
}

static struct slot *slot_of(struct callers *callers, const char *key)
{
	unsigned long long sum = 1469598103934665603ULL;

	for (; *key != '\0'; key++)
		sum = (sum ^ (unsigned char)*key) * 1099511628211ULL;
	return &callers->slots[sum % SLOTS];
}

void callers_forget(struct callers *callers, const char *key)
{
	struct slot *slot = slot_of(callers, key);

	pthread_mutex_lock(&callers->lock);
	if (strcmp(slot->caller.key, key) == 0)
		slot->until_us = 0;
	pthread_mutex_unlock(&callers->lock);
}

/* `*known`: this secret was the right one when the key was last looked up. */
static bool find_cached(struct callers *callers, const char *key, const char *hash, struct caller *caller, bool *known)
{
	struct slot *slot = slot_of(callers, key);

	pthread_mutex_lock(&callers->lock);
	bool same_key = strcmp(slot->caller.key, key) == 0;
	bool same = seal_equal(slot->hash, hash);   /* also where the key is another one */

	*known = same_key && same;
	bool found = *known && slot->until_us > clock_monotonic();

	if (found)
		*caller = slot->caller;
	pthread_mutex_unlock(&callers->lock);
	return found;
}

static void keep(struct callers *callers, const char *hash, const struct caller *caller)
{
	struct slot *slot = slot_of(callers, caller->key);

	pthread_mutex_lock(&callers->lock);
	slot->until_us = clock_monotonic() + KEEP_US;
	slot->caller = *caller;
	snprintf(slot->hash, sizeof slot->hash, "%s", hash);
	pthread_mutex_unlock(&callers->lock);
}

static void fill(struct caller *caller, int tenant, const char *key, const struct db_rows *rows)
{
	*caller = (struct caller){ .tenant = tenant, .is_key = true, .cap_cents = db_number(rows, 0, 4),
		.calls_per_minute = (int)db_number(rows, 0, 5), .limits_version = (int)db_number(rows, 0, 8) };
	snprintf(caller->kind, sizeof caller->kind, "%s", db_text(rows, 0, 0));
	snprintf(caller->key, sizeof caller->key, "%s", key);
	snprintf(caller->name, sizeof caller->name, "%s", db_text(rows, 0, 1));
	snprintf(caller->via, sizeof caller->via, "http");
	snprintf(caller->scopes, sizeof caller->scopes, "%s", db_text(rows, 0, 3));
	snprintf(caller->limits, sizeof caller->limits, "%s", db_text(rows, 0, 7));
}

static bool look_up(struct db *db, int tenant, const char *key, struct arena *arena, struct db_rows **rows,
	struct error *error)
{
	char number[16];

	snprintf(number, sizeof number, "%d", tenant);
	return db_query(db, 0, "find_key", DB_VALUES(number, key), arena, rows, error);
}

static bool look_up_caller(struct corridor *corridor, struct db *db, const struct seal_api_key *key, const char *hash,
	struct arena *arena, struct caller *caller, struct error *error)
{
	struct db_rows *rows;

	if (!look_up(db, key->tenant, key->id, arena, &rows, error))
		return false;
	/* An unknown key costs the same comparison as a known one. */
	bool known = db_count(rows) == 1;
	bool same = seal_equal(known ? db_text(rows, 0, 2) : "\\x", hash);

	if (!known || !same || !db_truth(rows, 0, 6))
		return error_set(error, ERROR_KEY, "This API key is not valid: it is unknown, revoked or expired. Ask an "
			"admin for a new one (`flashd key create`).");
	fill(caller, key->tenant, key->id, rows);
	keep(corridor->callers, hash, caller);
	return true;
}

/* Counts a wrong key; the id is empty when the text was no key at all. */
static void count_guess(struct guesses *guesses, const char *client, const char *id)
{
	guesses_count(guesses, client);
	if (id[0] != '\0')
		guesses_count(guesses, id);
}

bool corridor_find_caller(struct corridor *corridor, struct db *db, const char *key_text, const char *address,
	struct caller *caller, struct error *error)
{
	struct guesses *guesses = corridor->callers->guesses;
	struct seal_api_key key = { .id = "" };
	char client[GUESSES_CLIENT];
	bool whole = seal_api_key_parse(key_text, &key), known = false, good = false;
	struct arena *arena = arena_new();
	const char *hash = whole ? seal_api_key_hash(corridor->seal, &key, arena) : "";

	guesses_client(address, client);
	/* A key that was right before is never held up: a proxy's address, or a key's id, may be another one's target. */
	if (whole && find_cached(corridor->callers, key.id, hash, caller, &known))
		good = true;
	else if (!known && (guesses_spent(guesses, client) || (whole && guesses_spent(guesses, key.id))))
		error_set(error, ERROR_RATE, "Too many wrong API keys came from here or for this key within a minute; this one "
			"was not looked at. Try again in a minute, with the key as it was shown when it was made.");
	else if (!whole)
		error_set(error, ERROR_KEY, "This is not an API key of flash (it begins with fl_live_ and was shown "
			"once, when it was made): check that all of it was pasted.");
	else
		good = look_up_caller(corridor, db, &key, hash, arena, caller, error);
	if (!good && error->code == ERROR_KEY)
		count_guess(guesses, client, key.id);
	arena_free(arena);
	return good;
}

bool corridor_known_caller(struct corridor *corridor, const char *key_text, struct arena *arena, struct caller *caller)
{
	struct seal_api_key key;
	bool known;

	return seal_api_key_parse(key_text, &key) && find_cached(corridor->callers, key.id,
		seal_api_key_hash(corridor->seal, &key, arena), caller, &known);
}

bool corridor_agent_caller(struct corridor *corridor, int tenant, const char *key, struct caller *caller,
	struct error *error)
{
	struct arena *arena = arena_new();
	struct db *db = db_open(corridor->settings->database, "flashd agent", error);
	struct db_rows *rows;
	bool good = db != NULL && look_up(db, tenant, key, arena, &rows, error);

	if (good && (db_count(rows) == 0 || !db_truth(rows, 0, 6) || strcmp(db_text(rows, 0, 0), "agent") != 0))
		good = error_set(error, ERROR_KEY, "The policy's key %s is not a valid agent key: make one with `flashd key "
			"create --preset agent`.", key);
	if (good) {
		size_t used;

		fill(caller, tenant, key, rows);
		used = strlen(caller->scopes);
		snprintf(caller->scopes + used, sizeof caller->scopes - used, " agent:run");
		snprintf(caller->via, sizeof caller->via, "agent");
	}
	db_close(db);
	arena_free(arena);
	return good;
}

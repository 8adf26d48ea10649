#include "cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "mcp/base/clock.h"

struct entry {
	int tenant;
	char *key;                /* and behind its NUL the answer's text; NULL: free */
	size_t text_size;
	struct cache_answer answer;
	int64_t until_us;
	uint64_t used;            /* the set's oldest makes room */
};

static struct entry entries[CACHE_SETS][CACHE_WAYS];
static uint64_t uses;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* FNV-1a: only spreads entries over sets; keys are compared whole. */
static struct entry *set_of(int tenant, const char *key)
{
	uint64_t hash = 14695981039346656037ULL ^ (uint64_t)tenant;

	for (; *key != '\0'; key++)
		hash = (hash ^ (unsigned char)*key) * 1099511628211ULL;
	return entries[(hash ^ hash >> 32) % CACHE_SETS];
}

static void forget(struct entry *entry)
{
	free(entry->key);
	*entry = (struct entry){ .key = NULL };
}

static struct entry *find(struct entry *set, int tenant, const char *key)
{
	for (size_t i = 0; i < CACHE_WAYS; i++)
		if (set[i].key != NULL && set[i].tenant == tenant && strcmp(set[i].key, key) == 0)
			return &set[i];
	return NULL;
}

bool cache_find(int tenant, const char *key, struct arena *arena, struct cache_answer *answer)
{
	bool found = false;

	pthread_mutex_lock(&lock);
	struct entry *entry = find(set_of(tenant, key), tenant, key);

	if (entry != NULL && clock_monotonic() >= entry->until_us)
		forget(entry);
	else if (entry != NULL) {
		*answer = entry->answer;
		answer->text = arena_copy_size(arena, entry->answer.text, entry->text_size);
		entry->used = ++uses;
		found = true;
	}
	pthread_mutex_unlock(&lock);
	return found;
}

void cache_keep(int tenant, const char *key, const struct cache_answer *answer, int64_t until_us)
{
	size_t key_size = strlen(key) + 1, text_size = strlen(answer->text) + 1;
	int64_t latest = clock_monotonic() + CACHE_LIFE_US;

	if (key_size + text_size > CACHE_TEXT_MOST)
		return;
	char *text = malloc(key_size + text_size);

	if (text == NULL)
		abort();
	memcpy(text, key, key_size);
	memcpy(text + key_size, answer->text, text_size);
	pthread_mutex_lock(&lock);
	struct entry *set = set_of(tenant, key), *entry = find(set, tenant, key);

	for (size_t i = 0; entry == NULL && i < CACHE_WAYS; i++)
		if (set[i].key == NULL)
			entry = &set[i];
	if (entry == NULL) {
		entry = &set[0];
		for (size_t i = 1; i < CACHE_WAYS; i++)
			entry = set[i].used < entry->used ? &set[i] : entry;
	}
	forget(entry);
	*entry = (struct entry){ tenant, text, text_size - 1, { text + key_size, answer->row_count,
		answer->withheld, answer->version },
		until_us < latest ? until_us : latest, ++uses };
	pthread_mutex_unlock(&lock);
}

void cache_clear(void)
{
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < CACHE_SETS; i++)
		for (size_t j = 0; j < CACHE_WAYS; j++)
			forget(&entries[i][j]);
	pthread_mutex_unlock(&lock);
}

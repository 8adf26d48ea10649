/* A table of fixed size, so that a flood of addresses costs no memory: a word has one of four places, and takes the one
 * that was counted least. The place depends on a random number, so nobody can choose to share somebody's. */
#include "guesses.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "mcp/base/clock.h"

enum { PLACES = 8192, CHOICES = 4 };

struct place {
	uint64_t word;
	int64_t minute;
	int count;
};

struct guesses {
	pthread_mutex_t lock;
	int most;
	uint64_t seed;
	struct place places[PLACES];
};

struct guesses *guesses_open(int most)
{
	struct guesses *guesses = calloc(1, sizeof *guesses);

	if (guesses == NULL || getrandom(&guesses->seed, sizeof guesses->seed, 0) < 0)
		abort();
	pthread_mutex_init(&guesses->lock, NULL);
	guesses->most = most;
	return guesses;
}

void guesses_close(struct guesses *guesses)
{
	if (guesses == NULL)
		return;
	pthread_mutex_destroy(&guesses->lock);
	free(guesses);
}

void guesses_client(const char *address, char client[GUESSES_CLIENT])
{
	struct in6_addr six;

	snprintf(client, GUESSES_CLIENT, "%s", address);
	if (inet_pton(AF_INET6, address, &six) != 1)
		return;
	if (IN6_IS_ADDR_V4MAPPED(&six)) {
		inet_ntop(AF_INET, six.s6_addr + 12, client, GUESSES_CLIENT);
		return;
	}
	memset(six.s6_addr + 8, 0, 8);
	inet_ntop(AF_INET6, &six, client, GUESSES_CLIENT);
}

static uint64_t hash_of(const struct guesses *guesses, const char *word)
{
	uint64_t hash = guesses->seed;

	for (; *word != '\0'; word++) {
		hash = (hash ^ (unsigned char)*word) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	return hash;
}

/* The word's place in this minute, or the one that it may take. */
static struct place *place_of(struct guesses *guesses, uint64_t word, int64_t minute)
{
	struct place *first = &guesses->places[word % (PLACES / CHOICES) * CHOICES], *least = first;

	for (int i = 0; i < CHOICES; i++) {
		if (first[i].minute < minute)
			first[i] = (struct place){ .minute = minute };
		if (first[i].word == word && first[i].count > 0)
			return &first[i];
		if (first[i].count < least->count)
			least = &first[i];
	}
	return least;
}

static int64_t minute_now(void)
{
	return clock_monotonic() / 60000000;
}

bool guesses_spent(struct guesses *guesses, const char *word)
{
	uint64_t hash = hash_of(guesses, word);

	pthread_mutex_lock(&guesses->lock);
	const struct place *place = place_of(guesses, hash, minute_now());
	bool spent = guesses->most > 0 && place->word == hash && place->count >= guesses->most;

	pthread_mutex_unlock(&guesses->lock);
	return spent;
}

void guesses_count(struct guesses *guesses, const char *word)
{
	uint64_t hash = hash_of(guesses, word);

	pthread_mutex_lock(&guesses->lock);
	struct place *place = place_of(guesses, hash, minute_now());

	if (place->word != hash)
		*place = (struct place){ .word = hash, .minute = place->minute };
	place->count++;
	pthread_mutex_unlock(&guesses->lock);
}

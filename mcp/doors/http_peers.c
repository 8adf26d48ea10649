/* Chains of counters in a fixed number of buckets; an entry lives while its count is above zero. */
#include "http_peers.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { BUCKETS = 4096 };

struct http_peer {
	struct http_peer *next;
	unsigned char key[16];
	uint32_t bucket;
	int count;
};

struct http_peers {
	int limit;
	uint64_t seed;
	struct http_peer *buckets[BUCKETS];
};

struct http_peers *http_peers_new(int limit)
{
	struct http_peers *peers = calloc(1, sizeof *peers);

	if (peers == NULL || getrandom(&peers->seed, sizeof peers->seed, 0) < 0)
		abort();
	peers->limit = limit;
	return peers;
}

void http_peers_free(struct http_peers *peers)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct http_peer *peer = peers->buckets[i], *next; peer != NULL; peer = next) {
			next = peer->next;
			free(peer);
		}
	}
	free(peers);
}

/* An address copied out of the bytes the kernel gave, as both kinds of IPv6 address struct. */
static struct in6_addr address_of(const struct sockaddr *address)
{
	struct in6_addr out = { 0 };

	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 six;

		memcpy(&six, address, sizeof six);
		out = six.sin6_addr;
	} else if (address->sa_family == AF_INET) {
		struct sockaddr_in four;

		memcpy(&four, address, sizeof four);
		memset(out.s6_addr + 10, 0xff, 2);
		memcpy(out.s6_addr + 12, &four.sin_addr, 4);
	}
	return out;
}

/* Seeded, so that nobody outside can choose addresses that share a bucket. */
static uint32_t bucket_of(const struct http_peers *peers, const unsigned char key[16])
{
	uint64_t halves[2], hash = peers->seed;

	memcpy(halves, key, sizeof halves);
	for (int i = 0; i < 2; i++) {
		hash = (hash ^ halves[i]) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	return (uint32_t)(hash % BUCKETS);
}

struct http_peer *http_peers_take(struct http_peers *peers, const struct sockaddr *address)
{
	struct in6_addr key = address_of(address);

	if (!IN6_IS_ADDR_V4MAPPED(&key))
		memset(key.s6_addr + 8, 0, 8);
	uint32_t bucket = bucket_of(peers, key.s6_addr);
	struct http_peer *peer = peers->buckets[bucket];

	while (peer != NULL && memcmp(peer->key, key.s6_addr, sizeof peer->key) != 0)
		peer = peer->next;
	if (peer != NULL && peers->limit > 0 && peer->count >= peers->limit)
		return NULL;
	if (peer == NULL) {
		peer = calloc(1, sizeof *peer);
		if (peer == NULL)
			abort();
		memcpy(peer->key, key.s6_addr, sizeof peer->key);
		peer->bucket = bucket;
		peer->next = peers->buckets[bucket];
		peers->buckets[bucket] = peer;
	}
	peer->count++;
	return peer;
}

void http_peers_give(struct http_peers *peers, struct http_peer *peer)
{
	if (peer == NULL || --peer->count > 0)
		return;
	struct http_peer **link = &peers->buckets[peer->bucket];

	while (*link != peer)
		link = &(*link)->next;
	*link = peer->next;
	free(peer);
}

void http_peer_text(const struct sockaddr *address, char out[HTTP_PEER_TEXT])
{
	struct in6_addr key = address_of(address);
	const char *text = IN6_IS_ADDR_V4MAPPED(&key) ?
		inet_ntop(AF_INET, key.s6_addr + 12, out, HTTP_PEER_TEXT) :
		inet_ntop(AF_INET6, &key, out, HTTP_PEER_TEXT);

	if (text == NULL)
		out[0] = '\0';
}

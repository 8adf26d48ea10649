/* How many connections each client address holds: a hash table of counters, for the per-address
 * limit. IPv6 clients count by their /64, which is what one client commonly has. One thread
 * only. */
#ifndef FLASH_HTTP_PEERS_H
#define FLASH_HTTP_PEERS_H

#include <netinet/in.h>
#include <sys/socket.h>

enum { HTTP_PEER_TEXT = INET6_ADDRSTRLEN };

struct http_peers;
struct http_peer;

/* `limit` connections per address; 0 = no limit. */
struct http_peers *http_peers_new(int limit);
void http_peers_free(struct http_peers *peers);

/* Counts one more connection; NULL when the address already holds as many as it may. */
struct http_peer *http_peers_take(struct http_peers *peers, const struct sockaddr *address);

/* Gives back what http_peers_take returned. NULL is allowed. */
void http_peers_give(struct http_peers *peers, struct http_peer *peer);

/* The address as text without port; IPv4 in IPv6 as IPv4. */
void http_peer_text(const struct sockaddr *address, char out[HTTP_PEER_TEXT]);

#endif

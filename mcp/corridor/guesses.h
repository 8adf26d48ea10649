/* Who guesses at API keys: wrong ones counted a minute at a time, by address and by key id. */
#ifndef FLASH_GUESSES_H
#define FLASH_GUESSES_H

#include <arpa/inet.h>
#include <stdbool.h>

enum { GUESSES_CLIENT = INET6_ADDRSTRLEN };

struct guesses;

/* `most` wrong keys a minute of one word (an address, a key id); 0: no bound. Owned by the caller. */
struct guesses *guesses_open(int most);
void guesses_close(struct guesses *guesses);

/* The word that counts for a client's address: an IPv6 address's /64, which is what one client commonly has, an IPv4
 * address in IPv6 as IPv4. What is no address counts as it is, cut to the room. */
void guesses_client(const char *address, char client[GUESSES_CLIENT]);

/* Whether the word has had its wrong keys of this minute. */
bool guesses_spent(struct guesses *guesses, const char *word);

/* Counts one more of the word. */
void guesses_count(struct guesses *guesses, const char *word);

#endif

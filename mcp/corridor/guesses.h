/* Who guesses at API keys: wrong ones counted a minute at a time, by address and by key id. */
#ifndef FLASH_GUESSES_H
#define FLASH_GUESSES_H

#include <stdbool.h>

struct guesses;

/* `most` wrong keys a minute of one word (an address, a key id); 0: no bound. Owned by the caller. */
struct guesses *guesses_open(int most);
void guesses_close(struct guesses *guesses);

/* Whether the word has had its wrong keys of this minute. */
bool guesses_spent(struct guesses *guesses, const char *word);

/* Counts one more of the word. */
void guesses_count(struct guesses *guesses, const char *word);

#endif

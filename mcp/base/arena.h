/* One scope of memory: a call's or a cycle's. Everything made for it comes from here and goes with it;
 * things with a destructor are given to it with their closer, which run in reverse order. Not shared
 * between threads at the same time; it may travel with its owner from one thread to the next. */
#ifndef FLASH_ARENA_H
#define FLASH_ARENA_H

#include <jansson.h>
#include <stddef.h>

struct arena;

/* A new, empty arena. Out of memory aborts, here and below: a half-done call is worse than a restart. */
struct arena *arena_new(void);

/* Runs the closers, latest first, and frees all. NULL is allowed. */
void arena_free(struct arena *arena);

/* `size` zeroed bytes, aligned for anything, owned by the arena. */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of a text, of its first `size` bytes, or of a formatted one; owned by the arena. */
char *arena_copy(struct arena *arena, const char *text);
char *arena_copy_size(struct arena *arena, const char *text, size_t size);
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Gives `thing` to the arena, to be closed by `close` with it. */
void arena_own(struct arena *arena, void *thing, void (*close)(void *));

/* Gives a JSON value (a new reference) to the arena; returns it, so that making and owning is one line. */
json_t *arena_json(struct arena *arena, json_t *json);

/* A JSON value's compact text, keys sorted: the form that is hashed and sent. Owned by the arena. */
char *arena_dump(struct arena *arena, const json_t *json);

#endif

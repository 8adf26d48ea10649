/* A chain of blocks and a chain of closers, both inside the blocks. */
#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 4096, ALIGN = 16 };

struct block {
	struct block *next;
	size_t used, size;
	_Alignas(ALIGN) unsigned char bytes[];
};

struct closer {
	struct closer *next;
	void *thing;
	void (*close)(void *);
};

struct arena {
	struct block *blocks;
	struct closer *closers;
};

static struct block *block_new(size_t size)
{
	struct block *block = malloc(sizeof *block + size);

	if (block == NULL)
		abort();
	block->next = NULL;
	block->used = 0;
	block->size = size;
	return block;
}

struct arena *arena_new(void)
{
	struct block *block = block_new(BLOCK_BYTES);
	struct arena *arena = (struct arena *)(void *)block->bytes;

	block->used = (sizeof *arena + ALIGN - 1) / ALIGN * ALIGN;
	arena->blocks = block;
	arena->closers = NULL;
	return arena;
}

void arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	for (struct closer *closer = arena->closers; closer != NULL; closer = closer->next)
		closer->close(closer->thing);
	for (struct block *block = arena->blocks, *next; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
}

void *arena_alloc(struct arena *arena, size_t size)
{
	if (size > SIZE_MAX / 2)
		abort();
	size_t need = (size + ALIGN - 1) / ALIGN * ALIGN;
	struct block *block = arena->blocks;

	if (block->size - block->used < need) {
		block = block_new(need > BLOCK_BYTES ? need : BLOCK_BYTES);
		block->next = arena->blocks;
		arena->blocks = block;
	}
	void *bytes = block->bytes + block->used;

	block->used += need;
	memset(bytes, 0, need);
	return bytes;
}

char *arena_copy(struct arena *arena, const char *text)
{
	return arena_copy_size(arena, text, strlen(text));
}

char *arena_copy_size(struct arena *arena, const char *text, size_t size)
{
	char *copy = arena_alloc(arena, size + 1);

	if (size > 0)
		memcpy(copy, text, size);
	return copy;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
	va_list list, again;

	va_start(list, format);
	va_copy(again, list);
	int size = vsnprintf(NULL, 0, format, list);
	va_end(list);
	if (size < 0)
		abort();
	char *text = arena_alloc(arena, (size_t)size + 1);

	vsnprintf(text, (size_t)size + 1, format, again);
	va_end(again);
	return text;
}

void arena_own(struct arena *arena, void *thing, void (*close)(void *))
{
	struct closer *closer = arena_alloc(arena, sizeof *closer);

	closer->thing = thing;
	closer->close = close;
	closer->next = arena->closers;
	arena->closers = closer;
}

static void json_close(void *json)
{
	json_decref(json);
}

json_t *arena_json(struct arena *arena, json_t *json)
{
	if (json == NULL)
		abort();
	arena_own(arena, json, json_close);
	return json;
}

char *arena_dump(struct arena *arena, const json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(15) | JSON_SORT_KEYS | JSON_ENCODE_ANY);

	if (text == NULL)
		abort();
	arena_own(arena, text, free);
	return text;
}

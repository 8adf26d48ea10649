/* Walks the text once along the pointer; the parser saw to validity, ends are still watched. */
#include "json_place.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct walk {
	const char *at;
	int line;
};

static void step(struct walk *walk)
{
	walk->line += *walk->at == '\n';
	walk->at += *walk->at != '\0';
}

static void skip_blanks(struct walk *walk)
{
	while (*walk->at != '\0' && strchr(" \t\r\n", *walk->at) != NULL)
		step(walk);
}

static void skip_string(struct walk *walk)
{
	step(walk);
	while (*walk->at != '\0' && *walk->at != '"') {
		if (*walk->at == '\\')
			step(walk);
		step(walk);
	}
	step(walk);
}

/* Over one value, to the comma or closing bracket behind it. */
static void skip_value(struct walk *walk)
{
	int depth = 0;

	while (*walk->at != '\0') {
		if (*walk->at == '"') {
			skip_string(walk);
			continue;
		}
		if (depth == 0 && strchr(",]}", *walk->at) != NULL)
			return;
		depth += *walk->at == '{' || *walk->at == '[';
		depth -= *walk->at == '}' || *walk->at == ']';
		step(walk);
	}
}

/* To the value of this name in the object, or element of the array, at `walk`; false: has none. */
static bool enter(struct walk *walk, const char *name, size_t size, int *line)
{
	bool object = *walk->at == '{';
	long wanted = strtol(name, NULL, 10);

	if (!object && *walk->at != '[')
		return false;
	step(walk);
	for (long i = 0;; i++) {
		bool found = i == wanted;

		skip_blanks(walk);
		*line = walk->line;
		if (object && *walk->at == '"') {
			found = strncmp(walk->at + 1, name, size) == 0 && walk->at[size + 1] == '"';
			skip_string(walk);
			skip_blanks(walk);
			step(walk);
			skip_blanks(walk);
		}
		if (*walk->at == '\0' || *walk->at == ']' || *walk->at == '}')
			return false;
		if (found)
			return true;
		skip_value(walk);
		if (*walk->at != ',')
			return false;
		step(walk);
	}
}

int json_place_line(const char *text, const char *pointer)
{
	struct walk walk = { .at = text, .line = 1 };
	int line;

	skip_blanks(&walk);
	line = walk.line;
	while (*pointer == '/') {
		size_t size = strcspn(pointer + 1, "/");
		int here = line;

		if (!enter(&walk, pointer + 1, size, &here))
			return line;
		line = here;
		pointer += size + 1;
	}
	return line;
}

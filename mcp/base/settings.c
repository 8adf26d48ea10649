#include "settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum type { TEXT, NUMBER };

static const struct row {
	const char *name;
	enum type type;
	size_t offset;
	const char *text;
	long number, least, most;
	const char *meaning;
} rows[] = {
#define DEFAULT_TEXT(value) value, 0
#define DEFAULT_NUMBER(value) NULL, value
#define SETTING(name, type, value, least, most, meaning) \
	{ #name, type, offsetof(struct settings, name), DEFAULT_##type(value), least, most, meaning },
#include "settings.def"
#undef SETTING
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static void *field(struct settings *settings, const struct row *row)
{
	return (char *)settings + row->offset;
}

bool settings_set(struct settings *settings, const char *name, const char *value, const char *place,
	struct arena *arena, struct error *error)
{
	const char *names[ROWS];

	for (size_t i = 0; i < ROWS; i++) {
		const struct row *row = &rows[i];

		names[i] = row->name;
		if (strcmp(row->name, name) != 0)
			continue;
		if (row->type == TEXT) {
			*(const char **)field(settings, row) = arena_copy(arena, value);
			return true;
		}
		char *end;

		errno = 0;
		long number = strtol(value, &end, 10);

		if (errno != 0 || end == value || *end != '\0' || number < row->least || number > row->most)
			return error_set(error, ERROR_CONFIG, "%s: %s is \"%s\"; it must be a whole number from %ld to "
				"%ld.", place, name, value, row->least, row->most);
		*(long *)field(settings, row) = number;
		return true;
	}
	const char *near = text_nearest(name, names, ROWS);

	return error_set(error, ERROR_CONFIG, "%s: there is no setting \"%s\"%s%s%s.", place, name,
		near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near, near == NULL ? "" : "\"?");
}

static char *trim(char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	size_t size = strlen(text);

	while (size > 0 && isspace((unsigned char)text[size - 1]))
		text[--size] = '\0';
	return text;
}

static void note(struct text *mistakes, const struct error *error)
{
	if (mistakes->size > 0)
		text_add(mistakes, " ");
	text_add(mistakes, error->text);
}

static void load_file(struct settings *settings, const char *path, struct arena *arena, struct text *mistakes)
{
	struct error error;
	char line[2048];
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		error_set(&error, ERROR_CONFIG, "The settings file %s cannot be read: %s.", path, strerror(errno));
		note(mistakes, &error);
		return;
	}
	for (int number = 1; fgets(line, sizeof line, file) != NULL; number++) {
		char *name = trim(line), *equals = strchr(name, '=');
		char *place = arena_format(arena, "%s:%d", path, number);

		if (*name == '\0' || *name == '#')
			continue;
		if (equals == NULL) {
			error_set(&error, ERROR_CONFIG, "%s: \"%s\" is not a `name = value` line.", place, name);
			note(mistakes, &error);
			continue;
		}
		*equals = '\0';
		if (!settings_set(settings, trim(name), trim(equals + 1), place, arena, &error))
			note(mistakes, &error);
	}
	fclose(file);
}

static void load_environment(struct settings *settings, struct arena *arena, struct text *mistakes)
{
	struct error error;
	char name[80];

	for (size_t i = 0; i < ROWS; i++) {
		int used = snprintf(name, sizeof name, "FLASHD_%s", rows[i].name);

		for (int j = 0; j < used; j++)
			name[j] = (char)toupper((unsigned char)name[j]);
		const char *value = getenv(name);

		if (value != NULL && !settings_set(settings, rows[i].name, value, name, arena, &error))
			note(mistakes, &error);
	}
}

bool settings_load(struct settings *settings, const char *path, struct arena *arena, struct error *error)
{
	struct text mistakes = text_open(arena, sizeof error->text - 1);

	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].type == TEXT)
			*(const char **)field(settings, &rows[i]) = rows[i].text;
		else
			*(long *)field(settings, &rows[i]) = rows[i].number;
	}
	if (path == NULL)
		path = getenv("FLASHD_CONFIG");
	if (path != NULL)
		load_file(settings, path, arena, &mistakes);
	load_environment(settings, arena, &mistakes);
	return mistakes.size == 0 || error_set(error, ERROR_CONFIG, "%s", mistakes.bytes);
}

char *settings_help(struct arena *arena)
{
	struct text help = text_open(arena, 16384);

	for (size_t i = 0; i < ROWS; i++) {
		text_format(&help, "  %-24s %s", rows[i].name, rows[i].meaning);
		if (rows[i].type == NUMBER)
			text_format(&help, " (%ld)", rows[i].number);
		else if (rows[i].text[0] != '\0')
			text_format(&help, " (%s)", rows[i].text);
		text_add(&help, "\n");
	}
	return help.bytes;
}

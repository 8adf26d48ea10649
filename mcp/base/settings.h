/* Typed settings from one table, settings.def. */
#ifndef FLASH_SETTINGS_H
#define FLASH_SETTINGS_H

#include "arena.h"
#include "error.h"

#define SETTING_TYPE_TEXT const char *
#define SETTING_TYPE_NUMBER long

struct settings {
#define SETTING(name, type, value, least, most, meaning) SETTING_TYPE_##type name;
#include "settings.def"
#undef SETTING
};

/* Defaults, then the file at `path` (NULL: $FLASHD_CONFIG, or none), then the environment. Every mistake is in
 * the error's sentence, with its place. Texts are owned by the arena. */
bool settings_load(struct settings *settings, const char *path, struct arena *arena, struct error *error);

/* Sets one setting by name, as a line of the file would. `place` is put in front of a mistake. */
bool settings_set(struct settings *settings, const char *name, const char *value, const char *place,
	struct arena *arena, struct error *error);

/* The table as lines for --help: name, default, meaning. */
char *settings_help(struct arena *arena);

#endif

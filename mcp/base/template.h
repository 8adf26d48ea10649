/* Texts with {{name}} in them, filled strictly: every name known and with a value, values that
 * cannot steer a reader's screen or a mail's head, and nothing clever. Braces come only as
 * {{name}}; no nesting, no conditions, no escapes; what a value holds is never read as a
 * template. */
#ifndef FLASH_TEMPLATE_H
#define FLASH_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "error.h"

/* The words a text for members may use (template.def), which arm gives each, and what it means. */
enum template_source { TEMPLATE_ANY, TEMPLATE_POINTS, TEMPLATE_COUPON };

struct template_word {
	const char *name;
	enum template_source source;
	const char *meaning;
};

extern const struct template_word template_words[];
extern const size_t template_word_count;

struct template_value {
	const char *name;
	const char *value;   /* NULL or empty: not there */
};

/* Whether `text` is a sound template over these names: ERROR_FORMAT with a sentence that names
 * what is not. */
bool template_check(const char *text, const char *const *names, size_t count, struct error *error);

/* Whether `text`, a sound template, uses this name. */
bool template_uses(const char *text, const char *name);

/* The text with its values in place, at most `limit` bytes, in `arena`; NULL with ERROR_FORMAT
 * when a name has no value, a value is not fit to show (template_value_check), or the limit is
 * passed. */
char *template_fill(struct arena *arena, const char *text, const struct template_value *values,
	size_t count, size_t limit, struct error *error);

/* Whether a value may stand in a message: one line of UTF-8 without control characters, braces,
 * invisible characters or those that turn the direction of writing. The sentence names the
 * place, never the value. */
bool template_value_check(const char *value, struct error *error);

#endif

/* One table, error.def, is all there is to know about a code. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *word;
	enum error_class class;
	const char *state;
	int status;
} rows[] = {
#define ERROR(name, word, class, state, status) { word, ERROR_CLASS_##class, state, status },
#include "error.def"
#undef ERROR
};

bool error_set(struct error *error, enum error_code code, const char *format, ...)
{
	char text[sizeof error->text];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	error->code = code;
	memcpy(error->text, text, sizeof text);
	return false;
}

bool error_wrap(struct error *error, const char *format, ...)
{
	char text[sizeof error->text];
	va_list list;

	va_start(list, format);
	int used = vsnprintf(text, sizeof text, format, list);
	va_end(list);
	if (used >= 0 && (size_t)used + 3 < sizeof text) {
		size_t left = sizeof text - (size_t)used - 3;
		size_t take = strnlen(error->text, left);

		memcpy(text + used, ": ", 2);
		memcpy(text + used + 2, error->text, take);
		text[(size_t)used + 2 + take] = '\0';
	}
	memcpy(error->text, text, sizeof text);
	return false;
}

const char *error_word(enum error_code code)
{
	return rows[code].word;
}

enum error_class error_class(enum error_code code)
{
	return rows[code].class;
}

int error_exit(enum error_code code)
{
	return rows[code].status;
}

enum error_code error_from_sqlstate(const char *state)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].state[0] != '\0' && strcmp(rows[i].state, state) == 0)
			return (enum error_code)i;
	return ERROR_NONE;
}

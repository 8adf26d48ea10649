/* Errors are values: a code from error.def and one sentence that says what happened, the value that was
 * wrong and what to do next. Functions that can fail take `struct error *` last and return bool or a
 * pointer; context is put in front on the way up; only doors print. REFUSED means the answer is no and
 * asking again will not help; FAILED means the world broke and a later try may succeed. Bugs abort. */
#ifndef FLASH_ERROR_H
#define FLASH_ERROR_H

#include <stdbool.h>

enum error_code {
#define ERROR(name, word, class, state, status) ERROR_##name,
#include "error.def"
#undef ERROR
	ERROR_COUNT
};

enum error_class { ERROR_CLASS_REFUSED, ERROR_CLASS_FAILED };

struct error {
	enum error_code code;
	char text[768];
};

/* Sets code and sentence. Always returns false, so that `return error_set(...)` reads as what it means. */
bool error_set(struct error *error, enum error_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "context: " in front of the sentence, keeping the code. Always returns false. */
bool error_wrap(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The machine-readable word, the class and the process exit status of a code. */
const char *error_word(enum error_code code);
enum error_class error_class(enum error_code code);
int error_exit(enum error_code code);

/* The code whose row carries this SQLSTATE, or ERROR_NONE when it is none of ours. */
enum error_code error_from_sqlstate(const char *state);

#endif

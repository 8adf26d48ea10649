/* The log says how the daemon feels: one event, one line of JSON on stderr, stable keys. What it did is in
 * the audit table. Never a key, an address or a message in here. */
#ifndef FLASH_LOG_H
#define FLASH_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/* Lines below `level` are dropped. INFO at start. */
void log_set_level(enum log_level level);

/* Whether a line of this level would be written: for what is only made to be logged. */
bool log_wants(enum log_level level);

/* One line: time, level, event, and a sentence made from the format. */
void log_line(enum log_level level, const char *event, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define log_debug(event, ...) log_line(LOG_LEVEL_DEBUG, event, __VA_ARGS__)
#define log_info(event, ...) log_line(LOG_LEVEL_INFO, event, __VA_ARGS__)
#define log_warn(event, ...) log_line(LOG_LEVEL_WARN, event, __VA_ARGS__)
#define log_error(event, ...) log_line(LOG_LEVEL_ERROR, event, __VA_ARGS__)

#endif

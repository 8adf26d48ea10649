#include "log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include "clock.h"

static _Atomic int lowest = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
	lowest = (int)level;
}

static size_t put_escaped(char *out, size_t room, const char *in)
{
	static const char hex[] = "0123456789abcdef";
	size_t used = 0;

	for (; *in != '\0' && used + 7 < room; in++) {
		unsigned char byte = (unsigned char)*in;

		if (byte == '"' || byte == '\\') {
			out[used++] = '\\';
			out[used++] = (char)byte;
		} else if (byte < 0x20 || byte == 0x7f) {
			out[used++] = '\\';
			out[used++] = 'u';
			out[used++] = '0';
			out[used++] = '0';
			out[used++] = hex[byte >> 4];
			out[used++] = hex[byte & 15];
		} else {
			out[used++] = (char)byte;
		}
	}
	out[used] = '\0';
	return used;
}

bool log_wants(enum log_level level)
{
	return (int)level >= lowest;
}

void log_line(enum log_level level, const char *event, const char *format, ...)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	char message[1024], escaped[2048], time[32];
	va_list list;

	if (!log_wants(level))
		return;
	va_start(list, format);
	vsnprintf(message, sizeof message, format, list);
	va_end(list);
	put_escaped(escaped, sizeof escaped, message);
	clock_stamp(clock_now(), time);
	fprintf(stderr, "{\"at\":\"%s\",\"level\":\"%s\",\"event\":\"%s\",\"message\":\"%s\"}\n",
		time, names[level], event, escaped);
}

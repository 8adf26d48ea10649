/* UTF-8 read one character at a time, and the characters that may not be shown as they are: controls, what turns
 * the direction of writing, what nobody can see. Texts of members and imports go through here before they are shown. */
#ifndef FLASH_UTF8_H
#define FLASH_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

/* The character at *at, which moves behind it, or -1 (and *at stays) when it is not well-formed: overlong, a
 * surrogate, cut off. */
int32_t utf8_next(const unsigned char **at);

/* Whether a character steers the reader's screen or cannot be seen. The joiners 200C and 200D may stay: names in
 * several scripts are written with them. */
bool utf8_hidden(int32_t character);

/* The place, counted in characters from 1, of the first one that is hidden or not UTF-8; 0: there is none. With
 * `lines` a line feed is fine. */
size_t utf8_hidden_at(const char *text, bool lines);

/* Characters, not bytes, of well-formed text. */
size_t utf8_length(const char *text);

/* The text with every hidden character written as <U+202E> and every stray byte as <0xFF>; line feeds stay with
 * `lines`. The text itself when nothing has to be replaced. NULL stays NULL. */
const char *utf8_shown(struct arena *arena, const char *text, bool lines);

#endif

/* A message as the bytes of an Internet mail (RFC 5322, 2045, 2047), with one recipient and nothing that a value could
 * add to its head. Pure. */
#ifndef FLASH_MAIL_H
#define FLASH_MAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "mcp/base/arena.h"
#include "mcp/base/error.h"

struct mail {
	const char *from, *to;      /* bare addresses */
	const char *subject;        /* one line of UTF-8 */
	const char *body;           /* UTF-8 */
	const char *id;             /* the draft's: the same for every attempt, so that a receiver can tell doubles */
	int64_t now_us;
};

/* Whether this is one bare address that can stand in an envelope: local@domain, ASCII, no spaces, quotes or commas. */
bool mail_address_check(const char *address, struct error *error);

/* The mail's bytes, CRLF lines, in `arena`; NULL with ERROR_FORMAT when an address or the subject is not fit. */
char *mail_write(struct arena *arena, const struct mail *mail, struct error *error);

#endif

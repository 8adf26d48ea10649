/* The only file that knows libcurl: one request, one answer, one deadline, nothing followed. */
#ifndef FLASH_WEB_H
#define FLASH_WEB_H

#include <stddef.h>

/* What became of a mail. FAILED: the server accepted nothing, it may be tried again. UNKNOWN: the bytes, or some of
 * them, went out and no clear answer came back; only a human may decide to send again. */
enum web_outcome { WEB_SENT, WEB_FAILED, WEB_UNKNOWN };

struct web_mail {
	const char *url;                /* smtp://host:port or smtps://host:port */
	const char *user, *password;    /* NULL: none */
	const char *from, *to;          /* bare addresses */
	const char *message;            /* headers and body, CRLF */
	long timeout_ms;
};

/* Sends one mail to one recipient. `detail` gets a sentence of at most `room` bytes. */
enum web_outcome web_send_mail(const struct web_mail *mail, char *detail, size_t room);

#endif

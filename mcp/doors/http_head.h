/* The head of an HTTP/1.1 request, read strictly: a pure function over bytes, no I/O, no
 * allocation. What proxies and servers have disagreed about (bare LF, folds, two lengths, a
 * space before the colon) is refused, never repaired: after a refusal the connection is answered
 * and closed, and no byte behind it is read as a request. Where RFC 9110 and 9112 leave a choice
 * the narrow way is taken: only origin-form targets and "OPTIONS *", no transfer coding but
 * chunked, Host also in HTTP/1.0. */
#ifndef FLASH_HTTP_HEAD_H
#define FLASH_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A head with more bytes or more header lines than this is refused with 431. */
enum { HTTP_HEAD_BYTES = 16384, HTTP_HEAD_FIELDS = 64 };

enum http_parse { HTTP_PARSE_MORE, HTTP_PARSE_DONE, HTTP_PARSE_REFUSED };

/* A piece of the parsed bytes: offset of its first byte, and its length. */
struct http_slice {
	uint16_t at, size;
};

struct http_head {
	/* Valid after HTTP_PARSE_DONE. */
	struct http_slice method, target;
	struct http_slice names[HTTP_HEAD_FIELDS], values[HTTP_HEAD_FIELDS];
	unsigned count;         /* header lines, in the order in which they came */
	unsigned minor;         /* 0 or 1: HTTP/1.0 or HTTP/1.1 */
	size_t size;            /* bytes of the head with its empty line: the body starts here */
	int64_t length;         /* Content-Length, at most 15 digits; -1 when absent */
	bool chunked;           /* never together with a length */
	bool keep_alive;        /* the client lets the connection live on */
	bool expect_continue;

	/* Valid after HTTP_PARSE_REFUSED: the answer's status, and a sentence safe inside JSON. */
	int status;
	const char *sentence;

	/* Where the parser stands. */
	size_t line, scan;
	unsigned seen;
	bool skipped, started, close_asked, keep_asked;
};

/* Makes `head` ready for the first byte of a request. */
void http_head_init(struct http_head *head);

/* Reads on. `bytes` is the whole input since the head's first byte, each time; `size` may only
 * grow. The verdict depends on the bytes alone, not on how they were cut: MORE until the byte
 * that decides, afterwards always DONE or always REFUSED. Linear in `size` however small the
 * steps are. */
enum http_parse http_head_parse(struct http_head *head, const char *bytes, size_t size);

#endif

/* The chunked body of a request, read strictly and a piece at a time: sizes of 1 to 8 hexadecimal
 * digits, CR LF, no extensions, no trailers. No I/O, no allocation. */
#ifndef FLASH_HTTP_CHUNK_H
#define FLASH_HTTP_CHUNK_H

#include <stddef.h>

#include "http_head.h"

struct http_chunk {
	int state;
	unsigned digits;
	size_t left, total, limit;

	/* Valid after HTTP_PARSE_REFUSED: the answer's status, and a sentence safe inside JSON. */
	int status;
	const char *sentence;
};

/* Makes `chunk` ready for a body that may decode to at most `limit` bytes. */
void http_chunk_init(struct http_chunk *chunk, size_t limit);

/* Decodes the next `size` bytes into `out`, which has room for as many. Sets *used to the bytes
 * taken and *written to those decoded. All bytes are taken unless the body ends (DONE) or is
 * refused; a chunk that would pass the limit is refused with 413 at its size line, before its
 * bytes come. */
enum http_parse http_chunk_decode(struct http_chunk *chunk, const char *bytes, size_t size,
	size_t *used, char *out, size_t *written);

#endif

/* One state per place in the grammar of RFC 9112 7.1, less extensions and trailers. */
#include "http_chunk.h"

#include <string.h>

enum { AT_SIZE, AT_SIZE_LF, AT_DATA, AT_DATA_CR, AT_DATA_LF, AT_END_CR, AT_END_LF, AT_DONE };

/* Eight digits fit every limit and cannot overflow. */
enum { DIGITS_MAX = 8 };

void http_chunk_init(struct http_chunk *chunk, size_t limit)
{
	*chunk = (struct http_chunk){ .state = AT_SIZE, .limit = limit };
}

static void refuse(struct http_chunk *chunk, int status, const char *sentence)
{
	chunk->status = status;
	chunk->sentence = sentence;
}

static int hex_value(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	return -1;
}

static void size_byte(struct http_chunk *chunk, char byte)
{
	int value = hex_value(byte);

	if (value < 0 && (byte != '\r' || chunk->digits == 0)) {
		refuse(chunk, 400, "A chunk size is not plain hexadecimal digits and CR LF.");
	} else if (value < 0) {
		if (chunk->left > chunk->limit - chunk->total)
			refuse(chunk, 413, "The body is larger than this server takes.");
		chunk->state = AT_SIZE_LF;
	} else if (chunk->digits == DIGITS_MAX) {
		refuse(chunk, 400, "A chunk size has more than 8 digits.");
	} else {
		chunk->left = chunk->left * 16 + (size_t)value;
		chunk->digits++;
	}
}

/* Every other byte of the frame can be only one. */
static void frame_byte(struct http_chunk *chunk, char byte)
{
	static const struct {
		char byte;
		int next;
	} frame[] = {
		[AT_SIZE_LF] = { '\n', AT_DATA },
		[AT_DATA_CR] = { '\r', AT_DATA_LF },
		[AT_DATA_LF] = { '\n', AT_SIZE },
		[AT_END_CR] = { '\r', AT_END_LF },
		[AT_END_LF] = { '\n', AT_DONE },
	};

	if (byte != frame[chunk->state].byte) {
		refuse(chunk, 400, "A chunk does not end in CR LF, or a trailer follows the last one.");
		return;
	}
	chunk->state = frame[chunk->state].next;
	if (chunk->state == AT_DATA && chunk->left == 0)
		chunk->state = AT_END_CR;
	if (chunk->state == AT_SIZE)
		chunk->digits = 0;
}

enum http_parse http_chunk_decode(struct http_chunk *chunk, const char *bytes, size_t size,
	size_t *used, char *out, size_t *written)
{
	size_t at = 0, put = 0;

	while (at < size && chunk->status == 0 && chunk->state != AT_DONE) {
		if (chunk->state == AT_DATA) {
			size_t run = chunk->left < size - at ? chunk->left : size - at;

			memcpy(out + put, bytes + at, run);
			at += run;
			put += run;
			chunk->total += run;
			chunk->left -= run;
			if (chunk->left == 0)
				chunk->state = AT_DATA_CR;
		} else if (chunk->state == AT_SIZE) {
			size_byte(chunk, bytes[at++]);
		} else {
			frame_byte(chunk, bytes[at++]);
		}
	}
	*used = at;
	*written = put;
	if (chunk->status != 0)
		return HTTP_PARSE_REFUSED;
	return chunk->state == AT_DONE ? HTTP_PARSE_DONE : HTTP_PARSE_MORE;
}

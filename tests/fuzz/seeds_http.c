/* Writes the cases of the unit test, and heads at their limits, as seed files: seeds_http FOLDER. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcp/doors/http_head.h"
#include "tests/unit/http_cases.h"

static const char *folder;
static int number;

static void write_seed(const char *bytes, size_t size)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/case%03d", folder, number++);
	FILE *file = fopen(path, "wb");

	if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

static void write_chunks(const char *chunks)
{
	char text[512];

	write_seed(chunks, strlen(chunks));
	snprintf(text, sizeof text,
		"POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%s", chunks);
	write_seed(text, strlen(text));
}

/* `lines` short header lines, then a value that fills the head up to `size` bytes. */
static void write_long(int lines, size_t size)
{
	static char text[2 * HTTP_HEAD_BYTES];
	int at = snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: x\r\n");

	for (int i = 0; i < lines; i++)
		at += snprintf(text + at, sizeof text - (size_t)at, "A:\r\n");
	at += snprintf(text + at, sizeof text - (size_t)at, "B: ");
	if (size > (size_t)at + 4) {
		memset(text + at, 'b', size - 4 - (size_t)at);
		at = (int)size - 4;
	}
	at += snprintf(text + at, sizeof text - (size_t)at, "\r\n\r\n");
	write_seed(text, (size_t)at);
}

int main(int count, char **arguments)
{
	if (count != 2) {
		fprintf(stderr, "usage: seeds_http FOLDER\n");
		return 2;
	}
	folder = arguments[1];
	for (size_t i = 0; i < sizeof http_head_cases / sizeof *http_head_cases; i++)
		write_seed(http_head_cases[i].bytes, http_head_cases[i].size);
	for (size_t i = 0; i < sizeof http_chunk_cases / sizeof *http_chunk_cases; i++)
		write_chunks(http_chunk_cases[i].bytes);
	write_long(HTTP_HEAD_FIELDS - 2, 0);
	write_long(HTTP_HEAD_FIELDS - 1, 0);
	write_long(0, HTTP_HEAD_BYTES);
	write_long(0, HTTP_HEAD_BYTES + 1);
	return 0;
}

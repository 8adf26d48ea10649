/* Line by line: find the end of a line, checking its bytes on the way, then take the line apart. */
#include "http_head.h"

#include <string.h>
#include <strings.h>

/* What a byte may stand for; tests/unit/test_http_head.c compares this table with the RFC's
 * words. */
enum { IS_TEXT = 1, IS_NAME = 2, IS_TARGET = 4, IS_HOST = 8, IS_HEX = 16 };

static const unsigned char byte_class[256] = {
	 0,  0,  0,  0,  0,  0,  0,  0,  0,  1,  0,  0,  0,  0,  0,  0,
	 0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
	 1,  7,  1,  3,  7,  7,  7,  7,  5,  5,  7,  7,  5, 15, 15,  5,
	31, 31, 31, 31, 31, 31, 31, 31, 31, 31,  5,  5,  1,  5,  1,  5,
	 5, 31, 31, 31, 31, 31, 31, 15, 15, 15, 15, 15, 15, 15, 15, 15,
	15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,  5,  1,  5,  7, 15,
	 7, 31, 31, 31, 31, 31, 31, 15, 15, 15, 15, 15, 15, 15, 15, 15,
	15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,  5,  7,  5,  7,  0,
	 1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
	 1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
	 1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
	 1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
	 1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
	 1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
	 1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
	 1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
};

static const char *const methods[] = { "GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS" };

static bool refuse(struct http_head *head, int status, const char *sentence)
{
	head->status = status;
	head->sentence = sentence;
	return false;
}

/* The first place in [at, end) whose byte is not of the class, or `end`. */
static size_t span(const char *bytes, size_t at, size_t end, unsigned char class)
{
	while (at < end && (byte_class[(unsigned char)bytes[at]] & class) != 0)
		at++;
	return at;
}

static bool same(const char *bytes, size_t size, const char *word)
{
	return size == strlen(word) && strncasecmp(bytes, word, size) == 0;
}

/* Values of the headers that may come only once. A check refuses for itself and returns false. */

/* uri-host [":" port] of RFC 9112 3.2, without the exotic characters of a registered name. */
static bool check_host(struct http_head *head, const char *value, size_t size)
{
	size_t at;

	if (size > 0 && value[0] == '[') {
		for (at = 1; at < size && value[at] != ']'; at++) {
			if ((byte_class[(unsigned char)value[at]] & IS_HEX) == 0 && value[at] != ':' &&
				value[at] != '.')
				break;
		}
		if (at < 3 || at >= size || value[at] != ']')
			return refuse(head, 400, "The Host header is not an address; send name or name:port.");
		at++;
	} else {
		at = span(value, 0, size, IS_HOST);
	}
	size_t port = at + 1;

	if (at > 0 && at == size)
		return true;
	if (at == 0 || value[at] != ':' || port == size || size - port > 5)
		return refuse(head, 400, "The Host header is not a name; send name or name:port.");
	for (; port < size; port++) {
		if (value[port] < '0' || value[port] > '9')
			return refuse(head, 400, "The port in the Host header is not a number.");
	}
	return true;
}

static bool check_length(struct http_head *head, const char *value, size_t size)
{
	int64_t length = 0;

	if (size < 1 || size > 15)
		return refuse(head, 400, "Content-Length is not a number of 1 to 15 digits.");
	for (size_t at = 0; at < size; at++) {
		if (value[at] < '0' || value[at] > '9')
			return refuse(head, 400, "Content-Length is not a number of 1 to 15 digits.");
		length = length * 10 + (value[at] - '0');
	}
	head->length = length;
	return true;
}

static bool check_coding(struct http_head *head, const char *value, size_t size)
{
	if (!same(value, size, "chunked"))
		return refuse(head, 501, "Transfer-Encoding is not known here; send chunked or a length.");
	head->chunked = true;
	return true;
}

static bool check_connection(struct http_head *head, const char *value, size_t size)
{
	for (size_t at = 0; at < size;) {
		size_t end = span(value, at, size, IS_NAME);

		head->close_asked |= same(value + at, end - at, "close");
		head->keep_asked |= same(value + at, end - at, "keep-alive");
		bool empty = end == at;

		while (end < size && (value[end] == ' ' || value[end] == '\t'))
			end++;
		if (empty || (end < size && (value[end] != ',' || end + 1 == size)))
			return refuse(head, 400, "The Connection header is not a list of words.");
		for (at = end + 1; at < size && (value[at] == ' ' || value[at] == '\t');)
			at++;
	}
	return true;
}

static bool check_expect(struct http_head *head, const char *value, size_t size)
{
	if (!same(value, size, "100-continue"))
		return refuse(head, 417, "The only Expect that is understood is 100-continue.");
	head->expect_continue = true;
	return true;
}

static bool check_plain(struct http_head *head, const char *value, size_t size)
{
	for (size_t at = 0; at < size; at++) {
		if (value[at] < ' ' || value[at] > '~')
			return refuse(head, 400, "A header that must be plain ASCII is not.");
	}
	return true;
}

/* The headers on which servers and proxies must agree: at most one of each. */
static const struct {
	const char *name;
	size_t size;
	bool (*check)(struct http_head *head, const char *value, size_t size);
	const char *twice;
} singles[] = {
	{ "host", 4, check_host, "There are two Host headers; send one." },
	{ "content-length", 14, check_length, "There are two Content-Length headers; send one." },
	{ "transfer-encoding", 17, check_coding, "There are two Transfer-Encoding headers; send one." },
	{ "authorization", 13, check_plain, "There are two Authorization headers; send one." },
	{ "origin", 6, check_plain, "There are two Origin headers; send one." },
	{ "content-type", 12, check_plain, "There are two Content-Type headers; send one." },
	{ "connection", 10, check_connection, "There are two Connection headers; send one." },
	{ "expect", 6, check_expect, "There are two Expect headers; send one." },
};

enum { SEEN_HOST = 1 };

void http_head_init(struct http_head *head)
{
	head->count = head->minor = head->seen = 0;
	head->size = head->line = head->scan = 0;
	head->length = -1;
	head->chunked = head->keep_alive = head->expect_continue = false;
	head->skipped = head->started = head->close_asked = head->keep_asked = false;
	head->status = 0;
	head->sentence = NULL;
}

static bool check_target(struct http_head *head, const char *target, size_t size, bool options)
{
	if (target[0] != '/' && !(options && size == 1 && target[0] == '*'))
		return refuse(head, 400, "The target does not begin with a slash; send /path only.");
	for (size_t at = 0; at < size; at++) {
		if (target[at] != '%')
			continue;
		if (size - at < 3 || span(target, at + 1, at + 3, IS_HEX) != at + 3)
			return refuse(head, 400, "A percent sign in the target lacks its two hex digits.");
	}
	return true;
}

static bool check_version(struct http_head *head, const char *version, size_t size)
{
	if (size != 8 || memcmp(version, "HTTP/", 5) != 0 || version[5] < '0' || version[5] > '9' ||
		version[6] != '.' || version[7] < '0' || version[7] > '9')
		return refuse(head, 400, "The request line does not end in HTTP/1.1.");
	if (version[5] != '1' || version[7] > '1')
		return refuse(head, 505, "This HTTP version is not spoken here; use HTTP/1.1.");
	head->minor = version[7] == '1';
	return true;
}

static bool request_line(struct http_head *head, const char *bytes, size_t at, size_t end)
{
	size_t method = span(bytes, at, end, IS_NAME), target;
	size_t known = 0;

	if (method == at || method == end || bytes[method] != ' ')
		return refuse(head, 400, "The request line does not begin with a method and one space.");
	target = span(bytes, method + 1, end, IS_TARGET);
	if (target == method + 1 || target == end || bytes[target] != ' ')
		return refuse(head, 400, "The request line is not method, target and version.");
	while (known < sizeof methods / sizeof *methods && (strlen(methods[known]) != method - at ||
		memcmp(methods[known], bytes + at, method - at) != 0))
		known++;
	if (known == sizeof methods / sizeof *methods)
		return refuse(head, 501, "This method is not known here.");
	head->method = (struct http_slice){ (uint16_t)at, (uint16_t)(method - at) };
	head->target = (struct http_slice){ (uint16_t)(method + 1), (uint16_t)(target - method - 1) };
	head->started = true;
	return check_version(head, bytes + target + 1, end - target - 1) &&
		check_target(head, bytes + method + 1, target - method - 1, bytes[at] == 'O');
}

static bool field_line(struct http_head *head, const char *bytes, size_t at, size_t end)
{
	size_t colon = span(bytes, at, end, IS_NAME), value = colon + 1, stop = end;

	if (bytes[at] == ' ' || bytes[at] == '\t')
		return refuse(head, 400, "A header line begins with white space; folding is not allowed.");
	if (colon == at || colon == end || bytes[colon] != ':')
		return refuse(head, 400, "A header line has no colon right behind a plain name.");
	if (head->count == HTTP_HEAD_FIELDS)
		return refuse(head, 431, "There are more than 64 header lines.");
	while (value < stop && (bytes[value] == ' ' || bytes[value] == '\t'))
		value++;
	while (stop > value && (bytes[stop - 1] == ' ' || bytes[stop - 1] == '\t'))
		stop--;
	head->names[head->count] = (struct http_slice){ (uint16_t)at, (uint16_t)(colon - at) };
	head->values[head->count++] = (struct http_slice){ (uint16_t)value, (uint16_t)(stop - value) };
	for (size_t i = 0; i < sizeof singles / sizeof *singles; i++) {
		if (singles[i].size != colon - at ||
			strncasecmp(singles[i].name, bytes + at, colon - at) != 0)
			continue;
		if ((head->seen & 1u << i) != 0)
			return refuse(head, 400, singles[i].twice);
		head->seen |= 1u << i;
		return singles[i].check(head, bytes + value, stop - value);
	}
	return true;
}

/* The empty line: what only the whole head can tell. */
static bool last_line(struct http_head *head, size_t end)
{
	if ((head->seen & SEEN_HOST) == 0)
		return refuse(head, 400, "There is no Host header; send one.");
	if (head->chunked && head->length >= 0)
		return refuse(head, 400, "There are both Content-Length and Transfer-Encoding; send one.");
	if (head->chunked && head->minor == 0)
		return refuse(head, 400, "HTTP/1.0 has no Transfer-Encoding; send a Content-Length.");
	head->keep_alive = !head->close_asked && (head->minor == 1 || head->keep_asked);
	head->size = end + 2;
	return true;
}

static bool any_line(struct http_head *head, const char *bytes, size_t at, size_t end)
{
	if (head->started)
		return at == end ? last_line(head, end) : field_line(head, bytes, at, end);
	if (at < end)
		return request_line(head, bytes, at, end);
	if (head->skipped)
		return refuse(head, 400, "Empty lines stand where a request should begin.");
	head->skipped = true;       /* RFC 9112 2.2: one empty line before a request is forgiven */
	return true;
}

enum http_parse http_head_parse(struct http_head *head, const char *bytes, size_t size)
{
	size_t end = size < HTTP_HEAD_BYTES ? size : HTTP_HEAD_BYTES;

	while (head->status == 0 && head->size == 0) {
		size_t at = head->scan = span(bytes, head->scan, end, IS_TEXT);

		if (at == end || (bytes[at] == '\r' && at + 1 == end)) {
			if (end < HTTP_HEAD_BYTES)
				return HTTP_PARSE_MORE;
			refuse(head, 431, "The head is longer than 16 KiB.");
		} else if (bytes[at] != '\r' || bytes[at + 1] != '\n') {
			refuse(head, 400, "The head holds a control character or a line without CR LF.");
		} else if (any_line(head, bytes, head->line, at)) {
			head->line = head->scan = at + 2;
		}
	}
	return head->status != 0 ? HTTP_PARSE_REFUSED : HTTP_PARSE_DONE;
}

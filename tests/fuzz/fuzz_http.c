/* The HTTP parsers on any bytes, beside a second reading of the same rules that is written
 * another way: line by line over the whole input, with no state. What one accepts the other must
 * accept alike, however the bytes are cut; and what was accepted, written out canonically, must
 * read the same.
 * Links: mcp/doors/http_head.c mcp/doors/http_chunk.c */
#include <ctype.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mcp/doors/http_chunk.h"
#include "mcp/doors/http_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "line %d: not true: %s\n", __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

enum { CHUNK_LIMIT = 1000 };

struct text {
	const char *at;
	size_t size;
};

/* What the second reading makes of a head. */
struct reading {
	size_t size;
	struct text method, target, names[HTTP_HEAD_FIELDS], values[HTTP_HEAD_FIELDS];
	unsigned count;
	int minor, hosts;
	bool chunked, keep, close;
	long long length;
};

static bool is(struct text text, const char *word)
{
	return text.size == strlen(word) && strncasecmp(text.at, word, text.size) == 0;
}

/* Whether every byte of the text is a letter, a digit or one of `more`. */
static bool made_of(struct text text, const char *more)
{
	for (size_t i = 0; i < text.size; i++) {
		char byte = text.at[i];

		if (byte == '\0' || (!(isalnum((unsigned char)byte) && (byte & 0x80) == 0) &&
			strchr(more, byte) == NULL))
			return false;
	}
	return true;
}

static bool is_name(struct text text)
{
	return text.size > 0 && made_of(text, "!#$%&'*+-.^_`|~");
}

static struct text trimmed(struct text text)
{
	while (text.size > 0 && strchr(" \t", text.at[0]) != NULL)
		text = (struct text){ text.at + 1, text.size - 1 };
	while (text.size > 0 && strchr(" \t", text.at[text.size - 1]) != NULL)
		text.size--;
	return text;
}

/* Takes the text before `mark` off the front of `rest`, and the mark; false when there is no
 * mark. */
static bool cut(struct text *rest, const char *mark, struct text *front)
{
	const char *found = memmem(rest->at, rest->size, mark, strlen(mark));

	if (found == NULL)
		return false;
	*front = (struct text){ rest->at, (size_t)(found - rest->at) };
	size_t gone = front->size + strlen(mark);

	*rest = (struct text){ rest->at + gone, rest->size - gone };
	return true;
}

static bool reads_digits(struct text text, size_t most)
{
	return text.size > 0 && text.size <= most && strspn(text.at, "0123456789") >= text.size;
}

static bool reads_host(struct text text)
{
	struct text name;
	bool brackets = text.size > 0 && text.at[0] == '[';

	if (brackets) {
		struct text rest = { text.at + 1, text.size - 1 };

		if (!cut(&rest, "]", &name) || name.size < 2)
			return false;
		for (size_t i = 0; i < name.size; i++) {
			if (!isxdigit((unsigned char)name.at[i]) && strchr(".:", name.at[i]) == NULL)
				return false;
		}
		return rest.size == 0 || (rest.at[0] == ':' &&
			reads_digits((struct text){ rest.at + 1, rest.size - 1 }, 5));
	}
	if (!cut(&text, ":", &name))
		return text.size > 0 && made_of(text, "-._");
	return name.size > 0 && made_of(name, "-._") && reads_digits(text, 5);
}

static bool reads_connection(struct reading *reading, struct text text)
{
	struct text word;
	bool more = text.size > 0;

	while (more) {
		more = cut(&text, ",", &word);
		word = trimmed(more ? word : text);
		if (!is_name(word))
			return false;
		reading->close |= is(word, "close");
		reading->keep |= is(word, "keep-alive");
	}
	return true;
}

static bool reads_value(struct reading *reading, struct text name, struct text value)
{
	if (is(name, "host")) {
		reading->hosts++;
		return reads_host(value);
	}
	if (is(name, "content-length")) {
		if (!reads_digits(value, 15))
			return false;
		reading->length = strtoll(value.at, NULL, 10);
	}
	if (is(name, "transfer-encoding")) {
		reading->chunked = true;
		return is(value, "chunked");
	}
	if (is(name, "expect"))
		return is(value, "100-continue");
	if (is(name, "connection"))
		return reads_connection(reading, value);
	if (is(name, "authorization") || is(name, "origin") || is(name, "content-type")) {
		for (size_t i = 0; i < value.size; i++) {
			if (value.at[i] < ' ')
				return false;
		}
	}
	return true;
}

static bool comes_again(const struct reading *reading, struct text name)
{
	static const char *const once[] = { "Host", "Content-Length", "Transfer-Encoding",
		"Authorization", "Origin", "Content-Type", "Connection", "Expect" };

	for (size_t i = 0; i < sizeof once / sizeof *once; i++) {
		for (unsigned k = 0; is(name, once[i]) && k < reading->count; k++) {
			if (is(reading->names[k], once[i]))
				return true;
		}
	}
	return false;
}

static bool reads_field(struct reading *reading, struct text line)
{
	struct text name;

	if (!cut(&line, ":", &name) || !is_name(name) || reading->count == HTTP_HEAD_FIELDS ||
		comes_again(reading, name))
		return false;
	line = trimmed(line);
	reading->names[reading->count] = name;
	reading->values[reading->count++] = line;
	return reads_value(reading, name, line);
}

static bool reads_request_line(struct reading *reading, struct text line)
{
	static const char *const known[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE",
		"OPTIONS" };
	bool found = false, options;

	if (!cut(&line, " ", &reading->method) || !cut(&line, " ", &reading->target))
		return false;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		found |= reading->method.size == strlen(known[i]) &&
			memcmp(reading->method.at, known[i], reading->method.size) == 0;
	options = is(reading->method, "OPTIONS");
	reading->minor = line.size == 8 ? line.at[7] - '0' : -1;
	if (!found || line.size != 8 || memcmp(line.at, "HTTP/1.", 7) != 0 ||
		(reading->minor & ~1) != 0)
		return false;
	if (!made_of(reading->target, "!$%&'()*+,-./:;=?@[]^_`{|}~"))
		return false;
	for (size_t i = 0; i < reading->target.size; i++) {
		if (reading->target.at[i] == '%' && !(i + 2 < reading->target.size &&
			isxdigit((unsigned char)reading->target.at[i + 1]) &&
			isxdigit((unsigned char)reading->target.at[i + 2])))
			return false;
	}
	return reading->target.size > 0 &&
		(reading->target.at[0] == '/' || (options && is(reading->target, "*")));
}

/* Whether the input begins with a whole, valid head. The input must end in a NUL that is not
 * counted. */
static bool reads_head(struct reading *reading, const char *bytes, size_t size)
{
	struct text rest = { bytes, size < HTTP_HEAD_BYTES ? size : HTTP_HEAD_BYTES }, line;

	*reading = (struct reading){ .length = -1 };
	for (int number = 0; cut(&rest, "\r\n", &line); number++) {
		for (size_t i = 0; i < line.size; i++) {
			if (((unsigned char)line.at[i] < ' ' && line.at[i] != '\t') || line.at[i] == 0x7f)
				return false;
		}
		if (number == 0 && line.size == 0 && !cut(&rest, "\r\n", &line))
			return false;
		if (number > 0 && line.size == 0) {
			reading->size = (size_t)(rest.at - bytes);
			return reading->hosts == 1 && !(reading->chunked && reading->length >= 0) &&
				!(reading->chunked && reading->minor == 0);
		}
		if (!(number == 0 ? reads_request_line(reading, line) : reads_field(reading, line)))
			return false;
	}
	return false;
}

static bool alike(const char *bytes, struct http_slice slice, struct text text)
{
	return slice.size == text.size && memcmp(bytes + slice.at, text.at, text.size) == 0;
}

static enum http_parse parse(struct http_head *head, const char *bytes, size_t size)
{
	http_head_init(head);
	return http_head_parse(head, bytes, size);
}

/* The head, written with one space where the parser allowed more, must read the same. */
static void check_canonical(const struct http_head *head, const char *bytes)
{
	static char out[HTTP_HEAD_BYTES + 256];
	struct http_head again;
	int at = snprintf(out, sizeof out, "%.*s %.*s HTTP/1.%u\r\n", head->method.size,
		bytes + head->method.at, head->target.size, bytes + head->target.at, head->minor);

	for (unsigned i = 0; i < head->count; i++)
		at += snprintf(out + at, sizeof out - (size_t)at, "%.*s: %.*s\r\n", head->names[i].size,
			bytes + head->names[i].at, head->values[i].size, bytes + head->values[i].at);
	at += snprintf(out + at, sizeof out - (size_t)at, "\r\n");
	if (at > HTTP_HEAD_BYTES)
		return;
	MUST(parse(&again, out, (size_t)at) == HTTP_PARSE_DONE);
	MUST(again.size == (size_t)at && again.count == head->count && again.minor == head->minor);
	MUST(again.length == head->length && again.chunked == head->chunked);
	MUST(again.keep_alive == head->keep_alive && again.expect_continue == head->expect_continue);
	for (unsigned i = 0; i < head->count; i++) {
		struct text name = { out + again.names[i].at, again.names[i].size };
		struct text value = { out + again.values[i].at, again.values[i].size };

		MUST(alike(bytes, head->names[i], name) && alike(bytes, head->values[i], value));
	}
}

/* What a head that was accepted may not contain, said without any parsing. */
static void check_accepted(const struct http_head *head, const char *bytes)
{
	MUST(head->size <= HTTP_HEAD_BYTES && head->count <= HTTP_HEAD_FIELDS);
	MUST(memcmp(bytes + head->size - 4, "\r\n\r\n", 4) == 0);
	MUST(memchr(bytes, '\0', head->size) == NULL);
	for (size_t i = 1; i < head->size; i++) {
		MUST((bytes[i] == '\n') == (bytes[i - 1] == '\r'));
		MUST(bytes[i - 1] != '\n' || (bytes[i] != ' ' && bytes[i] != '\t'));
	}
	MUST(!(head->chunked && head->length >= 0));
}

static void check_reading(const struct http_head *head, const char *bytes,
	const struct reading *reading)
{
	MUST(head->size == reading->size && head->count == reading->count);
	MUST(alike(bytes, head->method, reading->method));
	MUST(alike(bytes, head->target, reading->target));
	for (unsigned i = 0; i < head->count; i++)
		MUST(alike(bytes, head->names[i], reading->names[i]) &&
			alike(bytes, head->values[i], reading->values[i]));
	MUST((int)head->minor == reading->minor && head->length == reading->length);
	MUST(head->chunked == reading->chunked);
	MUST(head->keep_alive == (!reading->close && (reading->minor == 1 || reading->keep)));
}

/* Every prefix says "more" until the byte that decides; then all say the same. */
static void check_prefixes(const struct http_head *whole, enum http_parse verdict,
	const char *bytes, size_t size)
{
	struct http_head step, fresh;
	enum http_parse now = HTTP_PARSE_MORE;
	size_t decided = 0, seed = size;

	http_head_init(&step);
	while (decided < size && now == HTTP_PARSE_MORE)
		now = http_head_parse(&step, bytes, ++decided);
	MUST(now == verdict && step.status == whole->status && step.size == whole->size);
	MUST(step.sentence == whole->sentence && step.count == whole->count);
	if (verdict != HTTP_PARSE_MORE)
		MUST(parse(&fresh, bytes, decided - 1) == HTTP_PARSE_MORE);
	for (int i = 0; i < 8 && size > 0; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		size_t prefix = (seed >> 33) % size;

		now = parse(&fresh, bytes, prefix);
		MUST(now == (prefix < decided ? HTTP_PARSE_MORE : verdict));
	}
}

static size_t check_head(const char *bytes, size_t size)
{
	static struct reading reading;
	struct http_head head;
	enum http_parse verdict = parse(&head, bytes, size);

	MUST(reads_head(&reading, bytes, size) == (verdict == HTTP_PARSE_DONE));
	check_prefixes(&head, verdict, bytes, size);
	MUST((head.status != 0) == (verdict == HTTP_PARSE_REFUSED));
	if (verdict != HTTP_PARSE_DONE)
		return 0;
	check_accepted(&head, bytes);
	check_reading(&head, bytes, &reading);
	check_canonical(&head, bytes);
	return head.size;
}

/* Chunks, read a second way: whole lines of the whole input. Sets *used only when the body is
 * whole. */
static enum http_parse reads_chunks(const char *bytes, size_t size, char *out, size_t *put,
	size_t *used)
{
	size_t at = 0;

	for (*put = 0;;) {
		size_t digits = strspn(bytes + at, "0123456789abcdefABCDEF"), more;

		if (digits > 8)
			return HTTP_PARSE_REFUSED;
		if (at + digits == size)
			return HTTP_PARSE_MORE;
		if (digits == 0 || bytes[at + digits] != '\r')
			return HTTP_PARSE_REFUSED;
		more = strtoul(bytes + at, NULL, 16);
		at += digits + 1;
		if (*put + more > CHUNK_LIMIT)
			return HTTP_PARSE_REFUSED;
		if (at == size)
			return HTTP_PARSE_MORE;
		if (bytes[at++] != '\n')
			return HTTP_PARSE_REFUSED;
		size_t take = more < size - at ? more : size - at;

		memcpy(out + *put, bytes + at, take);
		at += take;
		*put += take;
		if (take < more || at == size)
			return HTTP_PARSE_MORE;
		if (bytes[at] != '\r' || (at + 1 < size && bytes[at + 1] != '\n'))
			return HTTP_PARSE_REFUSED;
		if (at + 1 == size)
			return HTTP_PARSE_MORE;
		at += 2;
		*used = at;
		if (more == 0)
			return HTTP_PARSE_DONE;
	}
}

static enum http_parse decode(const char *bytes, size_t size, size_t step, char *out, size_t *put,
	size_t *used)
{
	enum http_parse verdict = HTTP_PARSE_MORE;
	struct http_chunk chunk;

	http_chunk_init(&chunk, CHUNK_LIMIT);
	for (*used = *put = 0; *used < size && verdict == HTTP_PARSE_MORE;) {
		size_t take = size - *used < step ? size - *used : step, taken, written;

		verdict = http_chunk_decode(&chunk, bytes + *used, take, &taken, out + *put, &written);
		MUST(taken <= take && written <= taken);
		MUST(verdict != HTTP_PARSE_MORE || taken == take);
		*used += taken;
		*put += written;
		MUST(*put <= CHUNK_LIMIT);
	}
	MUST((chunk.status != 0) == (verdict == HTTP_PARSE_REFUSED));
	return verdict;
}

static void check_chunks(const char *bytes, size_t size)
{
	char *whole = malloc(3 * size + 3), *other = whole + size + 1, *third = other + size + 1;
	size_t put, used, others, used_other, thirds, used_third = 0;
	enum http_parse verdict = decode(bytes, size, size, whole, &put, &used);

	for (size_t step = 1; step < 8; step += 3) {
		MUST(decode(bytes, size, step, other, &others, &used_other) == verdict);
		MUST(others == put && used_other == used && memcmp(whole, other, put) == 0);
	}
	MUST(reads_chunks(bytes, size, third, &thirds, &used_third) == verdict);
	MUST(verdict != HTTP_PARSE_DONE || used_third == used);
	MUST(thirds == put && memcmp(whole, third, put) == 0);
	free(whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size + 1);

	memcpy(bytes, data, size);
	bytes[size] = '\0';
	size_t head = check_head(bytes, size);

	check_chunks(bytes + head, size - head);
	free(bytes);
	return 0;
}

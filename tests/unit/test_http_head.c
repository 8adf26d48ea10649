/* The strict parsers of the HTTP door: tables of good and bad heads and chunked bodies, whole
 * and in every cut. */
#include "check.h"
#include "http_cases.h"
#include "mcp/doors/http_chunk.h"
#include "mcp/doors/http_head.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static enum http_parse verdict_of(int status)
{
	return status == CASE_GOOD ? HTTP_PARSE_DONE :
		status == CASE_MORE ? HTTP_PARSE_MORE : HTTP_PARSE_REFUSED;
}

static enum http_parse parse(struct http_head *head, const char *bytes, size_t size)
{
	http_head_init(head);
	return http_head_parse(head, bytes, size);
}

/* Parses a C text, and says its status: 0 when accepted. */
static int status_of(const char *text)
{
	struct http_head head;

	return parse(&head, text, strlen(text)) == HTTP_PARSE_DONE ? 0 : head.status;
}

static void check_sentence(const char *name, const char *sentence)
{
	if (sentence == NULL || strlen(sentence) > 100 || strpbrk(sentence, "\"\\\n") != NULL) {
		printf("# %s: the sentence cannot stand in JSON\n", name);
		check_failed++;
	}
}

static void heads_by_the_table(void)
{
	for (size_t i = 0; i < COUNT(http_head_cases); i++) {
		const struct http_case *row = &http_head_cases[i];
		struct http_head head;
		enum http_parse verdict = parse(&head, row->bytes, row->size);

		if (verdict != verdict_of(row->status) ||
			(row->status > 0 && head.status != row->status)) {
			printf("# %s: verdict %d status %d\n", row->name, verdict, head.status);
			check_failed++;
		}
		if (row->status > 0)
			check_sentence(row->name, head.sentence);
	}
}

/* Byte by byte the verdict comes at one byte, the same as for the whole, and stays. */
static void heads_byte_by_byte(void)
{
	for (size_t i = 0; i < COUNT(http_head_cases); i++) {
		const struct http_case *row = &http_head_cases[i];
		struct http_head whole, step, fresh;
		enum http_parse last = HTTP_PARSE_MORE, wanted = parse(&whole, row->bytes, row->size);

		http_head_init(&step);
		for (size_t size = 0; size <= row->size; size++) {
			enum http_parse now = http_head_parse(&step, row->bytes, size);

			CHECK(last == HTTP_PARSE_MORE || now == last);
			CHECK_INT(parse(&fresh, row->bytes, size), now);
			last = now;
		}
		CHECK_INT(last, wanted);
		CHECK_INT(step.status, whole.status);
		CHECK(step.size == whole.size && step.sentence == whole.sentence);
	}
}

static void check_slice(const char *bytes, struct http_slice slice, const char *expected)
{
	char text[256] = "";

	memcpy(text, bytes + slice.at, slice.size);
	CHECK_TEXT(text, expected);
}

static void an_accepted_head_is_taken_apart(void)
{
	static const char bytes[] = "\r\nPOST /a?b=c HTTP/1.1\r\nHost:x:1\r\nX-One:\t two words\t \r\n"
		"Content-Length: 42\r\nEmpty: \r\n\r\nbody";
	struct http_head head;

	CHECK_INT(parse(&head, bytes, sizeof bytes - 1), HTTP_PARSE_DONE);
	CHECK_INT(head.size, sizeof bytes - 1 - 4);
	CHECK_INT(head.count, 4);
	CHECK_INT(head.minor, 1);
	CHECK_INT(head.length, 42);
	CHECK(!head.chunked && head.keep_alive && !head.expect_continue);
	check_slice(bytes, head.method, "POST");
	check_slice(bytes, head.target, "/a?b=c");
	check_slice(bytes, head.names[0], "Host");
	check_slice(bytes, head.values[0], "x:1");
	check_slice(bytes, head.names[1], "X-One");
	check_slice(bytes, head.values[1], "two words");
	check_slice(bytes, head.values[2], "42");
	check_slice(bytes, head.names[3], "Empty");
	check_slice(bytes, head.values[3], "");
}

static void keep_alive_follows_version_and_wish(void)
{
	static const struct {
		const char *version, *field;
		bool keep;
	} rows[] = {
		{ "1.1", "", true }, { "1.1", "Connection: close\r\n", false },
		{ "1.1", "Connection: keep-alive\r\n", true }, { "1.1", "Connection: x, CLOSE\r\n", false },
		{ "1.1", "Connection: closed\r\n", true }, { "1.1", "Connection:\r\n", true },
		{ "1.0", "", false }, { "1.0", "Connection: Keep-Alive\r\n", true },
		{ "1.0", "Connection: keep-alive, close\r\n", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[200];
		struct http_head head;

		snprintf(text, sizeof text, "GET / HTTP/%s\r\nHost: x\r\n%s\r\n", rows[i].version,
			rows[i].field);
		CHECK_INT(parse(&head, text, strlen(text)), HTTP_PARSE_DONE);
		CHECK_INT(head.keep_alive, rows[i].keep);
	}
}

/* Puts each byte but NUL into a place of a head; those in `allowed` must pass, all others be
 * refused. */
static void check_place(const char *before, const char *after, const char *allowed)
{
	for (int byte = 1; byte < 256; byte++) {
		char text[200];
		bool good = strchr(allowed, byte) != NULL;

		snprintf(text, sizeof text, "%s%c%s", before, byte, after);
		if ((status_of(text) == 0) != good) {
			printf("# byte 0x%02x is %s in \"%s\"\n", (unsigned)byte,
				good ? "refused" : "accepted", before);
			check_failed++;
		}
	}
}

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* RFC 9110 5.6.2 (token), RFC 9110 5.5 (field values), and our narrower sets for targets and
 * hosts. */
static void bytes_are_allowed_by_place(void)
{
	char text[256], target[256];
	size_t size = 0, targets = 0;

	for (int byte = 1; byte < 256; byte++) {
		if (byte == '\t' || (byte >= ' ' && byte != 0x7f))
			text[size++] = (char)byte;
		if (byte > ' ' && byte < 0x7f && strchr("\"#<>\\%", byte) == NULL)
			target[targets++] = (char)byte;
	}
	text[size] = target[targets] = '\0';
	check_place("GET / HTTP/1.1\r\nHost: x\r\nA", "a: b\r\n\r\n", ALNUM "!#$%&'*+-.^_`|~:");
	check_place("GET / HTTP/1.1\r\nHost: x\r\nA: b", "c\r\n\r\n", text);
	check_place("GET /a", "b HTTP/1.1\r\nHost: x\r\n\r\n", target);
	check_place("GET / HTTP/1.1\r\nHost: x", "y\r\n\r\n", ALNUM "-._");
	check_place("GET / HTTP/1.1\r\nHost: [a", "]\r\n\r\n", "0123456789abcdefABCDEF:.");
	check_place("GET / HTTP/1.1\r\nHost: x:", "1\r\n\r\n", "0123456789");
	check_place("GET /%2", " HTTP/1.1\r\nHost: x\r\n\r\n", "0123456789abcdefABCDEF");
	check_place("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: a", "b\r\n\r\n",
		" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
		"abcdefghijklmnopqrstuvwxyz{|}~");
	check_place("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1", "1\r\n\r\n", "0123456789");
}

static size_t put_text(char *out, const char *text)
{
	memcpy(out, text, strlen(text) + 1);
	return strlen(text);
}

/* Fills with header lines of one letter, then with one long value, up to each limit and one past
 * it. */
static void limits_are_exact(void)
{
	static char text[HTTP_HEAD_BYTES + 64];
	struct http_head head;

	for (unsigned more = 0; more < 2; more++) {
		size_t at = put_text(text, "GET / HTTP/1.1\r\nHost: x\r\n");

		for (unsigned i = 1; i < HTTP_HEAD_FIELDS + more; i++)
			at += put_text(text + at, "A:\r\n");
		at += put_text(text + at, "\r\n");
		CHECK_INT(parse(&head, text, at), more ? HTTP_PARSE_REFUSED : HTTP_PARSE_DONE);
		CHECK_INT(head.status, more ? 431 : 0);
	}
	for (unsigned more = 0; more < 2; more++) {
		size_t at = put_text(text, "GET / HTTP/1.1\r\nHost: x\r\nA: ");

		memset(text + at, 'a', HTTP_HEAD_BYTES + more - 4 - at);
		put_text(text + HTTP_HEAD_BYTES + more - 4, "\r\n\r\n");
		CHECK_INT(parse(&head, text, HTTP_HEAD_BYTES + more),
			more ? HTTP_PARSE_REFUSED : HTTP_PARSE_DONE);
		CHECK_INT(head.status, more ? 431 : 0);
		CHECK_INT(head.size, more ? 0 : HTTP_HEAD_BYTES);
		CHECK_INT(parse(&head, text, HTTP_HEAD_BYTES - 1), HTTP_PARSE_MORE);
	}
}

static int decode(const char *bytes, size_t step, char *out, size_t *used)
{
	struct http_chunk chunk;
	enum http_parse verdict = HTTP_PARSE_MORE;
	size_t size = strlen(bytes), put = 0;

	http_chunk_init(&chunk, HTTP_CHUNK_LIMIT);
	for (*used = 0; *used < size && verdict == HTTP_PARSE_MORE;) {
		size_t take = size - *used < step ? size - *used : step, taken, written;

		verdict = http_chunk_decode(&chunk, bytes + *used, take, &taken, out + put, &written);
		CHECK(verdict != HTTP_PARSE_MORE || taken == take);
		*used += taken;
		put += written;
	}
	out[put] = '\0';
	if (verdict == HTTP_PARSE_REFUSED)
		check_sentence(bytes, chunk.sentence);
	return verdict == HTTP_PARSE_DONE ? CASE_GOOD :
		verdict == HTTP_PARSE_MORE ? CASE_MORE : chunk.status;
}

static void chunks_by_the_table_in_every_step(void)
{
	for (size_t i = 0; i < COUNT(http_chunk_cases); i++) {
		const struct http_chunk_case *row = &http_chunk_cases[i];
		size_t first = 0, used;
		char out[200];

		for (size_t step = strlen(row->bytes) + 1; step > 0; step--) {
			int status = decode(row->bytes, step, out, &used);

			if (status != row->status || strcmp(out, row->decoded) != 0) {
				printf("# %s: status %d, decoded \"%s\"\n", row->name, status, out);
				check_failed++;
			}
			first = first == 0 ? used : first;
			CHECK_INT(used, first);
		}
	}
}

static void the_end_of_the_chunks_is_found(void)
{
	size_t used;
	char out[200];

	CHECK_INT(decode("1\r\na\r\n0\r\n\r\nGET /", 100, out, &used), CASE_GOOD);
	CHECK_INT(used, 11);
}

int main(void)
{
	CHECK_RUN(heads_by_the_table);
	CHECK_RUN(heads_byte_by_byte);
	CHECK_RUN(an_accepted_head_is_taken_apart);
	CHECK_RUN(keep_alive_follows_version_and_wish);
	CHECK_RUN(bytes_are_allowed_by_place);
	CHECK_RUN(limits_are_exact);
	CHECK_RUN(chunks_by_the_table_in_every_step);
	CHECK_RUN(the_end_of_the_chunks_is_found);
	return check_done();
}

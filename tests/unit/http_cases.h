/* Heads and chunked bodies with what must become of them: one table for
 * tests/unit/test_http_head.c and, as seeds, for tests/fuzz/fuzz_http.c. */
#ifndef FLASH_HTTP_CASES_H
#define FLASH_HTTP_CASES_H

#include <stddef.h>

/* The status of a refusal, or one of these. */
enum { CASE_GOOD = 0, CASE_MORE = -1 };

struct http_case {
	const char *name;
	int status;
	size_t size;
	const char *bytes;
};

#define CASE(name, status, bytes) { name, status, sizeof(bytes) - 1, bytes }
#define LINE(line) line "\r\nHost: x\r\n\r\n"
#define WITH(fields) "POST /p HTTP/1.1\r\nHost: x\r\n" fields "\r\n"
#define HOST(value) "GET /p HTTP/1.1\r\nHost: " value "\r\n\r\n"

static const struct http_case http_head_cases[] = {
	CASE("plain", CASE_GOOD, LINE("GET / HTTP/1.1")),
	CASE("query", CASE_GOOD, LINE("GET /a/b?c=d&e=%2F+f|{}[]^` HTTP/1.1")),
	CASE("every method", CASE_GOOD, LINE("PATCH /p HTTP/1.1")),
	CASE("options star", CASE_GOOD, LINE("OPTIONS * HTTP/1.1")),
	CASE("HTTP/1.0", CASE_GOOD, LINE("GET /p HTTP/1.0")),
	CASE("one empty line first", CASE_GOOD, "\r\n" LINE("GET /p HTTP/1.1")),
	CASE("length", CASE_GOOD, WITH("Content-Length: 3\r\n")),
	CASE("length of 15 digits", CASE_GOOD, WITH("Content-Length: 000000000000003\r\n")),
	CASE("chunked", CASE_GOOD, WITH("Transfer-Encoding: chunked\r\n")),
	CASE("chunked in capitals", CASE_GOOD, WITH("TRANSFER-ENCODING:\t CHUNKED \t\r\n")),
	CASE("continue", CASE_GOOD, WITH("Expect: 100-Continue\r\nContent-Length: 1\r\n")),
	CASE("every single once", CASE_GOOD, WITH("Authorization: Bearer a\r\nOrigin: null\r\n"
		"Content-Type: a/b; c=d\r\nConnection: close\r\nExpect: 100-continue\r\n")),
	CASE("others twice", CASE_GOOD, WITH("Accept: a\r\nAccept: b\r\nX-A: 1\r\nX-A: 2\r\n")),
	CASE("empty value", CASE_GOOD, WITH("A:\r\nB: \r\nC:\t\r\n")),
	CASE("tab and high bytes in a value", CASE_GOOD, WITH("A: b\tc \xc3\xa4\xff d\r\n")),
	CASE("colons in a value", CASE_GOOD, WITH("A: b: c:d\r\n")),
	CASE("connection list", CASE_GOOD, WITH("Connection: keep-alive, Upgrade ,close\r\n")),
	CASE("host with port", CASE_GOOD, HOST("localhost:8080")),
	CASE("host in IPv6", CASE_GOOD, HOST("[::1]:8080")),
	CASE("host in IPv6 without port", CASE_GOOD, HOST("[::ffff:1.2.3.4]")),
	CASE("more follows", CASE_GOOD, LINE("GET /p HTTP/1.1") "GET /x HTTP/1.1\r\n"),

	CASE("nothing", CASE_MORE, ""),
	CASE("half a line", CASE_MORE, "GET /p HT"),
	CASE("one line", CASE_MORE, "GET /p HTTP/1.1\r\n"),
	CASE("CR of the last line", CASE_MORE, "GET /p HTTP/1.1\r\nHost: x\r\n\r"),

	CASE("two empty lines first", 400, "\r\n\r\n" LINE("GET /p HTTP/1.1")),
	CASE("space first", 400, LINE(" GET /p HTTP/1.1")),
	CASE("HTTP/0.9", 400, "GET /p\r\n\r\n"),
	CASE("no target", 400, LINE("GET HTTP/1.1")),
	CASE("two spaces", 400, LINE("GET  /p HTTP/1.1")),
	CASE("two spaces before the version", 400, LINE("GET /p  HTTP/1.1")),
	CASE("space at the end", 400, LINE("GET /p HTTP/1.1 ")),
	CASE("tabs", 400, LINE("GET\t/p\tHTTP/1.1")),
	CASE("space in the target", 400, LINE("GET /p q HTTP/1.1")),
	CASE("no slash", 400, LINE("GET p HTTP/1.1")),
	CASE("absolute form", 400, LINE("GET http://x/p HTTP/1.1")),
	CASE("authority form", 501, LINE("CONNECT x:1 HTTP/1.1")),
	CASE("star without OPTIONS", 400, LINE("GET * HTTP/1.1")),
	CASE("star and more", 400, LINE("OPTIONS */p HTTP/1.1")),
	CASE("fragment", 400, LINE("GET /p#q HTTP/1.1")),
	CASE("quote in the target", 400, LINE("GET /p\"q HTTP/1.1")),
	CASE("backslash in the target", 400, LINE("GET /p\\q HTTP/1.1")),
	CASE("high byte in the target", 400, LINE("GET /p\xc3\xa4 HTTP/1.1")),
	CASE("NUL in the target", 400, LINE("GET /p\0q HTTP/1.1")),
	CASE("half an escape", 400, LINE("GET /p%4 HTTP/1.1")),
	CASE("no hex in an escape", 400, LINE("GET /p%4g HTTP/1.1")),
	CASE("percent at the end", 400, LINE("GET /p% HTTP/1.1")),
	CASE("bad method", 400, LINE("GE(T /p HTTP/1.1")),
	CASE("no method", 400, LINE("/p HTTP/1.1")),
	CASE("unknown method", 501, LINE("TRACE /p HTTP/1.1")),
	CASE("method in lower case", 501, LINE("get /p HTTP/1.1")),
	CASE("method and more", 501, LINE("GETX /p HTTP/1.1")),
	CASE("HTTP/1.2", 505, LINE("GET /p HTTP/1.2")),
	CASE("HTTP/2.0", 505, LINE("GET /p HTTP/2.0")),
	CASE("HTTP/2 at once", 501, LINE("PRI * HTTP/2.0")),
	CASE("HTTP/0.9 in words", 505, LINE("GET /p HTTP/0.9")),
	CASE("HTTP/1.10", 400, LINE("GET /p HTTP/1.10")),
	CASE("HTTP/1.1x", 400, LINE("GET /p HTTP/1.1x")),
	CASE("http/1.1", 400, LINE("GET /p http/1.1")),
	CASE("HTTP/11", 400, LINE("GET /p HTTP/11")),

	CASE("bare LF everywhere", 400, "GET /p HTTP/1.1\nHost: x\n\n"),
	CASE("bare LF in a value", 400, WITH("A: b\nContent-Length: 0\r\n")),
	CASE("bare LF at the end", 400, "GET /p HTTP/1.1\r\nHost: x\r\n\n"),
	CASE("bare CR in a value", 400, WITH("A: b\rContent-Length: 0\r\n")),
	CASE("CR CR LF", 400, WITH("A: b\r\r\n")),
	CASE("NUL in a value", 400, WITH("A: b\0c\r\n")),
	CASE("control in a value", 400, WITH("A: b\x01" "c\r\n")),
	CASE("DEL in a value", 400, WITH("A: b\x7f\r\n")),
	CASE("fold with space", 400, WITH("A: b\r\n c\r\n")),
	CASE("fold with tab", 400, WITH("A: b\r\n\tc\r\n")),
	CASE("fold of a length", 400, WITH("Content-Length:\r\n 3\r\n")),
	CASE("fold before the first header", 400, "GET /p HTTP/1.1\r\n Host: x\r\n\r\n"),
	CASE("line of spaces", 400, WITH(" \r\n")),
	CASE("space before the colon", 400, WITH("Content-Length : 3\r\n")),
	CASE("tab before the colon", 400, WITH("A\t: 3\r\n")),
	CASE("space in a name", 400, WITH("A B: c\r\n")),
	CASE("parentheses in a name", 400, WITH("A(b): c\r\n")),
	CASE("high byte in a name", 400, WITH("A\xc3\xa4: c\r\n")),
	CASE("NUL in a name", 400, WITH("A\0B: c\r\n")),
	CASE("no name", 400, WITH(": c\r\n")),
	CASE("no colon", 400, WITH("Abc\r\n")),

	CASE("no host", 400, "GET /p HTTP/1.1\r\nA: b\r\n\r\n"),
	CASE("no host in HTTP/1.0", 400, "GET /p HTTP/1.0\r\n\r\n"),
	CASE("two hosts", 400, WITH("Host: y\r\n")),
	CASE("two hosts alike", 400, WITH("hOST: x\r\n")),
	CASE("empty host", 400, HOST("")),
	CASE("host with a space", 400, HOST("a b")),
	CASE("host with user", 400, HOST("a@b")),
	CASE("host with path", 400, HOST("a/b")),
	CASE("host list", 400, HOST("a, b")),
	CASE("host with empty port", 400, HOST("a:")),
	CASE("host with long port", 400, HOST("a:123456")),
	CASE("host with word for port", 400, HOST("a:http")),
	CASE("host of a port", 400, HOST(":80")),
	CASE("host with two ports", 400, HOST("a:1:2")),
	CASE("open bracket", 400, HOST("[::1")),
	CASE("empty brackets", 400, HOST("[]")),
	CASE("name in brackets", 400, HOST("[localhost]")),
	CASE("name behind brackets", 400, HOST("[::1]x")),

	CASE("two lengths", 400, WITH("Content-Length: 3\r\nContent-Length: 31\r\n")),
	CASE("two lengths alike", 400, WITH("Content-Length: 3\r\ncontent-length: 3\r\n")),
	CASE("length list", 400, WITH("Content-Length: 3, 3\r\n")),
	CASE("negative length", 400, WITH("Content-Length: -1\r\n")),
	CASE("length with plus", 400, WITH("Content-Length: +3\r\n")),
	CASE("length in hex", 400, WITH("Content-Length: 0x3\r\n")),
	CASE("length with a letter", 400, WITH("Content-Length: 3a\r\n")),
	CASE("length in two words", 400, WITH("Content-Length: 3 3\r\n")),
	CASE("no length", 400, WITH("Content-Length:\r\n")),
	CASE("length of 16 digits", 400, WITH("Content-Length: 0000000000000003\r\n")),
	CASE("length over 64 bits", 400, WITH("Content-Length: 18446744073709551619\r\n")),
	CASE("length and chunked", 400, WITH("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")),
	CASE("chunked and length", 400, WITH("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")),
	CASE("two codings", 400, WITH("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")),
	CASE("other coding", 501, WITH("Transfer-Encoding: gzip\r\n")),
	CASE("coding list", 501, WITH("Transfer-Encoding: gzip, chunked\r\n")),
	CASE("chunked twice", 501, WITH("Transfer-Encoding: chunked, chunked\r\n")),
	CASE("identity", 501, WITH("Transfer-Encoding: identity\r\nContent-Length: 3\r\n")),
	CASE("chunked and more", 501, WITH("Transfer-Encoding: chunkedx\r\n")),
	CASE("empty coding", 501, WITH("Transfer-Encoding:\r\n")),
	CASE("chunked with VT", 400, WITH("Transfer-Encoding: \x0b" "chunked\r\n")),
	CASE("chunked in HTTP/1.0", 400,
		"POST /p HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"),
	CASE("two authorizations", 400, WITH("Authorization: a\r\nAuthorization: a\r\n")),
	CASE("high byte in an authorization", 400, WITH("Authorization: \xc3\xa4\r\n")),
	CASE("two origins", 400, WITH("Origin: a\r\nOrigin: b\r\n")),
	CASE("tab in an origin", 400, WITH("Origin: a\tb\r\n")),
	CASE("two content types", 400, WITH("Content-Type: a/b\r\nContent-Type: a/b\r\n")),
	CASE("two connections", 400, WITH("Connection: close\r\nConnection: close\r\n")),
	CASE("connection not a list", 400, WITH("Connection: keep alive\r\n")),
	CASE("connection with a gap", 400, WITH("Connection: close,,a\r\n")),
	CASE("connection with a comma at the end", 400, WITH("Connection: close,\r\n")),
	CASE("two expectations", 400, WITH("Expect: 100-continue\r\nExpect: 100-continue\r\n")),
	CASE("other expectation", 417, WITH("Expect: 200-ok\r\n")),
	CASE("no expectation", 417, WITH("Expect:\r\n")),
};

struct http_chunk_case {
	const char *name;
	int status;
	const char *bytes, *decoded;
};

/* Decoded under a limit of 20 bytes. */
enum { HTTP_CHUNK_LIMIT = 20 };

static const struct http_chunk_case http_chunk_cases[] = {
	{ "nothing", CASE_GOOD, "0\r\n\r\n", "" },
	{ "many zeros", CASE_GOOD, "00000000\r\n\r\n", "" },
	{ "two chunks", CASE_GOOD, "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", "abc0123456789" },
	{ "lower case, zero in front", CASE_GOOD, "0b\r\n01234567890\r\n0\r\n\r\n", "01234567890" },
	{ "CR LF inside", CASE_GOOD, "4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n" },
	{ "exactly the limit", CASE_GOOD, "a\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n",
		"01234567890123456789" },
	{ "next request behind", CASE_GOOD, "1\r\na\r\n0\r\n\r\nGET /", "a" },
	{ "end missing", CASE_MORE, "1\r\na\r\n0\r\n\r", "a" },
	{ "data missing", CASE_MORE, "5\r\nab", "ab" },
	{ "over the limit", 413, "a\r\n0123456789\r\nb\r\n", "0123456789" },
	{ "far over the limit", 413, "ffffffff\r\n", "" },
	{ "nine digits", 400, "000000003\r\nabc\r\n0\r\n\r\n", "" },
	{ "2^64 + 3", 400, "10000000000000003\r\nabc\r\n0\r\n\r\n", "" },
	{ "2^32 + 3", 400, "100000003\r\nabc\r\n0\r\n\r\n", "" },
	{ "no size", 400, "\r\nabc\r\n0\r\n\r\n", "" },
	{ "negative", 400, "-1\r\na\r\n0\r\n\r\n", "" },
	{ "plus", 400, "+1\r\na\r\n0\r\n\r\n", "" },
	{ "0x", 400, "0x1\r\na\r\n0\r\n\r\n", "" },
	{ "space before the size", 400, " 1\r\na\r\n0\r\n\r\n", "" },
	{ "space behind the size", 400, "1 \r\na\r\n0\r\n\r\n", "" },
	{ "not hex", 400, "1g\r\na\r\n0\r\n\r\n", "" },
	{ "extension", 400, "1;a=b\r\na\r\n0\r\n\r\n", "" },
	{ "extension with bare LF", 400, "1;a\na\r\n0\r\n\r\n", "" },
	{ "bare LF behind the size", 400, "1\na\r\n0\r\n\r\n", "" },
	{ "bare CR behind the size", 400, "1\ra\r\n0\r\n\r\n", "" },
	{ "data longer than the size", 400, "1\r\nab\r\n0\r\n\r\n", "a" },
	{ "bare LF behind the data", 400, "1\r\na\n0\r\n\r\n", "a" },
	{ "nothing behind the data", 400, "1\r\na0\r\n\r\n", "a" },
	{ "trailer", 400, "1\r\na\r\n0\r\nA: b\r\n\r\n", "a" },
	{ "bare LF at the end", 400, "0\r\n\n", "" },
};

#endif

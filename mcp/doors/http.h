/* The HTTP door: one loop thread that owns every socket, reads requests with the strict parser
 * of http_head.h and hands each whole request to one handler. Answers may come from any thread;
 * one request at a time per connection, answers in order. The loop never waits: what a slow,
 * silent or hostile client can hold is bounded in time and bytes. Who may ask, and for what, is
 * the caller's business. */
#ifndef FLASH_HTTP_H
#define FLASH_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "mcp/base/error.h"

struct http_server;
struct http_request;

struct http_field {
	const char *name, *value;
};

/* Zero means the default in brackets. Times are absolute: dripping bytes does not prolong them. */
struct http_config {
	const char *address;    /* name or address to bind ["127.0.0.1"] */
	int port;               /* 0 = any free port */
	int head_ms;            /* from the first byte of a head to its last [10,000]; then 408 */
	int body_ms;            /* from the end of the head to the end of the body [30,000]; then 408 */
	int idle_ms;            /* without a request [60,000]; then the connection is closed */
	int write_ms;           /* for the client to take what waits for it [30,000]; then closed */
	int connections_max;    /* at once [4,096]; more get 503. main raises RLIMIT_NOFILE to fit */
	int per_address_max;    /* at once from one IPv4 address or IPv6 /64 [no limit] */
	size_t body_max;        /* bytes of one body [256 KiB]; more get 413 */
	const char *large_path; /* paths that begin so take bodies of large_max; NULL: none */
	size_t large_max;       /* bytes; at most 64 bodies over body_max at once, more get 503 */
	size_t stream_max;      /* unsent bytes of one stream [1 MiB]; then closed */
	int grace_ms;           /* for open requests after http_stop [10,000] */
};

/* Called on the loop thread with a whole request; must not block. The request is the handler's,
 * to answer now or later, here or from another thread, with exactly one of http_reply or
 * http_stream_open..http_stream_close. */
typedef void (*http_handler)(struct http_request *request, void *context);

/* Binds and listens; NULL and ERROR_CONFIG when the address or port cannot be had. */
struct http_server *http_open(const struct http_config *config, http_handler handler, void *context,
	struct error *error);

/* The port that was bound. */
int http_port(const struct http_server *server);

/* The loop; the calling thread is the loop thread. Returns after http_stop, when every open
 * request was answered and its connection closed, or when the grace time has passed. Called
 * once. */
void http_run(struct http_server *server);

/* No new connections; idle ones and streams are closed, open requests may still be answered.
 * From any thread or a signal handler; before http_close. */
void http_stop(struct http_server *server);

/* Frees the server. Requests that are still unanswered stay valid: they are gone (http_gone),
 * and must still be answered once, which frees them. */
void http_close(struct http_server *server);

/* The request, immutable and valid until it is answered. Method: GET, POST, HEAD, PUT, PATCH,
 * DELETE or OPTIONS. Target: "/path?query", not decoded, or "*". Peer: the client's address,
 * without port. */
const char *http_method(const struct http_request *request);
const char *http_target(const struct http_request *request);
const char *http_peer(const struct http_request *request);

/* A header's value by its name in lower case; NULL when absent, the first when it came more than
 * once. Host, Content-Length, Transfer-Encoding, Authorization, Origin, Content-Type, Connection
 * and Expect come once or the request was refused; for others http_header_count says how often. */
const char *http_header(const struct http_request *request, const char *lower_case_name);
size_t http_header_count(const struct http_request *request, const char *lower_case_name);

/* The body, decoded and whole, with a NUL behind it that *size does not count; "" when there is
 * none. */
const char *http_body(const struct http_request *request, size_t *size);

/* Answers and ends the request, which is gone afterwards. Everything is copied. From any thread,
 * as all below. Content-Length and Connection are made here. A field that a browser or proxy
 * could read as two (control characters, a bad name, one of those made here) turns the answer
 * into a plain 500. */
void http_reply(struct http_request *request, int status, const struct http_field *fields,
	size_t count, const char *body, size_t size);

/* Begins an answer of unknown length (server-sent events); chunked, or until close for HTTP/1.0.
 * Writes are sent at once, in order; once the client is gone they are dropped. One thread at a
 * time. Close ends the request, which is gone afterwards. */
void http_stream_open(struct http_request *request, int status, const struct http_field *fields,
	size_t count);
void http_stream_write(struct http_request *request, const char *bytes, size_t size);
void http_stream_close(struct http_request *request);

/* Whether the client has gone: closed, reset, cut off for not reading, or ended by http_stop. A
 * client that only closed its sending half counts as gone too, but a reply still reaches it. */
bool http_gone(const struct http_request *request);

#endif

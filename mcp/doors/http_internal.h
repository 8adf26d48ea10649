/* What http.c, http_conn.c and http_reply.c share; nobody else includes it. A request belongs to the loop
 * until the handler gets it, then to whoever answers; the two meet only in `connection` (loop thread
 * only), the atomics, and the queue of outputs. */
#ifndef FLASH_HTTP_INTERNAL_H
#define FLASH_HTTP_INTERNAL_H

#include <event2/event.h>
#include <event2/listener.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http.h"
#include "http_head.h"
#include "http_peers.h"

/* Read at once, and at most waiting unread by us on one connection: room for the longest head. */
enum { HTTP_INPUT_BYTES = HTTP_HEAD_BYTES };

struct http_connection;

enum http_output_kind {
	HTTP_OUTPUT_REPLY,      /* a whole answer; the request ends */
	HTTP_OUTPUT_OPEN,       /* the head of a stream */
	HTTP_OUTPUT_PIECE,      /* a piece of a stream */
	HTTP_OUTPUT_END,        /* the end of a stream; the request ends */
	HTTP_OUTPUT_CUT         /* a stream's client is too slow: close it now */
};

/* Bytes on their way from an answering thread to a socket. */
struct http_output {
	struct http_output *next;
	struct http_request *request;
	enum http_output_kind kind;
	bool close;             /* the connection ends after these bytes */
	size_t size, sent;
	char bytes[];
};

struct http_request {
	struct http_server *server;
	struct http_connection *connection;     /* NULL once the client has gone; loop thread only */
	atomic_bool gone;
	atomic_size_t pending;                  /* bytes of a stream that are not sent yet */
	bool head_only, keep_alive;
	unsigned minor;
	const char *method, *target, *peer;
	char *body;
	size_t body_size, body_room;
	size_t count;
	struct http_field fields[];             /* then their texts */
};

struct http_server {
	struct http_config config;
	http_handler handler;
	void *context;
	int port, wake_fd;
	struct event_base *base;
	struct evconnlistener *listener;
	struct event *wake, *relisten, *grace;

	/* Loop thread only. */
	struct http_connection *connections;
	int count, surplus;
	struct http_peers *peers;
	const struct timeval *head_time, *body_time, *idle_time, *write_time, *linger_time;
	char scratch[HTTP_INPUT_BYTES];
	bool queue_due;                         /* the handler ran: look at the queue before sleeping */
	bool stopped;                           /* http_stop was noticed */

	/* The queue of outputs, under the lock. */
	pthread_mutex_t lock;
	struct http_output *first, **last;
	bool awake;                             /* the loop will look at the queue before it sleeps */
	bool ended;                             /* nobody will look again */

	atomic_bool stopping;
	atomic_int references;                  /* one for the owner, one per request handed out */
};

/* http.c */

/* Zeroed memory, or abort. */
void *http_alloc(size_t size);

/* Hands a request to the handler. */
void http_dispatch(struct http_request *request);

/* Frees a request that was not handed out, or was and is answered. */
void http_request_drop(struct http_request *request);
void http_request_end(struct http_request *request);

/* Sends what other threads, or the handler, have queued. Every loop callback that may have run the
 * handler ends with it. */
void http_drain(struct http_server *server);

/* A connection was freed: listen again if that had stopped, leave the loop if it was the last. */
void http_connection_freed(struct http_server *server);

/* http_conn.c */

/* Owns the socket from here on. */
void http_connection_open(struct http_server *server, int fd, const struct sockaddr *address);

/* Takes one queued output; returns the connection that must then be flushed, or NULL. */
struct http_connection *http_connection_take(struct http_output *output);

/* Sends and settles; may free the connection. */
void http_connection_flush(struct http_connection *connection);

/* For http_stop: closes what is idle, ends streams, lets the rest finish. May free the connection. */
void http_connection_stop(struct http_connection *connection);

/* Closes at once and frees. */
void http_connection_free(struct http_connection *connection);

/* The list of all connections, and the list of those to flush. */
struct http_connection *http_connection_next(const struct http_connection *connection);
bool http_connection_mark(struct http_connection *connection, struct http_connection *dirty);
struct http_connection *http_connection_unmark(struct http_connection *connection);

/* http_reply.c */

/* A whole answer, or with `stream` the head of one. */
struct http_output *http_output_reply(struct http_request *request, int status,
	const struct http_field *fields, size_t count, const char *body, size_t size, bool stream);

/* The answer to what could not be read or taken as a request; the connection closes after it. */
struct http_output *http_output_refusal(int status, const char *sentence, bool head_only);

/* These bytes, framed as a chunk when `chunk`. */
struct http_output *http_output_bytes(const char *bytes, size_t size, bool chunk);

#endif

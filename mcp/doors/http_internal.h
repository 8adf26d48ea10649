/* What the http*.c files share; nobody else includes it. http.c has the loop and the queue of
 * outputs, http_conn.c a connection's events, http_request.c turns input into requests,
 * http_reply.c answers into bytes, http_send.c bytes into a socket, http_wire.c keeps that open. A
 * request belongs to the loop until the handler gets it, then to whoever answers; the two meet only
 * in the atomics, in the queue, and at the wire. */
#ifndef FLASH_HTTP_INTERNAL_H
#define FLASH_HTTP_INTERNAL_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/listener.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http.h"
#include "http_chunk.h"
#include "http_head.h"
#include "http_peers.h"

/* Unread input that one connection may hold: room for the longest head. */
enum { HTTP_INPUT_BYTES = HTTP_HEAD_BYTES };

enum http_deadline {
	HTTP_DEADLINE_NONE,
	HTTP_DEADLINE_IDLE,
	HTTP_DEADLINE_HEAD,
	HTTP_DEADLINE_BODY,
	HTTP_DEADLINE_WRITE,
	HTTP_DEADLINE_LINGER,
	HTTP_DEADLINE_COUNT
};

enum http_state {
	HTTP_STATE_IDLE,        /* no byte of a request yet */
	HTTP_STATE_HEAD,
	HTTP_STATE_BODY,
	HTTP_STATE_BUSY,        /* the handler has the request, or its answer is on the way */
	HTTP_STATE_REFUSING,    /* a last answer is on the way; nothing more is understood */
	HTTP_STATE_LINGER,      /* all is said; a moment for the client to read it and close */
	HTTP_STATE_CLOSED       /* to be freed by settle */
};

enum http_output_kind {
	HTTP_OUTPUT_BYTES,      /* made by the loop, or a piece of a stream */
	HTTP_OUTPUT_OPEN,       /* the head of a stream */
	HTTP_OUTPUT_LAST,       /* a whole answer, or the end of a stream; the request ends */
	HTTP_OUTPUT_CUT         /* a stream's client is too slow: close it now */
};

/* Bytes on their way from an answering thread to a socket. */
struct http_output {
	struct http_output *next;
	struct http_request *request;   /* NULL when the loop made it */
	enum http_output_kind kind;
	bool close;                     /* the connection ends after these bytes */
	size_t size, sent;
	char bytes[];
};

/* A socket, open as long as its connection or a request that came by it needs it. */
struct http_wire {
	int fd;
	atomic_int holders;
};

struct http_request {
	struct http_server *server;
	struct http_wire *wire;                 /* held since it was handed out; NULL: bytes were on their way then */
	struct http_connection *connection;     /* set while handed out; loop thread only */
	atomic_bool gone;
	atomic_bool followed;                   /* bytes that came behind it wait for its end */
	atomic_size_t pending;                  /* bytes of a stream that are not sent yet */
	bool head_only, keep_alive;
	bool large;                             /* its body is one of server->large */
	unsigned minor;
	const char *method, *target, *peer;
	char *body;
	size_t body_size, body_room;
	size_t count;
	struct http_field fields[];             /* then their texts */
};

struct http_connection {
	struct http_server *server;
	struct http_connection *next, **link;   /* among all */
	struct http_connection *dirty_next;     /* among those to flush */
	struct http_peer *seat;                 /* NULL for one over the cap */
	char peer[HTTP_PEER_TEXT];
	int fd;
	struct http_wire *wire;                 /* of the same fd */
	enum http_state state;
	enum http_deadline deadline;            /* the one that counts now */
	struct event read, write, timer;
	bool reading, writing;

	/* Unread input: `size` bytes at bytes + begin. The server's scratch while a callback runs. */
	char *bytes;
	size_t begin, size, discarded;
	bool ended;                             /* the client has closed its sending half */

	struct http_head head;
	struct http_chunk chunk;
	struct http_request *request;

	/* What waits to be sent; totals put in and taken by the socket over the connection's life. */
	struct http_output *first, **last;
	uint64_t queued, sent, mark;
	bool finishing, close, streaming, dirty;
};

struct http_server {
	struct http_config config;
	http_handler handler;
	void *context;
	int port, wake_fd;
	struct event_base *base;
	struct evconnlistener *listener;
	struct event *wake, *relisten, *grace, *sweep;

	/* Loop thread only. */
	struct http_connection *connections, *dirty;
	int count, surplus;                     /* connections under the cap, and over it */
	struct http_peers *peers;
	const struct timeval *times[HTTP_DEADLINE_COUNT];
	bool paused;                            /* no descriptors left: not listening for a moment */
	bool stopped;                           /* http_stop was noticed */
	char scratch[HTTP_INPUT_BYTES];

	/* The queue of outputs, under the lock. */
	pthread_mutex_t lock;
	struct http_output *first, **last;
	bool awake;                             /* the loop will look at the queue before it sleeps */
	bool ended;                             /* nobody will look again */
	uint64_t looked;                        /* how often the loop has */

	atomic_int large;                       /* bodies over body_max that are held now */
	atomic_bool stopping;
	atomic_int references;                  /* one for the owner, one per request handed out */
};

/* http.c */

/* Zeroed memory, or abort. */
void *http_alloc(size_t size);

/* Hands a request to the handler. */
void http_dispatch(struct http_request *request);

/* Frees a request that was handed out and is answered. */
void http_request_end(struct http_request *request);

/* Sends what other threads, or the handler, have queued. Every callback that may have run the
 * handler ends with it. */
void http_drain(struct http_server *server);

/* A connection was freed: listen again if that had stopped, leave the loop if it was the last. */
void http_connection_freed(struct http_server *server);

/* http_conn.c */

/* Owns the socket from here on. */
void http_connection_open(struct http_server *server, int fd, const struct sockaddr *address);

/* After every change of state: frees a closed connection, or says what it listens for and until
 * when. */
void http_connection_settle(struct http_connection *connection);

/* For http_stop: closes what is idle, ends streams, lets the rest finish. */
void http_connections_stop(struct http_server *server);

/* Closes and frees all. */
void http_connections_free(struct http_server *server);

/* http_request.c */

/* As far as the input goes: to the handler, to a refusal, or to the need for more. */
void http_connection_advance(struct http_connection *connection);

/* Bytes of a body of known length that have not come yet. */
size_t http_body_left(const struct http_connection *connection);

/* Room for `more` bytes behind the body and a NUL. */
char *http_body_space(struct http_request *request, size_t more);

/* Frees a request that was not handed out. */
void http_request_free(struct http_request *request);

/* http_send.c */

void http_connection_append(struct http_connection *connection, struct http_output *output);

/* Sends what the socket takes; when all is sent, goes on to the next request or to the end. */
void http_connection_send(struct http_connection *connection);

/* Answers what cannot be understood or taken; the connection ends after it, nothing more is
 * parsed. */
void http_connection_refuse(struct http_connection *connection, int status, const char *sentence);

/* All is said: closes our half, and waits a moment for the client's. */
void http_connection_linger(struct http_connection *connection);

/* Gives a queued output to its connection; http_connections_flush then sends, and may free some. */
void http_connection_take(struct http_output *output);
void http_connections_flush(struct http_server *server);

/* http_wire.c */

struct http_wire *http_wire_new(int fd);
struct http_wire *http_wire_hold(struct http_wire *wire);

/* The last one closes the socket. NULL is allowed. */
void http_wire_release(struct http_wire *wire);

/* Sends what the socket takes of an answer that nothing was sent of, without waiting. On any thread. */
void http_wire_send(struct http_wire *wire, struct http_output *output);

/* http_reply.c */

/* A whole answer, or with `stream` the head of one. */
struct http_output *http_output_reply(struct http_request *request, int status,
	const struct http_field *fields, size_t count, const char *body, size_t size, bool stream);

/* The answer to what could not be read or taken as a request; the connection closes after it. */
struct http_output *http_output_refusal(int status, const char *sentence, bool head_only);

/* These bytes, framed as a chunk when `chunk`. */
struct http_output *http_output_bytes(const char *bytes, size_t size, bool chunk);

#endif

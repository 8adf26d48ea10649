/* One POST to the endpoint, from the worker that reads it to the reply: its key, its messages, their answers. What
 * is answered or refused here is audited before it leaves, like the tools' calls. Only mcp/doors includes this. */
#ifndef FLASH_EXCHANGE_H
#define FLASH_EXCHANGE_H

#include <stdatomic.h>

#include "guard.h"
#include "http.h"
#include "mcp/corridor/corridor.h"
#include "rpc.h"

struct door {
	struct corridor *corridor;
	struct http_server *http;
	struct guard guard;
	bool conformance;              /* the fixtures may be granted */
	atomic_int references;         /* the owner's, and one for each exchange under way */
};

struct exchange;

/* One message of an exchange. In a batch it has an arena of its own: its answer may be made beside the others', on
 * another thread. */
struct message {
	struct exchange *exchange;
	struct arena *arena;
	struct rpc_message rpc;
	struct call call;              /* of a tool, or the note in the audit */
	enum error_code noted;         /* what the note says; anything else afterwards is news */
	int status;                    /* HTTP's, when it is the only message */
	char *body;                    /* NULL: nothing to say but 202 */
};

struct exchange {
	struct job job;                /* first: the corridor gives it back */
	struct door *door;
	struct http_request *request;
	struct arena *arena;
	struct caller caller;
	bool fixtures;                 /* the caller sees the conformance fixtures */
	bool is_read;                  /* key and body are read, before a worker had it */
	bool is_batch, is_stream;
	int64_t started_us;
	size_t count;
	struct message *messages;
	atomic_size_t open;            /* messages without an answer, and one while they are handed out */
};

/* Takes a request to the workers; answers 503 when they cannot take more. */
void exchange_start(struct door *door, struct http_request *request);

/* A refusal of a whole request: whose it was (or NULL), the code for the record, when it may leave (see struct call),
 * the answer, and for 405 the methods that the path takes. */
struct exchange_refusal {
	const struct caller *caller;
	enum error_code code;
	int64_t answer_us;
	struct fault fault;
	const char *allow;
};

/* Notes a refusal in the audit and answers it. Ends the request. */
void exchange_refuse(struct door *door, struct http_request *request, const struct exchange_refusal *refusal);

/* Answers a request at once, without a note: what concerns nobody. `what` is for the log. `retry_s`: with a 503, when
 * to ask again. Ends it. */
void exchange_send(struct http_request *request, int status, const char *body, const char *what, int retry_s);

/* A message's answer, exactly one of these: a result, which is taken over, `ttl_ms` as in rpc_complete(); a protocol's
 * fault; a tool's refusal that a model can read; or just 202. */
void message_result(struct message *message, json_t *result, int ttl_ms);
void message_fault(struct message *message, const struct fault *fault);
void message_refuse(struct message *message, enum error_code code, const char *sentence);
void message_accept(struct message *message);

/* For a call that the corridor has audited itself. */
void message_end(struct message *message, int status, char *body);

/* Before the answer: sends a notification or request as an event of a stream. False in a batch. Taken over. */
bool message_event(struct message *message, json_t *event);

/* Ends a message whose client has gone, without a note. */
void message_drop(struct message *message);

void door_hold(struct door *door);
void door_release(struct door *door);

#endif

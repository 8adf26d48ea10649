#include "exchange.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "answer.h"
#include "mcp/base/clock.h"
#include "mcp/base/log.h"
#include "mcp/base/text.h"
#include "serve.h"

/* HERE: bodies up to this size are read on the loop thread when their key is known. */
enum { BODY_MAX = 64 << 20, FIELDS = 5, HERE_BYTES = 4096 };

/* The path without its query, and not at all with a key in it: none may reach the log. */
static void log_request(const struct http_request *request, int status, const char *what, const char *key,
	int64_t started_us)
{
	const char *target = http_target(request);

	if (!log_wants(LOG_LEVEL_DEBUG))
		return;
	if (strstr(target, "fl_live_") != NULL)
		target = "(a path with a key)";
	log_debug("request", "%s %.*s %s %d key=%s us=%lld", http_method(request), (int)strcspn(target, "?"), target, what,
		status, key[0] == '\0' ? "-" : key, (long long)(clock_monotonic() - started_us));
}

/* Who and what is for the log only. */
struct reply {
	int status;
	const char *body, *allow, *what, *key;
	int64_t started_us;
	int retry_s;               /* 0: a second */
};

static void send_reply(struct http_request *request, const struct reply *reply)
{
	struct http_field fields[FIELDS] = { { "Cache-Control", "no-store" } };
	size_t count = 1;
	char retry[16];

	if (reply->body[0] != '\0')
		fields[count++] = (struct http_field){ "Content-Type", "application/json" };
	if (reply->status == 401)
		fields[count++] = (struct http_field){ "WWW-Authenticate", http_header(request, "authorization") == NULL
			? "Bearer realm=\"flash\"" : "Bearer realm=\"flash\", error=\"invalid_token\", "
			"error_description=\"The API key is unknown, revoked or expired\"" };
	if (reply->allow != NULL)
		fields[count++] = (struct http_field){ "Allow", reply->allow };
	snprintf(retry, sizeof retry, "%d", reply->status == 429 ? 60 : reply->retry_s > 0 ? reply->retry_s : 1);
	if (reply->status == 429 || reply->status == 503)
		fields[count++] = (struct http_field){ "Retry-After", retry };
	log_request(request, reply->status, reply->what, reply->key, reply->started_us);
	http_reply(request, reply->status, fields, count, reply->body, strlen(reply->body));
}

void exchange_send(struct http_request *request, int status, const char *body, const char *what, int retry_s)
{
	send_reply(request, &(struct reply){ status, body, NULL, what, "", clock_monotonic(), retry_s });
}

void door_hold(struct door *door)
{
	atomic_fetch_add(&door->references, 1);
}

void door_release(struct door *door)
{
	if (atomic_fetch_sub(&door->references, 1) == 1)
		free(door);
}

/* A refusal on its way through the audit. */
struct refusing {
	struct call call;
	struct arena *arena;
	struct http_request *request;
	struct exchange_refusal refusal;
	int64_t started_us;
};

/* What the corridor said instead of what was noted: the key is gone, or the record cannot be written. */
static void fault_of_news(struct fault *fault, struct arena *arena, const struct error *error)
{
	int status = error->code == ERROR_KEY ? 401 : 503;

	fault_set(fault, arena, status, FAULT_HTTP - status, "%s", error->text);
}

static void refusing_done(struct call *call)
{
	struct refusing *refusing = call->maker;
	struct arena *arena = refusing->arena;
	struct fault *fault = &refusing->refusal.fault;

	if (call->error.code != refusing->refusal.code)
		fault_of_news(fault, arena, &call->error);
	send_reply(refusing->request, &(struct reply){ fault->status, rpc_fault(arena, NULL, fault),
		fault->status == 405 ? refusing->refusal.allow : NULL, error_word(call->error.code), call->caller.key,
		refusing->started_us, 0 });
	arena_free(arena);
}

void exchange_refuse(struct door *door, struct http_request *request, const struct exchange_refusal *refusal)
{
	struct arena *arena = arena_new();
	struct refusing *refusing = arena_alloc(arena, sizeof *refusing);
	const struct fault *fault = &refusal->fault;

	refusing->arena = arena;
	refusing->request = request;
	refusing->refusal = *refusal;
	refusing->started_us = clock_monotonic();
	fault_set(&refusing->refusal.fault, arena, fault->status, fault->code, "%s", fault->text);
	refusing->call.arena = arena;
	refusing->call.name = "http";
	if (refusal->caller != NULL)
		refusing->call.caller = *refusal->caller;
	snprintf(refusing->call.caller.via, sizeof refusing->call.caller.via, "http");
	refusing->call.answer_us = refusal->answer_us;
	refusing->call.done = refusing_done;
	refusing->call.maker = refusing;
	error_set(&refusing->call.error, refusal->code, "%s", fault->text);
	corridor_note(door->corridor, &refusing->call);
}

static void exchange_free(struct exchange *exchange)
{
	struct door *door = exchange->door;

	for (size_t i = 0; exchange->is_batch && i < exchange->count; i++)
		arena_free(exchange->messages[i].arena);
	arena_free(exchange->arena);
	door_release(door);
}

static const char *what_was_asked(const struct exchange *exchange)
{
	const struct message *message = exchange->messages;

	if (exchange->is_batch)
		return "batch";
	if (log_wants(LOG_LEVEL_DEBUG) && message->rpc.handler == RPC_TOOLS_CALL && message->call.name != NULL)
		return arena_format(exchange->arena, "tools/call %.64s", message->call.name);
	return message->rpc.handler != RPC_NONE ? message->rpc.method : "-";
}

static char *join(struct exchange *exchange, int *status)
{
	struct text text = text_open(exchange->arena, BODY_MAX);

	*status = 200;
	for (size_t i = 0; i < exchange->count; i++) {
		const struct message *message = &exchange->messages[i];

		if (message->status == 401 || message->status == 503) {
			*status = message->status;
			return message->body;
		}
		if (message->body != NULL) {
			text_add(&text, text.size == 0 ? "[" : ",");
			text_add(&text, message->body);
		}
	}
	if (text.size == 0)
		*status = 202;
	else
		text_add(&text, "]");
	return text.bytes;
}

static void write_event(struct exchange *exchange, const char *body)
{
	struct text text = text_open(exchange->arena, BODY_MAX);

	text_format(&text, "event: message\ndata: ");
	text_add(&text, body);
	text_add(&text, "\n\n");
	http_stream_write(exchange->request, text.bytes, text.size);
}

/* One part less to wait for; after the last one the reply goes out and all is freed. */
static void exchange_part(struct exchange *exchange)
{
	if (atomic_fetch_sub(&exchange->open, 1) != 1)
		return;
	int status = exchange->messages->status;
	const char *body = exchange->messages->body;

	if (exchange->is_batch)
		body = join(exchange, &status);
	if (body == NULL)
		body = "";
	if (exchange->is_stream) {
		log_request(exchange->request, status, what_was_asked(exchange), exchange->caller.key, exchange->started_us);
		if (body[0] != '\0')
			write_event(exchange, body);
		http_stream_close(exchange->request);
	} else {
		send_reply(exchange->request, &(struct reply){ status, body, NULL, what_was_asked(exchange),
			exchange->caller.key, exchange->started_us, 0 });
	}
	exchange_free(exchange);
}

void message_end(struct message *message, int status, char *body)
{
	message->status = status;
	message->body = body;
	exchange_part(message->exchange);
}

void message_accept(struct message *message)
{
	message_end(message, 202, NULL);
}

void message_drop(struct message *message)
{
	message_end(message, 200, NULL);
}

static void note_done(struct call *call)
{
	struct message *message = call->maker;

	if (call->error.code != message->noted) {
		struct fault fault;

		fault_of_news(&fault, message->arena, &call->error);
		message->status = fault.status;
		message->body = rpc_fault(message->arena, message->rpc.id, &fault);
	}
	exchange_part(message->exchange);
}

/* Through the audit, then out. */
static void note(struct message *message, enum error_code code, const char *why)
{
	struct exchange *exchange = message->exchange;
	struct call *call = &message->call;

	call->arena = message->arena;
	call->caller = exchange->caller;
	call->started_us = exchange->started_us;
	if (call->name == NULL)
		call->name = message->rpc.handler == RPC_NONE ? "http" : message->rpc.method;
	call->done = note_done;
	call->maker = message;
	message->noted = code;
	if (code != ERROR_NONE)
		error_set(&call->error, code, "%s", why);
	corridor_note(exchange->door->corridor, call);
}

void message_result(struct message *message, json_t *result, int ttl_ms)
{
	rpc_complete(&message->rpc, result, ttl_ms);
	message->status = 200;
	message->body = rpc_result(message->arena, &message->rpc, result);
	note(message, ERROR_NONE, "");
}

void message_fault(struct message *message, const struct fault *fault)
{
	message->status = fault->status;
	message->body = rpc_fault(message->arena, message->rpc.id, fault);
	note(message, ERROR_FORMAT, fault->text);
}

void message_refuse(struct message *message, enum error_code code, const char *sentence)
{
	message->status = 200;
	message->body = answer_error(message->arena, &message->rpc, sentence, code);
	note(message, code, sentence);
}

bool message_event(struct message *message, json_t *event)
{
	static const struct http_field fields[] = { { "Content-Type", "text/event-stream" },
		{ "Cache-Control", "no-cache" }, { "X-Accel-Buffering", "no" } };
	struct exchange *exchange = message->exchange;
	char *text = json_dumps(event, JSON_COMPACT | JSON_REAL_PRECISION(15));

	if (text == NULL)
		abort();
	json_decref(event);
	if (!exchange->is_batch) {
		if (!exchange->is_stream)
			http_stream_open(exchange->request, 200, fields, sizeof fields / sizeof fields[0]);
		exchange->is_stream = true;
		write_event(exchange, text);
	}
	free(text);
	return !exchange->is_batch;
}

/* Refuses the whole exchange, not before `answer_us`; always false. */
static bool refuse_late(struct exchange *exchange, enum error_code code, int status, const char *text,
	int64_t answer_us)
{
	struct exchange_refusal refusal = { .caller = exchange->caller.is_key ? &exchange->caller : NULL, .code = code,
		.answer_us = answer_us };

	fault_set(&refusal.fault, exchange->arena, status, FAULT_HTTP - status, "%s", text);
	exchange_refuse(exchange->door, exchange->request, &refusal);
	exchange_free(exchange);
	return false;
}

static bool refuse_all(struct exchange *exchange, enum error_code code, int status, const char *text)
{
	return refuse_late(exchange, code, status, text, 0);
}

/* The text of the API key; NULL when the header has another form. */
static const char *key_of(const struct exchange *exchange)
{
	const char *value = http_header(exchange->request, "authorization");

	return value == NULL || strncasecmp(value, "Bearer ", 7) != 0 ? NULL : value + 7 + strspn(value + 7, " ");
}

static bool admit(struct exchange *exchange)
{
	exchange->fixtures = exchange->door->conformance && caller_holds(&exchange->caller, "conformance:fixtures");
	return true;
}

static bool authenticate(struct exchange *exchange, struct db *db)
{
	const char *key = key_of(exchange);
	struct error error = { .code = ERROR_NONE };
	int64_t began_us = clock_monotonic();

	if (key == NULL)
		return refuse_all(exchange, ERROR_KEY, 401, "The Authorization header must be: Bearer fl_live_... "
			"(an API key).");
	if (corridor_find_caller(exchange->door->corridor, db, key, http_peer(exchange->request), &exchange->caller,
		&error))
		return admit(exchange);
	if (error.code == ERROR_KEY)
		return refuse_late(exchange, error.code, 401, error.text, corridor_answer_us(began_us));
	return refuse_all(exchange, error.code, error.code == ERROR_RATE ? 429 : 503, error.text);
}

static bool check_type(struct exchange *exchange)
{
	const char *type = http_header(exchange->request, "content-type");
	size_t size = type == NULL ? 0 : strcspn(type, "; ");

	if (size == strlen("application/json") && strncasecmp(type, "application/json", size) == 0 &&
	    http_header(exchange->request, "content-encoding") == NULL)
		return true;
	return refuse_all(exchange, ERROR_FORMAT, 415, "The Content-Type must be application/json, without a "
		"Content-Encoding.");
}

static bool read_body(struct exchange *exchange)
{
	struct http_request *request = exchange->request;
	struct era_headers headers = { http_header(request, "mcp-protocol-version"), http_header(request, "mcp-method"),
		http_header(request, "mcp-name"), http_header_count(request, "mcp-protocol-version") > 1 ||
		http_header_count(request, "mcp-method") > 1 || http_header_count(request, "mcp-name") > 1 };
	struct exchange_refusal refusal = { .caller = &exchange->caller, .code = ERROR_FORMAT };
	struct rpc_batch batch;
	size_t size;
	const char *body = http_body(request, &size);

	if (!rpc_read(exchange->arena, &headers, body, size, exchange->fixtures, &batch, &refusal.fault)) {
		exchange_refuse(exchange->door, request, &refusal);
		exchange_free(exchange);
		return false;
	}
	exchange->is_batch = batch.is_array;
	exchange->messages = arena_alloc(exchange->arena, batch.count * sizeof *exchange->messages);
	exchange->count = batch.count;
	for (size_t i = 0; i < batch.count; i++)
		exchange->messages[i] = (struct message){ .exchange = exchange, .rpc = batch.messages[i], .status = 200,
			.arena = batch.is_array ? arena_new() : exchange->arena };
	return true;
}

/* On a worker. */
static void exchange_run(struct job *job, struct corridor *corridor, struct db *db)
{
	struct exchange *exchange = (struct exchange *)(void *)job;

	if (!exchange->is_read && (!authenticate(exchange, db) || !check_type(exchange) || !read_body(exchange)))
		return;
	atomic_store(&exchange->open, exchange->count + 1);
	for (size_t i = 0; i < exchange->count; i++)
		serve_message(&exchange->messages[i], corridor, db);
	exchange_part(exchange);
}

/* The tenant that the key's text names, right or not: in whose turn the request waits. 0: none. */
static int tenant_said(const struct http_request *request)
{
	static const char before[] = "Bearer fl_live_";
	const char *value = http_header(request, "authorization");

	if (value == NULL || strncasecmp(value, before, sizeof before - 1) != 0)
		return 0;
	long tenant = strtol(value + sizeof before - 1, NULL, 10);

	return tenant > 0 && tenant <= INT_MAX ? (int)tenant : 0;
}

/* On the loop thread: what is known already needs no worker, neither a key that was found before nor a question whose
 * answer was kept. True when the exchange is under way or over; false: a worker goes on with it. */
static bool answer_here(struct exchange *exchange)
{
	struct corridor *corridor = exchange->door->corridor;
	const char *key = key_of(exchange);
	size_t size;

	http_body(exchange->request, &size);
	if (size > HERE_BYTES || key == NULL || !corridor_known_caller(corridor, key, exchange->arena, &exchange->caller))
		return false;
	admit(exchange);
	if (!check_type(exchange) || !read_body(exchange))
		return true;
	exchange->is_read = true;
	if (exchange->is_batch)
		return false;
	atomic_store(&exchange->open, 2);
	if (!serve_kept(exchange->messages, corridor))
		return false;
	exchange_part(exchange);
	return true;
}

void exchange_start(struct door *door, struct http_request *request)
{
	struct arena *arena = arena_new();
	struct exchange *exchange = arena_alloc(arena, sizeof *exchange);

	door_hold(door);
	exchange->job.run = exchange_run;
	exchange->door = door;
	exchange->request = request;
	exchange->arena = arena;
	exchange->started_us = clock_monotonic();
	if (answer_here(exchange) || corridor_post(door->corridor, &exchange->job, tenant_said(request)))
		return;
	struct fault fault;

	fault_set(&fault, arena, 503, FAULT_HTTP - 503, "Too many requests are waiting; nothing was done. Try again in a "
		"second.");
	exchange_send(request, 503, rpc_fault(arena, NULL, &fault), "busy", 1);
	exchange_free(exchange);
}

/* One request of a feed: on a worker its signature and its body are read, then a keeper writes it. What is refused
 * goes through the audit before it is answered; what is taken has its audit row in its own transaction. */
#include "events.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mcp/base/clock.h"
#include "mcp/base/seal.h"
#include "mcp/events/feed.h"
#include "mcp/events/webhook.h"

/* A batch that comes too often, or during an import, is sent again by a machine: no need to ask each second. */
enum { RETRY_S = 10 };

struct posting {
	struct job job;           /* first: the corridor gives it back */
	struct door *door;
	struct http_request *request;
	struct arena *arena;
	struct feed feed;
	bool is_named;            /* the path names a feed, be there one or not */
	struct event_batch batch;
	struct bulks columns;     /* of the batch, as the database takes them */
	const char *digest;       /* of the body */
	struct call call;         /* the note of a refusal; its id is the batch's too */
	int status;
};

static void posting_free(struct posting *posting)
{
	struct door *door = posting->door;

	arena_free(posting->arena);
	door_release(door);
}

static void answer(struct posting *posting, int status, json_t *json)
{
	exchange_send(posting->request, status, arena_dump(posting->arena, json), "events", RETRY_S);
	posting_free(posting);
}

static void refused(struct call *call)
{
	struct posting *posting = call->maker;
	json_t *json = json_pack("{s:s, s:s}", "error", error_word(call->error.code), "message", call->error.text);

	answer(posting, posting->status, arena_json(posting->arena, json));
}

static int status_of(enum error_code code)
{
	return code == ERROR_KEY ? 401 : code == ERROR_CAP ? 413 : code == ERROR_RATE ? 429 : code == ERROR_FORMAT ? 400
		: code == ERROR_BUSY || code == ERROR_UNAVAILABLE ? 503 : 500;
}

/* Notes the posting's error, then answers it. `status` 0: that of the error. */
static void refuse(struct posting *posting, int status)
{
	struct call *call = &posting->call;

	posting->status = status == 0 ? status_of(call->error.code) : status;
	if (posting->digest != NULL)
		snprintf(call->digest, sizeof call->digest, "%s", posting->digest);
	corridor_note(posting->door->corridor, call);
}

/* Under the tenant's record only once the feed is known: a stranger's guesses are nobody's. */
static void name_caller(struct posting *posting, bool is_feed)
{
	struct caller *caller = &posting->call.caller;

	caller->tenant = posting->feed.tenant;
	snprintf(caller->kind, sizeof caller->kind, "%s", is_feed ? "feed" : "");
	snprintf(caller->key, sizeof caller->key, "feed:%s", posting->feed.name);
}

static const char *header_once(const struct http_request *request, const char *name)
{
	return http_header_count(request, name) == 1 ? http_header(request, name) : NULL;
}

static bool is_json(const struct http_request *request)
{
	const char *type = http_header(request, "content-type");
	size_t size = type == NULL ? 0 : strcspn(type, "; ");

	return size == strlen("application/json") && strncasecmp(type, "application/json", size) == 0 &&
		http_header(request, "content-encoding") == NULL;
}

/* Who sends it, and whether it may. Sets the error. */
static bool check_sender(struct posting *posting, struct db *db, const char *body, size_t size)
{
	const struct http_request *request = posting->request;
	const struct seal *seal = corridor_seal(posting->door->corridor);
	struct webhook webhook = { header_once(request, "webhook-id"), header_once(request, "webhook-timestamp"),
		header_once(request, "webhook-signature"), body, size };
	struct error *error = &posting->call.error;
	bool known;

	if (!feed_find(db, seal, &posting->feed, &known, error))
		return false;
	if (known)
		name_caller(posting, false);
	if (!webhook_verify(&webhook, posting->feed.secret, clock_now(), error))
		return false;
	name_caller(posting, true);
	return true;
}

/* On a keeper. */
static void write_batch(struct job *job, struct corridor *corridor, struct db *db)
{
	struct posting *posting = (struct posting *)(void *)job;
	json_t *json;

	(void)corridor;
	if (!feed_take(db, &posting->feed, &posting->batch, &posting->columns, posting->call.id, posting->digest,
			posting->arena, &json, &posting->call.error)) {
		refuse(posting, 0);
		return;
	}
	bool any = json_integer_value(json_object_get(json, "accepted")) > 0 ||
		json_integer_value(json_object_get(json, "parked")) > 0 ||
		json_integer_value(json_object_get(json, "duplicates")) > 0;

	answer(posting, any ? 200 : 422, json);
}

/* On a worker. */
static void read_request(struct job *job, struct corridor *corridor, struct db *db)
{
	struct posting *posting = (struct posting *)(void *)job;
	struct error *error = &posting->call.error;
	size_t size;
	const char *body = http_body(posting->request, &size);

	if (!posting->is_named) {
		error_set(error, ERROR_FORMAT, "The path is /api/events/TENANT/FEED, as `flashd feed create` printed it.");
		refuse(posting, 404);
		return;
	}
	posting->digest = seal_hash(body, size, posting->arena);
	if (!check_sender(posting, db, body, size)) {
		refuse(posting, 0);
		return;
	}
	if (!is_json(posting->request)) {
		error_set(error, ERROR_FORMAT, "The Content-Type must be application/json, without a Content-Encoding.");
		refuse(posting, 415);
		return;
	}
	if (!event_read(posting->arena, body, size, http_header(posting->request, "webhook-id"), clock_now(),
			&posting->batch, error)) {
		refuse(posting, 0);
		return;
	}
	posting->columns = feed_columns(corridor_seal(corridor), &posting->feed, &posting->batch, posting->arena);
	seal_uuid(posting->call.id);
	posting->job.run = write_batch;
	if (!corridor_post_facts(corridor, &posting->job, posting->feed.tenant)) {
		error_set(error, ERROR_BUSY, "Too many batches are waiting; nothing of this one was taken. Send it again.");
		refuse(posting, 0);
	}
}

void events_start(struct door *door, struct http_request *request)
{
	struct arena *arena = arena_new();
	struct posting *posting = arena_alloc(arena, sizeof *posting);
	struct call *call = &posting->call;

	door_hold(door);
	posting->door = door;
	posting->request = request;
	posting->arena = arena;
	posting->job.run = read_request;
	call->arena = arena;
	call->name = "events";
	call->done = refused;
	call->maker = posting;
	call->started_us = clock_monotonic();
	snprintf(call->caller.via, sizeof call->caller.via, "http");
	posting->is_named = feed_parse(http_target(request), &posting->feed);
	if (corridor_post(door->corridor, &posting->job, posting->feed.tenant))
		return;
	error_set(&call->error, ERROR_BUSY, "Too many requests are waiting; nothing was taken. Send it again.");
	refuse(posting, 0);
}

/* Input into requests: the head through the strict parser, then the body, then to the handler. */
#include <stdlib.h>
#include <string.h>

#include "http_internal.h"

enum { LARGE_MOST = 64 };

const char *http_method(const struct http_request *request)
{
	return request->method;
}

const char *http_target(const struct http_request *request)
{
	return request->target;
}

const char *http_peer(const struct http_request *request)
{
	return request->peer;
}

const char *http_header(const struct http_request *request, const char *lower_case_name)
{
	for (size_t i = 0; i < request->count; i++) {
		if (strcmp(request->fields[i].name, lower_case_name) == 0)
			return request->fields[i].value;
	}
	return NULL;
}

size_t http_header_count(const struct http_request *request, const char *lower_case_name)
{
	size_t count = 0;

	for (size_t i = 0; i < request->count; i++)
		count += strcmp(request->fields[i].name, lower_case_name) == 0;
	return count;
}

const char *http_body(const struct http_request *request, size_t *size)
{
	*size = request->body_size;
	return request->body;
}

bool http_gone(const struct http_request *request)
{
	return atomic_load(&request->gone);
}

static const char *copy_text(char **at, const char *bytes, struct http_slice slice)
{
	char *text = *at;

	memcpy(text, bytes + slice.at, slice.size);
	text[slice.size] = '\0';
	*at += slice.size + 1;
	return text;
}

static const char *copy_name(char **at, const char *bytes, struct http_slice slice)
{
	char *name = *at;

	copy_text(at, bytes, slice);
	for (char *letter = name; *letter != '\0'; letter++) {
		if (*letter >= 'A' && *letter <= 'Z')
			*letter = (char)(*letter | 0x20);
	}
	return name;
}

/* The parsed head as a request of its own: one allocation, texts behind the fields. */
static struct http_request *request_new(const struct http_connection *connection, const char *bytes)
{
	const struct http_head *head = &connection->head;
	size_t peer = strlen(connection->peer) + 1;
	size_t texts = peer + head->method.size + head->target.size + 2u;

	for (unsigned i = 0; i < head->count; i++)
		texts += head->names[i].size + head->values[i].size + 2u;
	struct http_request *request = http_alloc(sizeof *request +
		head->count * sizeof *request->fields + texts);
	char *at = (char *)&request->fields[head->count];

	request->server = connection->server;
	request->minor = head->minor;
	request->keep_alive = head->keep_alive;
	request->count = head->count;
	request->method = copy_text(&at, bytes, head->method);
	request->target = copy_text(&at, bytes, head->target);
	request->head_only = strcmp(request->method, "HEAD") == 0;
	for (unsigned i = 0; i < head->count; i++) {
		request->fields[i].name = copy_name(&at, bytes, head->names[i]);
		request->fields[i].value = copy_text(&at, bytes, head->values[i]);
	}
	request->peer = memcpy(at, connection->peer, peer);
	return request;
}

void http_request_free(struct http_request *request)
{
	if (request == NULL)
		return;
	if (request->large)
		atomic_fetch_sub(&request->server->large, 1);
	http_wire_release(request->wire);
	free(request->body);
	free(request);
}

/* Grows by doubling, so that a claimed length alone costs nothing. */
char *http_body_space(struct http_request *request, size_t more)
{
	size_t need = request->body_size + more + 1, room = request->body_room * 2;

	if (request->body_room < need) {
		room = room > need ? room : need;
		request->body = realloc(request->body, room);
		if (request->body == NULL)
			abort();
		request->body_room = room;
	}
	return request->body + request->body_size;
}

size_t http_body_left(const struct http_connection *connection)
{
	return (size_t)connection->head.length - connection->request->body_size;
}

static void consume(struct http_connection *connection, size_t size)
{
	connection->begin += size;
	connection->size -= size;
}

/* Takes what is there of the body. True when it is whole; false as well when it was refused. */
static bool take_chunks(struct http_connection *connection)
{
	struct http_request *request = connection->request;
	size_t used, written;
	enum http_parse verdict = http_chunk_decode(&connection->chunk,
		connection->bytes + connection->begin, connection->size, &used,
		http_body_space(request, connection->size), &written);

	request->body_size += written;
	consume(connection, used);
	if (verdict == HTTP_PARSE_REFUSED)
		http_connection_refuse(connection, connection->chunk.status,
			connection->chunk.sentence);
	return verdict == HTTP_PARSE_DONE;
}

static bool take_length(struct http_connection *connection)
{
	struct http_request *request = connection->request;
	size_t take = http_body_left(connection);

	if (take > connection->size)
		take = connection->size;
	if (take > 0)
		memcpy(http_body_space(request, take), connection->bytes + connection->begin, take);
	request->body_size += take;
	consume(connection, take);
	return http_body_left(connection) == 0;
}

/* Memory for large bodies is bounded over all connections. Counted when the bytes are there, not when they are
 * announced. False when it was refused. */
static bool take_seat(struct http_connection *connection)
{
	struct http_request *request = connection->request;
	struct http_server *server = connection->server;

	if (request->large || request->body_size + connection->size <= server->config.body_max)
		return true;
	if (atomic_fetch_add(&server->large, 1) >= LARGE_MOST) {
		atomic_fetch_sub(&server->large, 1);
		http_connection_refuse(connection, 503, "Too many large bodies are on their way; nothing was taken. "
			"Try again.");
		return false;
	}
	request->large = true;
	return true;
}

static size_t body_limit(const struct http_config *config, const char *target)
{
	bool large = config->large_path != NULL && strncmp(target, config->large_path, strlen(config->large_path)) == 0;

	return large ? config->large_max : config->body_max;
}

static void begin_body(struct http_connection *connection)
{
	const struct http_head *head = &connection->head;

	connection->request = request_new(connection, connection->bytes + connection->begin);
	consume(connection, head->size);
	connection->state = HTTP_STATE_BODY;
	size_t limit = body_limit(&connection->server->config, connection->request->target);

	http_chunk_init(&connection->chunk, limit);
	if (head->length > 0 && (uint64_t)head->length > limit)
		http_connection_refuse(connection, 413, "The body is larger than this server takes.");
	else if (head->length < 0)
		connection->head.length = 0;
}

/* The client waits for a word before it sends the body. */
static void welcome_body(struct http_connection *connection)
{
	static const char welcome[] = "HTTP/1.1 100 Continue\r\n\r\n";

	if (!connection->head.expect_continue || connection->head.minor == 0)
		return;
	connection->head.expect_continue = false;
	http_connection_append(connection, http_output_bytes(welcome, sizeof welcome - 1, false));
	http_connection_send(connection);
}

static void hand_over(struct http_connection *connection)
{
	struct http_request *request = connection->request;

	http_body_space(request, 0)[0] = '\0';
	connection->state = HTTP_STATE_BUSY;
	connection->deadline = HTTP_DEADLINE_NONE;
	request->connection = connection;
	if (connection->first == NULL)
		request->wire = http_wire_hold(connection->wire);
	if (connection->ended)
		atomic_store(&request->gone, true);
	http_dispatch(request);
}

static void advance_head(struct http_connection *connection)
{
	struct http_head *head = &connection->head;

	switch (http_head_parse(head, connection->bytes + connection->begin, connection->size)) {
	case HTTP_PARSE_MORE:
		break;
	case HTTP_PARSE_REFUSED:
		http_connection_refuse(connection, head->status, head->sentence);
		break;
	case HTTP_PARSE_DONE:
		begin_body(connection);
		break;
	}
}

void http_connection_advance(struct http_connection *connection)
{
	if (connection->state == HTTP_STATE_IDLE && connection->size > 0) {
		http_head_init(&connection->head);
		connection->state = HTTP_STATE_HEAD;
	}
	if (connection->state == HTTP_STATE_HEAD)
		advance_head(connection);
	if (connection->state == HTTP_STATE_BODY && take_seat(connection)) {
		bool whole = connection->head.chunked ? take_chunks(connection) :
			take_length(connection);

		if (whole)
			hand_over(connection);
		else if (connection->state == HTTP_STATE_BODY)
			welcome_body(connection);
	}
	if (!connection->ended)
		return;
	if (connection->state == HTTP_STATE_HEAD || connection->state == HTTP_STATE_BODY)
		http_connection_refuse(connection, 400, "The request ended in the middle.");
	else if (connection->state == HTTP_STATE_IDLE)
		http_connection_linger(connection);
}

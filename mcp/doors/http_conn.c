/* One connection's events and its life. A callback changes the state and ends with settle, the only
 * place that frees, watches and sets deadlines: nothing below it can meet a freed connection. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http_internal.h"

/* DISCARD: thrown away after a last answer, so that the client can read it before a reset
 * reaches it. SURPLUS: connections over the cap that are being told so at one time; the rest are
 * just closed. STRAIGHT: the most that is read at once into a body. */
enum { DISCARD_BYTES = 1 << 20, SURPLUS_MAX = 64, STRAIGHT_BYTES = 65536 };

/* A long body of known length goes straight to its place; all else goes behind the waiting
 * input. */
static bool is_straight(const struct http_connection *connection)
{
	return connection->state == HTTP_STATE_BODY && !connection->head.chunked &&
		connection->size == 0;
}

static ssize_t read_straight(struct http_connection *connection)
{
	struct http_request *request = connection->request;
	size_t want = http_body_left(connection);

	/* At most as much again as has come, so that memory follows the bytes and not the claim. */
	if (want > request->body_size + HTTP_INPUT_BYTES)
		want = request->body_size + HTTP_INPUT_BYTES;
	if (want > STRAIGHT_BYTES)
		want = STRAIGHT_BYTES;
	ssize_t size = recv(connection->fd, http_body_space(request, want), want, MSG_DONTWAIT);

	if (size > 0)
		request->body_size += (size_t)size;
	return size;
}

static ssize_t read_input(struct http_connection *connection)
{
	if (connection->begin > 0)
		memmove(connection->bytes, connection->bytes + connection->begin, connection->size);
	connection->begin = 0;
	ssize_t size = recv(connection->fd, connection->bytes + connection->size,
		HTTP_INPUT_BYTES - connection->size, MSG_DONTWAIT);

	if (size > 0)
		connection->size += (size_t)size;
	return size;
}

static void read_more(struct http_connection *connection, size_t size)
{
	if (connection->state != HTTP_STATE_REFUSING && connection->state != HTTP_STATE_LINGER) {
		http_connection_advance(connection);
		return;
	}
	connection->size = 0;
	connection->discarded += size;
	if (connection->discarded > DISCARD_BYTES)
		connection->state = HTTP_STATE_CLOSED;
}

static void read_end(struct http_connection *connection)
{
	connection->ended = true;
	if (connection->request != NULL)
		atomic_store(&connection->request->gone, true);
	if (connection->state == HTTP_STATE_LINGER || connection->streaming)
		connection->state = HTTP_STATE_CLOSED;
	else
		http_connection_advance(connection);
}

static void on_readable(int fd, short what, void *argument)
{
	struct http_connection *connection = argument;
	struct http_server *server = connection->server;

	(void)fd;
	(void)what;
	if (connection->bytes == NULL)
		connection->bytes = server->scratch;
	ssize_t size = is_straight(connection) ? read_straight(connection) : read_input(connection);

	if (size > 0)
		read_more(connection, (size_t)size);
	else if (size == 0)
		read_end(connection);
	else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		connection->state = HTTP_STATE_CLOSED;
	http_connection_settle(connection);
	http_drain(server);
}

static void on_writable(int fd, short what, void *argument)
{
	struct http_connection *connection = argument;
	struct http_server *server = connection->server;

	(void)fd;
	(void)what;
	http_connection_send(connection);
	http_connection_settle(connection);
	http_drain(server);
}

static void on_deadline(int fd, short what, void *argument)
{
	struct http_connection *connection = argument;
	enum http_deadline deadline = connection->deadline;

	(void)fd;
	(void)what;
	connection->deadline = HTTP_DEADLINE_NONE;
	switch (deadline) {
	case HTTP_DEADLINE_HEAD:
		http_connection_refuse(connection, 408, "The head of the request took too long.");
		break;
	case HTTP_DEADLINE_BODY:
		http_connection_refuse(connection, 408, "The body of the request took too long.");
		break;
	case HTTP_DEADLINE_WRITE:
		if (connection->sent < connection->mark)
			connection->state = HTTP_STATE_CLOSED;
		break;
	case HTTP_DEADLINE_IDLE:
	case HTTP_DEADLINE_LINGER:
		connection->state = HTTP_STATE_CLOSED;
		break;
	case HTTP_DEADLINE_NONE:
	case HTTP_DEADLINE_COUNT:
		break;
	}
	http_connection_settle(connection);
}

static enum http_deadline deadline_of(const struct http_connection *connection)
{
	switch (connection->state) {
	case HTTP_STATE_IDLE:
		return HTTP_DEADLINE_IDLE;
	case HTTP_STATE_HEAD:
		return HTTP_DEADLINE_HEAD;
	case HTTP_STATE_BODY:
		return HTTP_DEADLINE_BODY;
	case HTTP_STATE_REFUSING:
		return HTTP_DEADLINE_WRITE;
	case HTTP_STATE_LINGER:
		return HTTP_DEADLINE_LINGER;
	case HTTP_STATE_BUSY:
	case HTTP_STATE_CLOSED:
		break;
	}
	return connection->first != NULL ? HTTP_DEADLINE_WRITE : HTTP_DEADLINE_NONE;
}

/* The same deadline keeps running, a new one starts. One that no longer counts is left to fire for
 * nothing or to be set anew: cheaper than taking it out, once per request. */
static void settle_deadline(struct http_connection *connection)
{
	enum http_deadline deadline = deadline_of(connection);

	if (deadline != HTTP_DEADLINE_NONE && deadline != connection->deadline) {
		connection->mark = connection->queued;
		if (event_add(&connection->timer, connection->server->times[deadline]) != 0)
			abort();
	}
	connection->deadline = deadline;
}

/* Input that waits moves out of the scratch; without any, a connection holds no buffer. */
static void settle_input(struct http_connection *connection)
{
	bool borrowed = connection->bytes == connection->server->scratch;
	char *own = NULL;

	if (connection->bytes == NULL || (connection->size > 0 && !borrowed))
		return;
	if (connection->size > 0) {
		own = malloc(HTTP_INPUT_BYTES);
		if (own == NULL)
			abort();
		memcpy(own, connection->bytes + connection->begin, connection->size);
	}
	if (!borrowed)
		free(connection->bytes);
	connection->bytes = own;
	connection->begin = 0;
}

static void watch(struct event *event, bool *now, bool wanted)
{
	if (*now == wanted)
		return;
	if ((wanted ? event_add(event, NULL) : event_del(event)) != 0)
		abort();
	*now = wanted;
}

static void connection_free(struct http_connection *connection)
{
	static const struct linger now = { .l_onoff = 1, .l_linger = 0 };
	struct http_server *server = connection->server;
	struct http_request *request = connection->request;

	if (request != NULL && request->connection == NULL) {
		http_request_free(request);
	} else if (request != NULL) {
		atomic_store(&request->gone, true);
		request->connection = NULL;
	}
	event_del(&connection->read);
	event_del(&connection->write);
	event_del(&connection->timer);
	/* Unsent bytes shall not live on in the kernel for a client that would not take them. */
	if (connection->first != NULL)
		setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	shutdown(connection->fd, SHUT_RDWR);   /* also when an answer still holds the socket */
	http_wire_release(connection->wire);
	for (struct http_output *output = connection->first, *next; output != NULL; output = next) {
		next = output->next;
		free(output);
	}
	if (connection->bytes != server->scratch)
		free(connection->bytes);
	*connection->link = connection->next;
	if (connection->next != NULL)
		connection->next->link = connection->link;
	*(connection->seat != NULL ? &server->count : &server->surplus) -= 1;
	http_peers_give(server->peers, connection->seat);
	free(connection);
	http_connection_freed(server);
}

void http_connection_settle(struct http_connection *connection)
{
	if (connection->state == HTTP_STATE_CLOSED) {
		connection_free(connection);
		return;
	}
	settle_input(connection);
	if (connection->request != NULL && connection->size > 0)
		atomic_store(&connection->request->followed, true);
	watch(&connection->read, &connection->reading,
		!connection->ended && connection->size < HTTP_INPUT_BYTES);
	watch(&connection->write, &connection->writing, connection->first != NULL);
	settle_deadline(connection);
}

void http_connection_open(struct http_server *server, int fd, const struct sockaddr *address)
{
	struct http_peer *seat = NULL;

	if (server->count < server->config.connections_max)
		seat = http_peers_take(server->peers, address);
	if (seat == NULL && server->surplus >= SURPLUS_MAX) {
		close(fd);
		return;
	}
	struct http_connection *connection = http_alloc(sizeof *connection);

	connection->server = server;
	connection->fd = fd;
	connection->wire = http_wire_new(fd);
	connection->seat = seat;
	connection->last = &connection->first;
	http_peer_text(address, connection->peer);
	connection->next = server->connections;
	connection->link = &server->connections;
	if (connection->next != NULL)
		connection->next->link = &connection->next;
	server->connections = connection;
	*(seat != NULL ? &server->count : &server->surplus) += 1;
	event_assign(&connection->read, server->base, fd, EV_READ | EV_PERSIST, on_readable,
		connection);
	event_assign(&connection->write, server->base, fd, EV_WRITE | EV_PERSIST, on_writable,
		connection);
	evtimer_assign(&connection->timer, server->base, on_deadline, connection);
	if (seat == NULL)
		http_connection_refuse(connection, 503, "Too many connections; try again later.");
	http_connection_settle(connection);
}

/* A stream has no end of its own to wait for: its last bytes go out now. */
static void stop_stream(struct http_connection *connection)
{
	struct http_request *request = connection->request;
	bool chunked = request->minor == 1 && !request->head_only;
	struct http_output *output = http_output_bytes("", 0, chunked);

	output->close = true;
	http_connection_append(connection, output);
	atomic_store(&request->gone, true);
	request->connection = NULL;
	connection->request = NULL;
	connection->finishing = true;
	http_connection_send(connection);
}

void http_connections_stop(struct http_server *server)
{
	for (struct http_connection *connection = server->connections, *next; connection != NULL;
		connection = next) {
		next = connection->next;
		if (connection->state == HTTP_STATE_IDLE)
			connection->state = HTTP_STATE_CLOSED;
		else if (connection->state == HTTP_STATE_HEAD || connection->state == HTTP_STATE_BODY)
			http_connection_refuse(connection, 503, "The server is stopping; try again.");
		else if (connection->streaming && connection->request != NULL)
			stop_stream(connection);
		http_connection_settle(connection);
	}
}

void http_connections_free(struct http_server *server)
{
	while (server->connections != NULL) {
		server->connections->state = HTTP_STATE_CLOSED;
		http_connection_settle(server->connections);
	}
}

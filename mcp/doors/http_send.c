/* Bytes into a socket. A send is tried at once; only what the socket does not take waits for the
 * loop. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "http_internal.h"

enum { SEND_PIECES = 16 };

void http_connection_append(struct http_connection *connection, struct http_output *output)
{
	*connection->last = output;
	connection->last = &output->next;
	connection->queued += output->size;
	connection->sent += output->sent;   /* by who answered */
	connection->close |= output->close;
}

void http_connection_linger(struct http_connection *connection)
{
	shutdown(connection->fd, SHUT_WR);
	connection->state = connection->ended ? HTTP_STATE_CLOSED : HTTP_STATE_LINGER;
}

static void sent_all(struct http_connection *connection)
{
	if (connection->state == HTTP_STATE_REFUSING) {
		http_connection_linger(connection);
		return;
	}
	if (!connection->finishing)
		return;
	connection->finishing = connection->streaming = false;
	connection->deadline = HTTP_DEADLINE_NONE;
	if (connection->close || connection->server->stopped) {
		connection->size = 0;
		http_connection_linger(connection);
		return;
	}
	connection->state = HTTP_STATE_IDLE;
	http_connection_advance(connection);
}

static void sent_some(struct http_connection *connection, size_t size)
{
	connection->sent += size;
	while (connection->first != NULL) {
		struct http_output *output = connection->first;
		size_t left = output->size - output->sent;

		if (size < left) {
			output->sent += size;
			return;
		}
		size -= left;
		connection->first = output->next;
		if (connection->first == NULL)
			connection->last = &connection->first;
		if (output->request != NULL && output->request == connection->request)
			atomic_fetch_sub(&output->request->pending, output->size);
		free(output);
	}
}

void http_connection_send(struct http_connection *connection)
{
	sent_some(connection, 0);
	while (connection->first != NULL) {
		struct iovec pieces[SEND_PIECES];
		struct msghdr message = { .msg_iov = pieces };
		struct http_output *output = connection->first;

		for (; output != NULL && message.msg_iovlen < SEND_PIECES; output = output->next)
			pieces[message.msg_iovlen++] = (struct iovec){
				output->bytes + output->sent, output->size - output->sent };
		ssize_t size = sendmsg(connection->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0) {
			if (errno != EAGAIN && errno != EWOULDBLOCK)
				connection->state = HTTP_STATE_CLOSED;
			return;
		}
		sent_some(connection, (size_t)size);
	}
	sent_all(connection);
}

void http_connection_refuse(struct http_connection *connection, int status, const char *sentence)
{
	struct http_request *request = connection->request;
	bool head_only = request != NULL && request->head_only;

	http_connection_append(connection, http_output_refusal(status, sentence, head_only));
	http_request_free(request);
	connection->request = NULL;
	connection->size = 0;
	connection->state = HTTP_STATE_REFUSING;
	http_connection_send(connection);
}

/* What an output means for its connection, apart from its bytes. */
static void take_kind(struct http_connection *connection, const struct http_output *output)
{
	switch (output->kind) {
	case HTTP_OUTPUT_OPEN:
		connection->streaming = true;
		if (connection->ended)
			connection->state = HTTP_STATE_CLOSED;
		break;
	case HTTP_OUTPUT_LAST:
		connection->finishing = true;
		connection->request = NULL;
		break;
	case HTTP_OUTPUT_CUT:
		connection->state = HTTP_STATE_CLOSED;
		connection->request->connection = NULL;
		connection->request = NULL;
		break;
	case HTTP_OUTPUT_BYTES:
		break;
	}
}

void http_connection_take(struct http_output *output)
{
	struct http_request *request = output->request;
	struct http_connection *connection = request->connection;
	bool last = output->kind == HTTP_OUTPUT_LAST;

	if (connection == NULL) {
		free(output);
	} else {
		http_connection_append(connection, output);
		take_kind(connection, output);
		if (!connection->dirty) {
			connection->dirty = true;
			connection->dirty_next = connection->server->dirty;
			connection->server->dirty = connection;
		}
	}
	if (last)
		http_request_end(request);
}

void http_connections_flush(struct http_server *server)
{
	while (server->dirty != NULL) {
		struct http_connection *connection = server->dirty;

		server->dirty = connection->dirty_next;
		connection->dirty = false;
		if (connection->state != HTTP_STATE_CLOSED)
			http_connection_send(connection);
		http_connection_settle(connection);
	}
}

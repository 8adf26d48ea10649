/* A socket that several threads may send to: closed by the last of its holders, so that its number
 * cannot become another client's while an answer is being sent. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http_internal.h"

struct http_wire *http_wire_new(int fd)
{
	struct http_wire *wire = http_alloc(sizeof *wire);

	wire->fd = fd;
	atomic_init(&wire->holders, 1);
	return wire;
}

struct http_wire *http_wire_hold(struct http_wire *wire)
{
	atomic_fetch_add(&wire->holders, 1);
	return wire;
}

void http_wire_release(struct http_wire *wire)
{
	if (wire == NULL || atomic_fetch_sub(&wire->holders, 1) > 1)
		return;
	close(wire->fd);
	free(wire);
}

void http_wire_send(struct http_wire *wire, struct http_output *output)
{
	ssize_t size = send(wire->fd, output->bytes, output->size, MSG_NOSIGNAL | MSG_DONTWAIT);

	output->sent = size > 0 ? (size_t)size : 0;
}

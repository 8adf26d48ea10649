/* The server: listener, loop, and the queue through which answers come back from other threads. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "http_internal.h"
#include "mcp/base/log.h"

enum { BACKLOG = 4096, LINGER_MS = 1000, RELISTEN_MS = 200, SWEEP_MS = 200 };

void *http_alloc(size_t size)
{
	void *memory = calloc(1, size);

	if (memory == NULL)
		abort();
	return memory;
}

/* The last of owner and requests takes the server with it. */
static void unreference(struct http_server *server)
{
	if (atomic_fetch_sub(&server->references, 1) > 1)
		return;
	close(server->wake_fd);
	pthread_mutex_destroy(&server->lock);
	free(server);
}

/* The queue */

/* Safe in a signal handler: the counter cannot fill up, and nothing else can fail. */
static void wake_up(struct http_server *server)
{
	uint64_t one = 1;
	ssize_t size = write(server->wake_fd, &one, sizeof one);

	(void)size;
}

/* Whoever finds the loop asleep wakes it; the others only leave their bytes. What was sent as a whole, on a connection
 * that stays, wakes nobody: the loop takes note of it with the next request, or when it sweeps; unless that one has
 * come already: it waits behind this one, or the loop has `looked` another time since before the bytes were sent. */
static void queue_put(struct http_output *output, uint64_t looked)
{
	struct http_server *server = output->request->server;
	bool told = output->sent > 0 && output->sent == output->size && !output->close
		&& !atomic_load(&output->request->followed);

	pthread_mutex_lock(&server->lock);
	bool ended = server->ended, wake = !(told && looked == server->looked) && !server->awake && !ended;

	if (!ended) {
		*server->last = output;
		server->last = &output->next;
		server->awake |= wake;
	}
	/* Under the lock, since the server may be freed as soon as these bytes are taken. */
	if (wake)
		wake_up(server);
	pthread_mutex_unlock(&server->lock);
	if (!ended)
		return;
	if (output->kind == HTTP_OUTPUT_LAST)
		http_request_end(output->request);
	free(output);
}

static uint64_t queue_looked(struct http_server *server)
{
	pthread_mutex_lock(&server->lock);
	uint64_t looked = server->looked;

	pthread_mutex_unlock(&server->lock);
	return looked;
}

static struct http_output *queue_take(struct http_server *server)
{
	pthread_mutex_lock(&server->lock);
	server->looked++;
	struct http_output *output = server->first;

	server->first = NULL;
	server->last = &server->first;
	server->awake = output != NULL;
	pthread_mutex_unlock(&server->lock);
	return output;
}

void http_drain(struct http_server *server)
{
	for (struct http_output *output; (output = queue_take(server)) != NULL;) {
		for (struct http_output *next; output != NULL; output = next) {
			next = output->next;
			output->next = NULL;
			http_connection_take(output);
		}
		http_connections_flush(server);
	}
}

/* As long as requests are handed out, answers may lie there that woke nobody. */
static void sweep_later(struct http_server *server)
{
	static const struct timeval soon = { 0, SWEEP_MS * 1000 };

	if (atomic_load(&server->references) > 1 && !evtimer_pending(server->sweep, NULL))
		event_add(server->sweep, &soon);
}

static void on_sweep(int fd, short what, void *argument)
{
	(void)fd;
	(void)what;
	http_drain(argument);
	sweep_later(argument);
}

void http_dispatch(struct http_request *request)
{
	struct http_server *server = request->server;

	atomic_fetch_add(&server->references, 1);
	sweep_later(server);
	pthread_mutex_lock(&server->lock);
	server->awake = true;
	pthread_mutex_unlock(&server->lock);
	server->handler(request, server->context);
}

void http_request_end(struct http_request *request)
{
	struct http_server *server = request->server;

	http_request_free(request);
	unreference(server);
}

/* Answers */

void http_reply(struct http_request *request, int status, const struct http_field *fields,
	size_t count, const char *body, size_t size)
{
	struct http_output *output = http_output_reply(request, status, fields, count, body, size, false);
	uint64_t looked = queue_looked(request->server);

	if (request->wire != NULL)
		http_wire_send(request->wire, output);
	queue_put(output, looked);
}

void http_stream_open(struct http_request *request, int status, const struct http_field *fields,
	size_t count)
{
	struct http_output *output =
		http_output_reply(request, status, fields, count, NULL, 0, true);

	atomic_fetch_add(&request->pending, output->size);
	queue_put(output, 0);
}

void http_stream_write(struct http_request *request, const char *bytes, size_t size)
{
	size_t limit = request->server->config.stream_max;

	if (size == 0 || request->head_only || atomic_load(&request->gone))
		return;
	struct http_output *output = http_output_bytes(bytes, size, request->minor == 1);

	output->request = request;
	if (atomic_fetch_add(&request->pending, output->size) + output->size > limit) {
		atomic_store(&request->gone, true);
		output->kind = HTTP_OUTPUT_CUT;
		output->size = 0;
	}
	queue_put(output, 0);
}

void http_stream_close(struct http_request *request)
{
	bool chunk = request->minor == 1 && !request->head_only && !atomic_load(&request->gone);
	struct http_output *output = http_output_bytes("", 0, chunk);

	output->request = request;
	output->kind = HTTP_OUTPUT_LAST;
	output->close = !request->keep_alive;
	queue_put(output, 0);
}

/* The loop */

static void on_wake(int fd, short what, void *argument)
{
	struct http_server *server = argument;
	uint64_t count;
	ssize_t size = read(fd, &count, sizeof count);

	(void)what;
	(void)size;
	if (atomic_load(&server->stopping) && !server->stopped) {
		struct timeval grace = { server->config.grace_ms / 1000,
			server->config.grace_ms % 1000 * 1000 };

		server->stopped = true;
		evconnlistener_free(server->listener);
		server->listener = NULL;
		event_add(server->grace, &grace);
		http_connections_stop(server);
		http_connection_freed(server);
	}
	http_drain(server);
}

static void on_grace(int fd, short what, void *argument)
{
	struct http_server *server = argument;

	(void)fd;
	(void)what;
	log_warn("http", "%d connections were cut at the end of the grace time", server->count);
	event_base_loopbreak(server->base);
}

void http_connection_freed(struct http_server *server)
{
	if (server->stopped && server->connections == NULL)
		event_base_loopbreak(server->base);
	if (server->paused && server->listener != NULL) {
		server->paused = false;
		evconnlistener_enable(server->listener);
	}
}

static void on_relisten(int fd, short what, void *argument)
{
	(void)fd;
	(void)what;
	http_connection_freed(argument);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address,
	int size, void *argument)
{
	(void)listener;
	(void)size;
	http_connection_open(argument, fd, address);
}

/* No descriptors left: the listener would be ready for ever, so it rests until one may be free. */
static void on_accept_error(struct evconnlistener *listener, void *argument)
{
	static const struct timeval rest = { 0, RELISTEN_MS * 1000 };
	struct http_server *server = argument;

	log_warn("http", "a connection could not be accepted: %s", strerror(errno));
	evconnlistener_disable(listener);
	server->paused = true;
	event_add(server->relisten, &rest);
}

void http_run(struct http_server *server)
{
	event_base_dispatch(server->base);
	http_connections_free(server);
}

void http_stop(struct http_server *server)
{
	atomic_store(&server->stopping, true);
	wake_up(server);
}

int http_port(const struct http_server *server)
{
	return server->port;
}

/* Opening and closing */

static void config_defaults(struct http_config *config)
{
	struct {
		int *value, otherwise;
	} rows[] = {
		{ &config->head_ms, 10000 }, { &config->body_ms, 30000 }, { &config->idle_ms, 60000 },
		{ &config->write_ms, 30000 }, { &config->grace_ms, 10000 },
		{ &config->connections_max, 4096 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (*rows[i].value <= 0)
			*rows[i].value = rows[i].otherwise;
	}
	if (config->address == NULL)
		config->address = "127.0.0.1";
	if (config->body_max == 0)
		config->body_max = 256 * 1024;
	if (config->stream_max == 0)
		config->stream_max = 1024 * 1024;
}

/* Accepted sockets inherit the options. Returns the socket, or -1 with errno. */
static int listen_on(const struct addrinfo *found)
{
	static const int on = 1;
	int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) == 0 &&
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
		bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	int reason = errno;

	close(fd);
	errno = reason;
	return -1;
}

static int socket_open(const struct http_config *config, struct error *error)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
	struct addrinfo *found;
	char port[16];

	snprintf(port, sizeof port, "%d", config->port);
	int reason = getaddrinfo(config->address, port, &hints, &found);

	if (reason != 0) {
		error_set(error, ERROR_CONFIG, "the address \"%s\" to listen on is not known here: %s",
			config->address, gai_strerror(reason));
		return -1;
	}
	int fd = listen_on(found);

	reason = errno;
	freeaddrinfo(found);
	if (fd >= 0)
		return fd;
	if (reason == EADDRINUSE)
		error_set(error, ERROR_CONFIG, "port %d on %s is in use by another program; "
			"stop that one or choose another port", config->port, config->address);
	else if (reason == EACCES)
		error_set(error, ERROR_CONFIG, "port %d on %s needs more rights than this user has; "
			"choose one above 1023", config->port, config->address);
	else
		error_set(error, ERROR_CONFIG, "cannot listen on port %d of %s: %s", config->port,
			config->address, strerror(reason));
	return -1;
}

static int port_of(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} address = { 0 };
	socklen_t size = sizeof address;

	if (getsockname(fd, &address.any, &size) != 0)
		abort();
	return ntohs(address.any.sa_family == AF_INET6 ? address.six.sin6_port :
		address.four.sin_port);
}

/* No other thread calls into the loop, so it needs no locks. */
static struct event_base *base_new(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config != NULL && event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) == 0)
		base = event_base_new_with_config(config);
	if (base == NULL)
		abort();
	event_config_free(config);
	return base;
}

static const struct timeval *duration(struct event_base *base, int milliseconds)
{
	struct timeval time = { milliseconds / 1000, milliseconds % 1000 * 1000 };
	const struct timeval *common = event_base_init_common_timeout(base, &time);

	if (common == NULL)
		abort();
	return common;
}

static void server_events(struct http_server *server, int fd)
{
	const struct http_config *config = &server->config;

	server->base = base_new();
	server->times[HTTP_DEADLINE_IDLE] = duration(server->base, config->idle_ms);
	server->times[HTTP_DEADLINE_HEAD] = duration(server->base, config->head_ms);
	server->times[HTTP_DEADLINE_BODY] = duration(server->base, config->body_ms);
	server->times[HTTP_DEADLINE_WRITE] = duration(server->base, config->write_ms);
	server->times[HTTP_DEADLINE_LINGER] = duration(server->base, LINGER_MS);
	server->listener = evconnlistener_new(server->base, on_accept, server,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	server->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	server->wake = event_new(server->base, server->wake_fd, EV_READ | EV_PERSIST, on_wake, server);
	server->relisten = evtimer_new(server->base, on_relisten, server);
	server->grace = evtimer_new(server->base, on_grace, server);
	server->sweep = evtimer_new(server->base, on_sweep, server);
	if (server->listener == NULL || server->wake_fd < 0 || server->wake == NULL ||
		server->relisten == NULL || server->grace == NULL || server->sweep == NULL ||
		event_add(server->wake, NULL) != 0)
		abort();
	evconnlistener_set_error_cb(server->listener, on_accept_error);
}

struct http_server *http_open(const struct http_config *config, http_handler handler, void *context,
	struct error *error)
{
	struct http_config settled = *config;

	config_defaults(&settled);
	int fd = socket_open(&settled, error);

	if (fd < 0)
		return NULL;
	struct http_server *server = http_alloc(sizeof *server);

	server->config = settled;
	server->handler = handler;
	server->context = context;
	server->port = port_of(fd);
	server->peers = http_peers_new(settled.per_address_max);
	server->last = &server->first;
	atomic_init(&server->references, 1);
	if (pthread_mutex_init(&server->lock, NULL) != 0)
		abort();
	server_events(server, fd);
	return server;
}

void http_close(struct http_server *server)
{
	http_connections_free(server);
	pthread_mutex_lock(&server->lock);
	server->ended = true;
	pthread_mutex_unlock(&server->lock);
	for (struct http_output *output = queue_take(server), *next; output != NULL; output = next) {
		next = output->next;
		http_connection_take(output);
	}
	if (server->listener != NULL)
		evconnlistener_free(server->listener);
	event_free(server->wake);
	event_free(server->relisten);
	event_free(server->grace);
	event_free(server->sweep);
	event_base_free(server->base);
	http_peers_free(server->peers);
	unreference(server);
}

/* A program around mcp/doors/http.h for the probe and for http_limits.py: logs each request that reached
 * the application as "SAW METHOD TARGET body=N auth=[...]" and answers by path, mostly from threads.
 * Usage: http_probe_server LOG [name=value]...   (the fields of struct http_config) */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mcp/doors/http.h"

enum { WORKERS = 8, HELD_MAX = 1024, BIG_BYTES = 32 << 20 };

struct job {
	struct job *next;
	struct http_request *request;
	void (*run)(struct http_request *request);
};

static struct http_server *server;
static FILE *log_file;
static atomic_bool stopping;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static struct job *jobs;
static bool finished;
static struct http_request *held[HELD_MAX];
static size_t held_count;
static const struct http_field events[] = { { "Content-Type", "text/event-stream" } };

static void say(const char *word, struct http_request *request)
{
	size_t size;
	const char *key = http_header(request, "authorization");

	http_body(request, &size);
	fprintf(log_file, "%s %s %s body=%zu auth=[%s]\n", word, http_method(request),
		http_target(request), size, key == NULL ? "" : key);
	fflush(log_file);
}

static void reply(struct http_request *request, const char *text)
{
	static const struct http_field plain[] = { { "Content-Type", "text/plain" } };

	http_reply(request, 200, plain, 1, text, strlen(text));
}

static void run_plain(struct http_request *request)
{
	reply(request, "ok\n");
}

static void run_echo(struct http_request *request)
{
	size_t size;
	const char *body = http_body(request, &size);

	http_reply(request, 200, NULL, 0, body, size);
}

static void run_big(struct http_request *request)
{
	char *body = calloc(1, BIG_BYTES);

	http_reply(request, 200, NULL, 0, body, BIG_BYTES);
	free(body);
}

static void run_stream(struct http_request *request)
{
	http_stream_open(request, 200, events, 1);
	for (int i = 1; i <= 3; i++) {
		char event[32];
		int size = snprintf(event, sizeof event, "data: %d\n\n", i);

		http_stream_write(request, event, (size_t)size);
	}
	http_stream_close(request);
}

/* Writes until the client is cut off or gone. */
static void run_flood(struct http_request *request)
{
	static const char bytes[4096];

	http_stream_open(request, 200, events, 1);
	while (!http_gone(request))
		http_stream_write(request, bytes, sizeof bytes);
	say("GONE", request);
	http_stream_close(request);
}

static void wait_for(struct http_request *request, bool (*done)(const struct http_request *request))
{
	static const struct timespec moment = { 0, 1000000 };

	while (!done(request))
		nanosleep(&moment, NULL);
}

static bool is_stopping(const struct http_request *request)
{
	(void)request;
	return atomic_load(&stopping);
}

static void run_wait_gone(struct http_request *request)
{
	wait_for(request, http_gone);
	say("GONE", request);
	reply(request, "too late\n");
}

static void run_wait_stop(struct http_request *request)
{
	wait_for(request, is_stopping);
	reply(request, "last\n");
}

static void run_open_stream(struct http_request *request)
{
	http_stream_open(request, 200, events, 1);
	http_stream_write(request, "data: open\n\n", 12);
	wait_for(request, http_gone);
	say("GONE", request);
	http_stream_close(request);
}

/* A response that a header value tries to split in two. */
static void run_unsafe(struct http_request *request)
{
	static const struct http_field fields[] = { { "X-Note", "a\r\nX-Evil: b" } };

	if (strcmp(http_target(request), "/unsafe?stream") == 0) {
		http_stream_open(request, 200, fields, 1);
		http_stream_write(request, "never", 5);
		http_stream_close(request);
	} else {
		http_reply(request, 200, fields, 1, "never", 5);
	}
}

static void *work(void *argument)
{
	(void)argument;
	pthread_mutex_lock(&lock);
	while (jobs != NULL || !finished) {
		struct job *job = jobs;

		if (job == NULL) {
			pthread_cond_wait(&more, &lock);
			continue;
		}
		jobs = job->next;
		pthread_mutex_unlock(&lock);
		job->run(job->request);
		free(job);
		pthread_mutex_lock(&lock);
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

static const struct {
	const char *path;
	void (*run)(struct http_request *request);
} routes[] = {
	{ "/echo", run_echo }, { "/big", run_big }, { "/stream", run_stream },
	{ "/flood", run_flood }, { "/wait-gone", run_wait_gone }, { "/wait-stop", run_wait_stop },
	{ "/open-stream", run_open_stream }, { "/unsafe", run_unsafe }, { "", run_plain },
};

static void hand_to_worker(struct http_request *request)
{
	struct job *job = calloc(1, sizeof *job);
	size_t row = 0;

	while (strncmp(http_target(request), routes[row].path, strlen(routes[row].path)) != 0)
		row++;
	job->request = request;
	job->run = routes[row].run;
	pthread_mutex_lock(&lock);
	struct job **last = &jobs;

	while (*last != NULL)
		last = &(*last)->next;
	*last = job;
	pthread_cond_signal(&more);
	pthread_mutex_unlock(&lock);
}

/* /inline is answered on the loop thread, /hold when a /release comes. */
static void on_request(struct http_request *request, void *context)
{
	const char *target = http_target(request);

	(void)context;
	if (strcmp(target, "/quiet") == 0) {
		reply(request, "ok\n");
		return;
	}
	say("SAW", request);
	if (strncmp(target, "/inline", 7) == 0) {
		run_echo(request);
	} else if (strcmp(target, "/hold") == 0 && held_count < HELD_MAX) {
		held[held_count++] = request;
	} else if (strcmp(target, "/release") == 0) {
		while (held_count > 0)
			reply(held[--held_count], "held\n");
		reply(request, "released\n");
	} else {
		hand_to_worker(request);
	}
}

static void on_signal(int number)
{
	(void)number;
	atomic_store(&stopping, true);
	http_stop(server);
}

static void set(struct http_config *config, const char *pair)
{
	const struct {
		const char *name;
		int *number;
		size_t *size;
	} rows[] = {
		{ "port", &config->port, NULL }, { "head_ms", &config->head_ms, NULL },
		{ "body_ms", &config->body_ms, NULL }, { "idle_ms", &config->idle_ms, NULL },
		{ "write_ms", &config->write_ms, NULL }, { "grace_ms", &config->grace_ms, NULL },
		{ "connections_max", &config->connections_max, NULL },
		{ "per_address_max", &config->per_address_max, NULL },
		{ "body_max", NULL, &config->body_max }, { "stream_max", NULL, &config->stream_max },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t size = strlen(rows[i].name);

		if (strncmp(pair, rows[i].name, size) != 0 || pair[size] != '=')
			continue;
		long value = strtol(pair + size + 1, NULL, 10);

		if (rows[i].number != NULL)
			*rows[i].number = (int)value;
		else
			*rows[i].size = (size_t)value;
		return;
	}
	fprintf(stderr, "unknown setting %s\n", pair);
	exit(2);
}

int main(int count, char **arguments)
{
	struct http_config config = { 0 };
	struct error error;
	struct sigaction action = { .sa_handler = on_signal };
	pthread_t threads[WORKERS];

	for (int i = 2; i < count; i++)
		set(&config, arguments[i]);
	log_file = count > 1 ? fopen(arguments[1], "a") : NULL;
	if (log_file == NULL) {
		fprintf(stderr, "usage: http_probe_server LOG [name=value]...\n");
		return 2;
	}
	server = http_open(&config, on_request, NULL, &error);
	if (server == NULL) {
		fprintf(stderr, "%s\n", error.text);
		return 2;
	}
	sigaction(SIGTERM, &action, NULL);
	for (int i = 0; i < WORKERS; i++) {
		if (pthread_create(&threads[i], NULL, work, NULL) != 0)
			abort();
	}
	printf("port %d\n", http_port(server));
	fflush(stdout);
	http_run(server);
	signal(SIGTERM, SIG_IGN);       /* http_stop is for a server that is still there */
	http_close(server);
	pthread_mutex_lock(&lock);
	finished = true;
	pthread_cond_broadcast(&more);
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
	fclose(log_file);
	return 0;
}

/* Many clients of real daemons in one process: each keeps one connection and one call in flight, remembers what it was
 * answered, and can ask again with the same idempotency key until it is. The test reads the answers as a table. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS_MOST = 1024, DOORS_MOST = 8, KEYS_MOST = 256, OUT_BYTES = 4096, IN_BYTES = 65536, RETRY_US = 10000,
	GIVE_UP_US = 60000000 };

/* One call of a plan; in endless mode there are none and the calls are made up. */
struct request {
	int key;
	const char *tool, *args;
};

struct client {
	int fd;                     /* -1: not connected */
	int door;
	bool busy;                  /* has a call that is not answered for good */
	long line;                  /* which call */
	char out[OUT_BYTES];
	size_t out_size, out_done;
	char in[IN_BYTES];
	size_t in_used;
	int tries, cuts, cut_epoch; /* cuts: connections lost after the whole call was sent */
	int64_t due_us, begun_us;
	long begun_mark, settled_mark;
	uint64_t said;              /* of the answer without what may differ in a repeated one */
};

static struct client clients[CLIENTS_MOST];
static const char *doors[DOORS_MOST];
static char keys[KEYS_MOST][160];
static struct request *requests;
static long request_count, next_line, limit = -1, reach = -1, mark, members = 1000;
static int client_count = 1, door_count, key_count, epoch;
static bool retry, paused, pause_asked, settle_asked, quitting, input_open = true;
static const char *endless, *receipt;
static FILE *answers;
static struct { long answered, executed, replayed, refused, cut; } sum;

static int64_t now_us(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void fail(const char *what, const char *which)
{
	fprintf(stderr, "load: %s %s: %s\n", what, which, strerror(errno));
	exit(2);
}

/* A file's bytes, ended by a zero; they live as long as the program. */
static char *read_file(const char *path)
{
	FILE *file = fopen(path, "re");
	char *bytes = NULL;
	size_t size = 0;

	if (file == NULL || getdelim(&bytes, &size, '\0', file) < 0)
		fail("cannot read", path);
	fclose(file);
	return bytes;
}

/* Lines of KEY<tab>TOOL<tab>ARGUMENTS; KEY counts the --key-file options from 0. */
static void read_plan(const char *path)
{
	char *at = read_file(path), *line;
	long room = 0;

	while ((line = strsep(&at, "\n")) != NULL && *line != '\0') {
		if (request_count == room) {
			room = room * 2 + 1024;
			requests = realloc(requests, (size_t)room * sizeof *requests);
			if (requests == NULL)
				abort();
		}
		const char *key = strsep(&line, "\t"), *tool = strsep(&line, "\t");

		requests[request_count++] = (struct request){ (int)strtol(key, NULL, 10), tool, line };
	}
}

static void read_options(int count, char **words)
{
	static const struct option options[] = { { "clients", 1, NULL, 'c' }, { "port-file", 1, NULL, 'p' },
		{ "key-file", 1, NULL, 'k' }, { "plan", 1, NULL, 'l' }, { "endless", 1, NULL, 'e' }, { "members", 1, NULL, 'm' },
		{ "answers", 1, NULL, 'a' }, { "retry", 0, NULL, 'r' }, { "limit", 1, NULL, 'n' },
		{ "receipt", 1, NULL, 'R' }, { NULL, 0, NULL, 0 } };

	for (int option; (option = getopt_long(count, words, "", options, NULL)) != -1;) {
		switch (option) {
		case 'c': client_count = (int)strtol(optarg, NULL, 10); break;
		case 'p': doors[door_count++ % DOORS_MOST] = optarg; break;
		case 'k': snprintf(keys[key_count++ % KEYS_MOST], sizeof keys[0], "%.*s", (int)strcspn(read_file(optarg), "\n"),
				read_file(optarg)); break;
		case 'l': read_plan(optarg); break;
		case 'e': endless = optarg; break;
		case 'm': members = strtol(optarg, NULL, 10); break;
		case 'a': answers = fopen(optarg, "we"); break;
		case 'r': retry = true; break;
		case 'R': receipt = optarg; break;
		case 'n': limit = strtol(optarg, NULL, 10); break;
		default: exit(2);
		}
	}
	if (client_count < 1 || client_count > CLIENTS_MOST || door_count < 1 || door_count > DOORS_MOST || key_count < 1 ||
	    key_count > KEYS_MOST || (requests == NULL) == (endless == NULL) || answers == NULL || members < 1)
		fail("needs --clients 1..1024 --port-file F… --key-file F… --answers F and --plan F or --endless PREFIX;",
			"what was given does not do");
	if (endless == NULL)
		limit = request_count;
}

/* Writes the client's next call into its buffer; false when there is none. */
static bool write_call(struct client *client)
{
	char made[256];
	struct request made_up = { 0, "earn_points", made }, *request = &made_up;
	char body[3000];

	if (limit >= 0 && next_line >= limit)
		return false;
	client->line = next_line++;
	if (endless != NULL) {
		made_up.key = (int)(client->line % key_count);
		snprintf(made, sizeof made, "{\"member\":%ld,\"points\":1,\"reason\":\"load\",\"idempotency_key\":\"%s-%ld\"}",
			1 + client->line % members, endless, client->line);
	} else {
		request = &requests[client->line];
	}
	int size = snprintf(body, sizeof body, "{\"jsonrpc\":\"2.0\",\"id\":%ld,"
		"\"method\":\"tools/call\",\"params\":{\"name\":\"%s\",\"arguments\":{%s%s%s%s}}", client->line, request->tool,
		receipt == NULL ? "" : "\"receipts\":[\"", receipt == NULL ? "" : receipt, receipt == NULL ? "" : "\"],",
		request->args + 1);

	client->out_size = (size_t)snprintf(client->out, sizeof client->out, "POST /api/mcp HTTP/1.1\r\nHost: localhost\r\n"
		"Authorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		keys[request->key % key_count], size, body);
	client->tries = client->cuts = 0;
	client->cut_epoch = -1;
	client->said = 0;
	client->begun_us = now_us();
	client->begun_mark = mark;
	return client->busy = true;
}

static void disconnect(struct client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
	client->in_used = 0;
}

/* The call is answered for good, or given up. */
static void end_call(struct client *client, const char *outcome, const char *action, bool replayed)
{
	fprintf(answers, "%ld\t%s\t%s\t%d\t%d\t%d\t%d\t%016llx\t%lld\n", client->line, outcome, action, replayed,
		client->tries, client->cuts, client->cut_epoch, (unsigned long long)client->said,
		(long long)(now_us() - client->begun_us));
	sum.answered++;
	sum.executed += *action != '\0' && !replayed;
	sum.replayed += replayed;
	sum.refused += *action == '\0';
	client->busy = false;
	client->settled_mark = client->begun_mark;
}

/* Nothing final came back: ask again with the same key, at the next daemon, a little later; or leave it at that. */
static void again(struct client *client, const char *outcome)
{
	disconnect(client);
	if (!retry || client->begun_us + GIVE_UP_US < now_us()) {
		end_call(client, outcome, "", false);
		return;
	}
	client->out_done = 0;
	client->door = (client->door + 1) % door_count;
	client->due_us = now_us() + RETRY_US;
}

/* The connection ended. What was sent whole may have been done, or not. */
static void lose(struct client *client)
{
	if (client->busy && client->out_done == client->out_size) {
		client->cuts++;
		client->cut_epoch = epoch;
		sum.cut++;
	}
	if (client->busy)
		again(client, "cut");
	else
		disconnect(client);
}

static bool connect_door(struct client *client)
{
	char *text = read_file(doors[client->door]);
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)strtol(text, NULL, 10)),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	int on = 1;

	free(text);
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0)
		fail("no", "socket");
	setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (connect(client->fd, (const struct sockaddr *)&address, sizeof address) == 0)
		return true;
	disconnect(client);
	return false;
}

static void send_call(struct client *client)
{
	if (client->fd < 0 && !connect_door(client)) {
		again(client, "refused-connection");
		return;
	}
	ssize_t sent = send(client->fd, client->out, client->out_size, MSG_NOSIGNAL);

	client->tries++;
	client->out_done = sent < 0 ? 0 : (size_t)sent;
	if (client->out_done != client->out_size)
		lose(client);
}

static bool is_temporary(const char *outcome)
{
	static const char *const words[] = { "busy", "unavailable", "http-503" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(outcome, words[i]) == 0)
			return true;
	return false;
}

static const char *text_at(const json_t *object, const char *a, const char *b, const char *c)
{
	const json_t *at = json_object_get(object, a);

	at = b == NULL ? at : json_object_get(at, b);
	at = c == NULL ? at : json_object_get(at, c);
	return json_string_value(at);
}

/* FNV-1a over the answer, but for what a repeated one says of itself and of the moment. */
static uint64_t digest(const json_t *content)
{
	uint64_t sum_of = 14695981039346656037ULL;
	json_t *copy = json_copy((json_t *)(uintptr_t)content);

	json_object_del(copy, "replayed");
	json_object_del(copy, "budget_left_cents");
	char *text = json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS);

	for (const char *c = text; c != NULL && *c != '\0'; c++)
		sum_of = (sum_of ^ (unsigned char)*c) * 1099511628211ULL;
	free(text);
	json_decref(copy);
	return sum_of;
}

static void take_answer(struct client *client, int status, const char *body, size_t size)
{
	json_t *answer = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL);
	const json_t *result = json_object_get(answer, "result"), *content = json_object_get(result, "structuredContent");
	const char *action = text_at(content, "action", NULL, NULL), *outcome = text_at(content, "status", NULL, NULL);
	char made[40];

	if (content != NULL)
		client->said = digest(content);
	if (outcome == NULL)
		outcome = text_at(result, "_meta", "flash/error", "code");
	if (outcome == NULL) {
		snprintf(made, sizeof made, "http-%d", status);
		outcome = made;
	}
	if (retry && is_temporary(outcome))
		again(client, outcome);
	else
		end_call(client, outcome, action == NULL ? "" : action, json_is_true(json_object_get(content, "replayed")));
	json_decref(answer);
}

/* Takes the answer out of what has come, when it is whole. */
static void read_answer(struct client *client)
{
	ssize_t got = recv(client->fd, client->in + client->in_used, sizeof client->in - 1 - client->in_used, 0);

	if (got <= 0) {
		lose(client);
		return;
	}
	client->in_used += (size_t)got;
	client->in[client->in_used] = '\0';
	const char *body = strstr(client->in, "\r\n\r\n"), *length = strstr(client->in, "Content-Length: ");

	if (body == NULL || length == NULL)
		return;
	size_t size = strtoul(length + 16, NULL, 10);
	bool closing = strstr(client->in, "\r\nConnection: close") != NULL;

	body += 4;
	if ((size_t)(client->in + client->in_used - body) < size)
		return;
	client->in_used = 0;
	take_answer(client, (int)strtol(client->in + 9, NULL, 10), body, size);
	if (closing)
		disconnect(client);
}

static void say(const char *line)
{
	fflush(answers);
	puts(line);
	fflush(stdout);
}

/* settle: says `settled` when every client has been answered a call that it began after this. reach N: says
 * `reached` when so many calls were answered. pause: says `paused` when nothing is in flight. go, epoch N, quit. */
static void obey(const char *line)
{
	if (strcmp(line, "settle") == 0) {
		mark++;
		settle_asked = true;
	} else if (strncmp(line, "reach ", 6) == 0) {
		reach = strtol(line + 6, NULL, 10);
	} else if (strcmp(line, "pause") == 0) {
		pause_asked = paused = true;
	} else if (strcmp(line, "go") == 0) {
		paused = false;
	} else if (strncmp(line, "epoch ", 6) == 0) {
		epoch = (int)strtol(line + 6, NULL, 10);
	} else {
		quitting = true;
	}
}

static void read_commands(void)
{
	static char buffer[256];
	static size_t used;
	ssize_t got = read(STDIN_FILENO, buffer + used, sizeof buffer - 1 - used);

	if (got <= 0) {
		input_open = false;
		quitting = quitting || limit < 0;
		return;
	}
	used += (size_t)got;
	buffer[used] = '\0';
	for (char *end; (end = strchr(buffer, '\n')) != NULL;) {
		*end = '\0';
		obey(buffer);
		used -= (size_t)(end + 1 - buffer);
		memmove(buffer, end + 1, used + 1);
	}
}

static void tell(void)
{
	bool idle = true, settled = true;

	for (int i = 0; i < client_count; i++) {
		idle = idle && !clients[i].busy;
		settled = settled && clients[i].settled_mark == mark;
	}
	if (settle_asked && settled) {
		settle_asked = false;
		say("settled");
	}
	if (reach >= 0 && (sum.answered >= reach || (idle && limit >= 0 && next_line >= limit))) {
		reach = -1;
		say("reached");
	}
	if (pause_asked && idle) {
		pause_asked = false;
		say("paused");
	}
}

/* One turn: everybody who has nothing in flight begins, then whatever came is read. False when all is done. */
static bool turn(void)
{
	struct pollfd files[CLIENTS_MOST + 1] = { { input_open ? STDIN_FILENO : -1, POLLIN, 0 } };
	int64_t now = now_us();
	bool working = false;
	int wait_ms = 1000;

	for (int i = 0; i < client_count; i++) {
		struct client *client = &clients[i];

		if (!client->busy && !paused && !quitting && write_call(client)) {
			client->out_done = 0;
			client->due_us = now;
		}
		if (client->busy && client->out_done < client->out_size && client->due_us <= now)
			send_call(client);
		if (client->busy && client->out_done < client->out_size)
			wait_ms = RETRY_US / 1000;
		working = working || client->busy;
		files[i + 1] = (struct pollfd){ client->fd, POLLIN, 0 };
	}
	tell();
	if (!working && (quitting || !input_open || (!paused && limit >= 0 && next_line >= limit)))
		return false;
	poll(files, (nfds_t)client_count + 1, wait_ms);
	for (int i = 0; i < client_count; i++)
		if (files[i + 1].revents != 0 && clients[i].fd == files[i + 1].fd)
			read_answer(&clients[i]);
	if (files[0].revents != 0)
		read_commands();
	return true;
}

int main(int count, char **words)
{
	char line[200];

	read_options(count, words);
	for (int i = 0; i < client_count; i++)
		clients[i] = (struct client){ .fd = -1, .door = i % door_count };
	int64_t begun = now_us();

	while (turn())
		continue;
	snprintf(line, sizeof line, "done answered=%ld executed=%ld replayed=%ld refused=%ld cut=%ld ms=%lld", sum.answered,
		sum.executed, sum.replayed, sum.refused, sum.cut, (long long)(now_us() - begun) / 1000);
	say(line);
	fclose(answers);
	return 0;
}

#include "door.h"

#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "exchange.h"
#include "fixtures.h"
#include "library.h"
#include "mcp/events/event_read.h"

/* Paths of the daemon; one that ends in '*' stands for all that begin like it. `serve` is called on the loop thread
 * after Host and Origin were checked, with a method that `methods` names. */
struct route {
	const char *path, *methods;
	void (*serve)(struct door *door, struct http_request *request);
};

static void serve_mcp(struct door *door, struct http_request *request)
{
	struct exchange_refusal refusal = { .code = ERROR_KEY, .fault = { 401, FAULT_HTTP - 401, "An API key is needed, in "
		"the header Authorization: Bearer fl_live_... An admin makes one with `flashd key create`.", NULL } };

	if (http_header(request, "authorization") != NULL)
		exchange_start(door, request);
	else
		exchange_refuse(door, request, &refusal);
}

static void serve_health(struct door *door, struct http_request *request)
{
	(void)door;
	exchange_send(request, 200, "{\"status\":\"ok\"}", "health", 0);
}

/* Where a client ends up that found no key configured and tries OAuth; it shows this text to its person. */
static void serve_register(struct door *door, struct http_request *request)
{
	const char *scheme = http_header(request, "x-forwarded-proto");
	struct arena *arena = arena_new();
	const char *text = arena_format(arena, "Flash uses API keys, not OAuth: claude mcp add --transport http flash "
		"%s://%s/api/mcp --header \"Authorization: Bearer fl_live_...\"",
		scheme != NULL && strcmp(scheme, "https") == 0 ? "https" : "http", http_header(request, "host"));
	json_t *body = arena_json(arena, json_pack("{s:s, s:s*}", "error", "invalid_client_metadata", "error_description",
		text));

	(void)door;
	exchange_send(request, 400, arena_dump(arena, body), "register", 0);
	arena_free(arena);
}

static void serve_nothing(struct door *door, struct http_request *request)
{
	(void)door;
	exchange_send(request, 404, "{\"error\":\"not_found\",\"message\":\"There is nothing here. The MCP "
		"endpoint is POST /api/mcp; facts go to POST /api/events/TENANT/FEED.\"}", "nothing", 0);
}

/* No authorization server is announced anywhere: the well-known paths are as empty as any other. */
static const struct route routes[] = {
	{ "/api/mcp",   "POST",     serve_mcp },
	{ "/api/events/*", "POST",  events_start },
	{ "/healthz",   "GET, HEAD", serve_health },
	{ "/register",  "POST",     serve_register },
	{ "*",          "*",        serve_nothing },
};

static bool is_path(const char *pattern, const char *target)
{
	size_t size = strcspn(target, "?"), wanted = strlen(pattern);

	if (pattern[wanted - 1] == '*')
		return strncmp(target, pattern, wanted - 1) == 0;
	return size == wanted && strncmp(target, pattern, wanted) == 0;
}

static bool is_method(const char *methods, const char *method)
{
	size_t size = strlen(method);

	if (strcmp(methods, "*") == 0)
		return true;
	for (const char *at = methods; (at = strstr(at, method)) != NULL; at += size)
		if ((at == methods || at[-1] == ' ') && (at[size] == ',' || at[size] == '\0'))
			return true;
	return false;
}

static const struct route *route_of(const struct http_request *request)
{
	const struct route *route = routes;

	while (!is_path(route->path, http_target(request)))
		route++;
	return route;
}

static void refuse(struct door *door, struct http_request *request, int status, const char *allow, const char *text)
{
	struct exchange_refusal refusal = { .code = ERROR_FORMAT, .fault = { status, FAULT_HTTP - status, text, NULL },
		.allow = allow };

	exchange_refuse(door, request, &refusal);
}

/* On the loop thread. */
static void handle(struct http_request *request, void *context)
{
	struct door *door = context;
	const char *host = http_header(request, "host");
	const struct route *route = route_of(request);

	if (host == NULL || !guard_host(&door->guard, host))
		refuse(door, request, 403, NULL, "This Host is not served here; add it to the setting allowed_hosts if it "
			"should be.");
	else if (!guard_origin(&door->guard, host, http_header(request, "origin")))
		refuse(door, request, 403, NULL, "This Origin may not ask here; add it to the setting allowed_origins if it "
			"should.");
	else if (!is_method(route->methods, http_method(request)))
		refuse(door, request, 405, route->methods, "This path takes another method; the MCP endpoint takes POST and "
			"needs no session.");
	else
		route->serve(door, request);
}

bool door_open(struct corridor *corridor, const struct settings *settings, struct door **opened, struct error *error)
{
	struct http_config config = { .address = settings->http_address, .port = (int)settings->http_port,
		.head_ms = (int)settings->head_ms, .body_ms = (int)settings->body_ms, .idle_ms = (int)settings->idle_ms,
		.connections_max = (int)settings->connections_max, .large_path = "/api/events/", .large_max = EVENT_BODY_MOST,
		.per_address_max = (int)settings->connections_per_address };
	bool loopback = guard_is_loopback(settings->http_address);
	struct door *door;

	if (settings->conformance != 0 && !loopback)
		return error_set(error, ERROR_CONFIG, "The setting conformance = 1 shows test fixtures and is for this machine "
			"only, but http_address is %s: set it to 127.0.0.1, or conformance to 0.", settings->http_address);
	if (!library_load(error))
		return false;
	door = calloc(1, sizeof *door);
	if (door == NULL)
		abort();
	door->corridor = corridor;
	door->conformance = settings->conformance != 0;
	door->guard = (struct guard){ loopback, settings->allowed_hosts, settings->allowed_origins };
	atomic_store(&door->references, 1);
	door->http = http_open(&config, handle, door, error);
	if (door->http == NULL) {
		free(door);
		return false;
	}
	*opened = door;
	return true;
}

int door_port(const struct door *door)
{
	return http_port(door->http);
}

void door_run(struct door *door)
{
	http_run(door->http);
}

void door_stop(struct door *door)
{
	http_stop(door->http);
}

void door_close(struct door *door)
{
	if (door == NULL)
		return;
	fixtures_close();
	http_close(door->http);
	door_release(door);
}

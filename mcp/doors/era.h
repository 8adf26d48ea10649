/* Which revision of MCP a message speaks, and whether its HTTP headers say the same as its body. The modern era
 * (2026-07-28) carries its version in every request; the legacy era (up to 2025-11-25) began with `initialize`, and
 * here needs no session. The body decides, never the Mcp-Method header: bridges send that on legacy requests too.
 * Pure: no I/O, memory only from the arena. */
#ifndef FLASH_ERA_H
#define FLASH_ERA_H

#include <jansson.h>
#include <stdbool.h>

#include "mcp/base/arena.h"

#define ERA_MODERN_VERSION "2026-07-28"
#define ERA_LEGACY_VERSION "2025-11-25"    /* the newest of the legacy ones */
#define ERA_META_VERSION "io.modelcontextprotocol/protocolVersion"
#define ERA_META_CAPABILITIES "io.modelcontextprotocol/clientCapabilities"
#define ERA_META_SERVER "io.modelcontextprotocol/serverInfo"

enum era { ERA_LEGACY = 1, ERA_MODERN = 2 };

/* JSON-RPC's own codes, MCP's, and ours (outside JSON-RPC's range: minus 31,000 and the HTTP status). */
enum fault_code {
	FAULT_NONE = 0, FAULT_PARSE = -32700, FAULT_ENVELOPE = -32600, FAULT_METHOD = -32601, FAULT_PARAMS = -32602,
	FAULT_INTERNAL = -32603, FAULT_HEADER = -32020, FAULT_CAPABILITY = -32021, FAULT_VERSION = -32022,
	FAULT_HTTP = -31000
};

/* Why a message is not served: the HTTP status and the JSON-RPC error. Text and data are the arena's. */
struct fault {
	int status;
	int code;
	const char *text;
	json_t *data;             /* or NULL */
};

/* Sets the fault; false, so that `return fault_set(...)` reads as what it means. */
bool fault_set(struct fault *fault, struct arena *arena, int status, int code, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* The headers that take part; NULL when absent. `repeated`: one of them came more than once. */
struct era_headers {
	const char *version, *method, *name;
	bool repeated;
};

/* Whether this legacy revision is spoken here. */
bool era_is_legacy(const char *version);

/* Whether a body that is an array may come with these headers: only 2025-03-26 knew batches. */
bool era_allows_batch(const struct era_headers *headers, struct fault *fault, struct arena *arena);

/* The era of one message, from its params and the version header. */
bool era_find(const struct era_headers *headers, const json_t *params, enum era *era, struct fault *fault,
	struct arena *arena);

/* The modern era's checks, in the order that decides which fault answers: metadata, version header, version,
 * Mcp-Method, Mcp-Name. */
bool era_check_modern(const struct era_headers *headers, const char *method, const json_t *params,
	struct fault *fault, struct arena *arena);

#endif

/* JSON-RPC 2.0 as MCP uses it: a body becomes messages, each one read, refused or ready to be served; results and
 * faults become texts. Pure: no I/O, memory only from the arena, so that it can be fuzzed as it is. */
#ifndef FLASH_RPC_H
#define FLASH_RPC_H

#include <stddef.h>

#include "era.h"

/* Deeper bodies are refused before they are parsed, so that no parser's stack is in the hands of a stranger. */
enum { RPC_DEPTH_MAX = 64, RPC_BATCH_MAX = 32 };

#define RPC_SERVER_VERSION "1.0.0"

enum rpc_kind { RPC_REQUEST, RPC_NOTIFICATION, RPC_RESPONSE };

/* Who serves a method, in methods.def's last column. */
enum rpc_handler {
	RPC_NONE,
#define METHOD(name, eras, whom, handler) RPC_##handler,
#include "methods.def"
#undef METHOD
	RPC_HANDLERS
};

struct rpc_message {
	enum rpc_kind kind;
	enum era era;
	json_t *id;                  /* NULL when the message has none, or none that could be read */
	const char *method;          /* of a request or notification */
	enum rpc_handler handler;    /* RPC_NONE but for a request without fault */
	json_t *params;              /* an object, empty when there was none */
	json_t *body;                /* the message as it came, for responses */
	struct fault fault;          /* code NONE: to be served */
};

struct rpc_batch {
	bool is_array;
	size_t count;
	struct rpc_message *messages;
};

/* Reads a body. False with a fault when nothing in it can be answered singly. `fixtures`: the caller may use the
 * methods that only the conformance fixtures need. */
bool rpc_read(struct arena *arena, const struct era_headers *headers, const char *bytes, size_t size, bool fixtures,
	struct rpc_batch *batch, struct fault *fault);

/* The answer to a message as text, owned by the arena: a result (a new reference, taken over), or a fault. */
char *rpc_result(struct arena *arena, const struct rpc_message *message, json_t *result);
char *rpc_fault(struct arena *arena, json_t *id, const struct fault *fault);

/* What every modern result carries and no legacy one: resultType, who answered and, when `ttl_ms` is not negative,
 * how long it may be kept, privately. */
void rpc_complete(const struct rpc_message *message, json_t *result, int ttl_ms);

/* The fields of rpc_complete() without `ttl_ms` as text, to be put behind other fields: ",…" or nothing. Static. */
const char *rpc_completion(const struct rpc_message *message);

/* {"name","version","title"} of this server; a new reference. */
json_t *rpc_server_info(void);

#endif

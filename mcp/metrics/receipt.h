/* The receipt of an answer's numbers: a text that says what was asked, of which definition and data, and what came of
 * it, signed by this installation. It holds all that asking again needs, so nobody keeps it but who got the answer.
 *
 *     token = base64url(body) "." base64url(Ed25519(body))      body: canonical JSON, keys sorted
 *
 * Of the body: v 1; tenant; tool, the one that answers `query` again (query_metric when absent); metric, definition
 * (whole hash), certified_by (null: nobody); query, with exact days; query_hash; from, to (instants, null of what has
 * no history); data_version, as_of, asked_at; limited_to, the limits of the key that `tool` answered (absent: none);
 * rows, of the source behind the total; value, of the total; numbers, the
 * hash of all numbers of the answer. */
#ifndef FLASH_RECEIPT_H
#define FLASH_RECEIPT_H

#include "mcp/base/seal.h"
#include "question.h"

enum { RECEIPT_TOKEN_MOST = 4900, RECEIPT_QUERY_MOST = 2900, RECEIPT_ID = 12 };   /* bytes */

struct receipt_facts {
	const char *tool;         /* NULL: query_metric */
	const char *metric, *definition, *certified_by;
	json_t *query;
	json_t *limited_to;       /* of the key that asked, where `query` alone does not say it; NULL: none */
	const char *from, *to, *as_of;
	long long data_version, rows;
	const json_t *value, *numbers;   /* `numbers`: whatever its hash is to stand for */
	int64_t asked_us;
};

/* Signs: {"id", "token"}, owned by the arena. NULL with ERROR_ARGUMENT when the query alone is too long for one. */
json_t *receipt_make(const struct seal *seal, int tenant, const struct receipt_facts *facts, struct arena *arena,
	struct error *error);

/* Gives an answer of question_answer() its receipt, as its field `receipt`; `args` are those of the question. */
bool receipt_give(const struct seal *seal, int tenant, const struct question *question, const json_t *args,
	json_t *answer, struct arena *arena, struct error *error);

/* The query by which exactly the same is asked again, whenever that is: names as they were resolved, exact days; a
 * window by name only beside a comparison, which it says, and then with the day that was today. Owned by the arena. */
json_t *receipt_query(const struct question *question, const json_t *args, struct arena *arena);

/* What a token says, owned by the arena; NULL with ERROR_RECEIPT when it is none, was changed, or was not signed here
 * for this tenant (a foreign tenant's looks like a forged one). */
json_t *receipt_open(const struct seal *seal, int tenant, const char *token, struct arena *arena,
	struct error *error);

/* Whether all that a receipt speaks of lies within a key's limits ({dimension: [values]}): it was given to a key with
 * no wider ones, or its question has filters inside. */
bool receipt_within(const json_t *body, const json_t *limits);

/* What is said of a receipt that proves nothing to who shows it: forged, a foreign tenant's and, to a limited key, one
 * of more than it may see look the same. */
extern const char receipt_not_ours[];

/* What is kept of receipts that are cited for a write: [{id, metric, definition, value, data_version, asked_at,
 * token}], owned by the arena. NULL with ERROR_RECEIPT when one of `tokens` (an array of texts) is none of ours, as
 * above. */
json_t *receipt_cited(const struct seal *seal, int tenant, const json_t *tokens, struct arena *arena,
	struct error *error);

/* The id of a receipt with this body. */
const char *receipt_id(const json_t *body, struct arena *arena);

#endif

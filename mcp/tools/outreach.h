/* A message to one member, from its final text to its sealed form. The hash is what a human approves: everyone who
 * makes, shows or sends a message computes it here, over the same canonical JSON. */
#ifndef FLASH_TOOLS_OUTREACH_H
#define FLASH_TOOLS_OUTREACH_H

#include "mcp/base/arena.h"
#include "mcp/base/error.h"
#include "mcp/base/seal.h"

enum { OUTREACH_SUBJECT_MOST = 200, OUTREACH_BODY_MOST = 4000 };   /* characters */

struct outreach {
	int tenant;
	long long member;
	const char *channel;      /* "email" */
	const char *audience;     /* whom it was written for: "single", or what the policy's run says */
	const char *subject, *body;
	const char *policy;       /* NULL: none */
	long long policy_version;
	const char *expires_at;   /* UTC to the second, as reading.stamp() writes it: 2026-11-23T08:00:00Z */
};

struct outreach_sealed {
	const char *subject, *body;   /* sealed for SEAL_MESSAGE */
	const char *hash;             /* of outreach_hash() */
};

/* Whether the final text may be sent: sizes, one line of subject, nothing that hides or turns the text, no unfilled
 * {{name}}, no links and no addresses (there is no allow-list yet). ERROR_FORMAT names subject or body and what. */
bool outreach_check(const struct outreach *outreach, struct error *error);

/* seal_hash of the canonical JSON (keys sorted, compact) of tenant, member, channel, audience, subject, body, policy,
 * policy_version (null and 0 without a policy) and expires_at. In the arena. */
const char *outreach_hash(const struct outreach *outreach, struct arena *arena);

/* The sealed texts as they go to the database beside many others. */
struct outreach_bytes {
	struct bulk_bytes subject, body;
	const char *hash;
};

/* Checks, seals and hashes. */
bool outreach_seal_bytes(const struct seal *seal, const struct outreach *outreach, struct arena *arena,
	struct outreach_bytes *sealed, struct error *error);
bool outreach_seal(const struct seal *seal, const struct outreach *outreach, struct arena *arena,
	struct outreach_sealed *sealed, struct error *error);

/* The way back: opens both texts into `outreach`, whose other fields the caller has filled from the draft's row, and
 * compares the hash. ERROR_HASH when it is not that of this text, member, audience, policy and expiry. */
bool outreach_open(const struct seal *seal, const struct outreach_sealed *sealed, struct arena *arena,
	struct outreach *outreach, struct error *error);

#endif

/* The signature of a request in the form of Standard Webhooks 1.0.0, symmetric scheme: webhook-id, webhook-timestamp
 * (seconds) and webhook-signature, which holds one or more "v1," and base64 of HMAC-SHA256 over "id.timestamp.body",
 * separated by spaces. Pure. */
#ifndef FLASH_WEBHOOK_H
#define FLASH_WEBHOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcp/base/error.h"

/* Farther from our clock than this, before or behind, a request is not taken: it may be a replay. */
enum { WEBHOOK_TOLERANCE_SECONDS = 300, WEBHOOK_ID_MOST = 120, WEBHOOK_SIGNATURES_MOST = 8 };

struct webhook {
	const char *id, *timestamp, *signatures;   /* the headers' values; NULL when missing or there more than once */
	const char *body;
	size_t size;
};

/* Whether `secret` ("whsec_" and base64 of 24 to 64 bytes) signed this at about `now_us`. ERROR_KEY with what to do. A
 * wrong signature and a wrong secret look the same, and the clock is only looked at behind a right one. */
bool webhook_verify(const struct webhook *webhook, const char *secret, int64_t now_us, struct error *error);

#endif

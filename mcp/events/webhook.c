#include "webhook.h"

#include <stdlib.h>
#include <string.h>

#include "mcp/base/seal.h"

enum { SECRET_LEAST = 24, SECRET_MOST = 64, HASH = 32 };

static const char prefix[] = "whsec_", version[] = "v1,";

/* No dot: it separates what is signed. */
static bool is_id(const char *id)
{
	size_t size = id == NULL ? 0 : strnlen(id, WEBHOOK_ID_MOST + 1);

	for (size_t i = 0; i < size; i++)
		if (id[i] <= ' ' || id[i] > '~' || id[i] == '.')
			return false;
	return size >= 1 && size <= WEBHOOK_ID_MOST;
}

static bool is_seconds(const char *text)
{
	size_t size = text == NULL ? 0 : strspn(text, "0123456789");

	return size >= 1 && size <= 12 && text[size] == '\0';
}

/* Every signature is compared, whichever is right, and each comparison takes the same time. */
static bool is_signed(const char *signatures, const unsigned char hash[HASH])
{
	bool good = false;
	int seen = 0;

	for (const char *at = signatures; *at != '\0' && seen < WEBHOOK_SIGNATURES_MOST; seen++) {
		size_t size = strcspn(at, " "), bytes;
		unsigned char given[HASH];

		if (size > sizeof version - 1 && strncmp(at, version, sizeof version - 1) == 0 &&
		    seal_from_base64(at + sizeof version - 1, size - (sizeof version - 1), given, HASH, &bytes) &&
			bytes == HASH)
			good |= seal_equal_bytes(given, hash, HASH);
		at += size;
		at += strspn(at, " ");
	}
	return good;
}

/* What follows the public word that every secret begins with; NULL without it. */
static const char *after_prefix(const char *text)
{
	return strncmp(text, prefix, sizeof prefix - 1) == 0 ? text + sizeof prefix - 1 : NULL;
}

static bool make_hash(const struct webhook *webhook, const char *secret, unsigned char hash[HASH])
{
	unsigned char key[SECRET_MOST];
	size_t size;
	const struct seal_piece pieces[] = { { webhook->id, strlen(webhook->id) }, { ".", 1 },
		{ webhook->timestamp, strlen(webhook->timestamp) }, { ".", 1 }, { webhook->body, webhook->size } };

	const char *text = after_prefix(secret);

	if (text == NULL || !seal_from_base64(text, strlen(text), key, sizeof key, &size) || size < SECRET_LEAST)
		return false;
	seal_hmac_sha256(key, size, pieces, sizeof pieces / sizeof pieces[0], hash);
	return true;
}

bool webhook_verify(const struct webhook *webhook, const char *secret, int64_t now_us, struct error *error)
{
	unsigned char hash[HASH];

	if (!is_id(webhook->id) || !is_seconds(webhook->timestamp) || webhook->signatures == NULL)
		return error_set(error, ERROR_KEY, "A request needs, once each, webhook-id (1 to %d visible characters without "
			"a dot), webhook-timestamp (seconds since 1970) and webhook-signature (v1, and base64). Nothing was taken.",
			(int)WEBHOOK_ID_MOST);
	if (!make_hash(webhook, secret, hash) || !is_signed(webhook->signatures, hash))
		return error_set(error, ERROR_KEY, "The signature is not that of a feed here. It is made with the secret of "
			"this path's feed (`flashd feed create` showed it once) over \"id.timestamp.body\", of exactly the bytes "
			"that are sent. Nothing was taken.");
	long long past = (long long)(now_us / 1000000) - strtoll(webhook->timestamp, NULL, 10);

	if (past > WEBHOOK_TOLERANCE_SECONDS || past < -WEBHOOK_TOLERANCE_SECONDS)
		return error_set(error, ERROR_KEY, "webhook-timestamp is %lld seconds %s our clock; %d are tolerated. Sign "
			"each attempt anew, and set your clock by NTP. Nothing was taken.", past < 0 ? -past : past,
			past < 0 ? "ahead of" : "behind", (int)WEBHOOK_TOLERANCE_SECONDS);
	return true;
}

/* The only file that knows libsodium: hashes, the master key and what is sealed with it, API keys, random ids.
 * One 32-byte master key file; every tenant and purpose has its own subkey, so that no ciphertext or index of
 * one is of use in another. Binary values come and go as PostgreSQL's hex text ("\x…"). */
#ifndef FLASH_SEAL_H
#define FLASH_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "bulk.h"
#include "error.h"

enum seal_purpose { SEAL_PROFILE = 1, SEAL_LOOKUP, SEAL_MESSAGE, SEAL_API_KEY, SEAL_HANDLE, SEAL_QUESTION,
	SEAL_FEED = 16, SEAL_EVENT, SEAL_RECEIPT = 24 };

struct seal;

/* Reads the master key; refuses a missing file, a wrong size or one that others may read. Close frees. */
struct seal *seal_open(const char *path, struct error *error);
void seal_close(struct seal *seal);

/* Makes a new master key file (mode 0600); refuses when there is one already. */
bool seal_create(const char *path, struct error *error);

/* XChaCha20-Poly1305 under the subkey of (tenant, purpose): hex of nonce and ciphertext, in `arena`. */
char *seal_encrypt(const struct seal *seal, int tenant, enum seal_purpose purpose, const char *text,
	struct arena *arena);

/* The same bytes as they are. */
struct bulk_bytes seal_encrypt_bytes(const struct seal *seal, int tenant, enum seal_purpose purpose, const char *text,
	struct arena *arena);

/* The text back, or NULL when it was not sealed under this key (ERROR_INTERNAL: never guess). */
char *seal_decrypt(const struct seal *seal, int tenant, enum seal_purpose purpose, const char *hex,
	struct arena *arena, struct error *error);

/* The same of the bytes as they are. */
char *seal_decrypt_bytes(const struct seal *seal, int tenant, enum seal_purpose purpose,
	const struct bulk_bytes *sealed, struct arena *arena, struct error *error);

/* Keyed BLAKE2b-128 of the trimmed, lower-cased text: equal texts of one tenant are found by it. */
char *seal_blind_index(const struct seal *seal, int tenant, const char *text, struct arena *arena);

/* SHA-256, and BLAKE2b-256 as hex. */
void seal_sha256(const void *bytes, size_t size, unsigned char out[32]);
char *seal_hash(const void *bytes, size_t size, struct arena *arena);

/* BLAKE2b-256 under the subkey of (tenant, purpose), as hex: of texts that could be guessed. */
char *seal_keyed_hash(const struct seal *seal, int tenant, enum seal_purpose purpose, const void *bytes, size_t size,
	struct arena *arena);

/* HMAC-SHA256 of several pieces, one behind the other. */
struct seal_piece {
	const void *bytes;
	size_t size;
};
void seal_hmac_sha256(const void *key, size_t key_size, const struct seal_piece *pieces, size_t count,
	unsigned char out[32]);

/* Whether two byte strings of `size` are equal, in constant time. */
bool seal_equal_bytes(const void *a, const void *b, size_t size);

/* Base64 of bytes, padded, in one line; and back: false when it is none or more than `room` bytes. */
char *seal_base64(const void *bytes, size_t size, struct arena *arena);
bool seal_from_base64(const char *text, size_t text_size, void *bytes, size_t room, size_t *size);

/* The same in the alphabet of addresses, without padding: each text stands for one byte string only. */
char *seal_base64url(const void *bytes, size_t size, struct arena *arena);
bool seal_from_base64url(const char *text, size_t text_size, void *bytes, size_t room, size_t *size);

/* The first 5 x `count` (at most 64) bits of a BLAKE2b hash, in the alphabet of ids: a name for bytes, not a proof. */
char *seal_short_hash(const void *bytes, size_t size, size_t count, struct arena *arena);

/* Ed25519 (RFC 8032) under this installation's own key, which is made from the master key: a signature, whether one is
 * good, and in base64 the public key by which anybody can tell. */
enum { SEAL_SIGNATURE = 64 };
void seal_sign(const struct seal *seal, const void *bytes, size_t size, unsigned char out[SEAL_SIGNATURE]);
bool seal_signed(const struct seal *seal, const void *bytes, size_t size,
	const unsigned char signature[SEAL_SIGNATURE]);
char *seal_public_key(const struct seal *seal, struct arena *arena);

/* A new secret of a feed, as Standard Webhooks writes it: "whsec_" and base64 of 32 random bytes. */
char *seal_webhook_secret(struct arena *arena);

/* Constant-time comparison of two texts of any length. */
bool seal_equal(const char *a, const char *b);

/* `size` random characters of [0-9a-z] without look-alikes (5 bits each), and NUL, into `out`. */
void seal_random(char *out, size_t size);

/* A version-4 UUID as text (36 characters and NUL). */
void seal_uuid(char out[37]);

/* Some that follow each other: one time, one draw, then they count. Each is a string of 37 bytes, in the arena. */
const char **seal_uuids(size_t count, struct arena *arena);

/* An API key: fl_live_<tenant>k<id>_<secret><checksum>. The checksum lets scanners and the door drop noise. */
struct seal_api_key {
	int tenant;
	char id[24];        /* "<tenant>k<10 characters>": public, the row's key */
	char secret[48];
};
char *seal_api_key_new(int tenant, struct seal_api_key *key, struct arena *arena);
bool seal_api_key_parse(const char *text, struct seal_api_key *key);

/* The keyed hash of a secret that the database keeps, as hex. */
char *seal_api_key_hash(const struct seal *seal, const struct seal_api_key *key, struct arena *arena);

#endif

/* XChaCha20-Poly1305, BLAKE2b, SHA-256 and its HMAC by libsodium; Ed25519; subkeys
 * by its key derivation. */
#include "seal.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"

enum { MASTER = crypto_kdf_KEYBYTES, KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	KEY_ID = 10, KEY_SECRET = 40, KEY_CHECK = 6 };

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

struct seal {
	unsigned char master[MASTER], public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
};

_Static_assert((int)SEAL_SIGNATURE == crypto_sign_BYTES && (int)KEY == crypto_sign_SEEDBYTES, "Ed25519");

/* Random numbers from libsodium's own generator, seeded by the kernel: a cycle draws two nonces a message, and a system
 * call for each cost as much as the sealing. */
static void set_up(void)
{
	randombytes_set_implementation(&randombytes_internal_implementation);
	if (sodium_init() < 0)
		abort();
}

static void start(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, set_up);
}

static void derive(const struct seal *seal, int tenant, enum seal_purpose purpose, unsigned char key[KEY])
{
	char context[crypto_kdf_CONTEXTBYTES] = "flashd_0";

	context[7] = (char)('0' + (int)purpose);
	crypto_kdf_derive_from_key(key, KEY, (uint64_t)tenant, context, seal->master);
}

/* Once, at the start: making the pair costs as much as signing. */
static void make_signing_key(struct seal *seal)
{
	unsigned char seed[KEY];

	derive(seal, 0, SEAL_RECEIPT, seed);
	crypto_sign_seed_keypair(seal->public, seal->secret, seed);
	sodium_memzero(seed, sizeof seed);
}

struct seal *seal_open(const char *path, struct error *error)
{
	struct stat status;
	int file = open(path, O_RDONLY | O_CLOEXEC);

	start();
	if (file < 0) {
		error_set(error, ERROR_CONFIG, "The master key file %s cannot be read (%s): name it in "
			"`master_key_file`, or make one with `flashd migrate`.", path, strerror(errno));
		return NULL;
	}
	struct seal *seal = sodium_malloc(sizeof *seal);

	if (seal == NULL)
		abort();
	bool good = false;

	if (fstat(file, &status) != 0 || (status.st_mode & 077) != 0)
		error_set(error, ERROR_CONFIG, "The master key file %s may be read by others: run "
			"`chmod 600 %s`.", path, path);
	else if (status.st_size != MASTER || read(file, seal->master, MASTER) != MASTER)
		error_set(error, ERROR_CONFIG, "The master key file %s holds %lld bytes, not %d: restore it from "
			"your backup.", path, (long long)status.st_size, (int)MASTER);
	else
		good = true;
	close(file);
	if (!good) {
		sodium_free(seal);
		return NULL;
	}
	make_signing_key(seal);
	return seal;
}

void seal_close(struct seal *seal)
{
	sodium_free(seal);
}

bool seal_create(const char *path, struct error *error)
{
	unsigned char master[MASTER];
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	start();
	if (file < 0)
		return error_set(error, ERROR_CONFIG, "The master key file %s cannot be made: %s.", path,
			strerror(errno));
	randombytes_buf(master, sizeof master);
	bool good = write(file, master, sizeof master) == (ssize_t)sizeof master && fsync(file) == 0;

	sodium_memzero(master, sizeof master);
	if (close(file) != 0 || !good) {
		unlink(path);
		return error_set(error, ERROR_SYSTEM, "The master key file %s could not be written: %s.", path,
			strerror(errno));
	}
	return true;
}

static char *to_hex(const unsigned char *bytes, size_t size, struct arena *arena)
{
	char *hex = arena_alloc(arena, 2 * size + 3);

	memcpy(hex, "\\x", 2);
	sodium_bin2hex(hex + 2, 2 * size + 1, bytes, size);
	return hex;
}

struct bulk_bytes seal_encrypt_bytes(const struct seal *seal, int tenant, enum seal_purpose purpose, const char *text,
	struct arena *arena)
{
	unsigned char key[KEY];
	size_t size = strlen(text);
	unsigned char *bytes = arena_alloc(arena, NONCE + size + TAG);

	derive(seal, tenant, purpose, key);
	randombytes_buf(bytes, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + NONCE, NULL, (const unsigned char *)text, size, NULL,
		0, NULL, bytes, key);
	sodium_memzero(key, sizeof key);
	return (struct bulk_bytes){ bytes, NONCE + size + TAG };
}

char *seal_encrypt(const struct seal *seal, int tenant, enum seal_purpose purpose, const char *text,
	struct arena *arena)
{
	struct bulk_bytes sealed = seal_encrypt_bytes(seal, tenant, purpose, text, arena);

	return to_hex(sealed.bytes, sealed.size, arena);
}

char *seal_decrypt_bytes(const struct seal *seal, int tenant, enum seal_purpose purpose,
	const struct bulk_bytes *sealed, struct arena *arena, struct error *error)
{
	unsigned char key[KEY];
	const unsigned char *bytes = sealed->bytes;
	bool good = sealed->size >= NONCE + TAG;
	char *text = arena_alloc(arena, sealed->size + 1);

	derive(seal, tenant, purpose, key);
	good = good && crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)text, NULL, NULL,
		bytes + NONCE, sealed->size - NONCE, NULL, 0, bytes, key) == 0;
	sodium_memzero(key, sizeof key);
	if (!good) {
		error_set(error, ERROR_INTERNAL, "A sealed value of tenant %d does not open with this master key: "
			"compare `master_key_file` with the one the data was written under.", tenant);
		return NULL;
	}
	return text;
}

char *seal_decrypt(const struct seal *seal, int tenant, enum seal_purpose purpose, const char *hex,
	struct arena *arena, struct error *error)
{
	size_t room = strlen(hex) / 2 + 1, size = 0;
	unsigned char *bytes = arena_alloc(arena, room);
	bool good = strncmp(hex, "\\x", 2) == 0 &&
		sodium_hex2bin(bytes, room, hex + 2, strlen(hex) - 2, NULL, &size, NULL) == 0;
	struct bulk_bytes sealed = { bytes, good ? size : 0 };   /* nothing does not open either */

	return seal_decrypt_bytes(seal, tenant, purpose, &sealed, arena, error);
}

char *seal_blind_index(const struct seal *seal, int tenant, const char *text, struct arena *arena)
{
	unsigned char key[KEY], index[16];

	while (isspace((unsigned char)*text))
		text++;
	char *plain = arena_copy(arena, text);
	size_t size = strlen(plain);

	while (size > 0 && isspace((unsigned char)plain[size - 1]))
		size--;
	for (size_t i = 0; i < size; i++)
		plain[i] = (char)tolower((unsigned char)plain[i]);
	derive(seal, tenant, SEAL_LOOKUP, key);
	crypto_generichash(index, sizeof index, (const unsigned char *)plain, size, key, sizeof key);
	sodium_memzero(key, sizeof key);
	return to_hex(index, sizeof index, arena);
}

void seal_sha256(const void *bytes, size_t size, unsigned char out[32])
{
	crypto_hash_sha256(out, bytes, size);
}

char *seal_hash(const void *bytes, size_t size, struct arena *arena)
{
	unsigned char hash[32];

	crypto_generichash(hash, sizeof hash, bytes, size, NULL, 0);
	return to_hex(hash, sizeof hash, arena);
}

char *seal_base64(const void *bytes, size_t size, struct arena *arena)
{
	size_t room = sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_ORIGINAL);
	char *text = arena_alloc(arena, room);

	return sodium_bin2base64(text, room, bytes, size, sodium_base64_VARIANT_ORIGINAL);
}

bool seal_from_base64(const char *text, size_t text_size, void *bytes, size_t room, size_t *size)
{
	return sodium_base642bin(bytes, room, text, text_size, NULL, size, NULL, sodium_base64_VARIANT_ORIGINAL) == 0;
}

char *seal_base64url(const void *bytes, size_t size, struct arena *arena)
{
	size_t room = sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *text = arena_alloc(arena, room);

	return sodium_bin2base64(text, room, bytes, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool seal_from_base64url(const char *text, size_t text_size, void *bytes, size_t room, size_t *size)
{
	return sodium_base642bin(bytes, room, text, text_size, NULL, size, NULL,
		sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
}

char *seal_short_hash(const void *bytes, size_t size, size_t count, struct arena *arena)
{
	unsigned char hash[64];
	char *text = arena_alloc(arena, count + 1);

	crypto_generichash(hash, sizeof hash, bytes, size, NULL, 0);
	for (size_t i = 0; i < count; i++)
		text[i] = alphabet[hash[i] & 31];
	return text;
}

void seal_sign(const struct seal *seal, const void *bytes, size_t size, unsigned char out[SEAL_SIGNATURE])
{
	crypto_sign_detached(out, NULL, bytes, size, seal->secret);
}

bool seal_signed(const struct seal *seal, const void *bytes, size_t size,
	const unsigned char signature[SEAL_SIGNATURE])
{
	return crypto_sign_verify_detached(signature, bytes, size, seal->public) == 0;
}

char *seal_public_key(const struct seal *seal, struct arena *arena)
{
	return seal_base64(seal->public, sizeof seal->public, arena);
}

char *seal_keyed_hash(const struct seal *seal, int tenant, enum seal_purpose purpose, const void *bytes, size_t size,
	struct arena *arena)
{
	unsigned char key[KEY], hash[32];

	derive(seal, tenant, purpose, key);
	crypto_generichash(hash, sizeof hash, bytes, size, key, sizeof key);
	sodium_memzero(key, sizeof key);
	return to_hex(hash, sizeof hash, arena);
}

void seal_hmac_sha256(const void *key, size_t key_size, const struct seal_piece *pieces, size_t count,
	unsigned char out[32])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key, key_size);
	for (size_t i = 0; i < count; i++)
		crypto_auth_hmacsha256_update(&state, pieces[i].bytes, pieces[i].size);
	crypto_auth_hmacsha256_final(&state, out);
}

bool seal_equal_bytes(const void *a, const void *b, size_t size)
{
	return sodium_memcmp(a, b, size) == 0;
}

char *seal_webhook_secret(struct arena *arena)
{
	unsigned char bytes[32];

	start();
	randombytes_buf(bytes, sizeof bytes);
	char *text = arena_format(arena, "whsec_%s", seal_base64(bytes, sizeof bytes, arena));

	sodium_memzero(bytes, sizeof bytes);
	return text;
}

bool seal_equal(const char *a, const char *b)
{
	unsigned char hash_a[32], hash_b[32];

	crypto_generichash(hash_a, sizeof hash_a, (const unsigned char *)a, strlen(a), NULL, 0);
	crypto_generichash(hash_b, sizeof hash_b, (const unsigned char *)b, strlen(b), NULL, 0);
	return sodium_memcmp(hash_a, hash_b, sizeof hash_a) == 0;
}

void seal_random(char *out, size_t size)
{
	start();
	randombytes_buf(out, size);
	for (size_t i = 0; i < size; i++)
		out[i] = alphabet[(unsigned char)out[i] & 31];
	out[size] = '\0';
}

void seal_uuid(char out[37])
{
	unsigned char b[16];
	uint64_t now_ms = (uint64_t)clock_now() / 1000;

	start();
	randombytes_buf(b, sizeof b);
	for (int i = 0; i < 6; i++)
		b[i] = (unsigned char)(now_ms >> (40 - 8 * i));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x70);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*out++ = '-';
		*out++ = "0123456789abcdef"[b[i] >> 4];
		*out++ = "0123456789abcdef"[b[i] & 15];
	}
	*out = '\0';
}

const char **seal_uuids(size_t count, struct arena *arena)
{
	enum { SIZE = 37, COUNTED = 8 };
	const char **ids = arena_alloc(arena, (count + 1) * sizeof *ids);
	char *at = arena_alloc(arena, (count + 1) * SIZE), first[SIZE];

	seal_uuid(first);
	for (size_t i = 0; i < count; i++, at += SIZE) {
		memcpy(at, first, SIZE);
		for (int digit = 0; digit < COUNTED; digit++)
			at[SIZE - 2 - digit] = "0123456789abcdef"[i >> (4 * digit) & 15];
		ids[i] = at;
	}
	return ids;
}

static void checksum(const char *text, size_t size, char out[KEY_CHECK + 1])
{
	unsigned char hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(hash, sizeof hash, (const unsigned char *)text, size, NULL, 0);
	for (int i = 0; i < KEY_CHECK; i++)
		out[i] = alphabet[hash[i] & 31];
	out[KEY_CHECK] = '\0';
}

char *seal_api_key_new(int tenant, struct seal_api_key *key, struct arena *arena)
{
	char id[KEY_ID + 1], check[KEY_CHECK + 1];

	seal_random(id, KEY_ID);
	seal_random(key->secret, KEY_SECRET);
	key->tenant = tenant;
	snprintf(key->id, sizeof key->id, "%dk%s", tenant, id);
	char *text = arena_format(arena, "fl_live_%s_%s", key->id, key->secret);

	checksum(text, strlen(text), check);
	return arena_format(arena, "%s%s", text, check);
}

bool seal_api_key_parse(const char *text, struct seal_api_key *key)
{
	static const char prefix[] = "fl_live_";
	char check[KEY_CHECK + 1];
	size_t size = strlen(text);

	if (size < sizeof prefix + 2 + KEY_ID + KEY_SECRET + KEY_CHECK || size > 96 ||
	    strncmp(text, prefix, sizeof prefix - 1) != 0)
		return false;
	checksum(text, size - KEY_CHECK, check);
	if (strcmp(check, text + size - KEY_CHECK) != 0)
		return false;
	const char *id = text + sizeof prefix - 1, *end = strchr(id, '_');
	char *after;
	long tenant = strtol(id, &after, 10);

	if (end == NULL || tenant < 1 || tenant > 1000000000 || !isdigit((unsigned char)*id) || *after != 'k' ||
	    end - after != KEY_ID + 1 || size - (size_t)(end + 1 - text) != KEY_SECRET + KEY_CHECK)
		return false;
	key->tenant = (int)tenant;
	snprintf(key->id, sizeof key->id, "%.*s", (int)(end - id), id);
	snprintf(key->secret, sizeof key->secret, "%.*s", (int)KEY_SECRET, end + 1);
	return true;
}

char *seal_api_key_hash(const struct seal *seal, const struct seal_api_key *key, struct arena *arena)
{
	unsigned char subkey[KEY], hash[32];

	derive(seal, key->tenant, SEAL_API_KEY, subkey);
	crypto_generichash(hash, sizeof hash, (const unsigned char *)key->secret, strlen(key->secret), subkey,
		sizeof subkey);
	sodium_memzero(subkey, sizeof subkey);
	return to_hex(hash, sizeof hash, arena);
}

/* One hash, one division; kept apart so that SQL, tests and outsiders can repeat it. */
#include "holdout.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "mcp/base/seal.h"

double holdout_draw(const char *key, int64_t member_id)
{
	unsigned char hash[32];
	char text[256];
	uint64_t bits = 0;
	int size = snprintf(text, sizeof text, "%s:%" PRId64, key, member_id);

	if (size < 0 || (size_t)size >= sizeof text)
		abort(); /* policy.c takes no key of more than 64 characters */
	seal_sha256(text, (size_t)size, hash);
	for (int i = 0; i < 8; i++)
		bits = bits << 8 | hash[i];
	return ldexp((double)bits, -64);
}

#include "outreach.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mcp/base/text.h"
#include "mcp/base/utf8.h"

enum { HASHED_MOST = 1 << 26 };   /* more than any request can hold, escaped */

static bool is_label(unsigned char c)
{
	return isalnum(c) || c == '-' || c >= 0x80;
}

/* A stop inside a word with letters after it: a domain, an address, or a sentence that ends without a space, which
 * a mail reader cannot tell apart either. */
static const char *find_domain(const char *text)
{
	for (const char *dot = strchr(text, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
		size_t letters = 0;

		while (isalpha((unsigned char)dot[1 + letters]) || (unsigned char)dot[1 + letters] >= 0x80)
			letters++;
		if (dot > text && is_label((unsigned char)dot[-1]) && letters >= 2)
			return dot;
	}
	return NULL;
}

/* The beginning of the first thing that a mail reader might make a link of; NULL: there is none. Rather too much
 * than too little. */
static const char *find_link(const char *text)
{
	const char *link = strstr(text, "://");

	if (link == NULL)
		link = strcasestr(text, "www.");
	if (link == NULL)
		link = find_domain(text);
	while (link != NULL && link > text && is_label((unsigned char)link[-1]))
		link--;
	return link;
}

static bool check_text(const char *field, const char *text, size_t most, bool lines, struct error *error)
{
	size_t hidden = utf8_hidden_at(text, lines), length = utf8_length(text);

	if (text[strspn(text, " \n")] == '\0')
		return error_set(error, ERROR_FORMAT, "%s is empty: a message needs one", field);
	if (length > most)
		return error_set(error, ERROR_FORMAT, "%s has %zu characters; the most is %zu", field, length, most);
	if (hidden > 0)
		return error_set(error, ERROR_FORMAT, "%s has a control, invisible or direction-turning character at place "
			"%zu%s", field, hidden, lines ? "" : "; a subject is one line");
	if (strstr(text, "{{") != NULL || strstr(text, "}}") != NULL)
		return error_set(error, ERROR_FORMAT, "%s has braces that nothing was filled into", field);
	const char *link = find_link(text);

	if (link != NULL)
		return error_set(error, ERROR_FORMAT, "%s has a link or an address (\"%.*s\"): messages carry none, because no "
			"list of allowed links is set up. Take it out; after a full stop put a space", field,
			(int)strcspn(link, " \n"), link);
	return true;
}

bool outreach_check(const struct outreach *outreach, struct error *error)
{
	return check_text("subject", outreach->subject, OUTREACH_SUBJECT_MOST, false, error) &&
		check_text("body", outreach->body, OUTREACH_BODY_MOST, true, error);
}

/* Canonical JSON, its keys in order. Written by hand: a cycle hashes a message a member, and through a JSON library
 * that was a fifth of the daemon's work. */
const char *outreach_hash(const struct outreach *outreach, struct arena *arena)
{
	struct text text = text_open(arena, HASHED_MOST);

	text_add(&text, "{\"audience\":");
	text_add_quoted(&text, outreach->audience);
	text_add(&text, ",\"body\":");
	text_add_quoted(&text, outreach->body);
	text_add(&text, ",\"channel\":");
	text_add_quoted(&text, outreach->channel);
	text_add(&text, ",\"expires_at\":");
	text_add_quoted(&text, outreach->expires_at);
	text_format(&text, ",\"member\":%lld,\"policy\":", (long long)outreach->member);
	if (outreach->policy == NULL)
		text_add(&text, "null");
	else
		text_add_quoted(&text, outreach->policy);
	text_format(&text, ",\"policy_version\":%lld,\"subject\":",
		(long long)(outreach->policy == NULL ? 0 : outreach->policy_version));
	text_add_quoted(&text, outreach->subject);
	text_format(&text, ",\"tenant\":%d}", outreach->tenant);
	if (text.full)
		abort();
	return seal_hash(text.bytes, text.size, arena);
}

/* The hash is over the stamp, so a moment written otherwise would never be found again. */
static bool is_stamp(const char *text)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";

	for (size_t i = 0; i < sizeof shape; i++)
		if (shape[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != shape[i])
			return false;
	return true;
}

static bool check_all(const struct outreach *outreach, struct error *error)
{
	if (!outreach_check(outreach, error))
		return false;
	return is_stamp(outreach->expires_at) || error_set(error, ERROR_ARGUMENT, "expires_at is \"%.40s\"; it must be UTC "
		"to the second, like 2026-11-23T08:00:00Z.", outreach->expires_at);
}

bool outreach_seal_bytes(const struct seal *seal, const struct outreach *outreach, struct arena *arena,
	struct outreach_bytes *sealed, struct error *error)
{
	if (!check_all(outreach, error))
		return false;
	sealed->subject = seal_encrypt_bytes(seal, outreach->tenant, SEAL_MESSAGE, outreach->subject, arena);
	sealed->body = seal_encrypt_bytes(seal, outreach->tenant, SEAL_MESSAGE, outreach->body, arena);
	sealed->hash = outreach_hash(outreach, arena);
	return true;
}

bool outreach_seal(const struct seal *seal, const struct outreach *outreach, struct arena *arena,
	struct outreach_sealed *sealed, struct error *error)
{
	if (!check_all(outreach, error))
		return false;
	sealed->subject = seal_encrypt(seal, outreach->tenant, SEAL_MESSAGE, outreach->subject, arena);
	sealed->body = seal_encrypt(seal, outreach->tenant, SEAL_MESSAGE, outreach->body, arena);
	sealed->hash = outreach_hash(outreach, arena);
	return true;
}

bool outreach_open(const struct seal *seal, const struct outreach_sealed *sealed, struct arena *arena,
	struct outreach *outreach, struct error *error)
{
	outreach->subject = seal_decrypt(seal, outreach->tenant, SEAL_MESSAGE, sealed->subject, arena, error);
	if (outreach->subject == NULL)
		return false;
	outreach->body = seal_decrypt(seal, outreach->tenant, SEAL_MESSAGE, sealed->body, arena, error);
	if (outreach->body == NULL)
		return false;
	return seal_equal(outreach_hash(outreach, arena), sealed->hash) || error_set(error, ERROR_HASH,
		"The message is not the one that was hashed: its text, member, audience, policy or expiry is another. It must "
		"not be sent.");
}

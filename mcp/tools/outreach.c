#include "outreach.h"

#include <ctype.h>
#include <string.h>

#include "mcp/base/utf8.h"

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

const char *outreach_hash(const struct outreach *outreach, struct arena *arena)
{
	json_t *body = arena_json(arena, json_pack("{s:i, s:I, s:s, s:s, s:s, s:s, s:s?, s:I, s:s}",
		"tenant", outreach->tenant, "member", (json_int_t)outreach->member, "channel", outreach->channel,
		"audience", outreach->audience, "subject", outreach->subject, "body", outreach->body,
		"policy", outreach->policy, "policy_version",
		(json_int_t)(outreach->policy == NULL ? 0 : outreach->policy_version), "expires_at", outreach->expires_at));
	const char *text = arena_dump(arena, body);

	return seal_hash(text, strlen(text), arena);
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

bool outreach_seal(const struct seal *seal, const struct outreach *outreach, struct arena *arena,
	struct outreach_sealed *sealed, struct error *error)
{
	if (!outreach_check(outreach, error))
		return false;
	if (!is_stamp(outreach->expires_at))
		return error_set(error, ERROR_ARGUMENT, "expires_at is \"%.40s\"; it must be UTC to the second, like "
			"2026-11-23T08:00:00Z.", outreach->expires_at);
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

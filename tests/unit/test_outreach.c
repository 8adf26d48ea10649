/* What a message may say, and that its hash is of exactly what a human saw. */
#include "check.h"

#include <unistd.h>

#include "mcp/base/seal.h"
#include "mcp/tools/outreach.h"

static const struct outreach good = { .tenant = 1, .member = 17, .channel = "email", .audience = "single",
	.subject = "We miss you, Ann", .body = "Dear Ann,\n\nyour 12.50 voucher waits, e.g. for tea. See you!\n",
	.policy = NULL, .expires_at = "2026-11-23T08:00:00Z" };

static struct seal *open_seal(void)
{
	char path[] = "/tmp/flash_outreach_XXXXXX";
	struct error error;
	int file = mkstemp(path);

	close(file);
	unlink(path);
	bool made = seal_create(path, &error);
	struct seal *seal = made ? seal_open(path, &error) : NULL;

	unlink(path);
	CHECK(seal != NULL);
	return seal;
}

static void refuses(const char *subject, const char *body, const char *word)
{
	struct outreach outreach = good;
	struct error error = { .text = "" };

	outreach.subject = subject == NULL ? good.subject : subject;
	outreach.body = body == NULL ? good.body : body;
	CHECK(!outreach_check(&outreach, &error));
	CHECK(error.code == ERROR_FORMAT);
	if (strstr(error.text, word) == NULL)
		CHECK_TEXT(error.text, word);
}

static void plain_text_may_go(void)
{
	const char *bodies[] = { "Bis 3. Mai: 5 % auf alles.", "Open 9.30-18.00, a.m. and p.m. too", "U.S. sizes...",
		"À bientôt…",
		"Ratio 3:1 / half. Yes" };
	struct outreach outreach = good;
	struct error error;

	CHECK(outreach_check(&good, &error));
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		outreach.body = bodies[i];
		CHECK(outreach_check(&outreach, &error));
	}
}

static void what_steers_or_hides_may_not(void)
{
	char long_subject[OUTREACH_SUBJECT_MOST + 2], long_body[OUTREACH_BODY_MOST + 2];

	memset(long_subject, 'a', sizeof long_subject - 1);
	long_subject[sizeof long_subject - 1] = '\0';
	memset(long_body, 'a', sizeof long_body - 1);
	long_body[sizeof long_body - 1] = '\0';
	refuses("Hi\r\nBcc: all@example.test", NULL, "subject");
	refuses("Hi\nthere", NULL, "one line");
	refuses("", NULL, "empty");
	refuses(NULL, " \n ", "empty");
	refuses("Hi\u202eolleh", NULL, "place 3");
	refuses(NULL, "a\r\nb", "body");
	refuses(NULL, "a\u200bb", "invisible");
	refuses(long_subject, NULL, "201 characters");
	refuses(NULL, long_body, "4001 characters");
	refuses(NULL, "Dear {{first_name}}", "braces");
}

static void links_and_addresses_may_not(void)
{
	refuses(NULL, "look: https://shop.example/x", "\"https://shop.example/x\"");
	refuses(NULL, "look at www.x", "\"www.x\"");
	refuses(NULL, "look at shop.example now", "\"shop.example\"");
	refuses(NULL, "write to ann@example.test", "\"example.test\"");
	refuses("пример.рф", NULL, "subject has a link");
	refuses(NULL, "ends.Without space", "after a full stop");
}

static void hash_is_of_everything(void)
{
	struct arena *arena = arena_new();
	struct outreach other = good;
	const char *hash = outreach_hash(&good, arena);

	CHECK_TEXT(outreach_hash(&other, arena), hash);
#define DIFFERS(field, value) \
	do { \
		other = good; \
		other.field = (value); \
		CHECK(strcmp(outreach_hash(&other, arena), hash) != 0); \
	} while (0)
	DIFFERS(tenant, 2);
	DIFFERS(member, 18);
	DIFFERS(channel, "sms");
	DIFFERS(audience, "many");
	DIFFERS(subject, "We miss you, Anna");
	DIFFERS(body, "Dear Ann");
	DIFFERS(policy, "winback");
	DIFFERS(expires_at, "2026-11-23T08:00:01Z");
	struct outreach one = good, two = good;

	one.policy = two.policy = "winback";
	one.policy_version = 1;
	two.policy_version = 2;
	CHECK(strcmp(outreach_hash(&one, arena), outreach_hash(&two, arena)) != 0);
	arena_free(arena);
}

/* Every character that JSON escapes, some that it does not, and more of them than a text's first room. */
static void hash_is_of_canonical_json(void)
{
	struct arena *arena = arena_new();
	char all[1200];
	size_t size = 0;

	for (int i = 0; i < 4; i++)
		for (int c = 1; c < 128; c++)
			all[size++] = (char)c;
	strcpy(all + size, "é\u2014\U0001F600 \\ \" / ü");
	struct outreach odd = good;

	for (int with_policy = 0; with_policy < 2; with_policy++) {
		odd.subject = odd.body = odd.audience = all;
		odd.policy = with_policy ? all : NULL;
		odd.policy_version = 7;
		json_t *json = arena_json(arena, json_pack("{s:i, s:I, s:s, s:s, s:s, s:s, s:s?, s:i, s:s}",
			"tenant", odd.tenant, "member", (json_int_t)odd.member, "channel", odd.channel,
			"audience", odd.audience, "subject", odd.subject, "body", odd.body, "policy", odd.policy,
			"policy_version", with_policy ? 7 : 0, "expires_at", odd.expires_at));
		const char *text = arena_dump(arena, json);

		CHECK_TEXT(outreach_hash(&odd, arena), seal_hash(text, strlen(text), arena));
	}
	arena_free(arena);
}

static void sealed_comes_back_and_no_other(void)
{
	struct arena *arena = arena_new();
	struct seal *seal = open_seal();
	struct outreach_sealed sealed, second;
	struct outreach back = good;
	struct error error;

	CHECK(outreach_seal(seal, &good, arena, &sealed, &error));
	CHECK(strstr(sealed.body, "Ann") == NULL);
	CHECK(outreach_open(seal, &sealed, arena, &back, &error));
	CHECK_TEXT(back.body, good.body);
	CHECK_TEXT(back.subject, good.subject);
	back.member = 18;
	CHECK(!outreach_open(seal, &sealed, arena, &back, &error));
	CHECK(error.code == ERROR_HASH);
	back = good;
	back.tenant = 2;
	CHECK(!outreach_open(seal, &sealed, arena, &back, &error));
	back = good;
	back.subject = "Other";
	CHECK(outreach_seal(seal, &back, arena, &second, &error));
	second.hash = sealed.hash;
	CHECK(!outreach_open(seal, &second, arena, &back, &error));
	back = good;
	back.expires_at = "2026-11-23 08:00:00+00";
	CHECK(!outreach_seal(seal, &back, arena, &second, &error));
	seal_close(seal);
	arena_free(arena);
}

int main(void)
{
	CHECK_RUN(plain_text_may_go);
	CHECK_RUN(what_steers_or_hides_may_not);
	CHECK_RUN(links_and_addresses_may_not);
	CHECK_RUN(hash_is_of_everything);
	CHECK_RUN(hash_is_of_canonical_json);
	CHECK_RUN(sealed_comes_back_and_no_other);
	return check_done();
}

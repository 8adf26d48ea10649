/* Signatures of requests, and values of events at their edges. */
#include "mcp/events/event_read.h"
#include "mcp/events/event_value.h"
#include "mcp/events/feed.h"
#include "mcp/events/webhook.h"

#include "check.h"

static const char secret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
static const int64_t second_us = 1000000;

/* The example that the libraries of Standard Webhooks are tested with. */
static struct webhook example(void)
{
	static const char body[] = "{\"test\": 2432232314}";

	return (struct webhook){ "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
		"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", body, sizeof body - 1 };
}

static bool verified(const struct webhook *webhook, const char *with, int64_t at_seconds)
{
	struct error error;

	return webhook_verify(webhook, with, at_seconds * second_us, &error);
}

static void the_standards_example(void)
{
	struct webhook webhook = example();

	CHECK(verified(&webhook, secret, 1614265330));
	webhook.size--;
	CHECK(!verified(&webhook, secret, 1614265330));
	webhook = example();
	webhook.id = "msg_p5jXN8AQM9LWM0D4loKWxJel";
	CHECK(!verified(&webhook, secret, 1614265330));
	webhook = example();
	webhook.timestamp = "1614265331";
	CHECK(!verified(&webhook, secret, 1614265330));
}

static void the_clock_may_differ_by_five_minutes(void)
{
	struct webhook webhook = example();

	CHECK(verified(&webhook, secret, 1614265330 + 300));
	CHECK(!verified(&webhook, secret, 1614265330 + 301));
	CHECK(verified(&webhook, secret, 1614265330 - 300));
	CHECK(!verified(&webhook, secret, 1614265330 - 301));
}

static void secrets_are_of_24_to_64_bytes(void)
{
	struct webhook webhook = example();

	CHECK(!verified(&webhook, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1614265330));
	CHECK(!verified(&webhook, "whsec_", 1614265330));
	CHECK(!verified(&webhook, "whsec_AAAA", 1614265330));
	CHECK(!verified(&webhook, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS*", 1614265330));
	/* Each of these is right but for the length of its secret. */
	webhook.signatures = "v1,p/aCZAPUoPHV4ef7o8HCy2oI82P4UXjmN+MG//Bx9gE=";
	CHECK(verified(&webhook, "whsec_YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh", 1614265330));
	webhook.signatures = "v1,XQtxRqf3hpOkoejf9gboPijVivU7d9rKIamFNJZaDRw=";
	CHECK(!verified(&webhook, "whsec_YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=", 1614265330));
}

static int64_t time_of(const char *text)
{
	int64_t at_us;

	return event_time(text, &at_us) ? at_us : -1;
}

static void instants_are_read_exactly(void)
{
	CHECK_INT(time_of("1970-01-01T00:00:00Z"), 0);
	CHECK_INT(time_of("2000-02-29T12:00:00Z"), 951825600LL * second_us);
	CHECK_INT(time_of("2100-03-01T00:00:00Z"), 4107542400LL * second_us);
	CHECK_INT(time_of("2026-11-20T10:00:00.1234569+01:00"), 1795165200LL * second_us + 123456);
	CHECK_INT(time_of("2026-11-20T10:00:00-05:30"), 1795188600LL * second_us);
}

static void what_is_no_instant_is_refused(void)
{
	static const char *const bad[] = { "", "2026-11-20", "2026-11-20T10:00:00", "2026-11-20 10:00:00Z",
		"2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
		"2026-11-31T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T23:60:00Z", "2026-11-20T23:59:60Z",
		"2026-11-20T10:00:00+1:00", "2026-11-20T10:00:00+16:00", "2026-11-20T10:00:00.Z", "2026-11-20T10:00:00ZZ",
		"1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "+026-11-20T10:00:00Z", "2026-11-20T10:00:00+01:0x" };

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK_INT(time_of(bad[i]), -1);
}

static void a_path_names_tenant_and_feed(void)
{
	static const char *const bad[] = { "/api/events/", "/api/events/1", "/api/events/1/", "/api/events/0/pos",
		"/api/events/01/pos", "/api/events/1234567890/pos", "/api/events/1/Pos", "/api/events/1/-pos",
		"/api/events/1/a?b",
		"/api/events/-1/pos", "/api/events/1/abcdefghijabcdefghijabcdefghijabcdefghijk", "/api/mcp" };
	struct feed feed;

	CHECK(feed_parse("/api/events/37/web-shop_2", &feed));
	CHECK_INT(feed.tenant, 37);
	CHECK_TEXT(feed.name, "web-shop_2");
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK(!feed_parse(bad[i], &feed));
}

/* The words that are hashed tell apart what differs, wherever it stands. */
static void words_are_of_one_event_only(void)
{
	struct arena *arena = arena_new();
	struct event a = { .id = "1", .kind = "order", .stated_at = "t" }, b = a;
	size_t size;

	a.values[EVENT_REF] = "x";
	a.values[EVENT_MEMBER] = "y";
	b.values[EVENT_REF] = "x1 y";
	CHECK(strcmp(event_words(arena, &a, &size), event_words(arena, &b, &size)) != 0);
	b = a;
	b.id = "2";
	CHECK_TEXT(event_words(arena, &a, &size), event_words(arena, &b, &size));
	arena_free(arena);
}

int main(void)
{
	CHECK_RUN(the_standards_example);
	CHECK_RUN(the_clock_may_differ_by_five_minutes);
	CHECK_RUN(secrets_are_of_24_to_64_bytes);
	CHECK_RUN(instants_are_read_exactly);
	CHECK_RUN(what_is_no_instant_is_refused);
	CHECK_RUN(a_path_names_tenant_and_feed);
	CHECK_RUN(words_are_of_one_event_only);
	return check_done();
}

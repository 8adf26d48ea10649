#include "deliver.h"

#include <stdio.h>
#include <string.h>

#include "agent/channels/channel.h"
#include "mcp/base/clock.h"
#include "mcp/base/log.h"

enum { SETTLE_SPARE_MS = 5000 };

static const struct channel *const channels[] = {
#define CHANNEL(name) &channel_##name,
#include "agent/channels.def"
#undef CHANNEL
};

/* The first channel, in the table's order, that is set up: mail when there is a mail server, else files. */
static const struct channel *find_channel(const struct settings *settings)
{
	for (size_t i = 0; i < sizeof channels / sizeof channels[0]; i++)
		if (channels[i]->ready(settings))
			return channels[i];
	return NULL;
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* Puts one claimed message on the wire, unless too much of its time has passed (a paused process wakes up late). */
static enum web_outcome send_one(const struct settings *settings, const struct channel *channel, const json_t *claim,
	int64_t deadline_us, char *detail, size_t room)
{
	int64_t left_ms = (deadline_us - clock_monotonic()) / 1000;

	if (json_is_false(json_object_get(claim, "fit"))) {
		snprintf(detail, room, "%s", text_of(claim, "why"));
		return WEB_FAILED;
	}
	if (left_ms < settings->send_timeout_ms / 2) {
		snprintf(detail, room, "this daemon was held up before sending; nothing was sent");
		return WEB_FAILED;
	}
	struct outgoing message = { text_of(claim, "draft"), text_of(claim, "email"), text_of(claim, "subject"),
		text_of(claim, "body"), left_ms < settings->send_timeout_ms ? left_ms : settings->send_timeout_ms };

	return channel->send(settings, &message, detail, room);
}

/* One claim, send and settle; false when there is nothing (more) to send. */
static bool deliver_one(struct corridor *corridor, const struct caller *caller, const struct channel *channel)
{
	static const char *const outcomes[] = { "sent", "failed", "unknown" };
	const struct settings *settings = corridor_settings(corridor);
	struct arena *arena = arena_new();
	struct error error;
	char detail[400] = "";
	json_t *claim, *settled;
	int64_t deadline_us = clock_monotonic() + settings->send_timeout_ms * 1000;
	bool good = tool_call(corridor, caller, "claim_delivery", arena_json(arena, json_pack("{s:I}", "timeout_ms",
		(json_int_t)settings->send_timeout_ms + SETTLE_SPARE_MS)), arena, &claim, &error);

	if (!good && error.code != ERROR_STOPPED)
		log_warn("deliver", "nothing was claimed: %s", error.text);
	good = good && text_of(claim, "draft") != NULL;
	if (good) {
		enum web_outcome outcome = send_one(settings, channel, claim, deadline_us, detail, sizeof detail);

		/* One that cannot be settled stays open, and the reaper makes it unknown: never sent again. */
		if (!tool_call(corridor, caller, "settle_delivery", arena_json(arena, json_pack("{s:O, s:O, s:s, s:s}", "draft",
				json_object_get(claim, "draft"), "attempt", json_object_get(claim, "attempt"), "outcome",
				outcomes[outcome], "detail", detail)), arena, &settled, &error))
			log_warn("deliver", "an attempt is not settled: %s", error.text);
		else
			log_info("deliver", "draft=%s outcome=%s", text_of(claim, "draft"), outcomes[outcome]);
	}
	arena_free(arena);
	return good;
}

size_t deliver_all(struct corridor *corridor, int tenant, const atomic_bool *quit)
{
	const struct channel *channel = find_channel(corridor_settings(corridor));
	struct caller caller = { .tenant = tenant, .kind = "daemon", .name = "delivery", .via = "agent",
		.scopes = "agent:run" };
	size_t count = 0;

	if (channel == NULL) {
		log_warn("deliver", "approved messages wait: neither smtp_url and smtp_from nor outbox_folder are set");
		return 0;
	}
	snprintf(caller.key, sizeof caller.key, "%.80s", corridor_daemon(corridor));
	while (!atomic_load(quit) && deliver_one(corridor, &caller, channel))
		count++;
	return count;
}

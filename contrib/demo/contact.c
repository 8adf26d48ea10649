#include "contrib/demo/contact.h"

#include "contrib/demo/civil.h"
#include "contrib/demo/kinds.h"

enum { STORY_CAMPAIGN = 8, BLOCKED_CAMPAIGN = 9, RECENT_DAYS = 365, FRESH_DAYS = 180,
	UNSUBSCRIBE_DAYS = 7 };

static const int64_t day_seconds = CIVIL_DAY_SECONDS;

/* Of a hundred messages two come back, a quarter are opened, three clicked in. */
static const double bad_address = 0.008, bounce = 0.010, bounce_blocked = 0.18;
static const double open_a = 1.2, open_b = 3.6, click = 0.13, complain = 0.1;

/* Opt-outs come at a steady 4 in 100 a year, and in a burst after the autumn mailing. */
void contact_make(const struct world *world, const struct history *history,
	struct contact *contact)
{
	struct draw draw = draw_stream(world->seed, DRAW_CONSENT, history->member);
	int64_t joined = history->enrolled_at, end = world->as_of * day_seconds;
	int64_t mailing = end - STORY_OPT_OUT_DAYS * day_seconds;

	contact->email = draw_chance(&draw, 0.87);
	contact->sms = draw_chance(&draw, 0.38);
	int64_t patience = (int64_t)(draw_exponential(&draw) / 0.04 * 365) * day_seconds;
	int64_t tired = joined + patience + 4000;
	int64_t upset = mailing + (int64_t)(draw_exponential(&draw) * 4 * CIVIL_DAY_SECONDS) + 9 * 3600;

	contact->upset = draw_chance(&draw, 0.015) && joined < mailing && upset < tired;
	if (contact->upset)
		tired = upset - upset % day_seconds + 9 * 3600 + upset % (12 * 3600);
	contact->email_until = tired;
}

/* One mailing as each campaign starts, and the one of the story; in the order of time. */
static int mailing_campaign(int mailing)
{
	return mailing <= STORY_CAMPAIGN ? mailing : mailing - 1;
}

static int mailing_day(const struct world *world, int mailing)
{
	if (mailing == STORY_CAMPAIGN + 1)
		return world->as_of - STORY_OPT_OUT_DAYS;
	return world->as_of + world_campaigns[mailing_campaign(mailing)].starts;
}

/* To those who bought within a year or joined within half a year. */
static bool is_sent(const struct history *history, const struct contact *contact, int64_t at)
{
	if (!contact->email || at <= history->enrolled_at || at + 600 >= contact->email_until)
		return false;
	if (history->enrolled_at >= at - FRESH_DAYS * day_seconds)
		return true;
	for (int i = history->count - 1; i >= 0; i--)
		if (history->orders[i].at < at)
			return history->orders[i].at >= at - RECENT_DAYS * day_seconds;
	return false;
}

/* Whether this mailing is what the member unsubscribed by. */
static bool drives_away(const struct world *world, const struct contact *contact, int mailing,
	int64_t at)
{
	int64_t end = world->as_of * day_seconds, until = contact->email_until;

	if (until >= end)
		return false;
	if (contact->upset)
		return mailing == STORY_CAMPAIGN + 1;
	return until < at + UNSUBSCRIBE_DAYS * day_seconds;
}

/* The same day or a later one, between 8:45 and 23:00. */
static int64_t opening(struct draw *draw, int64_t at)
{
	int64_t day = at / day_seconds + (int64_t)(draw_exponential(draw) * 0.7);

	return day * day_seconds + 31500 + draw_below(draw, 51300);
}

static void add(struct message_event *events, int *count, struct message_event event,
	enum message_kind kind, int64_t at)
{
	event.kind = kind;
	event.at = at;
	events[(*count)++] = event;
}

static void receive(const struct world *world, struct draw *draw, const struct contact *contact,
	double opens, struct message_event event, struct message_event *events, int *count)
{
	int64_t sent = event.at, end = world->as_of * day_seconds, until = contact->email_until;
	bool leaves = drives_away(world, contact, event.mailing, sent);
	bool opened = draw_chance(draw, opens), clicked = draw_chance(draw, click);
	bool complains = draw_chance(draw, complain);
	int64_t opened_at = opening(draw, sent);

	if (leaves && (!opened || opened_at >= until))
		opened_at = until - 40;
	add(events, count, event, MESSAGE_DELIVERED, sent + 20);
	if ((!opened && !leaves) || opened_at >= end)
		return;
	add(events, count, event, MESSAGE_OPENED, opened_at);
	if (clicked && opened)
		add(events, count, event, MESSAGE_CLICKED, opened_at + 30);
	if (leaves && complains)
		add(events, count, event, MESSAGE_COMPLAINED, until);
	if (leaves)
		add(events, count, event, MESSAGE_UNSUBSCRIBED, until);
}

int contact_events(const struct world *world, const struct history *history,
	const struct contact *contact, struct message_event *events)
{
	struct draw draw = draw_stream(world->seed, DRAW_MESSAGE, history->member);
	bool bad = draw_chance(&draw, bad_address);
	double opens = draw_beta(&draw, open_a, open_b);
	int count = 0;

	for (int mailing = 0; mailing < CONTACT_MAILINGS; mailing++) {
		int day = mailing_day(world, mailing);
		int64_t at = day * day_seconds + 8 * 3600 + draw_below(&draw, 2400);
		struct message_event event = { .mailing = mailing, .campaign = mailing_campaign(mailing),
			.at = at };
		double back = event.campaign == BLOCKED_CAMPAIGN ? bounce_blocked : bounce;

		if (day < world->start || !is_sent(history, contact, at))
			continue;
		if (bad || draw_chance(&draw, back))
			add(events, &count, event, MESSAGE_BOUNCED, at + 45);
		else
			receive(world, &draw, contact, opens, event, events, &count);
	}
	return count;
}

/* What a member allows, and what became of the mailings of the sender that the brand had before. */
#ifndef FLASH_DEMO_CONTACT_H
#define FLASH_DEMO_CONTACT_H

#include "contrib/demo/history.h"

enum { CONTACT_MAILINGS = WORLD_CAMPAIGNS + 1, CONTACT_EVENTS = CONTACT_MAILINGS * 5 };

/* Asked when joining; a yes to e-mail may be taken back later. */
struct contact {
	bool email, sms;
	int64_t email_until;    /* when it was taken back; at or after as-of: not */
	bool upset;             /* by the mailing of the story */
};

enum message_kind { MESSAGE_DELIVERED, MESSAGE_OPENED, MESSAGE_CLICKED, MESSAGE_BOUNCED,
	MESSAGE_COMPLAINED, MESSAGE_UNSUBSCRIBED };

struct message_event {
	int mailing, campaign;  /* the number of the mailing, from 0, and its campaign's index */
	enum message_kind kind;
	int64_t at;
};

void contact_make(const struct world *world, const struct history *history,
	struct contact *contact);

/* The events of every mailing that the member got, at most CONTACT_EVENTS, all before as-of; how
 * many. Nothing is sent without consent; whoever unsubscribes takes it back at that moment. */
int contact_events(const struct world *world, const struct history *history,
	const struct contact *contact, struct message_event *events);

#endif

/* One way out: takes an approved message and says what became of it. Knows nothing of drafts, stops or budgets. */
#ifndef FLASH_CHANNEL_H
#define FLASH_CHANNEL_H

#include "mcp/base/settings.h"
#include "mcp/base/web.h"

struct outgoing {
	const char *draft;             /* id, stable over attempts */
	const char *address;           /* e-mail address */
	const char *subject, *body;
	long timeout_ms;
};

struct channel {
	const char *name;
	/* Whether the settings make it usable. */
	bool (*ready)(const struct settings *settings);
	/* Sends; `detail` gets a sentence. */
	enum web_outcome (*send)(const struct settings *settings, const struct outgoing *message, char *detail,
		size_t room);
};

#define CHANNEL(name) extern const struct channel channel_##name;
#include "agent/channels.def"
#undef CHANNEL

#endif

/* Which names may reach the door: the check of Host and Origin that keeps a browser on a hostile page from speaking
 * to a daemon on the same machine (DNS rebinding). Pure. */
#ifndef FLASH_GUARD_H
#define FLASH_GUARD_H

#include <stdbool.h>

struct guard {
	bool loopback;               /* bound to this machine only: then a Host must be one of it, or allowed */
	const char *hosts;           /* further Host names, comma separated, with or without a port */
	const char *origins;         /* Origin values, comma separated, compared whole */
};

/* Whether an address to bind to is this machine's own. */
bool guard_is_loopback(const char *address);

/* Whether a Host may reach us. Bound to other addresses without a list, every name may: a proxy is in front. */
bool guard_host(const struct guard *guard, const char *host);

/* Whether an Origin (NULL: none, as command-line clients) may: on the list, the page's own host when that was
 * checked against something, or this machine's when bound to it. */
bool guard_origin(const struct guard *guard, const char *host, const char *origin);

#endif

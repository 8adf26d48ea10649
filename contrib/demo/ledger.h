/* A demo member's points: one for each euro paid, spent in hundreds, gone after a year. Spending
 * takes the points that expire first, so the balance can never be negative at any line of the
 * ledger. */
#ifndef FLASH_DEMO_LEDGER_H
#define FLASH_DEMO_LEDGER_H

#include "contrib/demo/history.h"

enum { LEDGER_ENTRIES = HISTORY_ORDERS * 3, LEDGER_VALID_DAYS = 365 };

enum ledger_kind { LEDGER_EARN, LEDGER_REDEEM, LEDGER_EXPIRE };

struct ledger_entry {
	enum ledger_kind kind;
	int points;
	int64_t at, expires_at;   /* expires_at only for earned points */
};

/* Writes the member's entries in time order to `entries` (room for LEDGER_ENTRIES); how many. */
int ledger_make(const struct world *world, const struct history *history,
	struct ledger_entry *entries);

#endif

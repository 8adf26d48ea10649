/* Who a demo member is: a name from made-up word lists of several languages, an address at
 * example.test and a phone number from the blocks that France's regulator keeps for fiction.
 * Nobody real can be reached. */
#ifndef FLASH_DEMO_PERSON_H
#define FLASH_DEMO_PERSON_H

#include <stdint.h>

struct person {
	char name[80];     /* "First Last", UTF-8 */
	char email[96];
	char phone[16];    /* E.164, or "" for the quarter that gave none */
};

/* The person behind member number `member` (from 1), always the same for one seed. About 1 in
 * 120 shares name and e-mail address of the member before, who lives in the same household.
 * Phone numbers are unique for the first 60,000 members and come round again after that: the
 * reserved blocks hold no more. */
void person_make(uint64_t seed, uint32_t member, struct person *person);

/* The number of the member in whose household this one lives: itself, or the one before. */
uint32_t person_household(uint64_t seed, uint32_t member);

#endif

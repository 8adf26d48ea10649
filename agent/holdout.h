/* Who is left alone so that the rest can be measured against them: a draw that anybody can
 * repeat from the policy's key and the member's number, with no state and no chance. A member
 * held out stays held out. */
#ifndef FLASH_HOLDOUT_H
#define FLASH_HOLDOUT_H

#include <stdint.h>

/* The member's draw in [0, 1]: the first 64 bits, big-endian, of SHA-256("key:member"), divided
 * by 2^64. He is held out when it is below the policy's share. */
double holdout_draw(const char *key, int64_t member_id);

#endif

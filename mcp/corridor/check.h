/* Checks of what travels in the binary, for `flashd check` and start-up. */
#ifndef FLASH_CORRIDOR_CHECK_H
#define FLASH_CORRIDOR_CHECK_H

#include "mcp/base/text.h"

/* Reads tools, metrics and skills; adds one line for every mistake to `mistakes`. */
void check_embedded(struct text *mistakes);

#endif

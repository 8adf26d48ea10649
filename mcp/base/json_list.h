/* JSON arrays as sets. */
#ifndef FLASH_JSON_LIST_H
#define FLASH_JSON_LIST_H

#include <jansson.h>
#include <stdbool.h>

/* Whether an array has a value that equals this one; what is no array has none. */
bool json_list_has(const json_t *list, const json_t *value);

#endif

/* The subset of JSON Schema that our tools use, with messages a model can act on: which field, what value it had,
 * what is allowed. Known words: type, properties, required, additionalProperties, enum, minimum, maximum, minLength,
 * maxLength, items, minItems, maxItems, and title, description, default, format, examples, which say nothing. */
#ifndef FLASH_SCHEMA_H
#define FLASH_SCHEMA_H

#include <jansson.h>

#include "mcp/base/error.h"

/* Whether `value` fits `schema`; if not, the error's sentence names the first field that does not. */
bool schema_check(const json_t *schema, const json_t *value, struct error *error);

/* Whether a schema uses only the words above, everywhere. For tests and start-up. */
bool schema_known(const json_t *schema, struct error *error);

#endif

/* One value on its way from a file into a field: converted in the few ways that a map may name,
 * then checked against what the field may hold. Pure: no file, no database, whole numbers only. */
#ifndef FLASH_IMPORT_VALUE_H
#define FLASH_IMPORT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { IMPORT_VALUE_BYTES = 1024, IMPORT_REASON_BYTES = 256 };
enum { IMPORT_ID_MOST_BYTES = 200, IMPORT_TEXT_MOST_BYTES = 500 };
#define IMPORT_NUMBER_MOST INT64_C(1000000000000000)

enum import_entity {
#define ENTITY(name) IMPORT_##name,
#define FIELD(entity, name, kind, need, words)
#include "agent/import_fields.def"
#undef ENTITY
#undef FIELD
	IMPORT_ENTITY_COUNT
};

enum import_kind { IMPORT_ID, IMPORT_TEXT, IMPORT_CENTS, IMPORT_COUNT, IMPORT_POSITIVE, IMPORT_DATE,
	IMPORT_TIME, IMPORT_BOOL, IMPORT_WORD };
enum import_need { IMPORT_KEY, IMPORT_NEED, IMPORT_MAY, IMPORT_ZERO };
enum { IMPORT_FIELD_MOST = 10 };   /* fields of one entity */

/* One row of import_fields.def. */
struct import_rule {
	enum import_entity entity;
	const char *name;
	enum import_kind kind;
	enum import_need need;
	const char *words;   /* "a|b" of a WORD */
};

struct import_rules {
	const struct import_rule *fields;
	size_t count;        /* at most IMPORT_FIELD_MOST */
};

/* The fields of an entity, in the order in which the reader hands them on; and its name. */
struct import_rules import_rules(enum import_entity entity);
extern const char *const import_entity_names[IMPORT_ENTITY_COUNT];

/* What a map may do with a value (contrib/maps/README.md). The dates read the form that they are
 * named after. */
enum import_as { IMPORT_AS_TEXT, IMPORT_AS_LOWER, IMPORT_AS_INTEGER, IMPORT_AS_CENTS,
	IMPORT_AS_CENTS_COMMA, IMPORT_AS_CENTS_ROUNDED, IMPORT_AS_YYYYMMDD, IMPORT_AS_YYYY_MM_DD,
	IMPORT_AS_YYYY_MM_DD_HH_MM_SS, IMPORT_AS_RFC3339, IMPORT_AS_MOST };

/* The word of a conversion in a map, and whether a field of this kind can be filled by it. */
extern const char *const import_as_words[IMPORT_AS_MOST];
bool import_value_fits(enum import_kind kind, enum import_as as);

/* The conversion that a kind has when the map names none: the field's own canonical form. */
enum import_as import_value_default(enum import_kind kind);

/* Converts `text` for a field of this kind into `out` (IMPORT_VALUE_BYTES) in canonical form.
 * `time` is the time of day "HH:MM:SS" that a TIME gets from a date without one. False: `reason`
 * (IMPORT_REASON_BYTES) says why. */
bool import_value_convert(enum import_kind kind, enum import_as as, const char *time,
	const char *text, char *out, char *reason);

/* Decimal money as cents, exactly: with `rounded`, digits beyond cents and an exponent are
 * allowed and halves go away from zero; without, more than two decimals are a mistake. `point`
 * is the decimal sign. */
bool import_value_cents(const char *text, char point, bool rounded, int64_t *cents, char *reason);

/* Whether a canonical value may stand in a field; NULL is an empty one. */
bool import_value_check(const struct import_rule *rule, const char *value, char *reason);

/* Whether the text is "HH:MM:SS". */
bool import_value_is_time_of_day(const char *text);

#endif

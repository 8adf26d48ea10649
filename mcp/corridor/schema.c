#include "schema.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcp/base/text.h"

enum { NAMES_MAX = 64, PATH_MAX_BYTES = 160 };

static const char *const words[] = { "type", "properties", "required", "additionalProperties", "enum", "minimum",
	"maximum", "minLength", "maxLength", "items", "minItems", "maxItems", "title", "description", "default", "format",
	"examples" };

static bool check(const json_t *schema, const json_t *value, const char *path, struct error *error);

static void show(const json_t *value, char *out, size_t room)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

	snprintf(out, room, "%.60s%s", text == NULL ? "?" : text, text != NULL && strlen(text) > 60 ? "…" : "");
	free(text);
}

static bool is_type(const char *type, const json_t *value)
{
	return strcmp(type, "object") == 0 ? json_is_object(value)
		: strcmp(type, "array") == 0 ? json_is_array(value)
		: strcmp(type, "string") == 0 ? json_is_string(value)
		: strcmp(type, "integer") == 0 ? json_is_integer(value)
		: strcmp(type, "number") == 0 ? json_is_number(value)
		: strcmp(type, "boolean") == 0 ? json_is_boolean(value)
		: strcmp(type, "null") == 0 && json_is_null(value);
}

static bool type_fits(const json_t *type, const json_t *value)
{
	size_t i;
	json_t *one;

	if (json_is_string(type))
		return is_type(json_string_value(type), value);
	json_array_foreach(type, i, one)
		if (is_type(json_string_value(one), value))
			return true;
	return type == NULL;
}

static bool check_type(const json_t *schema, const json_t *value, const char *path, struct error *error)
{
	const json_t *type = json_object_get(schema, "type");
	char shown[80], wanted[80];

	if (type_fits(type, value))
		return true;
	show(value, shown, sizeof shown);
	show(type, wanted, sizeof wanted);
	if (json_is_real(value) && json_is_string(type) && strcmp(json_string_value(type), "integer") == 0)
		return error_set(error, ERROR_ARGUMENT, "%s is %s; it must be a whole number, written without a decimal "
			"point or exponent.", path, shown);
	return error_set(error, ERROR_ARGUMENT, "%s is %s; it must be of type %s.", path, shown, wanted);
}

static bool check_enum(const json_t *schema, const json_t *value, const char *path, struct error *error)
{
	const json_t *allowed = json_object_get(schema, "enum"), *one;
	const char *names[NAMES_MAX];
	size_t i, count = 0;
	char shown[80], list[400];

	if (allowed == NULL)
		return true;
	json_array_foreach(allowed, i, one) {
		if (json_equal(one, value))
			return true;
		if (json_is_string(one) && count < NAMES_MAX)
			names[count++] = json_string_value(one);
	}
	show(value, shown, sizeof shown);
	int used = 0;

	for (i = 0; i < count && used >= 0 && used < (int)sizeof list; i++)
		used += snprintf(list + used, sizeof list - (size_t)used, "%s%s", i == 0 ? "" : ", ", names[i]);
	const char *near = json_is_string(value) ? text_nearest(json_string_value(value), names, count) : NULL;

	return error_set(error, ERROR_ARGUMENT, "%s is %s; it must be one of: %s.%s%s%s", path, shown, list,
		near == NULL ? "" : " Nearest: ", near == NULL ? "" : near, near == NULL ? "" : ".");
}

static bool is_within(const json_t *schema, const char *least_word, const char *most_word, double actual)
{
	const json_t *least = json_object_get(schema, least_word), *most = json_object_get(schema, most_word);

	return (least == NULL || actual >= json_number_value(least)) && (most == NULL || actual <= json_number_value(most));
}

/* What is out of range: `of` which quality of `path`, and how it is shown. Always false. */
static bool refuse_range(const json_t *schema, const char *least_word, const char *most_word, double actual,
	const char *path, const char *of, const char *shown, struct error *error)
{
	const json_t *least = json_object_get(schema, least_word);
	bool below = least != NULL && actual < json_number_value(least);

	return error_set(error, ERROR_ARGUMENT, "%s%s is %s; the %s is %.15g.", path, of, shown, below ? "least" : "most",
		json_number_value(below ? least : json_object_get(schema, most_word)));
}

/* UTF-8 characters, not bytes. */
static size_t count_characters(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

static bool check_count(const json_t *schema, const char *least_word, const char *most_word, size_t count,
	const char *path, const char *of, struct error *error)
{
	char shown[24];

	if (is_within(schema, least_word, most_word, (double)count))
		return true;
	snprintf(shown, sizeof shown, "%zu", count);
	return refuse_range(schema, least_word, most_word, (double)count, path, of, shown, error);
}

static bool check_size(const json_t *schema, const json_t *value, const char *path, struct error *error)
{
	char shown[80];

	if (json_is_string(value))
		return check_count(schema, "minLength", "maxLength", count_characters(json_string_value(value)), path,
			"'s length", error);
	if (json_is_array(value))
		return check_count(schema, "minItems", "maxItems", json_array_size(value), path, "'s number of items", error);
	if (!json_is_number(value) || is_within(schema, "minimum", "maximum", json_number_value(value)))
		return true;
	show(value, shown, sizeof shown);
	return refuse_range(schema, "minimum", "maximum", json_number_value(value), path, "", shown, error);
}

static bool refuse_unknown(const json_t *properties, const char *name, const char *path, struct error *error)
{
	const char *names[NAMES_MAX], *key;
	size_t count = 0;
	json_t *ignored;
	char list[400] = "";
	int used = 0;

	json_object_foreach((json_t *)(uintptr_t)properties, key, ignored) {
		if (count < NAMES_MAX)
			names[count++] = key;
		if (used >= 0 && used < (int)sizeof list)
			used += snprintf(list + used, sizeof list - (size_t)used, "%s%s", used == 0 ? "" : ", ", key);
	}
	const char *near = text_nearest(name, names, count);

	return error_set(error, ERROR_ARGUMENT, "%s: there is no field \"%.60s\"%s%s%s. Allowed: %s.", path, name,
		near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near, near == NULL ? "" : "\"?", list);
}

static bool check_object(const json_t *schema, const json_t *value, const char *path, struct error *error)
{
	const json_t *properties = json_object_get(schema, "properties");
	const json_t *required = json_object_get(schema, "required"), *one;
	const char *name;
	json_t *field;
	size_t i;
	char inner[PATH_MAX_BYTES];

	json_array_foreach(required, i, one)
		if (json_object_get(value, json_string_value(one)) == NULL)
			return error_set(error, ERROR_ARGUMENT, "\"%s\" is missing from %s and is required.",
				json_string_value(one), strcmp(path, "The arguments") == 0 ? "the arguments" : path);
	json_object_foreach((json_t *)(uintptr_t)value, name, field) {
		const json_t *known = json_object_get(properties, name);

		if (known == NULL && json_is_false(json_object_get(schema, "additionalProperties")))
			return refuse_unknown(properties, name, path, error);
		bool top = strcmp(path, "The arguments") == 0;

		snprintf(inner, sizeof inner, "%s%s%.60s", top ? "" : path, top ? "" : ".", name);
		if (known != NULL && !check(known, field, inner, error))
			return false;
	}
	return true;
}

static bool check(const json_t *schema, const json_t *value, const char *path, struct error *error)
{
	const json_t *items = json_object_get(schema, "items"), *one;
	char inner[PATH_MAX_BYTES];
	size_t i;

	if (!check_type(schema, value, path, error) || !check_enum(schema, value, path, error) ||
	    !check_size(schema, value, path, error))
		return false;
	if (json_is_object(value))
		return check_object(schema, value, path, error);
	if (items != NULL && json_is_array(value))
		json_array_foreach(value, i, one) {
			snprintf(inner, sizeof inner, "%.120s[%zu]", path, i);
			if (!check(items, one, inner, error))
				return false;
		}
	return true;
}

bool schema_check(const json_t *schema, const json_t *value, struct error *error)
{
	return check(schema, value, "The arguments", error);
}

bool schema_known(const json_t *schema, struct error *error)
{
	const char *word, *name;
	json_t *value, *inner;

	json_object_foreach((json_t *)(uintptr_t)schema, word, value) {
		bool known = false;

		for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
			known = known || strcmp(word, words[i]) == 0;
		if (!known)
			return error_set(error, ERROR_INTERNAL, "The schema uses \"%s\", which the checker does not know.", word);
		if (strcmp(word, "properties") == 0)
			json_object_foreach(value, name, inner)
				if (!schema_known(inner, error))
					return error_wrap(error, "%s", name);
		if (strcmp(word, "items") == 0 && !schema_known(value, error))
			return false;
	}
	return true;
}

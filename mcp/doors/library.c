#include "library.h"

#include <stdint.h>
#include <string.h>

#include "mcp/base/embed.h"
#include "mcp/base/text.h"

enum { TEXT_MAX = 200000, PATH_BYTES = 120 };

static json_t *shelves[2];   /* everybody's, and the fixtures' */

static const char *const paths[] = { "mcp/doors/library.json", "mcp/doors/fixtures.json" };

/* What a list shows of an entry; the rest is ours. */
static const char *const shown[] = { "uri", "uriTemplate", "name", "title", "description", "mimeType", "arguments" };

bool library_load(struct error *error)
{
	for (size_t i = 0; i < 2; i++) {
		const struct embed *file = embed_find(paths[i]);
		json_error_t place;

		if (shelves[i] != NULL)
			continue;
		if (file == NULL)
			return error_set(error, ERROR_INTERNAL, "%s is not in this binary: build it anew.", paths[i]);
		shelves[i] = json_loadb(file->bytes, file->size, JSON_REJECT_DUPLICATES, &place);
		if (shelves[i] == NULL)
			return error_set(error, ERROR_INTERNAL, "%s:%d: %s.", paths[i], place.line, place.text);
	}
	return true;
}

/* A resource made of a file is there when the file is. */
static bool is_there(const json_t *entry)
{
	const char *file = json_string_value(json_object_get(entry, "file"));

	return file == NULL || embed_find(file) != NULL;
}

static json_t *list(bool fixtures, const char *kind, const char *as)
{
	json_t *all = json_array();

	for (size_t shelf = 0; shelf < (fixtures ? 2u : 1u); shelf++) {
		size_t i;
		json_t *entry;

		json_array_foreach(json_object_get(shelves[shelf], kind), i, entry) {
			json_t *view = json_object();

			if (!is_there(entry)) {
				json_decref(view);
				continue;
			}
			for (size_t k = 0; k < sizeof shown / sizeof shown[0]; k++)
				if (json_object_get(entry, shown[k]) != NULL)
					json_object_set(view, shown[k], json_object_get(entry, shown[k]));
			json_array_append_new(all, view);
		}
	}
	return json_pack("{s:o}", as, all);
}

json_t *library_prompts(bool fixtures)
{
	return list(fixtures, "prompts", "prompts");
}

json_t *library_resources(bool fixtures)
{
	return list(fixtures, "resources", "resources");
}

json_t *library_templates(bool fixtures)
{
	return list(fixtures, "templates", "resourceTemplates");
}

static const json_t *find(bool fixtures, size_t first, const char *kind, const char *field, const char *value)
{
	for (size_t shelf = first; shelf < (fixtures ? 2u : 1u); shelf++) {
		size_t i;
		json_t *entry;

		json_array_foreach(json_object_get(shelves[shelf], kind), i, entry)
			if (strcmp(json_string_value(json_object_get(entry, field)), value) == 0 && is_there(entry))
				return entry;
	}
	return NULL;
}

const json_t *library_prompt(bool fixtures, const char *name)
{
	return find(fixtures, 0, "prompts", "name", name);
}

const json_t *library_fixture(const char *name)
{
	return find(true, 1, "tools", "name", name);
}

const char *library_instructions(void)
{
	return json_string_value(json_object_get(shelves[0], "instructions"));
}

const json_t *library_fixtures(void)
{
	return json_object_get(shelves[1], "tools");
}

/* The id in a URI that fits a template with one {id}: letters, digits, '-' and '_'; NULL when it does not fit. */
static char *match(struct arena *arena, const char *pattern, const char *uri)
{
	const char *open = strchr(pattern, '{'), *shut = open == NULL ? NULL : strchr(open, '}');
	size_t before = open == NULL ? 0 : (size_t)(open - pattern), size;

	if (shut == NULL || strncmp(pattern, uri, before) != 0)
		return NULL;
	size = strspn(uri + before, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
	if (size == 0 || strcmp(uri + before + size, shut + 1) != 0)
		return NULL;
	return arena_copy_size(arena, uri + before, size);
}

static json_t *contents(struct arena *arena, const json_t *entry, const char *uri, const char *id)
{
	const char *file = json_string_value(json_object_get(entry, "file"));
	const char *kind = json_object_get(entry, "blob") != NULL ? "blob" : "text";
	json_t *value = json_object_get(entry, kind);
	json_t *content = json_pack("{s:s, s:O}", "uri", uri, "mimeType", json_object_get(entry, "mimeType"));

	if (file != NULL) {
		json_object_set_new(content, "text", json_string(embed_find(file)->bytes));
	} else {
		json_t *values = arena_json(arena, json_pack("{s:s}", "id", id));

		json_object_set(content, kind, library_fill(arena, value, values));
	}
	return arena_json(arena, json_pack("{s:[o]}", "contents", content));
}

json_t *library_read(struct arena *arena, bool fixtures, const char *uri)
{
	const json_t *entry = find(fixtures, 0, "resources", "uri", uri);
	size_t i;
	json_t *template;

	if (entry != NULL)
		return contents(arena, entry, uri, "");
	if (!fixtures)
		return NULL;
	json_array_foreach(json_object_get(shelves[1], "templates"), i, template) {
		const char *id = match(arena, json_string_value(json_object_get(template, "uriTemplate")), uri);

		if (id != NULL)
			return contents(arena, template, uri, id);
	}
	return NULL;
}

/* The value at "a/b/c". */
static const json_t *value_at(const json_t *values, const char *path, size_t size)
{
	while (values != NULL && size > 0) {
		const char *slash = memchr(path, '/', size);
		size_t part = slash == NULL ? size : (size_t)(slash - path);
		char name[PATH_BYTES];

		if (part >= sizeof name)
			return NULL;
		memcpy(name, path, part);
		name[part] = '\0';
		values = json_object_get(values, name);
		size -= slash == NULL ? part : part + 1;
		path += part + 1;
	}
	return values;
}

static json_t *fill_text(struct arena *arena, const char *from, const json_t *values)
{
	struct text out = text_open(arena, TEXT_MAX);
	const char *open, *shut;

	for (; (open = strstr(from, "${")) != NULL && (shut = strchr(open, '}')) != NULL; from = shut + 1) {
		const json_t *value = value_at(values, open + 2, (size_t)(shut - open - 2));

		text_add_size(&out, from, (size_t)(open - from));
		if (json_is_string(value))
			text_add(&out, json_string_value(value));
		else if (value != NULL)
			text_add(&out, arena_dump(arena, value));
	}
	text_add(&out, from);
	return arena_json(arena, json_string(out.bytes));
}

json_t *library_fill(struct arena *arena, const json_t *json, const json_t *values)
{
	json_t *copy, *value;
	const char *name;
	size_t i;

	if (json_is_string(json))
		return fill_text(arena, json_string_value(json), values);
	if (json_is_object(json)) {
		copy = arena_json(arena, json_object());
		json_object_foreach((json_t *)(uintptr_t)json, name, value)
			json_object_set(copy, name, library_fill(arena, value, values));
		return copy;
	}
	if (json_is_array(json)) {
		copy = arena_json(arena, json_array());
		json_array_foreach(json, i, value)
			json_array_append(copy, library_fill(arena, value, values));
		return copy;
	}
	return arena_json(arena, json_deep_copy(json));
}

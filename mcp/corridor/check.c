#include "check.h"

#include <string.h>

#include "corridor.h"
#include "mcp/base/embed.h"
#include "mcp/metrics/catalogue.h"
#include "schema.h"
#include "table.h"

static void check_tools(struct text *mistakes)
{
	const struct tool *tool;
	struct error error;

	if (!table_load(&error)) {
		text_format(mistakes, "%s\n", error.text);
		return;
	}
	for (size_t i = 0; (tool = tool_at(i)) != NULL; i++) {
		if (!schema_known(tool_input_schema(tool), &error) ||
		    (tool_output_schema(tool) != NULL && !schema_known(tool_output_schema(tool), &error)))
			text_format(mistakes, "mcp/tools/%s.json: %s\n", tool->name, error.text);
		if (strlen(json_string_value(json_object_get(tool->json, "description"))) > 400)
			text_format(mistakes, "mcp/tools/%s.json: the description is longer than 400 characters\n", tool->name);
	}
}

/* A skill begins with front matter that has its folder's name and says when to use it. */
static void check_skills(struct text *mistakes)
{
	const struct embed *file = NULL;

	while ((file = embed_next("skills/", file)) != NULL) {
		const char *folder = file->path + strlen("skills/"), *name = strstr(file->bytes, "\nname: ");
		size_t size = strcspn(folder, "/");

		if (strncmp(file->bytes, "---\n", 4) != 0 || strstr(file->bytes, "\ndescription: ") == NULL)
			text_format(mistakes, "%s:1: the front matter needs name and description\n", file->path);
		else if (name == NULL || strncmp(name + 7, folder, size) != 0 || name[7 + size] != '\n')
			text_format(mistakes, "%s: `name` must be the folder's, %.*s\n", file->path, (int)size, folder);
	}
}

void check_embedded(struct text *mistakes)
{
	struct catalogue *catalogue = catalogue_new();
	const struct embed *file = NULL;

	check_tools(mistakes);
	check_skills(mistakes);
	while ((file = embed_next("sql/metrics/", file)) != NULL)
		catalogue_add(catalogue, file->path, file->bytes, file->size);
	if (catalogue_finish(catalogue) > 0)
		text_add(mistakes, catalogue_mistakes(catalogue));
	catalogue_free(catalogue);
}

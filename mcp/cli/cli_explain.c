/* Why a number changed, on the screen: the sentences of the tool explain_change, by the tool itself. */
#include <string.h>

#include "commands.h"
#include "mcp/base/text.h"
#include "mcp/base/utf8.h"
#include "mcp/tool.h"

/* The word without the spaces around it, cut in place. */
static char *trimmed(char *word)
{
	size_t size;

	word += strspn(word, " ");
	for (size = strlen(word); size > 0 && word[size - 1] == ' ';)
		word[--size] = '\0';
	return word;
}

/* "store=Lyon,Nice; tier=gold" as {"store": ["Lyon", "Nice"], "tier": ["gold"]}; spaces around a name or value do not
 * count. NULL with ERROR_USAGE. */
static json_t *read_filters(struct cli *cli, const char *text, struct error *error)
{
	json_t *filters = arena_json(cli->arena, json_object());
	char *rest = arena_copy(cli->arena, text), *pair, *value;

	while ((pair = strsep(&rest, ";")) != NULL) {
		char *values = strchr(pair, '=');

		if (values == NULL) {
			error_set(error, ERROR_USAGE, "--filters is \"%.200s\"; it must be like tier=gold,silver or "
				"\"store=Lyon;tier=gold\".", text);
			return NULL;
		}
		*values++ = '\0';
		json_t *list = json_array();

		while ((value = strsep(&values, ",")) != NULL)
			json_array_append_new(list, json_string(trimmed(value)));
		json_object_set_new(filters, trimmed(pair), list);
	}
	return filters;
}

/* The tool's arguments, of what was typed. */
static json_t *read_arguments(struct cli *cli, struct error *error)
{
	static const char *const options[] = { "window", "from", "to", "as-of", "compare" };
	static const char *const fields[] = { "window", "from", "to", "as_of", "compare" };
	json_t *args = arena_json(cli->arena, json_pack("{s:s}", "metric", cli_argument(cli, 0)));
	const char *filters = cli_option(cli, "filters");

	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
		if (cli_option(cli, options[i]) != NULL)
			json_object_set_new(args, fields[i], json_string(cli_option(cli, options[i])));
	if (filters == NULL)
		return args;
	json_t *read = read_filters(cli, filters, error);

	if (read == NULL)
		return NULL;
	json_object_set(args, "filters", read);
	return args;
}

/* One sentence a line: the tool's text is a list of them. */
static bool show(struct cli *cli, json_t *result)
{
	const json_t *said = json_object_get(result, "text"), *one;
	struct text text = text_open(cli->arena, 1 << 16);
	size_t i;

	json_array_foreach(said, i, one)
		text_format(&text, "%s\n", utf8_shown(cli->arena, json_string_value(one), false));
	return cli_answer(cli, json_incref(result), "%s", text.bytes);
}

bool explain_command(struct cli *cli, struct error *error)
{
	struct call call = { .arena = cli->arena, .name = "explain_change" };

	if ((call.caller.tenant = cli_tenant(cli, error)) == 0 || (call.db = cli_db(cli, error)) == NULL ||
	    (call.seal = cli_seal(cli, error)) == NULL || (call.args = read_arguments(cli, error)) == NULL)
		return false;
	if (run_explain_change(&call))
		return show(cli, call.result);
	*error = call.error;
	return false;
}

/* Whether a number still stands, by its receipt: the same tool as a key's, in the tenant that is meant. */
#include <string.h>

#include "commands.h"
#include "mcp/base/seal.h"
#include "mcp/base/text.h"
#include "mcp/tool.h"

static bool show_key(struct cli *cli, const struct seal *seal)
{
	const char *key = seal_public_key(seal, cli->arena);

	return cli_answer(cli, json_pack("{s:s, s:s}", "algorithm", "Ed25519", "public_key", key), "%s\n", key);
}

static bool show(struct cli *cli, json_t *result)
{
	const char *status = json_string_value(json_object_get(result, "status"));
	const json_t *why = json_object_get(result, "why"), *one;
	struct text text = text_open(cli->arena, 8000);
	size_t i;

	cli->status = strcmp(status, "same") == 0 ? CLI_DONE : CLI_DIFFERENCE;
	text_format(&text, "%s: %s\n", cli_state(cli, status, cli->color_out),
		json_string_value(json_object_get(result, "text")));
	json_array_foreach(why, i, one)
		text_format(&text, "  %s\n", json_string_value(one));
	return cli_answer(cli, json_incref(result), "%s", text.bytes);
}

bool verify_command(struct cli *cli, struct error *error)
{
	const char *token = cli_argument(cli, 0);
	bool key = cli_option(cli, "public-key") != NULL;
	struct call call = { .arena = cli->arena, .no_cache = true };

	if ((token != NULL) == key)
		return error_set(error, ERROR_USAGE, "Give the receipt to verify, or --public-key; one of the two.");
	if ((call.seal = cli_seal(cli, error)) == NULL)
		return false;
	if (key)
		return show_key(cli, call.seal);
	if ((call.caller.tenant = cli_tenant(cli, error)) == 0 || (call.db = cli_db(cli, error)) == NULL)
		return false;
	call.args = arena_json(cli->arena, json_pack("{s:s}", "receipt", token));
	if (!run_verify_number(&call)) {
		*error = call.error;
		return false;
	}
	return show(cli, call.result);
}

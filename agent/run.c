/* Commands of one cycle: run it now, put a policy to work. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "cycle.h"
#include "mcp/base/embed.h"
#include "mcp/base/seal.h"
#include "mcp/load/policy_store.h"
#include "policy.h"
#include "report.h"

static void say(void *context, const char *sentence)
{
	cli_say(context, "%s…", sentence);
}

bool command_agent_run(struct cli *cli, struct error *error)
{
	struct cycle_options options = { .policy = cli_option(cli, "policy"), .as_of = cli_option(cli, "as-of"),
		.dry_run = cli_switch(cli, "dry-run"), .force = true, .say = say, .context = cli };
	const struct settings *settings = cli_settings(cli, error);
	int tenant = settings == NULL ? 0 : cli_tenant(cli, error);
	struct db *db = tenant == 0 ? NULL : cli_db(cli, error);
	const char *key = db == NULL ? NULL : policy_store_key(db, tenant, options.policy, cli->arena, error);
	struct settings own = settings == NULL ? (struct settings){ .read_workers = 0 } : *settings;
	struct caller caller;
	json_t *report = NULL;

	/* A connection more would only plan each statement once more. */
	if (own.read_workers > CYCLE_THREADS)
		own.read_workers = CYCLE_THREADS;
	struct corridor *corridor = key == NULL ? NULL : corridor_open(&own, error);
	bool good = corridor != NULL && corridor_agent_caller(corridor, tenant, key, &caller, error) &&
		cycle_run(corridor, &caller, &options, cli->arena, &report, error);

	corridor_close(corridor);
	if (!good)
		return false;
	const char *state = json_string_value(json_object_get(report, "state"));

	if (strcmp(state, "done") != 0)
		cli->status = error_exit(strcmp(state, "failed") == 0 ? ERROR_SYSTEM : ERROR_STALE);
	return cli_answer(cli, json_incref(report), "%s", report_text(cli->arena, report));
}

/* The bytes of a policy: a file, or a shipped one by its name. */
static const struct policy *find_policy(struct cli *cli, const char *word, struct text *mistakes, struct error *error)
{
	const char *path = arena_format(cli->arena, "policies/%s.json", word);
	const struct embed *shipped = strchr(word, '/') == NULL ? embed_find(path) : NULL;

	return shipped != NULL ? policy_read(cli->arena, path, shipped->bytes, shipped->size, mistakes, error)
		: policy_load(cli->arena, word, mistakes, error);
}

bool command_agent_policy(struct cli *cli, struct error *error)
{
	struct text mistakes = text_open(cli->arena, 65536);
	const struct policy *policy = find_policy(cli, cli_argument(cli, 0), &mistakes, error);
	const char *person = cli_person(cli, error);
	int tenant, version;

	if (policy == NULL) {
		cli_warn(cli, "%s", mistakes.bytes);
		return false;
	}
	tenant = person == NULL ? 0 : cli_tenant(cli, error);
	struct db *db = tenant == 0 ? NULL : cli_db(cli, error);

	if (db == NULL)
		return false;
	const struct policy_row row = { policy->name, policy->body,
		seal_hash(policy->body, strlen(policy->body), cli->arena), cli_option(cli, "key") };

	if (!policy_store_add(db, tenant, cli_call_id(cli), person, &row, &version, error))
		return false;
	return cli_answer(cli, json_pack("{s:s, s:i}", "policy", policy->name, "version", version),
		"policy %s is at work as version %d; try it with: flashd agent run --policy %s --dry-run\n", policy->name,
		version, policy->name);
}

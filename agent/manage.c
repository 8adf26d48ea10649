/* Commands of the engineer: migrate and check. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "mcp/base/embed.h"
#include "mcp/base/seal.h"
#include "mcp/corridor/check.h"
#include "mcp/db/migrate.h"
#include "policy.h"

bool command_migrate(struct cli *cli, struct error *error)
{
	const struct settings *settings = cli_settings(cli, error);
	bool made = false;
	int applied;

	if (settings == NULL)
		return false;
	if (access(settings->master_key_file, F_OK) != 0) {
		if (!seal_create(settings->master_key_file, error))
			return false;
		made = true;
		cli_say(cli, "made the master key %s: keep a copy of it where the database's backups are not",
			settings->master_key_file);
	}
	if (!migrate_database(settings->admin_database, &applied, error))
		return error_wrap(error, "Nothing was migrated");
	return cli_answer(cli, json_pack("{s:i, s:b}", "applied", applied, "master_key_made", made),
		"the database is ready (%d new migrations)\n", applied);
}

static void check_policy(struct cli *cli, const char *path, struct text *mistakes)
{
	const struct embed *shipped = embed_find(path);
	struct error error;

	if ((shipped != NULL ? policy_read(cli->arena, path, shipped->bytes, shipped->size, mistakes, &error)
			: policy_load(cli->arena, path, mistakes, &error)) == NULL && mistakes->size == 0)
		text_format(mistakes, "%s: %s\n", path, error.text);
}

static size_t check_policies(struct cli *cli, const char *folder, struct text *mistakes)
{
	const struct embed *file = NULL;
	struct dirent *entry;
	size_t count = 0;

	if (folder[0] == '\0') {
		while ((file = embed_next("policies/", file)) != NULL)
			if (policy_is_file(file->path) && ++count > 0)
				check_policy(cli, file->path, mistakes);
		return count;
	}
	DIR *directory = opendir(folder);

	if (directory == NULL) {
		text_format(mistakes, "%s: the folder of policies cannot be read: %s\n", folder, strerror(errno));
		return 0;
	}
	while ((entry = readdir(directory)) != NULL) {
		const char *path = arena_format(cli->arena, "%s/%s", folder, entry->d_name);

		if (policy_is_file(path) && ++count > 0)
			check_policy(cli, path, mistakes);
	}
	closedir(directory);
	return count;
}

bool command_check(struct cli *cli, struct error *error)
{
	const struct settings *settings = cli_settings(cli, error);
	struct text mistakes = text_open(cli->arena, 1 << 18);

	if (settings == NULL)
		return false;
	const char *folder = cli_option(cli, "policies");
	size_t policies = check_policies(cli, folder == NULL ? settings->policies_folder : folder, &mistakes);

	check_embedded(&mistakes);
	if (mistakes.size == 0)
		return cli_answer(cli, json_pack("{s:[], s:I}", "mistakes", "policies", (json_int_t)policies),
			"settings, %zu policies, metrics and tools are sound\n", policies);
	cli->status = CLI_DIFFERENCE;
	return cli_answer(cli, json_pack("{s:s}", "mistakes", mistakes.bytes), "%s", mistakes.bytes);
}

/* The demo: a private cluster, and then the product's own commands, one after another, as a person would type them. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cluster.h"
#include "commands.h"
#include "contrib/demo/brand.h"
#include "mcp/base/clock.h"
#include "mcp/load/create_database.h"

struct demo {
	struct cli *cli;
	const char *folder, *config;
	long port;
};

enum { WORDS_MOST = 24 };

/* Runs `flashd WORDS…` with the demo's settings, quietly when it goes well. */
static bool run(const char *log, const char *const *words, struct error *error)
{
	const char *all[WORDS_MOST + 3] = { "/proc/self/exe" };
	size_t count = 1;
	char line[160] = "";

	for (; words[count - 1] != NULL && count < WORDS_MOST; count++) {
		all[count] = words[count - 1];
		strncat(line, " ", sizeof line - strlen(line) - 1);
		strncat(line, words[count - 1], sizeof line - strlen(line) - 1);
	}
	int status = cluster_run(all, log);

	if (status == 0)
		return true;
	return error_set(error, ERROR_SYSTEM, "`flashd%s` ended with code %d%s%s. `flashd demo --reset` starts over.", line,
		status, log == NULL ? "" : "; its words are in ", log == NULL ? "" : log);
}

#define WORDS(...) (const char *const[]){ __VA_ARGS__, NULL }

static const char *path_in(const struct demo *demo, const char *name)
{
	return arena_format(demo->cli->arena, "%s/%s", demo->folder, name);
}

static bool exists(const struct demo *demo, const char *name)
{
	return access(path_in(demo, name), F_OK) == 0;
}

/* A port of loopback that is free now: what is printed, and written down for `flashd serve`, must be one that can be
 * asked. 0 when there is none. */
static long free_port(void)
{
	union {
		struct sockaddr any;
		struct sockaddr_in four;
	} address = { .four = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } } };
	socklen_t size = sizeof address.four;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good = fd >= 0 && bind(fd, &address.any, size) == 0 && getsockname(fd, &address.any, &size) == 0;

	if (fd >= 0)
		close(fd);
	return good ? ntohs(address.four.sin_port) : 0;
}

static bool write_config(const struct demo *demo, struct error *error)
{
	FILE *file = fopen(demo->config, "we");

	if (file == NULL)
		return error_set(error, ERROR_SYSTEM, "%s cannot be written: %s.", demo->config, strerror(errno));
	fprintf(file, "# Settings of the demo. Use them with: flashd COMMAND --config %s\n"
		"database = host=%s/socket dbname=flash user=flashd\n"
		"admin_database = host=%s/socket dbname=flash user=flash_admin\n"
		"http_port = %ld\nmaster_key_file = %s/master.key\nstate_folder = %s\noutbox_folder = %s/outbox\n"
		"tenant = demo\nperson = demo\n", demo->config, demo->folder, demo->folder, demo->port, demo->folder,
		demo->folder, demo->folder);
	mkdir(path_in(demo, "outbox"), 0700);
	/* The settings of this file, whatever brand the caller's own environment is about. */
	unsetenv("FLASHD_TENANT");
	unsetenv("FLASHD_PERSON");
	setenv("FLASHD_CONFIG", demo->config, 1);
	return fclose(file) == 0;
}

static void say(void *context, const char *sentence)
{
	cli_say(context, "  %s", sentence);
}

/* Yesterday is the last day in the files, so that "today" has begun but nobody has bought yet. */
static bool make_brand(const struct demo *demo, struct error *error)
{
	struct brand_options options = brand_defaults();
	char stamp[32];

	clock_stamp(clock_now(), stamp);
	stamp[10] = '\0';
	options.members = (uint32_t)cli_number(demo->cli, "members", options.members);
	options.seed = (uint64_t)cli_number(demo->cli, "seed", (long long)options.seed);
	return brand_day(stamp, &options.as_of, error) &&
		brand_write(&options, path_in(demo, "brand"), say, demo->cli, error);
}

/* A key's id is the part of its text between the second and the third underscore. */
static const char *key_id(const struct demo *demo, const char *name, struct error *error)
{
	char text[160] = "";
	FILE *file = fopen(path_in(demo, name), "re");

	if (file != NULL && fgets(text, sizeof text, file) != NULL)
		text[strcspn(text, "\n")] = '\0';
	if (file != NULL)
		fclose(file);
	const char *id = strstr(text, "live_");

	if (id == NULL) {
		error_set(error, ERROR_SYSTEM, "The key file %s is damaged: `flashd demo --reset` starts over.",
			path_in(demo, name));
		return NULL;
	}
	return arena_copy_size(demo->cli->arena, id + 5, strcspn(id + 5, "_"));
}

static bool load_brand(const struct demo *demo, struct error *error)
{
	const char *log = path_in(demo, "demo.log");

	cli_say(demo->cli, "making up a brand…");
	if (!make_brand(demo, error) ||
	    !run(log, WORDS("tenant", "create", "demo", "--name", "Bonheur Coffee", "--zone", "Europe/Paris", "--currency",
		"EUR", "--admin", "demo", "--message-cost-cents", "2"), error))
		return false;
	cli_say(demo->cli, "importing it…");
	if (!run(NULL, WORDS("import", path_in(demo, "brand"), "--map", "demo"), error))
		return false;
	cluster_remove(path_in(demo, "brand"), error);
	if (!run(log, WORDS("key", "create", "--preset", "operator", "--name", "demo-operator", "--budget-cents", "500000",
		"--out", path_in(demo, "operator.key")), error) ||
	    !run(log, WORDS("key", "create", "--preset", "agent", "--name", "demo-agent", "--budget-cents", "2000000",
		"--out", path_in(demo, "agent.key")), error))
		return false;
	const char *id = key_id(demo, "agent.key", error);

	return id != NULL && run(log, WORDS("agent", "policy", "winback_slipping", "--key", id), error) &&
		run(log, WORDS("agent", "policy", "lapsed_high_value", "--key", id), error) &&
		run(NULL, WORDS("agent", "run", "--policy", "winback_slipping"), error) &&
		fclose(fopen(path_in(demo, "loaded"), "we")) == 0;
}

static void print_file(const struct demo *demo, const char *label, const char *name)
{
	char line[160] = "";
	FILE *file = fopen(path_in(demo, name), "re");

	if (file == NULL)
		return;
	if (fgets(line, sizeof line, file) != NULL)
		printf("  %-14s %s", label, line);
	fclose(file);
}

static void print_keys(const struct demo *demo)
{
	printf("\nThe demo brand is ready. Settings: %s\n", demo->config);
	print_file(demo, "operator key", "operator.key");
	print_file(demo, "agent key", "agent.key");
	printf("\nConnect Claude Code:\n  export FLASH_API_KEY=$(cat %s/operator.key)\n"
		"  claude mcp add --transport http flash http://127.0.0.1:%ld/api/mcp --header \"Authorization: Bearer "
		"${FLASH_API_KEY}\"\n\nThe commands of the report work with FLASHD_CONFIG=%s in the environment.\n",
		demo->folder, demo->port, demo->config);
	fflush(stdout);
}

static const char *default_folder(struct arena *arena)
{
	const char *home = getenv("HOME");

	return geteuid() == 0 || home == NULL ? "/var/lib/flashd-demo"
		: arena_format(arena, "%s/.local/share/flashd-demo", home);
}

static bool start_over(const struct demo *demo, struct error *error)
{
	if (!exists(demo, "demo.conf") && exists(demo, "data"))
		return error_set(error, ERROR_CONFIG, "%s does not look like a demo's folder, so it is not thrown away.",
			demo->folder);
	cli_say(demo->cli, "throwing %s away…", demo->folder);
	return cluster_stop(demo->folder, demo->cli->arena, error) && cluster_remove(demo->folder, error);
}

/* All of it, once the folder is ours; PostgreSQL is stopped behind it, whatever happens. */
static bool show(const struct demo *demo, struct error *error)
{
	struct cli *cli = demo->cli;

	cli_say(cli, "starting a private PostgreSQL in %s…", demo->folder);
	if (!write_config(demo, error) || !cluster_start(demo->folder, cli->arena, error) ||
	    !create_database(arena_format(cli->arena, "host=%s/socket dbname=postgres user=flash_admin", demo->folder),
		error))
		return false;
	cli_say(cli, "bringing the database to its shape…");
	if (!run(path_in(demo, "demo.log"), WORDS("migrate"), error) ||
	    (!exists(demo, "loaded") && !load_brand(demo, error)))
		return false;
	print_keys(demo);
	if (cli_switch(cli, "once"))
		return true;
	printf("\nServing on http://127.0.0.1:%ld/api/mcp until Ctrl-C.\n", demo->port);
	fflush(stdout);
	return run(NULL, WORDS("serve"), error);
}

bool command_demo(struct cli *cli, struct error *error)
{
	const char *folder = cli_option(cli, "dir");
	struct demo demo = { .cli = cli, .folder = folder == NULL ? default_folder(cli->arena) : folder,
		.port = (long)cli_number(cli, "port", 8080) };

	if (demo.port == 0 && (demo.port = free_port()) == 0)
		return error_set(error, ERROR_SYSTEM, "No free port was found: name one with --port.");
	demo.config = path_in(&demo, "demo.conf");
	if (cli_switch(cli, "reset") && !start_over(&demo, error))
		return false;
	if (!cluster_drop_root(&demo.folder, cli->arena, error))
		return false;
	demo.config = path_in(&demo, "demo.conf");
	bool good = show(&demo, error);
	struct error ignored;

	cluster_stop(demo.folder, cli->arena, &ignored);
	return good;
}

/* The program: one table of commands of its own beside those of mcp/cli. */
#include "commands.h"

static const struct command commands[] = {
	{ "serve", "serve the endpoint and run the agent on schedule, until SIGTERM or Ctrl-C",
		"[--no-agent]\n"
		"--no-agent                answer calls only; no cycles, no deliveries",
		"serve\nserve --config /etc/flashd.conf", command_serve },
	{ "demo", "a private PostgreSQL, a demo brand, one win-back cycle, then serve",
		"[--once] [--reset] [--dir FOLDER] [--port N] [--members N] [--seed N]\n"
		"--once                    end after the report\n"
		"--reset                   throw the demo's folder away and start over\n"
		"--dir FOLDER              where everything is kept\n"
		"--port N                  of the endpoint (8080); 0: one that is free\n"
		"--members N               how many members the brand has (50000)\n"
		"--seed N                  of the generator (1)",
		"demo\ndemo --once --dir /tmp/shop", command_demo },
	{ "migrate", "bring the database to what this program needs; makes the master key when there is none",
		"", "migrate\nmigrate --config /etc/flashd.conf", command_migrate },
	{ "check", "every mistake in settings, policies, metrics and tools, with its place; code 7 when there is one",
		"[--policies FOLDER]\n"
		"--policies FOLDER         instead of the setting's",
		"check\ncheck --policies ./policies", command_check },
	{ "import", "bring in a brand's files through a map; the same files again change nothing",
		"PATH --map MAP\n"
		"PATH                      the folder, or the file of a map with one\n"
		"--map MAP                 a map file, or the name of a shipped one: demo, cdnow, completejourney, generic",
		"import ./export --map ./map.json --tenant acme", command_import },
	{ "agent run", "run one cycle of a policy now and print its report",
		"--policy POLICY [--as-of TIME] [--dry-run]\n"
		"--policy POLICY           its name\n"
		"--as-of TIME              as if it were then: 1997-09-30, or RFC 3339\n"
		"--dry-run                 decide and record, give and draft nothing",
		"agent run --policy winback_slipping --dry-run", command_agent_run },
	{ "agent policy", "put a policy to work under an agent key; a changed file is a new version",
		"FILE --key KEY\n"
		"FILE                      a policy file, or the name of a shipped one\n"
		"--key KEY                 the id of an agent key",
		"agent policy winback_slipping --key 1k7p2m9qzd4x", command_agent_policy },
};

int main(int argc, char **argv)
{
	return cli_main(argc, argv, commands, sizeof commands / sizeof commands[0]);
}

/* One start of the program: find the command, check the arguments, run it, show how it ended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "commands.h"
#include "mcp/base/log.h"
#include "mcp/base/text.h"

static const struct command own[] = {
#define COMMAND(symbol, name, summary, usage, examples) { name, summary, usage, examples, symbol },
#include "commands.def"
#undef COMMAND
};

enum { OWN = sizeof own / sizeof own[0] };

static void merge(struct cli_commands *commands, const struct command *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (commands->count == CLI_COMMANDS_MAX)
			abort();
		commands->rows[commands->count++] = &rows[i];
	}
}

/* Known before anything is parsed: a mistake in the arguments must already be told in the asked form. */
static bool asks_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

static void read_globals(struct cli *cli)
{
	cli->json = cli->json || cli_switch(cli, "json");
	cli->csv = cli_switch(cli, "csv");
	cli->quiet = cli_switch(cli, "quiet");
	cli->yes = cli_switch(cli, "yes");
	cli->confirm = cli_option(cli, "confirm");
	cli->reason = cli_option(cli, "reason");
	cli->timeout_seconds = (long)cli_number(cli, "timeout", 0);
	output_open(cli, cli_switch(cli, "no-color"));
	if (cli->quiet)
		log_set_level(LOG_LEVEL_ERROR);
}

static bool unknown_command(struct cli *cli, const struct cli_commands *commands, const char *topic,
	struct error *error)
{
	const char *names[CLI_COMMANDS_MAX];
	const char *group = help_group(cli, commands, topic);

	if (group != NULL) {
		cli->next = arena_format(cli->arena, "flashd help %s", topic);
		return error_set(error, ERROR_USAGE, "flashd %s needs one word more: %s.", topic, group);
	}
	for (size_t i = 0; i < commands->count; i++)
		names[i] = commands->rows[i]->name;
	const char *near = text_nearest(topic, names, commands->count);

	cli->next = near == NULL ? "flashd help" : arena_format(cli->arena, "flashd help %s", near);
	return error_set(error, ERROR_USAGE, "There is no command \"%.60s\"%s%s%s. Nothing was done.", topic,
		near == NULL ? "" : "; did you mean \"flashd ", near == NULL ? "" : near, near == NULL ? "" : "\"?");
}

/* `flashd help X` is `flashd X --help`. */
static bool run_help(struct cli *cli, const struct cli_commands *commands, struct error *error)
{
	struct text topic = text_open(cli->arena, 200);
	bool behind = false;

	for (int i = 1; i < cli->word_count; i++) {
		if (behind && cli->words[i][0] != '-')
			text_format(&topic, "%s%s", topic.size > 0 ? " " : "", cli->words[i]);
		behind = behind || strcmp(cli->words[i], "help") == 0;
	}
	return help_topic(cli, commands, topic.size == 0 ? NULL : topic.bytes, error);
}

static bool run_command(struct cli *cli, const struct cli_commands *commands, struct error *error)
{
	int after;
	const char *topic;

	cli->command = arguments_command(cli, commands, &after, &topic);
	if (topic != NULL && (strcmp(topic, "help") == 0 || strncmp(topic, "help ", 5) == 0))
		return run_help(cli, commands, error);
	if (topic != NULL && cli->command == NULL)
		return unknown_command(cli, commands, topic, error);
	bool taken = arguments_take(cli, after, error);

	read_globals(cli);
	if (cli_switch(cli, "help"))
		return help_topic(cli, commands, cli->command == NULL ? NULL : cli->command->name, error);
	if (!taken)
		return false;
	if (cli->command == NULL)
		return help_start(cli);
	if (!arguments_complete(cli, error))
		return false;
	cli_deadline(cli, cli->timeout_seconds, ERROR_UNCONFIRMED, "the time that --timeout gives has passed. What was "
		"asked may or may not have been done: look before you ask again.");
	return cli->command->run(cli, error);
}

/* What to run next, when the command did not say. */
static void suggest_next(struct cli *cli, const struct error *error)
{
	if (cli->next != NULL || cli->command == NULL)
		return;
	if (error->code == ERROR_USAGE)
		cli->next = arena_format(cli->arena, "flashd help %s", cli->command->name);
	else if (error->code == ERROR_CONFIG)
		cli->next = "flashd help settings";
	else if (error->code == ERROR_SCHEMA)
		cli->next = "flashd migrate";
	else if (error->code == ERROR_PERSON)
		cli->next = "flashd help tenant person";
}

/* An answer that did not reach its reader is not a good end. */
static bool flush_answer(struct error *error)
{
	return (fflush(stdout) == 0 && !ferror(stdout)) ||
		error_set(error, ERROR_SYSTEM, "The answer could not be written to stdout (is the disk full?). What was "
			"asked has been done.");
}

int cli_main(int argc, char **argv, const struct command *more, size_t count)
{
	static struct cli cli;
	struct cli_commands commands = { .count = 0 };
	struct error error = { .code = ERROR_NONE };

	cli = (struct cli){ .arena = arena_new(), .json = asks_json(argc, argv), .word_count = argc,
		.words = (const char *const *)argv };
	output_open(&cli, false);
	merge(&commands, more, count);
	merge(&commands, own, OWN);
	bool good = run_command(&cli, &commands, &error);

	cli_deadline(&cli, 0, ERROR_NONE, "");
	if (good)
		good = flush_answer(&error);
	if (!good) {
		suggest_next(&cli, &error);
		output_error(&cli, &error);
	}
	int status = good ? cli.status : error_exit(error.code);

	open_close(&cli);
	arena_free(cli.arena);
	return status;
}

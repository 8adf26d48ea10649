/* What the files of this folder share with each other. */
#ifndef FLASH_CLI_H
#define FLASH_CLI_H

#include "command.h"

/* A flag that means the same everywhere; `value` is NULL for a switch. */
struct cli_global {
	const char *name, *value, *meaning;
};

extern const struct cli_global cli_globals[];
extern const size_t cli_global_count;

/* All commands, as rows of pointers, NULL at the end. */
enum { CLI_COMMANDS_MAX = 64 };

struct cli_commands {
	const struct command *rows[CLI_COMMANDS_MAX + 1];
	size_t count;
};

/* Finds the command words in argv; `*after` is the index behind them. NULL: there is none.
 * `topic` is what was typed, for help and suggestions. */
const struct command *arguments_command(struct cli *cli, const struct cli_commands *commands, int *after,
	const char **topic);

/* Takes flags and arguments, from argv without the command words, and checks them against the command's usage (NULL:
 * only the global flags are known). */
bool arguments_take(struct cli *cli, int after, struct error *error);

/* Checks that nothing the usage needs is missing. */
bool arguments_complete(struct cli *cli, struct error *error);

/* Help: the first screen, the list of all, one command, one group of commands, the settings. */
bool help_start(struct cli *cli);
bool help_topic(struct cli *cli, const struct cli_commands *commands, const char *topic, struct error *error);

/* The commands that begin with this word: "create, list, revoke", or NULL when it is no group. */
const char *help_group(struct cli *cli, const struct cli_commands *commands, const char *word);

/* Where colour and questions are possible, from the terminal and the environment. */
void output_open(struct cli *cli, bool no_color);

/* The one place where an error is shown: a sentence on stderr, or the error object on stdout. */
void output_error(const struct cli *cli, const struct error *error);
char *output_error_text(const struct cli *cli, const struct error *error);

/* Closes what was opened. */
void open_close(struct cli *cli);

#endif

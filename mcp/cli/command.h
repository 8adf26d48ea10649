/* The command line: one table of commands (commands.def, and those that the program's main adds) makes dispatch,
 * help and the check of every argument. A command gets its arguments checked, opens what it needs when it needs it,
 * answers on stdout and talks on stderr. Nothing here waits for input without a terminal. */
#ifndef FLASH_COMMAND_H
#define FLASH_COMMAND_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "mcp/base/arena.h"
#include "mcp/base/error.h"
#include "mcp/base/settings.h"

struct cli;
struct db;
struct db_rows;
struct seal;

/* One command. `usage` is checked as it reads. Its first line is the synopsis: WORD is a required argument, [WORD] an
 * optional one, `--name VALUE` a required option, `[--name VALUE]` an optional one, `[--name]` a switch. A value
 * spelled a|b|c is one of these, 1..7 a number of that range; what CENTS, N, SECONDS, ACTION, RUN, DRAFT and HASH must
 * look like is in arguments.c; any other word is a text that is not empty. The lines after it explain the options. */
struct command {
	const char *name;         /* "key create": one or two words */
	const char *summary;
	const char *usage;
	const char *examples;     /* one a line, without "flashd" */
	bool (*run)(struct cli *cli, struct error *error);
};

/* The exit status of a good end that has more to say; all others come from error.def. */
enum { CLI_DONE = 0, CLI_WAITS_FOR_PERSON = 6, CLI_DIFFERENCE = 7, CLI_INTERRUPTED = 130 };

enum { CLI_OPTIONS_MAX = 32, CLI_ARGUMENTS_MAX = 32 };

struct cli_option {
	const char *name;         /* without the dashes */
	const char *value;        /* "" of a switch */
};

/* What one start of the program was asked, and what it has opened. Commands read the first part, set `next` and
 * `status`, and reach the rest by the functions below. */
struct cli {
	const struct command *command;
	struct arena *arena;      /* lives as long as the command */
	bool json, csv, quiet, yes;
	bool color_out, color_talk;
	bool terminal;            /* there is somebody who can be asked */
	const char *confirm, *reason;   /* NULL when not given */
	long timeout_seconds;     /* 0 when not given */
	int status;               /* of a good end */
	const char *next;         /* of a bad one: what to run */

	const char *const *words; /* argv, for the copyable line */
	int word_count;
	struct cli_option options[CLI_OPTIONS_MAX];
	size_t option_count;
	const char *arguments[CLI_ARGUMENTS_MAX];
	size_t argument_count;

	struct settings settings;
	bool settings_loaded;
	struct db *db, *admin_db;
	struct seal *seal;
	int tenant;
	const char *tenant_slug, *tenant_zone, *tenant_currency;
	long long progress_us;
};

/* Runs what argv asks and returns the exit status. `more` are the commands of the program that calls. */
int cli_main(int argc, char **argv, const struct command *more, size_t count);

/* Arguments, already checked against `usage`: NULL, false or the fallback when not given. Names without dashes. */
const char *cli_argument(const struct cli *cli, size_t index);
const char *cli_option(const struct cli *cli, const char *name);
bool cli_switch(const struct cli *cli, const char *name);
long long cli_number(const struct cli *cli, const char *name, long long fallback);

/* What is opened at first use and closed at the end; NULL (0) with the error set when it cannot be. The database is
 * reached as the daemon's role; the admin one as the owner of the tables. */
const struct settings *cli_settings(struct cli *cli, struct error *error);
struct db *cli_db(struct cli *cli, struct error *error);
struct db *cli_admin_db(struct cli *cli, struct error *error);
const struct seal *cli_seal(struct cli *cli, struct error *error);

/* The tenant's number: of --tenant (name or number), else of the setting `tenant`, else the only one there is. After
 * it tenant_slug, tenant_zone and tenant_currency are set. */
int cli_tenant(struct cli *cli, struct error *error);

/* What --tenant or the setting says, or NULL; asks no database. */
const char *cli_tenant_word(struct cli *cli, struct error *error);

/* Who is asking: --person or the setting `person`; ERROR_PERSON with a sentence when neither is there. */
const char *cli_person(struct cli *cli, struct error *error);

/* --reason, which this command needs: ERROR_USAGE when it was not given. */
const char *cli_reason(struct cli *cli, struct error *error);

/* The answer: with --json the object (a new reference, taken over) on one line, otherwise the formatted lines. */
bool cli_answer(struct cli *cli, json_t *answer, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Talk, on stderr: cli_say is silenced by --quiet, cli_warn never. A newline is added. */
void cli_say(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cli_warn(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One line on stderr, rewritten on a terminal, a plain one every 10 s elsewhere, none in the first second. `total` 0:
 * not known. cli_progress_end() ends the line. */
void cli_progress(struct cli *cli, const char *what, long long done, long long total);
void cli_progress_end(struct cli *cli);

/* A state word in its colour when `color` is set; the word is always there. */
const char *cli_state(const struct cli *cli, const char *word, bool color);

/* An instant (RFC 3339) as the tenant's clocks show it, with offset; itself when the database does not say. */
const char *cli_local_time(struct cli *cli, const char *utc);

/* Money with its currency, for the screen. */
char *cli_money(struct cli *cli, long long cents);

/* A table, from a statement's rows or row by row. A column without field is for the screen only (a local time), one
 * without title for programs only (the same in UTC). Cells are texts as PostgreSQL gives them; NULL is null. */
enum cli_kind { CLI_TEXT, CLI_NUMBER, CLI_MONEY, CLI_STATE, CLI_TRUTH, CLI_JSON };

struct cli_column {
	const char *field, *title;
	enum cli_kind kind;
};

struct cli_table {
	const struct cli_column *columns;
	size_t column_count, row_count, room;
	const char **cells;
};

void cli_table_add(struct cli *cli, struct cli_table *table, const char *const *cells);
void cli_table_add_rows(struct cli *cli, struct cli_table *table, const struct db_rows *rows);

/* One row as programs get it: a new reference. */
json_t *cli_table_json(const struct cli_table *table, size_t row);

/* The whole: {"name": […]} with --json, else CSV or aligned columns; `name` also names what is missing when empty. */
bool cli_table_answer(struct cli *cli, const char *name, const struct cli_table *table);

/* Asks before something is done. `effect` is shown first, on stderr. Mild: --yes or a typed y. Severe: --confirm=NAME
 * or the typed name of the tenant. Without a terminal and without the flag, and after a no: ERROR_USAGE, nothing done,
 * with the full copyable line as `next`. */
bool cli_confirm_mild(struct cli *cli, const char *effect, struct error *error);
bool cli_confirm_severe(struct cli *cli, const char *effect, struct error *error);

/* The command as it was typed, shell-quoted, with one more flag. */
const char *cli_again(struct cli *cli, const char *flag);

/* A named statement with its parameters put in as literals: the line that a person can run by hand. */
char *cli_statement(struct arena *arena, const char *name, const char *const *values, size_t count);

/* From now on: when `seconds` have passed, the program says this and ends with the code's status; Ctrl-C says the
 * other sentence and ends with 130. 0 and NULL: not (any more). The texts are kept. */
void cli_deadline(struct cli *cli, long seconds, enum error_code code, const char *sentence);
void cli_on_interrupt(struct cli *cli, const char *sentence);

/* From now on Ctrl-C only sets a mark, which cli_interrupted() reads; a second one ends the program at once. */
void cli_catch_interrupt(void);
bool cli_interrupted(void);

/* A new call id for the audit, in the arena. */
const char *cli_call_id(struct cli *cli);

/* Runs a person's power: a statement whose $1 is the tenant and $2 a new call id; `values` follow. A connection that is
 * lost on the way is ERROR_UNCONFIRMED: the power may have been used or not. `rows` may be NULL. */
bool cli_power(struct cli *cli, const char *name, const char *const *values, size_t count, struct db_rows **rows,
	struct error *error);

#endif

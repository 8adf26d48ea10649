/* Questions before something is done, and the lines that can be copied instead of an answer. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "mcp/base/embed.h"
#include "mcp/base/text.h"
#include "mcp/base/utf8.h"

static void add_shell_word(struct text *line, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@";

	if (*word != '\0' && strspn(word, plain) == strlen(word)) {
		text_add(line, word);
		return;
	}
	text_add(line, "'");
	for (; *word != '\0'; word++)
		text_add_size(line, *word == '\'' ? "'\\''" : word, *word == '\'' ? 4 : 1);
	text_add(line, "'");
}

const char *cli_again(struct cli *cli, const char *flag)
{
	struct text line = text_open(cli->arena, 2000);

	text_add(&line, "flashd");
	for (int i = 1; i < cli->word_count; i++) {
		if (strncmp(cli->words[i], "--confirm", 9) == 0) {
			i += cli->words[i][9] == '\0';
			continue;
		}
		text_add(&line, " ");
		add_shell_word(&line, cli->words[i]);
	}
	text_add(&line, " ");
	text_add(&line, flag);
	return line.bytes;
}

/* A typed line without its end; false when there was none. */
static bool read_line(const char *question, char *line, int size)
{
	fprintf(stderr, "%s ", question);
	fflush(stderr);
	if (fgets(line, size, stdin) == NULL)
		return false;
	line[strcspn(line, "\n")] = '\0';
	return true;
}

/* Who is asked sees what for, also with --quiet. */
static void show_effect(const struct cli *cli, const char *effect, bool answered)
{
	if (!answered || !cli->quiet)
		cli_warn(cli, "%s", utf8_shown(cli->arena, effect, true));
}

bool cli_confirm_mild(struct cli *cli, const char *effect, struct error *error)
{
	char line[16];

	show_effect(cli, effect, cli->yes);
	if (cli->yes)
		return true;
	cli->next = cli_again(cli, "--yes");
	if (!cli->terminal)
		return error_set(error, ERROR_USAGE, "This is asked first, and there is no terminal to ask at: say --yes. "
			"Nothing was done.");
	if (read_line("Go on? [y/N]", line, sizeof line) && (strcmp(line, "y") == 0 || strcmp(line, "yes") == 0))
		return true;
	return error_set(error, ERROR_USAGE, "Not confirmed by you. Nothing was done.");
}

bool cli_confirm_severe(struct cli *cli, const char *effect, struct error *error)
{
	char line[80];
	const char *name = cli->tenant_slug;

	show_effect(cli, effect, cli->confirm != NULL);
	if (cli->confirm != NULL && strcmp(cli->confirm, name) == 0)
		return true;
	cli->next = cli_again(cli, arena_format(cli->arena, "--confirm=%s", name));
	if (cli->confirm != NULL)
		return error_set(error, ERROR_USAGE, "--confirm says \"%.60s\", and this is about \"%s\". Nothing was done.",
			cli->confirm, name);
	if (!cli->terminal)
		return error_set(error, ERROR_USAGE, "This is asked first, and there is no terminal to ask at: say "
			"--confirm=%s. Nothing was done.", name);
	if (read_line(arena_format(cli->arena, "Type %s to go on:", name), line, sizeof line) &&
	    strcmp(line, name) == 0)
		return true;
	return error_set(error, ERROR_USAGE, "That is not \"%s\". Nothing was done.", name);
}

static void add_literal(struct text *line, const char *value)
{
	if (value == NULL) {
		text_add(line, "null");
		return;
	}
	text_add(line, "'");
	for (; *value != '\0'; value++)
		text_add_size(line, *value == '\'' ? "''" : value, *value == '\'' ? 2 : 1);
	text_add(line, "'");
}

char *cli_statement(struct arena *arena, const char *name, const char *const *values, size_t count)
{
	const struct embed *file = embed_find(arena_format(arena, "sql/queries/%s.sql", name));
	struct text line = text_open(arena, 6000);

	if (file == NULL)
		abort();
	for (const char *at = file->bytes; *at != '\0';) {
		char *end;

		if (strncmp(at, "--", 2) == 0) {
			at += strcspn(at, "\n");
		} else if (*at == '$' && isdigit((unsigned char)at[1])) {
			size_t index = (size_t)strtoul(at + 1, &end, 10);

			add_literal(&line, index <= count ? values[index - 1] : NULL);
			at = end;
		} else if (isspace((unsigned char)*at)) {
			at += strspn(at, " \t\n");
			text_add(&line, line.size > 0 && *at != '\0' ? " " : "");
		} else {
			text_add_size(&line, at++, 1);
		}
	}
	text_add(&line, ";");
	return line.bytes;
}

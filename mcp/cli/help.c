/* Help, from the table of commands alone. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "mcp/base/text.h"

enum { HELP_MAX = 64 << 10 };

static const char codes[] =
	"Codes: 0 done, 1 failed, 2 wrong usage or unanswered question, 3 refused by a rule, 4 not signed in or no\n"
	"right, 5 not confirmed (we do not know), 6 waits for a person, 7 a check found a difference, 8 try again\n"
	"later, 130 interrupted. More may come; take an unknown one as failure.\n";

static bool print(struct cli *cli, const char *topic, const struct text *text)
{
	return cli_answer(cli, json_pack("{s:s, s:s}", "topic", topic, "help", text->bytes), "%s", text->bytes);
}

static size_t first_word(const char *name)
{
	return strcspn(name, " ");
}

/* Whether the row begins a new first word. */
static bool is_new_group(const struct cli_commands *commands, size_t index)
{
	const char *name = commands->rows[index]->name;

	for (size_t i = 0; i < index; i++)
		if (first_word(commands->rows[i]->name) == first_word(name) &&
		    strncmp(commands->rows[i]->name, name, first_word(name)) == 0)
			return false;
	return true;
}

bool help_start(struct cli *cli)
{
	struct text text = text_open(cli->arena, HELP_MAX);

	text_add(&text, "flashd keeps a brand's members from leaving: an agent that reads certified numbers, acts inside\n"
		"a budget, can be undone and stopped, and drafts messages that a human approves.\n\nTo start:\n"
		"  flashd demo             a demo brand, one cycle, a key and the line for Claude Code\n"
		"  flashd migrate          bring your own database to this version\n"
		"  flashd tenant create    a brand of your own\n"
		"  flashd key create       an API key (shown once)\n"
		"  flashd serve            answer MCP clients and run the agent\n\n"
		"Always at hand: flashd stop --reason TEXT\nAll commands:   flashd help\n"
		"One of them:    flashd help key create\n");
	return print(cli, "start", &text);
}

static void add_globals(struct text *text)
{
	text_add(text, "Everywhere:\n");
	for (size_t i = 0; i < cli_global_count; i++) {
		char flag[40];

		snprintf(flag, sizeof flag, "--%s%s%s", cli_globals[i].name, cli_globals[i].value == NULL ? "" : " ",
			cli_globals[i].value == NULL ? "" : cli_globals[i].value);
		text_format(text, "  %-20s %s\n", flag, cli_globals[i].meaning);
	}
}

static void add_row(struct text *text, const struct command *command)
{
	text_format(text, "  %-20s %s\n", command->name, command->summary);
}

static void add_all(struct text *text, const struct cli_commands *commands)
{
	text_add(text, "Usage: flashd COMMAND [ARGUMENTS] [FLAGS]\n\nCommands:\n");
	for (size_t i = 0; i < commands->count; i++) {
		const char *name = commands->rows[i]->name;

		if (!is_new_group(commands, i))
			continue;
		for (size_t j = i; j < commands->count; j++)
			if (first_word(commands->rows[j]->name) == first_word(name) &&
			    strncmp(commands->rows[j]->name, name, first_word(name)) == 0)
				add_row(text, commands->rows[j]);
	}
	text_add(text, "\n");
	add_globals(text);
	text_format(text, "\n%s\nMore: flashd help COMMAND, flashd help settings\n", codes);
}

/* The lines of a text, each with `before` in front of it. */
static void add_lines(struct text *text, const char *lines, const char *before)
{
	while (*lines != '\0') {
		size_t size = strcspn(lines, "\n");

		text_add(text, before);
		text_add_size(text, lines, size);
		text_add(text, "\n");
		lines += size + (lines[size] == '\n');
	}
}

static void add_command(struct text *text, const struct command *command)
{
	size_t synopsis = strcspn(command->usage, "\n");

	text_format(text, "flashd %s: %s\n\nUsage: flashd %s", command->name, command->summary, command->name);
	text_add(text, synopsis > 0 ? " " : "");
	text_add_size(text, command->usage, synopsis);
	text_add(text, "\n");
	if (command->usage[synopsis] == '\n')
		add_lines(text, command->usage + synopsis + 1, "  ");
	text_add(text, "\nExamples:\n");
	add_lines(text, command->examples, "  flashd ");
	text_add(text, "\n");
	add_globals(text);
	text_format(text, "\n%s", codes);
}

const char *help_group(struct cli *cli, const struct cli_commands *commands, const char *word)
{
	struct text names = text_open(cli->arena, 400);

	for (size_t i = 0; i < commands->count; i++) {
		const char *name = commands->rows[i]->name;

		if (first_word(name) == strlen(word) && strncmp(name, word, strlen(word)) == 0 && strchr(name, ' ') != NULL)
			text_format(&names, "%s%s", names.size > 0 ? ", " : "", name + first_word(name) + 1);
	}
	return names.size > 0 ? names.bytes : NULL;
}

static void add_group(struct text *text, const struct cli_commands *commands, const char *word)
{
	for (size_t i = 0; i < commands->count; i++)
		if (first_word(commands->rows[i]->name) == strlen(word) &&
		    strncmp(commands->rows[i]->name, word, strlen(word)) == 0)
			add_row(text, commands->rows[i]);
	text_format(text, "\nOne of them: flashd help %s WORD\n", word);
}

/* All commands for programs: completion and the tests go by it. */
static json_t *list_json(const struct cli_commands *commands)
{
	json_t *list = json_array();

	for (size_t i = 0; i < commands->count; i++) {
		const struct command *row = commands->rows[i];

		json_array_append_new(list, json_pack("{s:s, s:s, s:s#}", "name", row->name, "summary", row->summary,
			"usage", row->usage, (int)strcspn(row->usage, "\n")));
	}
	return list;
}

static const struct command *find(const struct cli_commands *commands, const char *name)
{
	for (size_t i = 0; i < commands->count; i++)
		if (strcmp(commands->rows[i]->name, name) == 0)
			return commands->rows[i];
	return NULL;
}

static bool unknown_topic(const struct cli_commands *commands, const char *topic, struct error *error)
{
	const char *names[CLI_COMMANDS_MAX + 1] = { "settings" };

	for (size_t i = 0; i < commands->count; i++)
		names[i + 1] = commands->rows[i]->name;
	const char *near = text_nearest(topic, names, commands->count + 1);

	return error_set(error, ERROR_USAGE, "There is no help for \"%.60s\"%s%s%s", topic,
		near == NULL ? ": `flashd help` lists the commands." : "; did you mean \"flashd help ",
		near == NULL ? "" : near, near == NULL ? "" : "\"?");
}

bool help_topic(struct cli *cli, const struct cli_commands *commands, const char *topic, struct error *error)
{
	struct text text = text_open(cli->arena, HELP_MAX);
	const struct command *command = topic == NULL ? NULL : find(commands, topic);

	if (topic == NULL)
		add_all(&text, commands);
	else if (command != NULL)
		add_command(&text, command);
	else if (strcmp(topic, "settings") == 0)
		text_format(&text, "Settings: `name = value` lines of the file of --config or $FLASHD_CONFIG, then the "
			"environment\n(FLASHD_NAME), which wins. Name, meaning, default:\n\n%s", settings_help(cli->arena));
	else if (help_group(cli, commands, topic) != NULL)
		add_group(&text, commands, topic);
	else
		return unknown_topic(commands, topic, error);
	if (topic == NULL)
		return cli_answer(cli, json_pack("{s:s, s:s, s:o}", "topic", "all", "help", text.bytes, "commands",
			list_json(commands)), "%s", text.bytes);
	return print(cli, topic, &text);
}

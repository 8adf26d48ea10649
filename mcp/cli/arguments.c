/* argv against the first line of a command's usage: the text that people read is the rule that is checked. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "mcp/base/text.h"

const struct cli_global cli_globals[] = {
	{ "config", "FILE", "settings file (else $FLASHD_CONFIG)" },
	{ "tenant", "NAME", "whose data; needed when there are several" },
	{ "person", "NAME", "who you are (else the setting `person`)" },
	{ "reason", "TEXT", "why, for the record" },
	{ "json", NULL, "one JSON object (or one a line), errors too" },
	{ "csv", NULL, "tables as CSV" },
	{ "quiet", NULL, "no talk on stderr, only mistakes" },
	{ "no-color", NULL, "no colour, as with $NO_COLOR or TERM=dumb" },
	{ "yes", NULL, "answers a mild question" },
	{ "confirm", "NAME", "answers a severe one: the tenant's name" },
	{ "timeout", "SECONDS", "give up after so long, with code 5" },
	{ "help", NULL, "this help" },
};
const size_t cli_global_count = sizeof cli_globals / sizeof cli_globals[0];

/* One word of a synopsis. */
struct spec {
	char name[32], value[160];   /* an argument has no name, a switch no value */
	bool required;
};

enum { SPECS_MAX = 32 };

static const char *const no_usage = "";

static const char *usage_of(const struct cli *cli)
{
	return cli->command == NULL ? no_usage : cli->command->usage;
}

static void copy(char *out, size_t room, const char *from, size_t size)
{
	if (size >= room)
		abort();   /* a row of a table that is too long: found by the first test that runs it */
	memcpy(out, from, size);
	out[size] = '\0';
}

/* The specs of a synopsis, in order. Brackets make what stands between them optional. */
static size_t read_usage(const char *usage, struct spec *specs)
{
	const char *end = usage + strcspn(usage, "\n");
	bool optional = false, wants_value = false;
	size_t count = 0;

	while (usage < end) {
		size_t size = strcspn(usage, " \n");
		const char *word = usage;
		bool opens = *word == '[';
		size_t closes = 0;

		usage += size + (usage + size < end);
		word += opens;
		size -= opens;
		while (size > closes && word[size - 1 - closes] == ']')
			closes++;
		size -= closes;
		optional = optional || opens;
		if (wants_value && strncmp(word, "--", 2) != 0 && !opens) {
			copy(specs[count - 1].value, sizeof specs->value, word, size);
			wants_value = false;
		} else {
			bool named = strncmp(word, "--", 2) == 0;

			if (count == SPECS_MAX)
				abort();
			specs[count] = (struct spec){ .required = !optional };
			copy(named ? specs[count].name : specs[count].value, sizeof specs->name, word + 2 * named,
				size - 2 * named);
			wants_value = named && closes == 0;
			count++;
		}
		if (closes > 0)
			optional = false;
	}
	return count;
}

static bool whole_number(const char *text, long long least, long long most)
{
	char *end;

	errno = 0;
	long long number = strtoll(text, &end, 10);

	return errno == 0 && end != text && *end == '\0' && !isspace((unsigned char)*text) && *text != '+' &&
		number >= least && number <= most;
}

static bool is_hex(const char *text, size_t size)
{
	return strlen(text) == size && strspn(text, "0123456789abcdef") == size;
}

static bool is_uuid(const char *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	for (size_t i = 0; i < sizeof form - 1; i++)
		if (form[i] == '-' ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	return text[sizeof form - 1] == '\0';
}

/* Whether `text` is one of the words in "a|b|c". */
static bool is_choice(const char *choices, const char *text)
{
	size_t size = strlen(text);

	for (const char *at = choices; size > 0; at++) {
		size_t width = strcspn(at, "|");

		if (width == size && strncmp(at, text, size) == 0)
			return true;
		at += width;
		if (*at == '\0')
			return false;
	}
	return false;
}

static bool check_value(const char *what, const char *form, const char *text, struct error *error)
{
	const char *dots = strstr(form, "..");
	bool number = strcmp(form, "N") == 0 || strcmp(form, "CENTS") == 0 || strcmp(form, "SECONDS") == 0;
	long long most = strcmp(form, "SECONDS") == 0 ? 1000000 : 1000000000000000;

	if (strchr(form, '|') != NULL && !is_choice(form, text))
		return error_set(error, ERROR_USAGE, "%s is \"%.60s\"; it must be one of %s.", what, text, form);
	if (dots != NULL && !whole_number(text, strtoll(form, NULL, 10), strtoll(dots + 2, NULL, 10)))
		return error_set(error, ERROR_USAGE, "%s is \"%.60s\"; it must be a whole number in %s.", what, text, form);
	if (number && !whole_number(text, 0, most))
		return error_set(error, ERROR_USAGE, "%s is \"%.60s\"; it must be a whole number from 0 to %lld%s.", what,
			text, most, strcmp(form, "CENTS") == 0 ? " (money is in cents)" : "");
	if ((strcmp(form, "ACTION") == 0 || strcmp(form, "RUN") == 0 || strcmp(form, "DRAFT") == 0) && !is_uuid(text))
		return error_set(error, ERROR_USAGE, "%s is \"%.60s\"; it must be an id like "
			"019a9f3e-5c1d-7a10-b1c2-2f6f3c1d9e77.", what, text);
	if (strcmp(form, "HASH") == 0 && !is_hex(text, 64))
		return error_set(error, ERROR_USAGE, "%s is \"%.70s\"; it must be the 64 characters 0-9 a-f that were "
			"shown.", what, text);
	if (*text == '\0')
		return error_set(error, ERROR_USAGE, "%s is empty; it must be a text.", what);
	return true;
}

static const struct cli_global *find_global(const char *name, size_t size)
{
	for (size_t i = 0; i < cli_global_count; i++)
		if (strlen(cli_globals[i].name) == size && strncmp(cli_globals[i].name, name, size) == 0)
			return &cli_globals[i];
	return NULL;
}

static bool unknown_flag(const char *word, const struct spec *specs, size_t count, const char *command,
	struct error *error)
{
	const char *names[SPECS_MAX + 16];
	size_t known = 0;

	for (size_t i = 0; i < count; i++)
		if (specs[i].name[0] != '\0')
			names[known++] = specs[i].name;
	for (size_t i = 0; i < cli_global_count; i++)
		names[known++] = cli_globals[i].name;
	char plain[64];

	snprintf(plain, sizeof plain, "%.*s", (int)strcspn(word, "="), word);
	const char *near = text_nearest(plain, names, known);

	return error_set(error, ERROR_USAGE, "There is no flag --%s%s%s%s%s%s. Nothing was done.", plain,
		command == NULL ? "" : " of ", command == NULL ? "" : command, near == NULL ? "" : "; did you mean --",
		near == NULL ? "" : near, near == NULL ? "" : "?");
}

/* Whether argv[index] is a global flag that takes the word behind it. */
static bool skips_next(const char *word)
{
	const struct cli_global *global = strncmp(word, "--", 2) == 0 ? find_global(word + 2, strlen(word + 2)) : NULL;

	return global != NULL && global->value != NULL;
}

static const struct command *find_command(const struct cli_commands *commands, const char *name)
{
	for (size_t i = 0; i < commands->count; i++)
		if (strcmp(commands->rows[i]->name, name) == 0)
			return commands->rows[i];
	return NULL;
}

const struct command *arguments_command(struct cli *cli, const struct cli_commands *commands, int *after,
	const char **topic)
{
	int first = 1;

	*topic = NULL;
	while (first < cli->word_count && cli->words[first][0] == '-')
		first += 1 + skips_next(cli->words[first]);
	*after = first < cli->word_count ? first : cli->word_count;
	if (first >= cli->word_count)
		return NULL;
	*topic = cli->words[first];
	if (first + 1 < cli->word_count && cli->words[first + 1][0] != '-') {
		const char *pair = arena_format(cli->arena, "%s %s", cli->words[first], cli->words[first + 1]);
		const struct command *command = find_command(commands, pair);

		if (command != NULL || find_command(commands, *topic) == NULL)
			*topic = pair;
		if (command != NULL) {
			*after = first + 2;
			return command;
		}
	}
	*after = first + 1;
	return find_command(commands, cli->words[first]);
}

static bool keep_option(struct cli *cli, const char *name, const char *value, struct error *error)
{
	if (cli_option(cli, name) != NULL)
		return error_set(error, ERROR_USAGE, "--%s was given twice; say it once.", name);
	if (cli->option_count == CLI_OPTIONS_MAX)
		return error_set(error, ERROR_USAGE, "There are more than %d flags.", CLI_OPTIONS_MAX);
	cli->options[cli->option_count++] = (struct cli_option){ name, value };
	return true;
}

/* The flag at argv[*index], its value in the same word or the next one. */
static bool take_flag(struct cli *cli, int *index, const struct spec *specs, size_t count, struct error *error)
{
	const char *word = cli->words[*index] + 2, *equals = strchr(word, '=');
	size_t size = equals == NULL ? strlen(word) : (size_t)(equals - word);
	const struct cli_global *global = find_global(word, size);
	const char *form = global == NULL ? NULL : global->value, *name = global == NULL ? NULL : global->name;

	for (size_t i = 0; i < count && name == NULL; i++)
		if (size > 0 && strlen(specs[i].name) == size && strncmp(specs[i].name, word, size) == 0) {
			name = arena_copy(cli->arena, specs[i].name);
			form = specs[i].value[0] == '\0' ? NULL : specs[i].value;
		}
	if (name == NULL)
		return unknown_flag(word, specs, count, cli->command == NULL ? NULL : cli->command->name, error);
	if (form == NULL)
		return equals == NULL ? keep_option(cli, name, "", error)
			: error_set(error, ERROR_USAGE, "--%s takes no value.", name);
	if (equals == NULL && (*index + 1 >= cli->word_count || strncmp(cli->words[*index + 1], "--", 2) == 0))
		return error_set(error, ERROR_USAGE, "--%s needs a value: --%s=%s.", name, name, form);
	const char *value = equals != NULL ? equals + 1 : cli->words[++*index];

	return check_value(arena_format(cli->arena, "--%s", name), form, value, error) &&
		keep_option(cli, name, value, error);
}

static bool take_argument(struct cli *cli, const char *word, const struct spec *specs, size_t count,
	struct error *error)
{
	size_t place = cli->argument_count;

	for (size_t i = 0; i < count; i++)
		if (specs[i].name[0] == '\0' && place-- == 0) {
			cli->arguments[cli->argument_count++] = word;
			return check_value(specs[i].value, specs[i].value, word, error);
		}
	return error_set(error, ERROR_USAGE, "\"%.60s\" is one word too many. Nothing was done.", word);
}

bool arguments_take(struct cli *cli, int after, struct error *error)
{
	struct spec specs[SPECS_MAX];
	size_t count = read_usage(usage_of(cli), specs);
	int words = cli->command == NULL ? 0 : strchr(cli->command->name, ' ') == NULL ? 1 : 2;
	bool only_arguments = false;

	for (int i = 1; i < cli->word_count; i++) {
		const char *word = cli->words[i];

		if (i >= after - words && i < after)
			continue;
		if (!only_arguments && strcmp(word, "--") == 0) {
			only_arguments = true;
		} else if (!only_arguments && strcmp(word, "-h") == 0) {
			if (!keep_option(cli, "help", "", error))
				return false;
		} else if (!only_arguments && strncmp(word, "--", 2) == 0) {
			if (!take_flag(cli, &i, specs, count, error))
				return false;
		} else if (!only_arguments && word[0] == '-' && word[1] != '\0') {
			return error_set(error, ERROR_USAGE, "There is no flag %.40s; all but -h are spelled out, with two "
				"dashes. Nothing was done.", word);
		} else if (!take_argument(cli, word, specs, count, error)) {
			return false;
		}
	}
	return true;
}

bool arguments_complete(struct cli *cli, struct error *error)
{
	struct spec specs[SPECS_MAX];
	size_t count = read_usage(usage_of(cli), specs), arguments = 0;

	for (size_t i = 0; i < count; i++) {
		bool named = specs[i].name[0] != '\0';
		bool given = named ? cli_option(cli, specs[i].name) != NULL : arguments < cli->argument_count;

		arguments += !named;
		if (specs[i].required && !given)
			return error_set(error, ERROR_USAGE, "%s%s%s%s is missing. Nothing was done.", named ? "--" : "",
				specs[i].name, named && specs[i].value[0] != '\0' ? " " : "", specs[i].value);
	}
	return true;
}

const char *cli_argument(const struct cli *cli, size_t index)
{
	return index < cli->argument_count ? cli->arguments[index] : NULL;
}

const char *cli_option(const struct cli *cli, const char *name)
{
	for (size_t i = 0; i < cli->option_count; i++)
		if (strcmp(cli->options[i].name, name) == 0)
			return cli->options[i].value;
	return NULL;
}

bool cli_switch(const struct cli *cli, const char *name)
{
	return cli_option(cli, name) != NULL;
}

long long cli_number(const struct cli *cli, const char *name, long long fallback)
{
	const char *text = cli_option(cli, name);

	return text == NULL ? fallback : strtoll(text, NULL, 10);
}

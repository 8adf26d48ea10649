/* stdout carries the answer, stderr the talk. Colour only for a state's word, and the word is always there. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "mcp/base/clock.h"
#include "mcp/base/utf8.h"

static const struct {
	const char *word, *color;
} states[] = {
#define GOOD "\033[32m"
#define BAD "\033[31m"
#define OPEN "\033[33m"
	{ "running", GOOD }, { "valid", GOOD }, { "approved", GOOD }, { "sent", GOOD }, { "executed", GOOD },
	{ "quiet", GOOD }, { "stopped", BAD }, { "revoked", BAD }, { "refused", BAD }, { "failed", BAD },
	{ "rejected", BAD }, { "not confirmed", BAD }, { "waiting", OPEN }, { "held", OPEN }, { "sending", OPEN },
	{ "unknown", OPEN }, { "expired", OPEN },
};

void output_open(struct cli *cli, bool no_color)
{
	const char *off = getenv("NO_COLOR"), *kind = getenv("TERM");
	bool color = !no_color && (off == NULL || *off == '\0') && kind != NULL && strcmp(kind, "dumb") != 0;

	cli->color_out = color && !cli->json && !cli->csv && isatty(STDOUT_FILENO);
	cli->color_talk = color && isatty(STDERR_FILENO);
	cli->terminal = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

const char *cli_state(const struct cli *cli, const char *word, bool color)
{
	for (size_t i = 0; color && i < sizeof states / sizeof states[0]; i++)
		if (strcmp(states[i].word, word) == 0)
			return arena_format(cli->arena, "%s%s\033[0m", states[i].color, word);
	return word;
}

bool cli_answer(struct cli *cli, json_t *answer, const char *format, ...)
{
	va_list list;

	arena_json(cli->arena, answer);
	if (cli->json) {
		printf("%s\n", arena_dump(cli->arena, answer));
		return true;
	}
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	return true;
}

static void __attribute__((format(printf, 1, 0))) talk(const char *format, va_list list)
{
	fflush(stdout);
	vfprintf(stderr, format, list);
	fputc('\n', stderr);
}

void cli_say(const struct cli *cli, const char *format, ...)
{
	va_list list;

	if (cli->quiet)
		return;
	va_start(list, format);
	talk(format, list);
	va_end(list);
}

void cli_warn(const struct cli *cli, const char *format, ...)
{
	va_list list;

	(void)cli;
	va_start(list, format);
	talk(format, list);
	va_end(list);
}

char *output_error_text(const struct cli *cli, const struct error *error)
{
	if (!cli->json) {
		const char *name = cli->command == NULL ? "" : cli->command->name;

		return arena_format(cli->arena, "flashd%s%s: %s\n%s%s%s", *name == '\0' ? "" : " ", name,
			utf8_shown(cli->arena, error->text, true),
			cli->next == NULL ? "" : "  next: ", cli->next == NULL ? "" : cli->next, cli->next == NULL ? "" : "\n");
	}
	json_t *json = json_pack("{s:{s:s, s:s, s:s}}", "error", "code", error_word(error->code), "message", error->text,
		"next", cli->next == NULL ? "" : cli->next);

	return arena_format(cli->arena, "%s\n", arena_dump(cli->arena, arena_json(cli->arena, json)));
}

void output_error(const struct cli *cli, const struct error *error)
{
	fflush(stdout);
	fputs(output_error_text(cli, error), cli->json ? stdout : stderr);
}

enum { FIRST_US = 1000000, PLAIN_US = 10000000, REWRITE_US = 200000 };

void cli_progress(struct cli *cli, const char *what, long long done, long long total)
{
	bool terminal = isatty(STDERR_FILENO);
	long long now_us = clock_monotonic();

	if (cli->quiet)
		return;
	if (cli->progress_us == 0)
		cli->progress_us = now_us + FIRST_US;
	if (now_us < cli->progress_us)
		return;
	cli->progress_us = now_us + (terminal ? REWRITE_US : PLAIN_US);
	char of[32] = "";

	if (total > 0)
		snprintf(of, sizeof of, " of %lld", total);
	fprintf(stderr, "%s%s: %lld%s%s", terminal ? "\r" : "", what, done, of, terminal ? "\033[K" : "\n");
	fflush(stderr);
}

void cli_progress_end(struct cli *cli)
{
	if (cli->progress_us != 0 && !cli->quiet && isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	cli->progress_us = 0;
}

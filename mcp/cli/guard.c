/* The ends that come from outside: a deadline and Ctrl-C. The sentences are made beforehand, so that the handlers
 * only write and end. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

struct ending {
	char text[8192];
	size_t size;
	int file, status;
};

static struct ending late, interrupted;
static volatile sig_atomic_t caught;

static void end_with(const struct ending *ending)
{
	/* Nothing can be done about a reader that is gone. */
	ssize_t written = write(ending->file, ending->text, ending->size);

	_exit(written < 0 ? 1 : ending->status);
}

static void on_alarm(int signal_number)
{
	(void)signal_number;
	end_with(&late);
}

static void on_interrupt(int signal_number)
{
	(void)signal_number;
	end_with(&interrupted);
}

static void on_caught(int signal_number)
{
	(void)signal_number;
	caught = 1;
}

static void prepare(const struct cli *cli, struct ending *ending, enum error_code code, int status,
	const char *sentence)
{
	struct error error;

	error_set(&error, code, "%s", sentence);
	snprintf(ending->text, sizeof ending->text, "%s", output_error_text(cli, &error));
	ending->size = strlen(ending->text);
	ending->file = cli->json ? STDOUT_FILENO : STDERR_FILENO;
	ending->status = status;
}

void cli_deadline(struct cli *cli, long seconds, enum error_code code, const char *sentence)
{
	alarm(0);
	if (seconds <= 0)
		return;
	prepare(cli, &late, code, error_exit(code), sentence);
	struct sigaction action = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &action, NULL);
	alarm((unsigned)seconds);
}

void cli_on_interrupt(struct cli *cli, const char *sentence)
{
	struct sigaction action = { .sa_handler = sentence == NULL ? SIG_DFL : on_interrupt };

	if (sentence != NULL)
		prepare(cli, &interrupted, ERROR_UNCONFIRMED, CLI_INTERRUPTED, sentence);
	sigaction(SIGINT, &action, NULL);
}

void cli_catch_interrupt(void)
{
	struct sigaction action = { .sa_handler = on_caught, .sa_flags = (int)SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
}

bool cli_interrupted(void)
{
	return caught != 0;
}

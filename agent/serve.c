/* The daemon: corridor, scheduler and door, and the signals that end it in order. */
#include <signal.h>
#include <sys/resource.h>

#include "commands.h"
#include "mcp/base/log.h"
#include "mcp/corridor/corridor.h"
#include "mcp/doors/door.h"
#include "roller.h"
#include "scheduler.h"

static struct door *volatile open_door;

static void on_signal(int number)
{
	(void)number;
	if (open_door != NULL)
		door_stop(open_door);
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* As many descriptors as connections may be open, and some for ourselves. */
static void raise_limits(const struct settings *settings)
{
	struct rlimit limit;
	rlim_t need = (rlim_t)settings->connections_max + 128;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= need)
		return;
	limit.rlim_cur = limit.rlim_max < need ? limit.rlim_max : need;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < need)
		log_warn("serve", "only %llu descriptors are allowed, for %ld connections: raise LimitNOFILE",
			(unsigned long long)limit.rlim_cur, settings->connections_max);
}

static void set_log_level(const char *word)
{
	log_set_level(*word == 'd' ? LOG_LEVEL_DEBUG : *word == 'w' ? LOG_LEVEL_WARN : *word == 'e' ? LOG_LEVEL_ERROR
		: LOG_LEVEL_INFO);
}

bool command_serve(struct cli *cli, struct error *error)
{
	const struct settings *settings = cli_settings(cli, error);
	struct corridor *corridor = settings == NULL ? NULL : corridor_open(settings, error);
	struct scheduler *scheduler = NULL;
	struct roller *roller = NULL;
	struct door *door = NULL;
	bool good = corridor != NULL;

	if (good) {
		set_log_level(settings->log_level);
		raise_limits(settings);
	}
	good = good && door_open(corridor, settings, &door, error);
	good = good && (roller = roller_open(corridor, error)) != NULL;
	good = good && corridor_keep_up(corridor, error);
	if (good && !cli_switch(cli, "no-agent"))
		good = (scheduler = scheduler_open(corridor, error)) != NULL;
	if (good) {
		open_door = door;
		catch_signals();
		log_info("serve", "POST http://%s:%d/api/mcp", settings->http_address, door_port(door));
		door_run(door);
		log_info("serve", "ending");
	}
	scheduler_close(scheduler);
	roller_close(roller);
	corridor_close(corridor);
	open_door = NULL;
	door_close(door);
	return good;
}

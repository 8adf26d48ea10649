/* Answers about wrong keys wait here, so that the time tells nothing of what was found: a wrong secret costs the
 * database some microseconds more than an id that nobody has. Every such answer goes on a whole number of HOLD_US after
 * its look-up began, nearly always the first. One thread waits for all, as they come in the order in which they go. */
#include <errno.h>
#include <time.h>

#include "mcp/base/clock.h"
#include "station.h"

enum { HOLD_US = 20000 };

int64_t corridor_answer_us(int64_t began_us)
{
	return began_us + ((clock_monotonic() - began_us) / HOLD_US + 1) * HOLD_US;
}

static void wait_until(int64_t moment_us)
{
	struct timespec until = { .tv_sec = moment_us / 1000000, .tv_nsec = moment_us % 1000000 * 1000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

void hold_put(struct corridor *corridor, struct call *call)
{
	if (!queue_put(&corridor->held, &call->job, 0)) {
		call_refuse(call, ERROR_BUSY, "Too many wrong keys are being answered; this one was not. Try again.");
		call->done(call);
	}
}

void *hold_main(void *context)
{
	struct corridor *corridor = context;
	struct job *job;

	while ((job = queue_take(&corridor->held, 1)) != NULL) {
		struct call *call = (struct call *)(void *)job;

		wait_until(call->answer_us);
		note_put(corridor, call);
	}
	return NULL;
}

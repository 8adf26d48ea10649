#include "both.h"

#include <pthread.h>
#include <stddef.h>

void both_run(void *(*work)(void *context), void *one, void *other)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, work, other) != 0) {
		work(one);
		work(other);
		return;
	}
	work(one);
	pthread_join(thread, NULL);
}

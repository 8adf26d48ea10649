/* The corridor's queue: each tenant's order is kept, tenants are served in turn, nobody takes the whole room. */
#include "check.h"

#include "mcp/corridor/queue.h"

enum { JOBS = 400 };

static struct job jobs[JOBS];
static struct queue queue;

static void put(size_t from, size_t to, int tenant)
{
	for (size_t i = from; i < to; i++)
		CHECK(queue_put(&queue, &jobs[i], tenant));
}

/* The numbers of the next `most` jobs, as text. */
static const char *take(size_t most)
{
	static char text[4096];
	size_t used = 0;

	text[0] = '\0';
	for (struct job *job = queue_take(&queue, most); job != NULL; job = job->next)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%d", used > 0 ? " " : "", (int)(job - jobs));
	return text;
}

static void one_tenant_is_served_in_its_order(void)
{
	queue_open(&queue, JOBS);
	put(0, 6, 7);
	CHECK_TEXT(take(4), "0 1 2 3");
	put(6, 8, 7);
	CHECK_TEXT(take(100), "4 5 6 7");
	queue_close(&queue);
	CHECK(queue_take(&queue, 1) == NULL);
}

static void tenants_are_served_in_turn(void)
{
	queue_open(&queue, JOBS);
	put(0, 100, 1);
	put(100, 102, 2);
	put(102, 103, 3);
	CHECK_TEXT(take(4), "0 100 102 1");
	CHECK_TEXT(take(4), "101 2 3 4");
	put(110, 112, 2);
	CHECK_TEXT(take(3), "5 110 6");
	/* One at a time, as the workers do. */
	CHECK_TEXT(take(1), "111");
	CHECK_TEXT(take(1), "7");
	put(120, 121, 3);
	put(121, 122, 0);
	CHECK_TEXT(take(1), "8");
	CHECK_TEXT(take(1), "120");
	CHECK_TEXT(take(1), "121");
	CHECK_TEXT(take(2), "9 10");
}

static void a_batch_is_full_while_anything_waits(void)
{
	size_t taken = 0;

	queue_open(&queue, JOBS);
	put(0, 70, 1);
	put(70, 75, 2);
	for (struct job *job = queue_take(&queue, 64); job != NULL; job = job->next)
		taken++;
	CHECK_INT(taken, 64);
	CHECK_TEXT(take(64), "59 60 61 62 63 64 65 66 67 68 69");
}

static void one_tenant_leaves_room_for_others(void)
{
	queue_open(&queue, 8);
	put(0, 6, 1);
	CHECK(!queue_put(&queue, &jobs[6], 1));
	put(10, 12, 2);
	CHECK(!queue_put(&queue, &jobs[13], 3));
	CHECK_TEXT(take(8), "0 10 1 11 2 3 4 5");
	queue_close(&queue);
	CHECK(!queue_put(&queue, &jobs[0], 1));
}

int main(void)
{
	CHECK_RUN(one_tenant_is_served_in_its_order);
	CHECK_RUN(tenants_are_served_in_turn);
	CHECK_RUN(a_batch_is_full_while_anything_waits);
	CHECK_RUN(one_tenant_leaves_room_for_others);
	return check_done();
}

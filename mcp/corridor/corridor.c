/* The stations of a call: worker → write committer or audit committer → its maker. */
#include "corridor.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gates.h"
#include "mcp/base/clock.h"
#include "mcp/base/seal.h"
#include "mcp/base/text.h"
#include "mcp/metrics/upkeep.h"
#include "station.h"
#include "table.h"

enum { QUEUE_MOST = 8192, FACTS_MOST = 64 };

struct worker {
	struct corridor *corridor;
	struct queue *queue;
	struct db *db;
};

static void *worker_main(void *context)
{
	struct worker *worker = context;
	struct job *job;

	while ((job = queue_take(worker->queue, 1)) != NULL)
		job->run(job, worker->corridor, worker->db);
	free(worker);
	return NULL;
}

/* One thread that takes from `queue` over a connection of its own. */
static bool start_worker(struct corridor *corridor, struct queue *queue, const char *name, pthread_t *thread,
	struct db **db, struct error *error)
{
	struct worker *worker = malloc(sizeof *worker);

	if (worker == NULL)
		abort();
	*db = db_open(corridor->settings->database, name, error);
	if (*db == NULL) {
		free(worker);
		return false;
	}
	*worker = (struct worker){ corridor, queue, *db };
	if (pthread_create(thread, NULL, worker_main, worker) != 0)
		abort();
	return true;
}

static bool start_workers(struct corridor *corridor, struct error *error)
{
	for (int i = 0; i < KEEPERS; i++)
		if (!start_worker(corridor, &corridor->facts, "flashd keeper", &corridor->keepers[i], &corridor->keeper_dbs[i],
				error))
			return false;
	for (long i = 0; i < corridor->settings->read_workers; i++, corridor->worker_count++)
		if (!start_worker(corridor, &corridor->work, "flashd worker", &corridor->workers[i], &corridor->worker_dbs[i],
				error))
			return false;
	return true;
}

static bool start_committers(struct corridor *corridor, struct error *error)
{
	corridor->writer_db = db_open(corridor->settings->database, "flashd writer", error);
	corridor->auditor_db = corridor->writer_db == NULL ? NULL
		: db_open(corridor->settings->database, "flashd auditor", error);
	if (corridor->auditor_db == NULL)
		return false;
	if (pthread_create(&corridor->writer, NULL, write_main, corridor) != 0 ||
	    pthread_create(&corridor->auditor, NULL, audit_main, corridor) != 0 ||
	    pthread_create(&corridor->holder, NULL, hold_main, corridor) != 0)
		abort();
	return true;
}

static void name_daemon(struct corridor *corridor)
{
	char host[48] = "host", random[7];

	gethostname(host, sizeof host - 1);
	seal_random(random, 6);
	snprintf(corridor->daemon, sizeof corridor->daemon, "%s:%ld:%s", host, (long)getpid(), random);
}

static bool check_first(struct corridor *corridor, struct error *error)
{
	struct db *db = db_open(corridor->settings->database, "flashd start", error);
	bool good = db != NULL && verify_database(corridor, db, error);

	db_close(db);
	return good;
}

struct corridor *corridor_open(const struct settings *settings, struct error *error)
{
	struct corridor *corridor = calloc(1, sizeof *corridor);

	if (corridor == NULL)
		abort();
	corridor->settings = settings;
	corridor->callers = callers_open(settings->wrong_keys_per_minute);
	queue_open(&corridor->work, QUEUE_MOST);
	queue_open(&corridor->facts, FACTS_MOST);
	queue_open(&corridor->held, QUEUE_MOST);
	queue_open(&corridor->writes, QUEUE_MOST);
	queue_open(&corridor->audits, 2 * QUEUE_MOST);
	if (table_load(error) && (corridor->seal = seal_open(settings->master_key_file, error)) != NULL) {
		name_daemon(corridor);
		if (check_first(corridor, error) && start_committers(corridor, error) && start_workers(corridor, error))
			return corridor;
	}
	corridor_close(corridor);
	return NULL;
}

bool corridor_keep_up(struct corridor *corridor, struct error *error)
{
	if (corridor->settings->member_sets != 0)
		corridor->upkeep = upkeep_open(corridor->settings->database, error);
	return corridor->settings->member_sets == 0 || corridor->upkeep != NULL;
}

void corridor_close(struct corridor *corridor)
{
	if (corridor == NULL)
		return;
	queue_close(&corridor->work);
	for (size_t i = 0; i < corridor->worker_count; i++) {
		pthread_join(corridor->workers[i], NULL);
		db_close(corridor->worker_dbs[i]);
	}
	upkeep_close(corridor->upkeep);
	queue_close(&corridor->facts);
	for (int i = 0; i < KEEPERS && corridor->keeper_dbs[i] != NULL; i++)
		pthread_join(corridor->keepers[i], NULL);
	queue_close(&corridor->held);
	if (corridor->auditor_db != NULL)
		pthread_join(corridor->holder, NULL);
	queue_close(&corridor->writes);
	if (corridor->auditor_db != NULL)
		pthread_join(corridor->writer, NULL);
	queue_close(&corridor->audits);
	if (corridor->auditor_db != NULL)
		pthread_join(corridor->auditor, NULL);
	for (int i = 0; i < KEEPERS; i++)
		db_close(corridor->keeper_dbs[i]);
	db_close(corridor->writer_db);
	db_close(corridor->auditor_db);
	if (corridor->seal != NULL)
		seal_close(corridor->seal);
	callers_close(corridor->callers);
	free(corridor);
}

bool corridor_post(struct corridor *corridor, struct job *job, int tenant)
{
	return queue_put(&corridor->work, job, tenant);
}

bool corridor_post_facts(struct corridor *corridor, struct job *job, int tenant)
{
	return queue_put(&corridor->facts, job, tenant);
}

/* Of tool, principal and what is asked. */
static void digest(struct call *call)
{
	struct text text = text_open(call->arena, SIZE_MAX / 4);

	text_add(&text, call->name);
	text_add(&text, "\n");
	text_add(&text, call->caller.key);
	text_add(&text, "\n");
	text_add(&text, call_asked(call));
	snprintf(call->digest, sizeof call->digest, "%s", seal_hash(text.bytes, text.size, call->arena));
}

static void pass_tool(struct call *call)
{
	if (call->tool == NULL) {
		call_refuse(call, ERROR_UNKNOWN_TOOL, "Unknown tool: %.60s", call->name);
		return;
	}
	if (!gates_pass(call))
		return;
	if (!call->tool->run(call) && call->error.code == ERROR_NONE)
		abort();   /* a tool that says no must say why */
	if (!measure_answer(call))
		return;
	if (call->effect != NULL && call->cited != NULL)
		json_object_set(call->effect, "receipts", call->cited);
}

static void begin(struct corridor *corridor, struct call *call)
{
	call->corridor = corridor;
	call->seal = corridor->seal;
	call->tool = tool_find(call->name);
	call->started_us = clock_monotonic();
	call->error.code = ERROR_NONE;
	call->withheld = 0;
	call->sent = NULL;
	seal_uuid(call->id);
	digest(call);
}

bool tool_run_kept(struct corridor *corridor, struct call *call)
{
	const struct tool *tool = tool_find(call->name);

	if (tool == NULL || tool->kept == NULL)
		return false;
	begin(corridor, call);
	if (!gates_pass(call) || !tool->kept(call))
		return false;
	audit_put(corridor, call);
	return true;
}

void tool_run(struct corridor *corridor, struct call *call, struct db *db)
{
	begin(corridor, call);
	call->db = db;
	db_limit(db, call->caller.limits[0] == '\0' ? NULL : call->caller.limits);
	pass_tool(call);
	db_limit(db, NULL);
	call->db = NULL;
	if (call->error.code == ERROR_NONE && call->effect != NULL)
		write_put(corridor, call);
	else if (call->audited)
		call->done(call);
	else
		audit_put(corridor, call);
}

static void run_submitted(struct job *job, struct corridor *corridor, struct db *db)
{
	tool_run(corridor, (struct call *)(void *)job, db);
}

void tool_submit(struct corridor *corridor, struct call *call)
{
	call->job.run = run_submitted;
	if (!queue_put(&corridor->work, &call->job, call->caller.tenant)) {
		call_refuse(call, ERROR_BUSY, "Too many calls are waiting. Nothing was done; try again.");
		call->done(call);
	}
}

struct waiting {
	pthread_mutex_t lock;
	pthread_cond_t came;
	bool done;
};

static void wake_waiting(struct call *call)
{
	struct waiting *waiting = call->maker;

	pthread_mutex_lock(&waiting->lock);
	waiting->done = true;
	pthread_cond_signal(&waiting->came);
	pthread_mutex_unlock(&waiting->lock);
}

bool tool_call(struct corridor *corridor, const struct caller *caller, const char *name, json_t *args,
	struct arena *arena, json_t **result, struct error *error)
{
	struct bulks none = { NULL, 0 };

	return tool_call_columns(corridor, caller, name, args, &none, arena, result, error);
}

bool tool_call_columns(struct corridor *corridor, const struct caller *caller, const char *name, json_t *args,
	struct bulks *columns, struct arena *arena, json_t **result, struct error *error)
{
	struct waiting waiting = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false };
	struct call *call = arena_alloc(arena, sizeof *call);

	call->arena = arena;
	call->caller = *caller;
	call->name = name;
	call->args = args;
	call->columns = *columns;
	call->done = wake_waiting;
	call->maker = &waiting;
	tool_submit(corridor, call);
	pthread_mutex_lock(&waiting.lock);
	while (!waiting.done)
		pthread_cond_wait(&waiting.came, &waiting.lock);
	pthread_mutex_unlock(&waiting.lock);
	*columns = call->columns;
	*result = call->kept != NULL ? arena_json(arena, json_loads(call->kept, 0, NULL)) : call->result;
	if (call->error.code == ERROR_NONE)
		return true;
	*error = call->error;
	return false;
}

const struct settings *corridor_settings(const struct corridor *corridor)
{
	return corridor->settings;
}

const struct seal *corridor_seal(const struct corridor *corridor)
{
	return corridor->seal;
}

const char *corridor_daemon(const struct corridor *corridor)
{
	return corridor->daemon;
}

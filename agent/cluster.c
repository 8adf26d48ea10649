#include "cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SOCKET_PATH_MOST = 90 };

static bool make_folder(const char *path, struct error *error)
{
	char part[PATH_MAX];

	for (const char *end = path + 1; *end != '\0'; end++)
		if (*end == '/' && (size_t)(end - path) < sizeof part) {
			snprintf(part, sizeof part, "%.*s", (int)(end - path), path);
			mkdir(part, 0755);
		}
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return true;
	return error_set(error, ERROR_CONFIG, "The folder %s cannot be made: %s. Choose another with --dir.", path,
		strerror(errno));
}

static const char *absolute(const char *folder, struct arena *arena)
{
	char here[PATH_MAX];

	if (folder[0] == '/' || getcwd(here, sizeof here) == NULL)
		return folder;
	return arena_format(arena, "%s/%s", here, folder);
}

bool cluster_drop_root(const char **folder, struct arena *arena, struct error *error)
{
	*folder = absolute(*folder, arena);
	if (strlen(*folder) > SOCKET_PATH_MOST)
		return error_set(error, ERROR_CONFIG, "The folder's path %s is too long for a socket in it: choose "
			"one of at most %d characters with --dir.", *folder, (int)SOCKET_PATH_MOST);
	if (!make_folder(*folder, error) || geteuid() != 0)
		return access(*folder, W_OK) == 0 || geteuid() == 0 || error_set(error, ERROR_CONFIG, "The folder "
			"%s is not this user's to write in: choose another with --dir.", *folder);
	const struct passwd *user = getpwnam("postgres");

	if (user == NULL)
		return error_set(error, ERROR_CONFIG, "PostgreSQL does not run as root, and there is no user "
			"postgres to become: install the package postgresql-15, or start this as another user.");
	if (chown(*folder, user->pw_uid, user->pw_gid) != 0 || setgid(user->pw_gid) != 0 ||
	    initgroups(user->pw_name, user->pw_gid) != 0 || setuid(user->pw_uid) != 0 || chdir(*folder) != 0)
		return error_set(error, ERROR_SYSTEM, "This process cannot become the user postgres: %s.", strerror(errno));
	setenv("HOME", *folder, 1);
	return true;
}

static volatile sig_atomic_t running;   /* the program that is waited for */

static void pass_on(int number)
{
	if (running > 0)
		kill((pid_t)running, number);
}

/* From the first program on, an end of this process is an end of what it runs, and then it cleans up behind it. A
 * terminal's Ctrl-C reaches the program by itself. */
static void catch_ends(void)
{
	struct sigaction end = { .sa_handler = pass_on }, leave = { .sa_handler = SIG_IGN };

	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &leave, NULL);
}

int cluster_run(const char *const *words, const char *log)
{
	catch_ends();
	pid_t child = fork();
	int status;

	if (child == 0) {
		signal(SIGINT, SIG_DFL);
		signal(SIGTERM, SIG_DFL);
		int file = log == NULL ? -1 : open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

		if (file >= 0) {
			dup2(file, STDOUT_FILENO);
			dup2(file, STDERR_FILENO);
		}
		execv(words[0], (char *const *)(uintptr_t)words);
		_exit(127);
	}
	running = child;
	while (child > 0 && waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	running = 0;
	return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The newest PostgreSQL's folder of programs. */
static const char *find_programs(struct arena *arena, struct error *error)
{
	glob_t found;
	const char *programs = NULL;
	long newest = 0;

	if (glob("/usr/lib/postgresql/*/bin", 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++) {
			long version = strtol(found.gl_pathv[i] + strlen("/usr/lib/postgresql/"), NULL, 10);

			if (version > newest) {
				newest = version;
				programs = arena_copy(arena, found.gl_pathv[i]);
			}
		}
	globfree(&found);
	if (newest < 15) {
		error_set(error, ERROR_CONFIG, "PostgreSQL 15 or later is not installed: run `apt-get install postgresql-15`.");
		return NULL;
	}
	return programs;
}

static bool initialise(const char *folder, const char *programs, const char *log, struct arena *arena,
	struct error *error)
{
	const char *data = arena_format(arena, "%s/data", folder);
	const char *words[] = { arena_format(arena, "%s/initdb", programs), "-D", data, "-U", "flash_admin", "-A", "trust",
		"-E", "UTF8", "--locale=C.UTF-8", "--data-checksums", NULL };
	FILE *file;

	if (access(arena_format(arena, "%s/PG_VERSION", data), F_OK) == 0)
		return true;
	if (cluster_run(words, log) != 0)
		return error_set(error, ERROR_SYSTEM, "initdb failed; %s says why. `flashd demo --reset` starts over.", log);
	file = fopen(arena_format(arena, "%s/postgresql.conf", data), "ae");
	if (file == NULL)
		return error_set(error, ERROR_SYSTEM, "%s/postgresql.conf cannot be written: %s.", data, strerror(errno));
	fprintf(file, "listen_addresses = ''\nunix_socket_directories = '%s/socket'\nunix_socket_permissions = 0700\n"
		"shared_buffers = 256MB\nwork_mem = 32MB\nmaintenance_work_mem = 128MB\nmax_wal_size = 2GB\n"
		"random_page_cost = 1.1\ntimezone = 'UTC'\n", folder);
	return fclose(file) == 0 || error_set(error, ERROR_SYSTEM, "%s/postgresql.conf was not written.", data);
}

bool cluster_start(const char *folder, struct arena *arena, struct error *error)
{
	const char *programs = find_programs(arena, error);
	const char *log = arena_format(arena, "%s/postgres.log", folder);

	if (programs == NULL || !make_folder(arena_format(arena, "%s/socket", folder), error) ||
	    !initialise(folder, programs, log, arena, error))
		return false;
	const char *control = arena_format(arena, "%s/pg_ctl", programs), *data = arena_format(arena, "%s/data", folder);
	const char *status[] = { control, "-D", data, "status", NULL };
	const char *start[] = { control, "-D", data, "-w", "-t", "60", "-l", log, "start", NULL };

	if (cluster_run(status, "/dev/null") == 0 || cluster_run(start, "/dev/null") == 0)
		return true;
	return error_set(error, ERROR_SYSTEM, "PostgreSQL did not start; %s says why.", log);
}

bool cluster_stop(const char *folder, struct arena *arena, struct error *error)
{
	const char *programs = find_programs(arena, error);
	const char *data = arena_format(arena, "%s/data", folder);

	if (programs == NULL || access(data, F_OK) != 0)
		return programs != NULL;
	const char *stop[] = { arena_format(arena, "%s/pg_ctl", programs), "-D", data, "-w", "-m", "fast", "stop", NULL };

	cluster_run(stop, "/dev/null");   /* not running is as good */
	return true;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

bool cluster_remove(const char *folder, struct error *error)
{
	if (nftw(folder, remove_one, 32, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
		return true;
	return error_set(error, ERROR_SYSTEM, "%s cannot be removed: %s.", folder, strerror(errno));
}

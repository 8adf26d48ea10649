/* play TENANT KEY: plays a script of tool calls from stdin ("TOOL JSON" a line) through the corridor in this process,
 * as the resident would under its key; prints how each ended. The settings come from the environment. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcp/base/log.h"
#include "mcp/corridor/corridor.h"

static int play_line(struct corridor *corridor, const struct caller *caller, char *line)
{
	struct arena *arena = arena_new();
	struct error error = { .code = ERROR_NONE };
	char *space = strchr(line, ' ');
	json_t *args = space == NULL ? NULL : json_loads(space + 1, JSON_REJECT_DUPLICATES, NULL), *result;

	if (args == NULL) {
		fprintf(stderr, "not a call: %s\n", line);
		return 2;
	}
	*space = '\0';
	bool good = tool_call(corridor, caller, line, arena_json(arena, args), arena, &result, &error);

	printf("%s %s\n", line, good ? "done" : error_word(error.code));
	arena_free(arena);
	return 0;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct settings settings;
	struct caller caller;
	struct error error = { .text = "usage: play TENANT KEY" };
	struct corridor *corridor = NULL;
	char line[8192];
	int status = 1;

	log_set_level(LOG_LEVEL_WARN);
	if (argc == 3 && settings_load(&settings, NULL, arena, &error) &&
	    (corridor = corridor_open(&settings, &error)) != NULL &&
	    corridor_agent_caller(corridor, (int)strtol(argv[1], NULL, 10), argv[2], &caller, &error))
		for (status = 0; status == 0 && fgets(line, sizeof line, stdin) != NULL;) {
			line[strcspn(line, "\n")] = '\0';
			status = play_line(corridor, &caller, line);
		}
	else
		fprintf(stderr, "%s\n", error.text);
	corridor_close(corridor);
	arena_free(arena);
	return status;
}

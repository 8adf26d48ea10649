/* Writes the sentences of tests/ask as seed files: seeds_ask FOLDER. A list of sentences becomes its first two
 * lines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *folder;
static int number;

static void write_seed(const char *text)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/ask%04d", folder, number++);
	FILE *file = fopen(path, "wb");

	if (file == NULL) {
		perror(path);
		exit(1);
	}
	fputs(text, file);
	fclose(file);
}

/* The texts between the quotes of {"ask": "…", …} or {"ask": ["…", "…"], …}, without unescaping. */
static void read_line(const char *line)
{
	char text[2000] = "";
	const char *at = strstr(line, "\"ask\": ");

	if (at == NULL)
		return;
	at += 7;
	int texts = *at == '[' ? 2 : 1;

	for (int i = 0; i < texts; i++) {
		const char *start = strchr(at, '"');
		const char *end = start == NULL ? NULL : strchr(start + 1, '"');

		if (end == NULL || (size_t)(end - start) > 900)
			return;
		if (i > 0)
			strcat(text, "\n");
		strncat(text, start + 1, (size_t)(end - start) - 1);
		at = end + 1;
	}
	write_seed(text);
}

static void read_file(const char *path)
{
	char line[4000];
	FILE *file = fopen(path, "rb");

	if (file == NULL)
		return;
	while (fgets(line, sizeof line, file) != NULL)
		read_line(line);
	fclose(file);
}

int main(int count, char **words)
{
	static const char *const files[] = { "issue", "names", "time", "cuts", "filters", "compare", "top", "explain",
		"follow",
		"catalogue", "refused" };
	char path[100];

	if (count != 2)
		return 2;
	folder = words[1];
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		snprintf(path, sizeof path, "tests/ask/cases/%s.json", files[i]);
		read_file(path);
	}
	return 0;
}

/* build/demo-brand: writes the demo brand's files, for looking at them or for another importer. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contrib/demo/brand.h"
#include "mcp/base/clock.h"

static const char help[] =
	"demo-brand writes a made-up shop with members, orders, coupons and points as CSV files.\n"
	"\n"
	"  demo-brand --out DIR [--seed 1] [--members 50000] [--as-of YYYY-MM-DD] [--months 24]\n"
	"\n"
	"  --out      the folder to write into; made when missing\n"
	"  --seed     the same seed and options always give the same files\n"
	"  --members  1 to 10000000\n"
	"  --as-of    the first day that is not in the files; today (UTC) when left out\n"
	"  --months   how long before that the files begin, 12 to 60\n"
	"\n"
	"The columns and the stories planted in the data: contrib/demo/README.md.\n";

static bool read_number(const char *name, const char *text, unsigned long long limit,
	unsigned long long *number, struct error *error)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	if (errno == 0 && text[0] >= '0' && text[0] <= '9' && *end == '\0' && *number <= limit)
		return true;
	return error_set(error, ERROR_USAGE,
		"--%s takes a whole number up to %llu, not \"%.40s\"; see --help", name, limit, text);
}

static void print_progress(void *context, const char *sentence)
{
	(void)context;
	fprintf(stderr, "%s\n", sentence);
}

static bool read_options(int argc, char **argv, struct brand_options *options, const char **folder,
	struct error *error)
{
	static const struct option names[] = {
		{ "seed", required_argument, NULL, 's' }, { "members", required_argument, NULL, 'm' },
		{ "as-of", required_argument, NULL, 'a' }, { "months", required_argument, NULL, 'n' },
		{ "out", required_argument, NULL, 'o' }, { "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	unsigned long long number = 0;
	bool well = true;

	for (int letter; well && (letter = getopt_long(argc, argv, "", names, NULL)) != -1;) {
		switch (letter) {
		case 's':
			well = read_number("seed", optarg, UINT64_MAX, &number, error);
			options->seed = number;
			break;
		case 'm':
			well = read_number("members", optarg, 10000000, &number, error);
			options->members = (uint32_t)number;
			break;
		case 'a':
			well = brand_day(optarg, &options->as_of, error);
			break;
		case 'n':
			well = read_number("months", optarg, 60, &number, error);
			options->months = (int)number;
			break;
		case 'o':
			*folder = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			exit(0);
		default:
			return error_set(error, ERROR_USAGE, "that option is not known; see demo-brand --help");
		}
	}
	if (well && (optind < argc || *folder == NULL))
		return error_set(error, ERROR_USAGE,
			"say where to write with --out DIR and nothing else; see --help");
	return well;
}

int main(int argc, char **argv)
{
	struct brand_options options = brand_defaults();
	const char *folder = NULL;
	struct error error = { .code = ERROR_NONE };

	options.as_of = (int)(clock_now() / 86400000000LL);
	if (!read_options(argc, argv, &options, &folder, &error) ||
		!brand_write(&options, folder, print_progress, NULL, &error)) {
		fprintf(stderr, "demo-brand: %s\n", error.text);
		return error_exit(error.code);
	}
	return 0;
}

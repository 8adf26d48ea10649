#include "fragment.h"

#include <ctype.h>
#include <string.h>

#include "vocabulary.h"

static const char *const aggregates = "sum count min max";
static const char *const functions = "round coalesce nullif greatest least abs";
static const char *const words = "and or not is null in true false distinct where case when then else end";
static const char *const operators = "+-*/=<>(),";

enum { SIZE_MOST = 400, DEPTH_MOST = 16 };

struct scan {
	const char *at;
	enum fragment_kind kind;
	const char *columns, *more;
	bool inside[DEPTH_MOST];   /* whether this depth of brackets is inside an aggregate */
	int depth;
	bool aggregate;            /* one was seen */
	bool opens;                /* the next bracket is an aggregate's */
	struct error *error;
};

static bool refuse_name(struct scan *scan, size_t size)
{
	return error_set(scan->error, ERROR_FORMAT, "\"%.*s\" is not a column of the source, nor a function or word that "
		"a definition may use", (int)(size > 60 ? 60 : size), scan->at);
}

static bool take_name(struct scan *scan)
{
	size_t size = strspn(scan->at, "abcdefghijklmnopqrstuvwxyz_0123456789");
	bool is_aggregate = words_hold(aggregates, scan->at, size);

	if (is_aggregate && (scan->kind == FRAGMENT_CONDITION || scan->inside[scan->depth]))
		return error_set(scan->error, ERROR_FORMAT, "%.*s() may not stand here", (int)size, scan->at);
	if (is_aggregate || words_hold(functions, scan->at, size)) {
		if (scan->at[size] != '(')
			return error_set(scan->error, ERROR_FORMAT, "%.*s needs its bracket at once", (int)size, scan->at);
		scan->opens = is_aggregate;
		scan->aggregate = scan->aggregate || is_aggregate;
	} else if (words_hold("filter", scan->at, size)) {
		scan->opens = true;
	} else if (words_hold(scan->columns, scan->at, size) || words_hold(scan->more, scan->at, size)) {
		if (scan->kind == FRAGMENT_AGGREGATE && !scan->inside[scan->depth])
			return error_set(scan->error, ERROR_FORMAT, "the column %.*s stands outside of an aggregate", (int)size,
				scan->at);
	} else if (!words_hold(words, scan->at, size)) {
		return refuse_name(scan, size);
	}
	scan->at += size;
	return true;
}

static bool take_quoted(struct scan *scan)
{
	size_t size = strspn(scan->at + 1, "abcdefghijklmnopqrstuvwxyz_");

	if (scan->at[size + 1] != '\'' || scan->at[size + 2] == '\'')
		return error_set(scan->error, ERROR_FORMAT, "a quoted word may hold small letters and _ only");
	scan->at += size + 2;
	return true;
}

static bool take_operator(struct scan *scan)
{
	if (scan->at[0] == '-' && scan->at[1] == '-')
		return error_set(scan->error, ERROR_FORMAT, "a comment may not stand here");
	if (scan->at[0] == '/' && scan->at[1] == '*')
		return error_set(scan->error, ERROR_FORMAT, "a comment may not stand here");
	if (*scan->at == '(') {
		if (scan->depth + 1 == DEPTH_MOST)
			return error_set(scan->error, ERROR_FORMAT, "too many brackets");
		scan->inside[scan->depth + 1] = scan->inside[scan->depth] || scan->opens;
		scan->depth++;
		scan->opens = false;
	} else if (*scan->at == ')' && --scan->depth < 0) {
		return error_set(scan->error, ERROR_FORMAT, "a bracket closes that was not opened");
	}
	scan->at++;
	return true;
}

static bool take(struct scan *scan)
{
	if (*scan->at == ' ')
		return scan->at++, true;
	if (islower((unsigned char)*scan->at) || *scan->at == '_')
		return take_name(scan);
	if (isdigit((unsigned char)*scan->at)) {
		scan->at += strspn(scan->at, "0123456789.");
		if (isalpha((unsigned char)*scan->at) || *scan->at == '_')
			return refuse_name(scan, 1);
		return true;
	}
	if (*scan->at == '\'')
		return take_quoted(scan);
	if (strchr(operators, *scan->at) != NULL)
		return take_operator(scan);
	return error_set(scan->error, ERROR_FORMAT, "the character \"%c\" may not stand here",
		isprint((unsigned char)*scan->at) ? *scan->at : '?');
}

bool fragment_check(const char *text, enum fragment_kind kind, const char *columns, const char *more,
	struct error *error)
{
	struct scan scan = { .at = text, .kind = kind, .columns = columns, .more = more, .error = error };

	if (strlen(text) > SIZE_MOST)
		return error_set(error, ERROR_FORMAT, "it is longer than %d characters", SIZE_MOST);
	while (*scan.at != '\0')
		if (!take(&scan))
			return false;
	if (scan.depth != 0)
		return error_set(error, ERROR_FORMAT, "a bracket is not closed");
	if (kind == FRAGMENT_AGGREGATE && !scan.aggregate)
		return error_set(error, ERROR_FORMAT, "it holds no aggregate (%s)", aggregates);
	return true;
}

struct sum {
	const char *at, *names;
	int depth;
	struct error *error;
};

static void skip_blanks(struct sum *sum)
{
	sum->at += strspn(sum->at, " ");
}

static bool take_sum(struct sum *sum);

/* A name, a number, or a sum in brackets. */
static bool take_operand(struct sum *sum)
{
	skip_blanks(sum);
	size_t size = strspn(sum->at, "abcdefghijklmnopqrstuvwxyz_0123456789"), digits = strspn(sum->at, "0123456789");

	if (*sum->at == '(' && sum->depth < DEPTH_MOST) {
		sum->at++;
		sum->depth++;
		if (!take_sum(sum) || *sum->at != ')')
			return error_set(sum->error, ERROR_FORMAT, "a bracket is not closed");
		sum->at++;
		sum->depth--;
	} else if (size > 0 && (digits == size ? size <= 9 : words_hold(sum->names, sum->at, size))) {
		sum->at += size;
	} else {
		return error_set(sum->error, ERROR_FORMAT, "\"%.*s\" may not stand here: there are + - *, brackets, whole "
			"numbers "
			"and names of metrics that are no ratio", (int)(size == 0 ? 1 : size > 60 ? 60 : size), sum->at);
	}
	skip_blanks(sum);
	return true;
}

static bool take_sum(struct sum *sum)
{
	if (!take_operand(sum))
		return false;
	while (*sum->at != '\0' && strchr("+-*", *sum->at) != NULL) {
		sum->at++;
		if (!take_operand(sum))
			return false;
	}
	return true;
}

bool fragment_check_arithmetic(const char *text, const char *names, struct error *error)
{
	struct sum sum = { text, names, 0, error };

	if (strlen(text) > SIZE_MOST)
		return error_set(error, ERROR_FORMAT, "it is longer than %d characters", SIZE_MOST);
	return take_sum(&sum) && (*sum.at == '\0' ||
		error_set(error, ERROR_FORMAT, "the character \"%c\" may not stand here",
			isprint((unsigned char)*sum.at) ? *sum.at
			: '?'));
}

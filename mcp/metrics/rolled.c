#include "rolled.h"

#include <string.h>

const char rolled_columns[] = "day, store, region, channel, tier, of_members, orders, gross_cents, discount_cents, "
	"refund_cents, units, coupon_orders, coupon_gross_cents, discounted_orders, members";

static const char keys[] = "store region channel tier";
static const char condition_words[] = "and or not is null in true false";
static const char functions[] = "round coalesce nullif greatest least abs";

/* Orders of which some columns have sums of their own: {column of an order, column of the sums}. */
struct slice {
	const char *condition;
	const char *orders;
	struct { const char *column, *sum; } sums[4];
};

static const struct slice slices[] = {
	{ "", "orders", { { "gross_cents", "gross_cents" }, { "discount_cents", "discount_cents" },
		{ "refund_cents", "refund_cents" }, { "units", "units" } } },
	{ "coupon is not null", "coupon_orders", { { "gross_cents", "coupon_gross_cents" } } },
	{ "discount_cents > 0", "discounted_orders", { { "discount_cents", "discount_cents" } } },
};

enum { TOKENS_MOST = 402 };   /* a fragment has 400 characters */

/* A name, a quoted word ('), digits (0), or the operator itself. */
struct token {
	const char *at;
	size_t size;
	char kind;
};

struct reader {
	struct token tokens[TOKENS_MOST];
	size_t count, next;
	const struct slice *slice;   /* what the metric's own filter leaves */
	struct text out;
	struct arena *arena;
};

static struct token token_at(const char *at)
{
	size_t name = strspn(at, "abcdefghijklmnopqrstuvwxyz_"), digits = strspn(at, "0123456789.");

	if (*at == '\'')
		return (struct token){ at, strcspn(at + 1, "'") + 2, '\'' };
	if (name > 0)
		return (struct token){ at, strspn(at, "abcdefghijklmnopqrstuvwxyz_0123456789"), 'a' };
	if (digits > 0)
		return (struct token){ at, digits, '0' };
	return (struct token){ at, strchr("<>", *at) != NULL && at[1] != '\0' && strchr("=>", at[1]) != NULL ? 2 : 1, *at };
}

static void open_reader(struct reader *reader, const char *fragment, const struct slice *slice, struct arena *arena)
{
	*reader = (struct reader){ .slice = slice, .arena = arena, .out = text_open(arena, 4096) };
	for (fragment += strspn(fragment, " "); *fragment != '\0' && reader->count < TOKENS_MOST;
			fragment += strspn(fragment, " ")) {
		reader->tokens[reader->count] = token_at(fragment);
		fragment += reader->tokens[reader->count++].size;
	}
}

static const struct token *peek(const struct reader *reader, size_t ahead)
{
	static const struct token end = { "", 0, '\0' };

	return reader->next + ahead < reader->count ? &reader->tokens[reader->next + ahead] : &end;
}

static bool is(const struct token *token, const char *word)
{
	return token->size == strlen(word) && memcmp(token->at, word, token->size) == 0;
}

static bool take(struct reader *reader, const char *word)
{
	if (!is(peek(reader, 0), word))
		return false;
	reader->next++;
	return true;
}

static void copy(struct reader *reader, struct text *out)
{
	const struct token *token = peek(reader, 0);

	text_format(out, "%s%.*s", out->size > 0 ? " " : "", (int)token->size, token->at);
	reader->next++;
}

/* Whether there is a member: true when the words at the reader say either. */
static bool take_member(struct reader *reader, struct text *out)
{
	bool without = is(peek(reader, 2), "null");

	if (!is(peek(reader, 0), "member") || !is(peek(reader, 1), "is") ||
	    !(without || (is(peek(reader, 2), "not") && is(peek(reader, 3), "null"))))
		return false;
	text_format(out, "%s(%sof_members)", out->size > 0 ? " " : "", without ? "not " : "");
	reader->next += without ? 3 : 4;
	return true;
}

/* Whether the tokens from here on, until one that ends a conjunct, are a slice's condition. */
static const struct slice *find_slice(const struct reader *reader, size_t end)
{
	for (size_t s = 1; s < sizeof slices / sizeof slices[0]; s++) {
		const char *word = slices[s].condition;
		size_t ahead = 0;

		for (; *word != '\0' && reader->next + ahead < end; ahead++) {
			size_t size = strcspn(word, " ");

			if (peek(reader, ahead)->size != size || memcmp(peek(reader, ahead)->at, word, size) != 0)
				break;
			word += size + (word[size] == ' ');
		}
		if (*word == '\0' && reader->next + ahead == end)
			return &slices[s];
	}
	return NULL;
}

/* A condition on the keys alone, until `end`. */
static bool take_keys(struct reader *reader, size_t end, struct text *out)
{
	while (reader->next < end) {
		const struct token *token = peek(reader, 0);

		if (take_member(reader, out))
			continue;
		if (token->kind == 'a' && !words_hold(keys, token->at, token->size) &&
		    !words_hold(condition_words, token->at, token->size))
			return false;
		if (token->kind == '0')
			return false;
		copy(reader, out);
	}
	return true;
}

/* Where the conjunct that begins here ends: before the next "and" outside of brackets, or at `end`. */
static size_t conjunct_end(const struct reader *reader, size_t end)
{
	int depth = 0;

	for (size_t i = reader->next; i < end; i++) {
		depth += (reader->tokens[i].kind == '(') - (reader->tokens[i].kind == ')');
		if (depth == 0 && is(&reader->tokens[i], "and"))
			return i;
	}
	return end;
}

static bool has_or(const struct reader *reader, size_t end)
{
	int depth = 0;

	for (size_t i = reader->next; i < end; i++) {
		depth += (reader->tokens[i].kind == '(') - (reader->tokens[i].kind == ')');
		if (depth == 0 && is(&reader->tokens[i], "or"))
			return true;
	}
	return false;
}

/* A condition until `end`: what it says of the keys goes to `out` (empty: nothing), the slice that it names, beside the
 * one that is there already, to `slice`. */
static bool take_condition(struct reader *reader, size_t end, struct text *out, const struct slice **slice)
{
	if (has_or(reader, end))
		return take_keys(reader, end, out);
	while (reader->next < end) {
		size_t until = conjunct_end(reader, end);
		const struct slice *named = find_slice(reader, until);

		if (named != NULL) {
			if (*slice != &slices[0] && *slice != named)
				return false;
			*slice = named;
			reader->next = until;
		} else {
			text_add(out, out->size > 0 ? " and" : "");
			if (!take_keys(reader, until, out))
				return false;
		}
		reader->next += reader->next < end;   /* the "and" */
	}
	return true;
}

/* The sum that stands for a column in a slice, or NULL. */
static const char *sum_of(const struct slice *slice, const struct token *column)
{
	for (size_t i = 0; i < sizeof slice->sums / sizeof slice->sums[0] && slice->sums[i].column != NULL; i++)
		if (is(column, slice->sums[i].column))
			return slice->sums[i].sum;
	return NULL;
}

/* "filter (where …)", if there is one here. */
static bool take_filter(struct reader *reader, struct text *condition, const struct slice **slice)
{
	size_t end;
	int depth = 1;

	if (!take(reader, "filter"))
		return true;
	if (!take(reader, "(") || !take(reader, "where"))
		return false;
	for (end = reader->next; end < reader->count; end++) {
		depth += (reader->tokens[end].kind == '(') - (reader->tokens[end].kind == ')');
		if (depth == 0)
			break;
	}
	return take_condition(reader, end, condition, slice) && take(reader, ")");
}

static void add_filter(struct reader *reader, const struct text *condition, const char *orders)
{
	bool both = condition->size > 0 && orders != NULL;

	if (condition->size > 0 || orders != NULL)
		text_format(&reader->out, " filter (where %s%s%s%s)", condition->size > 0 ? condition->bytes : "",
			both ? " and " : "", orders == NULL ? "" : orders, orders == NULL ? "" : " > 0");
}

/* A count of orders stays a whole number, and 0 where there are none. */
static bool take_count(struct reader *reader)
{
	struct text condition = text_open(reader->arena, 1024);
	const struct slice *slice = reader->slice;

	if (!take(reader, "(") || !take(reader, "*") || !take(reader, ")") || !take_filter(reader, &condition, &slice))
		return false;
	text_format(&reader->out, "coalesce(sum(%s)", slice->orders);
	add_filter(reader, &condition, NULL);
	text_add(&reader->out, ", 0)::bigint");
	return true;
}

/* The columns of a sum, joined by + and -, come before the filter that says of which slice they are. A sum of units is
 * a whole number, of cents a decimal one, as over the orders; of no orders it is null, also where others are. */
static bool take_sum(struct reader *reader)
{
	struct text condition = text_open(reader->arena, 1024);
	const struct slice *slice = reader->slice;
	size_t first = reader->next + 1, after = first;
	bool units = true;

	while (after < reader->count && reader->tokens[after].kind != ')')
		after++;
	reader->next = after;
	if (!is(&reader->tokens[first - 1], "(") || !take(reader, ")") || (after - first) % 2 == 0 ||
	    !take_filter(reader, &condition, &slice))
		return false;
	text_add(&reader->out, "sum(");
	for (size_t i = first; i < after; i++) {
		const struct token *token = &reader->tokens[i];
		const char *sum = sum_of(slice, token);

		if ((i - first) % 2 == 0 ? sum == NULL : token->kind != '+' && token->kind != '-')
			return false;
		text_add(&reader->out, sum != NULL ? sum : token->kind == '+' ? " + " : " - ");
		units = units && (sum == NULL || strcmp(sum, "units") == 0);
	}
	text_add(&reader->out, ")");
	add_filter(reader, &condition, slice == &slices[0] ? NULL : slice->orders);
	text_add(&reader->out, units ? "::bigint" : "");
	return true;
}

/* Aggregates are put into the words of the sums, arithmetic between them stays. */
static const char *value_of(const char *fragment, const struct slice *slice, struct arena *arena)
{
	struct reader reader;

	open_reader(&reader, fragment, slice, arena);
	while (reader.next < reader.count) {
		const struct token *token = peek(&reader, 0);
		bool good = true;

		if (take(&reader, "sum"))
			good = take_sum(&reader);
		else if (take(&reader, "count"))
			good = take_count(&reader);
		else if (token->kind == '\'' || (token->kind == 'a' && !words_hold(functions, token->at, token->size)))
			good = false;
		else
			copy(&reader, &reader.out);
		if (!good)
			return NULL;
	}
	return reader.out.bytes;
}

/* Whether the sums know what the question is cut by and limited to. */
static bool knows_dimensions(const struct compile_request *request)
{
	for (size_t i = 0; i < request->by_count; i++)
		if (request->by[i]->kind == DIMENSION_GRAIN ? strcmp(request->by[i]->name, "hour") == 0
		    : !words_hold(keys, request->by[i]->name, strlen(request->by[i]->name)))
			return false;
	for (size_t i = 0; i < request->filter_count; i++)
		if (!words_hold(keys, request->filters[i].dimension->name, strlen(request->filters[i].dimension->name)))
			return false;
	return true;
}

bool rolled_make(const struct compile_request *request, const struct metric *metric, struct arena *arena,
	struct rolled *rolled)
{
	const struct slice *slice = &slices[0];

	*rolled = (struct rolled){ .value = NULL };
	if (metric->part_count > 0 || strcmp(metric->source->name, "orders") != 0 || metric->entity != NULL ||
	    metric->counts_back || !knows_dimensions(request))
		return false;
	if (metric->filter != NULL) {
		struct reader reader;
		struct text condition = text_open(arena, 1024);

		open_reader(&reader, metric->filter, slice, arena);
		if (!take_condition(&reader, reader.count, &condition, &slice))
			return false;
		if (slice != &slices[0])
			text_format(&condition, "%s%s > 0", condition.size > 0 ? " and " : "", slice->orders);
		rolled->filter = condition.bytes;
	}
	rolled->value = value_of(metric->value, slice, arena);
	rolled->denominator = metric->denominator == NULL ? NULL : value_of(metric->denominator, slice, arena);
	rolled->rows = arena_format(arena, "coalesce(sum(%s), 0)::bigint", slice->orders);
	/* Of a cell's members not all need be behind the orders of a slice of it. */
	rolled->members = slice == &slices[0] ? "coalesce(max(members), 0)::bigint" : "0::bigint";
	return rolled->value != NULL && (metric->denominator == NULL || rolled->denominator != NULL);
}

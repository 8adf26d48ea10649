#include "grammar.h"

#include <string.h>

#include "mcp/metrics/compile.h"
#include "mcp/metrics/values.h"
#include "slots.h"

static const struct {
	enum role role;
	const char *sentence;
} no_questions[] = {
	{ ROLE_INSTRUCTION, "\"%s\" asks to do something. ask only reads numbers; what a key may do are tools of their own "
		"(whoami shows them). Ask for one number, like \"GMV last week by store\"." },
	{ ROLE_PEOPLE, "\"%s\" asks for people or how to reach them. ask gives numbers of groups, never names; "
		"list_members (scope members:read) is the tool for people." },
	{ ROLE_FORECAST, "\"%s\" asks about the future. There are no forecasts here, only what was counted: ask for a time "
		"until today." },
	{ ROLE_NEGATION, "\"%s\" leaves something out. A query can only say what is in: name the values that you want, "
		"like \"for gold and silver members\"." },
};

static bool refuse_no_question(struct parse *parse)
{
	for (size_t i = 0; i < parse->pieces.count; i++)
		for (size_t j = 0; j < sizeof no_questions / sizeof no_questions[0]; j++)
			if (parse->pieces.all[i].role == no_questions[j].role) {
				const char *format = no_questions[j].sentence, *hole = strstr(format, "%s");

				return error_set(parse->error, ERROR_UNGROUNDED, "%.*s%s%s", (int)(hole - format), format,
					parse_words(parse, &parse->pieces.all[i]), hole + 2);
			}
	return true;
}

static bool refuse_trouble(struct parse *parse)
{
	for (size_t i = 0; i < parse->pieces.count; i++)
		if (parse->pieces.all[i].trouble != NULL)
			return error_set(parse->error, ERROR_AMBIGUOUS, "%s", parse->pieces.all[i].trouble);
	return true;
}

/* "members" in "gold members": no metric of its own when another is asked for. */
static bool is_noun(const struct parse *parse, size_t at)
{
	const struct piece *piece = &parse->pieces.all[at], *before = at == 0 ? NULL : piece - 1;

	if (before == NULL || before->role != ROLE_VALUE || piece->count != 1)
		return false;
	for (size_t i = 0; i < before->value_count; i++)
		if (pieces_word_is(parse->sentence->tokens[piece->first].stem, ROLE_NOUN,
		    before->values[i]->dimension->name))
			return true;
	return false;
}

static bool refuse_unknown(struct parse *parse)
{
	for (size_t i = 0; i < parse->pieces.count; i++) {
		struct piece *piece = &parse->pieces.all[i];

		if (piece->role == ROLE_NOUN && is_noun(parse, i))
			piece->role = ROLE_FILLER;
		if (piece->role != ROLE_UNKNOWN && piece->role != ROLE_ASIDE && piece->role != ROLE_ABOUT &&
		    piece->role != ROLE_NOUN && piece->role != ROLE_CATALOGUE)
			continue;
		if (parse->reading->unknown_count < UNKNOWN_MOST)
			parse->reading->unknown[parse->reading->unknown_count++] = parse_words(parse, piece);
	}
	return parse->reading->unknown_count == 0 || error_set(parse->error, ERROR_UNGROUNDED, "\"%s\" could not be "
		"grounded.", parse->reading->unknown[0]);
}

/* "List the metrics I can query", "which metrics are there about coupons?" */
static bool is_catalogue(const struct parse *parse, size_t *behind)
{
	bool seen = false;

	for (size_t i = 0; i < parse->pieces.count; i++) {
		enum role role = parse->pieces.all[i].role;

		if (seen && (role == ROLE_PLACE || role == ROLE_ABOUT)) {
			*behind = i + 1;
			return true;
		}
		seen = seen || role == ROLE_CATALOGUE;
		if (role != ROLE_CATALOGUE && role != ROLE_FILLER && role != ROLE_ASIDE && role != ROLE_WHICH &&
		    role != ROLE_LISTING)
			return false;
	}
	*behind = parse->pieces.count;
	return seen;
}

static bool read_catalogue(struct parse *parse, size_t behind)
{
	const struct pieces *pieces = &parse->pieces;

	parse->reading->intent = ASK_LIST_METRICS;
	parse->reading->query = arena_json(parse->arena, json_object());
	if (behind == pieces->count)
		return true;
	size_t first = pieces->all[behind].first;
	const char *text = sentence_span(parse->sentence, first, parse->sentence->count - first, parse->arena);

	if (parse->sentence->count - first > 3 || strlen(text) > 60)
		return error_set(parse->error, ERROR_UNGROUNDED, "Metrics are searched by one word: \"%s\" is too much. Say "
			"\"metrics about coupons\".", word_shown(parse->arena, text));
	json_object_set_new(parse->reading->query, "search", json_string(text));
	return true;
}

/* "GMV per member": a metric where a dimension should stand. */
static bool follows_by(const struct parse *parse, size_t at)
{
	while (at > 0 && parse->pieces.all[at - 1].role == ROLE_FILLER)
		at--;
	return at > 0 && parse->pieces.all[at - 1].role == ROLE_BY;
}

/* The metric that this question goes on from. */
static const struct metric *previous_metric(const struct parse *parse)
{
	const char *name = json_string_value(json_object_get(parse->previous, "metric"));
	const struct metric *metric = NULL;

	for (size_t i = 0; name != NULL && (metric = ask_metric_at(parse->world, i)) != NULL; i++)
		if (strcmp(metric->name, name) == 0)
			return metric;
	return NULL;
}

/* The metric of the sentence; `members` behind a value of a tier is one only when there is no other. */
static bool pick_metric(struct parse *parse)
{
	struct piece *soft = NULL;

	for (size_t i = 0; i < parse->pieces.count; i++) {
		struct piece *piece = &parse->pieces.all[i];

		if (piece->role != ROLE_METRIC)
			continue;
		if (piece->other != NULL)
			return error_set(parse->error, ERROR_AMBIGUOUS, "\"%s\" may be %s (%s) or %s (%s): say which.",
				parse_words(parse, piece), piece->metric->name, piece->metric->title, piece->other->name,
				piece->other->title);
		if (is_noun(parse, i)) {
			soft = piece;
			piece->role = ROLE_FILLER;
			continue;
		}
		if (parse->metric != NULL && parse->metric != piece->metric && follows_by(parse, i))
			return error_set(parse->error, ERROR_UNGROUNDED, "\"%s\" is a metric, and a number is cut by dimensions. "
				"%s can be cut by: %s.", parse_words(parse, piece), parse->metric->name,
				metric_dimensions(parse->metric, parse->arena));
		if (parse->metric != NULL && parse->metric != piece->metric)
			return error_set(parse->error, ERROR_AMBIGUOUS, "Two questions at once: %s and %s. Ask for one number at a "
				"time; both can follow each other.", parse->metric->name, piece->metric->name);
		parse->metric = piece->metric;
	}
	parse->own_metric = parse->metric != NULL;
	if (parse->metric == NULL && parse->previous != NULL)
		parse->metric = previous_metric(parse);
	if (parse->metric == NULL && soft != NULL) {
		parse->metric = soft->metric;
		soft->role = ROLE_METRIC;
	}
	return true;
}

/* Whether the sentence goes on from the one before: it has no metric of its own, or begins like it. */
static bool goes_on(const struct parse *parse)
{
	const struct piece *first = &parse->pieces.all[0];
	bool metric = false;

	for (size_t i = 0; i < parse->pieces.count; i++)
		metric = metric || (parse->pieces.all[i].role == ROLE_METRIC && !is_noun(parse, i));
	return !metric || first->role == ROLE_AND || (first->role == ROLE_FILLER && *first->argument != '\0');
}

static const char *refusal_of(const struct parse *parse)
{
	if (parse->pieces.count == 0 || parse->changed || parse->why)
		return "It does not say what changed.";
	return "It names no metric.";
}

static bool check_metric(struct parse *parse)
{
	const struct metric *metric = parse->metric;

	if (metric == NULL)
		return error_set(parse->error, ERROR_UNGROUNDED, "%s Say which number, like \"GMV last week by store\"; a "
			"question that goes on from another needs its follow handle. list_metrics shows all.", refusal_of(parse));
	if (parse->total && metric->kind == KIND_RATIO)
		return error_set(parse->error, ERROR_UNGROUNDED, "%s is a ratio and has no total. Leave \"total\" out for its "
			"value over all.", metric->name);
	if (parse->end && metric->kind != KIND_STOCK && metric->lookback_days == 0)
		return error_set(parse->error, ERROR_UNGROUNDED, "%s is counted over a time, not at its end. Leave \"end of\" "
			"out.", metric->name);
	if (parse->listing && parse->by_count == 0)
		return error_set(parse->error, ERROR_UNGROUNDED, "\"list\" asks for rows, and %s is one number. Say by what "
			"to cut it, like \"%s by store\"; list_members is the tool for members.", metric->name, metric->name);
	return true;
}

/* A grain that is longer than the usual seven days needs a time, and rows are ordered by their value. */
static bool check_cut(struct parse *parse)
{
	bool timed = parse->moment != NULL || parse->earlier_count > 0 || (parse->previous != NULL &&
		parse->world->previous_moment.count > 0);

	for (size_t i = 0; i < parse->by_count && !timed; i++)
		if (parse->by[i]->kind == DIMENSION_GRAIN && strcmp(parse->by[i]->name, "day") != 0 &&
		    strcmp(parse->by[i]->name, "hour") != 0)
			return error_set(parse->error, ERROR_AMBIGUOUS, "By %s over which time? Say, like \"%s by %s in 2025\" or "
				"\"for the last 90 days\".", parse->by[i]->name, parse->metric->name, parse->by[i]->name);
	return parse->order == NULL || (!parse->changed && !parse->why && !parse->drove) || error_set(parse->error,
		ERROR_AMBIGUOUS, "Rows are ordered by their value, not by how it changed. Ask for the change of each, like "
		"\"%s by store last week versus the week before\".", parse->metric->name);
}

static bool check_order(struct parse *parse)
{
	bool earlier_by = parse->previous != NULL && json_array_size(json_object_get(parse->previous, "by")) > 0;

	if (parse->dangling != NULL && (parse->order != NULL || parse->drove)) {
		if (!parse_add_by(parse, parse->dangling))
			return false;
		if (parse->order != NULL && parse->limit == 0 && !parse->dangling->plural)
			parse->limit = 1;
		parse->dangling = NULL;
	}
	if (parse->dangling != NULL)
		return error_set(parse->error, ERROR_AMBIGUOUS, "It is not clear what \"%s\" is for: say \"by %s\" for one "
			"row for each, or name one.", parse_words(parse, parse->dangling), parse->dangling->dimension->name);
	if (parse->order != NULL && parse->by_count == 0 && !earlier_by)
		return error_set(parse->error, ERROR_AMBIGUOUS, "The %s of what? Say by what to cut, like \"top 3 stores\".",
			parse->order);
	return true;
}

const char *ask_intent_word(enum ask_intent intent)
{
	return intent == ASK_QUERY ? "query" : intent == ASK_EXPLAIN ? "explain" : "list_metrics";
}

bool ask_read(const struct sentence *sentence, const struct ask_world *world, struct arena *arena,
	struct ask_reading *reading, struct error *error)
{
	struct parse *parse = arena_alloc(arena, sizeof *parse);
	size_t behind;

	*parse = (struct parse){ .sentence = sentence, .world = world, .arena = arena, .reading = reading, .error = error };
	*reading = (struct ask_reading){ .intent = ASK_QUERY };
	pieces_split(sentence, world, arena, &parse->pieces);
	if (is_catalogue(parse, &behind))
		return read_catalogue(parse, behind);
	if (!refuse_no_question(parse) || !refuse_trouble(parse) || !refuse_unknown(parse))
		return false;
	parse->previous = world->previous != NULL && goes_on(parse) ? world->previous : NULL;
	if (!pick_metric(parse) || !parse_fill(parse) || !check_metric(parse) || !check_cut(parse) ||
	    !check_order(parse))
		return false;
	reading->intent = parse->why || parse->drove ? ASK_EXPLAIN : ASK_QUERY;
	return parse_build(parse);
}

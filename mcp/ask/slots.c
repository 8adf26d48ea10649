#include "slots.h"

#include <string.h>

const char *parse_words(const struct parse *parse, const struct piece *piece)
{
	return word_shown(parse->arena, sentence_span(parse->sentence, piece->first, piece->count, parse->arena));
}

static bool add_by(struct parse *parse, const struct dimension *dimension)
{
	for (size_t i = 0; i < parse->by_count; i++)
		if (parse->by[i] == dimension)
			return true;
	if (parse->by_count == BY_MOST)
		return error_set(parse->error, ERROR_UNGROUNDED, "A number is cut by %d dimensions at most; \"%s\" is one "
			"more.", BY_MOST, dimension->name);
	parse->by[parse->by_count++] = dimension;
	return true;
}

bool parse_add_by(struct parse *parse, const struct piece *piece)
{
	return add_by(parse, piece->dimension);
}

/* The meaning of a value that this metric can have; several stay ambiguous. */
static bool choose_value(struct parse *parse, const struct piece *piece, const struct ask_value **value)
{
	size_t fits = 0;

	*value = NULL;
	for (size_t i = 0; i < piece->value_count; i++)
		if (parse->metric == NULL || metric_allows(parse->metric, piece->values[i]->dimension)) {
			*value = piece->values[i];
			fits++;
		}
	if (fits == 1 || (fits == 0 && piece->value_count == 1)) {
		*value = fits == 1 ? *value : piece->values[0];
		return true;
	}
	if (piece->value_count == 0)
		return error_set(parse->error, ERROR_UNGROUNDED, "\"%s\" could not be grounded.", parse_words(parse, piece));
	const struct ask_value *one = piece->values[0], *other = piece->values[1];

	return error_set(parse->error, ERROR_AMBIGUOUS, "\"%s\" may be %s \"%s\" or %s \"%s\": say the dimension beside "
		"it, like \"%s %s\".", parse_words(parse, piece), one->dimension->name, word_shown(parse->arena, one->value),
		other->dimension->name, word_shown(parse->arena, other->value), one->dimension->name,
		word_shown(parse->arena, one->value));
}

static struct ask_filter *find_filter(struct parse *parse, const struct dimension *dimension)
{
	for (size_t i = 0; i < parse->filter_count; i++)
		if (parse->filters[i].dimension == dimension)
			return &parse->filters[i];
	return NULL;
}

static bool refuse_pair(struct parse *parse, const struct piece *piece)
{
	return error_set(parse->error, ERROR_AMBIGUOUS, "It is not clear how \"%s\" and \"%s\" belong together. Name "
		"values of one dimension as a list (\"in Paris and West\"), or each dimension by itself (\"gold members in "
		"Paris\").",
		parse_words(parse, parse->last), parse_words(parse, piece));
}

/* Values of one dimension are a list when "and", "or" or a comma joins them; those of different ones are conditions
 * that must hold together, which "and" and "or" would leave open. */
static bool join_value(struct parse *parse, const struct piece *piece, const struct ask_filter *filter, bool *pair)
{
	bool beside = parse->last != NULL && parse->last->role == ROLE_VALUE;
	bool same = beside && filter != NULL && parse->filters[parse->filter_count - 1].dimension == filter->dimension;

	if (same && (parse->link == ROLE_AND || parse->link == ROLE_OR || parse->link == ROLE_VERSUS)) {
		*pair = parse->link == ROLE_VERSUS || parse->comparing;
		return true;
	}
	bool joined = parse->link == ROLE_AND && !parse->place && (beside || (parse->last != NULL && !parse->comma));

	if (filter != NULL || parse->link == ROLE_OR || parse->link == ROLE_VERSUS || joined)
		return parse->last == NULL ? error_set(parse->error, ERROR_AMBIGUOUS, "It is not clear what \"%s\" belongs to.",
			parse_words(parse, piece)) : refuse_pair(parse, piece);
	return true;
}

static bool fill_value(struct parse *parse, const struct piece *piece)
{
	const struct ask_value *value;
	bool pair = false;

	if (parse->by_waits)
		return error_set(parse->error, ERROR_AMBIGUOUS, "A number is cut by a dimension, and \"%s\" is a value. Say "
			"\"in %s\" for that one alone.", parse_words(parse, piece), parse_words(parse, piece));
	if (!choose_value(parse, piece, &value))
		return false;
	struct ask_filter *filter = find_filter(parse, value->dimension);

	if (!join_value(parse, piece, filter, &pair))
		return false;
	if (filter == NULL) {
		if (parse->filter_count == FILTERS_MOST)
			return error_set(parse->error, ERROR_UNGROUNDED, "A query is limited by %d dimensions at most.",
				FILTERS_MOST);
		filter = &parse->filters[parse->filter_count++];
		filter->dimension = value->dimension;
	}
	if (filter->count == FILTER_VALUES_MOST)
		return error_set(parse->error, ERROR_UNGROUNDED, "A query takes %d values of a dimension at most.",
			FILTER_VALUES_MOST);
	filter->values[filter->count++] = value->value;
	return !pair || add_by(parse, value->dimension);
}

static bool fill_dimension(struct parse *parse, const struct piece *piece)
{
	bool listed = parse->last != NULL && parse->last->role == ROLE_DIMENSION && parse->link == ROLE_AND &&
		!parse->place && parse->by_count > 0 && parse->by[parse->by_count - 1] == parse->last->dimension;
	bool ranked = parse->last != NULL && parse->last->role == ROLE_TOP && parse->link == ROLE_FILLER;

	parse->which_rows = false;
	if (parse->earlier_count > 0 && parse->by_before > 0)
		return error_set(parse->error, ERROR_AMBIGUOUS, "Both times are cut in the same way: \"%s\" stands behind "
			"\"versus\" and is another cut. Say them together, like \"by store and tier versus last month\".",
			parse_words(parse, piece));
	if (parse->by_waits || parse->which_waits || listed || ranked) {
		if (ranked && parse->limit == 0 && !piece->plural)
			parse->limit = 1;
		if (parse->which_waits && !piece->plural)
			parse->limit = parse->limit == 0 ? -1 : parse->limit;   /* one, if an order comes */
		return parse_add_by(parse, piece);
	}
	if (parse->dangling != NULL)
		return error_set(parse->error, ERROR_AMBIGUOUS, "It is not clear what \"%s\" and \"%s\" are for: say \"by "
			"%s\" for one row for each.", parse_words(parse, parse->dangling), parse_words(parse, piece),
			piece->dimension->name);
	parse->dangling = piece;
	return true;
}

/* "stores by GMV", "top 3 stores by GMV": there the metric is what ranks them. */
static bool fill_metric(struct parse *parse, const struct piece *piece)
{
	if (parse->last != NULL && parse->last->role == ROLE_VALUE && parse->link == ROLE_AND && !parse->comma)
		return refuse_pair(parse, piece);
	if (parse->which_rows)
		return error_set(parse->error, ERROR_UNGROUNDED, "\"which\" asks for a list, and %s is one number. Say \"how "
			"many\" for it, or by what to cut it (\"which stores …\").", parse->metric->name);
	if (!parse->by_waits)
		return true;
	if (piece->dimension != NULL)
		return fill_dimension(parse, piece);
	if (parse->rank && parse->dangling != NULL) {
		bool good = parse_add_by(parse, parse->dangling);

		parse->dangling = NULL;
		return good;
	}
	if (parse->rank && parse->by_count > 0 && parse->order != NULL)
		return true;
	return error_set(parse->error, ERROR_UNGROUNDED, "\"%s\" is a metric; a number is cut by dimensions. %s can be "
		"cut by: %s.", parse_words(parse, piece), parse->metric->name, metric_dimensions(parse->metric, parse->arena));
}

static bool fill_moment(struct parse *parse, const struct piece *piece)
{
	bool after_change = parse->last != NULL && parse->last->role == ROLE_CHANGE && parse->place;

	if (parse->moment != NULL || parse->now)
		return error_set(parse->error, ERROR_AMBIGUOUS, "Two times at once: \"%s\" and \"%s\". Ask for one, and say "
			"\"versus\" before what it is compared with.", parse->moment == NULL ? "now"
			: parse_words(parse, parse->moment), parse_words(parse, piece));
	if ((parse->changed || parse->why) && piece->moment.shape == MOMENT_BETWEEN)
		return error_set(parse->error, ERROR_AMBIGUOUS, "A change \"%s\" may be inside that time or between its ends. "
			"Say \"in October versus September\", or ask for the number itself.", parse_words(parse, piece));
	if (after_change && piece->moment.shape != MOMENT_DAYS && piece->first > 0 &&
	    strcmp(parse->sentence->tokens[piece->first - 1].text, "over") == 0)
		return error_set(parse->error, ERROR_AMBIGUOUS, "\"over %s\" may be the time itself or what it is compared "
			"with. Say \"in %s\" or \"versus %s\".", parse_words(parse, piece), parse_words(parse, piece),
			parse_words(parse, piece));
	parse->moment = piece;
	return true;
}

static bool fill_top(struct parse *parse, const struct piece *piece)
{
	if (parse->order != NULL)
		return error_set(parse->error, ERROR_AMBIGUOUS, "\"%s\" is a second order. Say one, like \"top 3 stores\".",
			parse_words(parse, piece));
	parse->order = piece->argument;
	if (piece->number > 0 || parse->limit < 0)
		parse->limit = piece->number > 0 ? piece->number : 1;
	return true;
}

static bool fill_earlier(struct parse *parse, const struct piece *piece)
{
	if (parse->earlier_count == COMPARISON_COUNT)
		return error_set(parse->error, ERROR_UNGROUNDED, "\"%s\" is one comparison too many.",
			parse_words(parse, piece));
	if (parse->earlier_count == 0)
		parse->by_before = parse->by_count;
	parse->earlier[parse->earlier_count++] = piece;
	return true;
}

/* "versus" must be followed by an earlier time, or stand between two values. */
static bool check_versus(struct parse *parse, size_t at)
{
	const struct pieces *pieces = &parse->pieces;
	size_t next = at + 1;

	while (next < pieces->count && (pieces->all[next].role == ROLE_FILLER || pieces->all[next].role == ROLE_PLACE))
		next++;
	if (next < pieces->count && (pieces->all[next].role == ROLE_EARLIER || (pieces->all[next].role == ROLE_VALUE &&
	    parse->last != NULL && parse->last->role == ROLE_VALUE)))
		return true;
	return error_set(parse->error, ERROR_AMBIGUOUS, "It is not clear what \"%s\" compares with. Say an earlier time "
		"(\"versus last month\") or two values of one dimension (\"gold versus silver\").",
		parse_words(parse, &pieces->all[at]));
}

static bool fill_now(struct parse *parse, const struct piece *piece)
{
	if (parse->moment != NULL)
		return fill_moment(parse, piece);
	parse->now = true;
	return true;
}

static void set_flag(struct parse *parse, enum role role)
{
	parse->changed = parse->changed || role == ROLE_CHANGE;
	parse->why = parse->why || role == ROLE_WHY;
	parse->drove = parse->drove || role == ROLE_DROVE;
	parse->total = parse->total || role == ROLE_TOTAL;
	parse->end = parse->end || role == ROLE_END;
	parse->listing = parse->listing || role == ROLE_LISTING;
	parse->comparing = parse->comparing || role == ROLE_COMPARE;
}

/* Words that lead to the next piece and fill no slot of their own; true when it was one. */
static bool lead(struct parse *parse, const struct piece *piece)
{
	switch ((int)piece->role) {
	case ROLE_AND:
	case ROLE_OR:
	case ROLE_VERSUS:
		parse->link = piece->role;
		parse->comma = false;
		return true;
	case ROLE_PLACE:
		parse->place = true;
		return true;
	case ROLE_BY:
		parse->by_waits = true;
		parse->rank = *piece->argument != '\0';
		return true;
	case ROLE_WHICH:
		parse->which_waits = true;
		parse->which_rows = *piece->argument != '\0';
		return true;
	case ROLE_FILLER:
		return true;
	default:
		return false;
	}
}

static bool fill_one(struct parse *parse, const struct piece *piece)
{
	switch ((int)piece->role) {
	case ROLE_METRIC:
		return fill_metric(parse, piece);
	case ROLE_DIMENSION:
		return fill_dimension(parse, piece);
	case ROLE_GRAIN:
		return add_by(parse, piece->dimension);
	case ROLE_VALUE:
		return fill_value(parse, piece);
	case ROLE_MOMENT:
		return fill_moment(parse, piece);
	case ROLE_EARLIER:
		return fill_earlier(parse, piece);
	case ROLE_TOP:
		return fill_top(parse, piece);
	case ROLE_NOW:
		return fill_now(parse, piece);
	default:
		set_flag(parse, piece->role);
		return true;
	}
}

bool parse_fill(struct parse *parse)
{
	parse->link = ROLE_FILLER;
	for (size_t i = 0; i < parse->pieces.count; i++) {
		const struct piece *piece = &parse->pieces.all[i];

		if (parse->sentence->tokens[piece->first].apart && parse->link == ROLE_FILLER) {
			parse->link = ROLE_AND;
			parse->comma = true;
		}
		if (piece->role == ROLE_VERSUS && !check_versus(parse, i))
			return false;
		if (lead(parse, piece))
			continue;
		if (parse->by_waits && piece->role != ROLE_DIMENSION && piece->role != ROLE_METRIC && piece->role != ROLE_VALUE)
			return error_set(parse->error, ERROR_AMBIGUOUS, "Nothing that a number can be cut by stands before \"%s\".",
				parse_words(parse, piece));
		if (parse->link == ROLE_OR && piece->role != ROLE_VALUE)
			return error_set(parse->error, ERROR_AMBIGUOUS, "\"or\" before \"%s\" leaves the question open: ask for "
				"one.", parse_words(parse, piece));
		if (!fill_one(parse, piece))
			return false;
		parse->last = piece;
		parse->link = ROLE_FILLER;
		parse->comma = parse->place = parse->by_waits = parse->which_waits = parse->rank = false;
	}
	if (parse->limit < 0)
		parse->limit = 0;
	return !parse->by_waits || error_set(parse->error, ERROR_AMBIGUOUS, "The question ends before it says by what to "
		"cut.");
}

#include "pieces.h"

#include <ctype.h>
#include <string.h>

static const struct {
	const char *phrase;
	enum role role;
	const char *argument;
} words[] = {
#define WORD(phrase, role, argument) { phrase, ROLE_##role, argument },
#include "words.def"
#undef WORD
};

enum { WORDS = sizeof words / sizeof words[0] };

struct splitting {
	const struct sentence *sentence;
	const struct ask_world *world;
	struct arena *arena;
	struct pieces *pieces;
	bool comparing;           /* a COMPARE stands before */
};

const struct metric *ask_metric_at(const struct ask_world *world, size_t index)
{
	size_t shipped = catalogue_count(world->catalogue);

	if (index < shipped)
		return catalogue_at(world->catalogue, index);
	return index - shipped < world->own_count ? world->own[index - shipped] : NULL;
}

bool pieces_word_is(const char *word, enum role role, const char *argument)
{
	for (size_t i = 0; i < WORDS; i++)
		if (words[i].role == role && strcmp(words[i].phrase, word) == 0 &&
		    (argument == NULL || strcmp(words[i].argument, argument) == 0))
			return true;
	return false;
}

/* How many words at `at` are a name: "points_issued", "Opt-outs", "average basket"; plural or not. */
static size_t says_name(const struct splitting *splitting, size_t at, const char *name)
{
	size_t count = 0, size;

	for (; *name != '\0'; name += size + strspn(name + size, " _-"), count++) {
		size = strcspn(name, " _-");
		if (at + count >= splitting->sentence->count)
			return 0;
		const char *stem = splitting->sentence->tokens[at + count].stem;
		char word[80];

		if (size == 0 || size >= sizeof word || tolower((unsigned char)*name) != *stem)
			return 0;
		for (size_t i = 0; i < size; i++)
			word[i] = (char)tolower((unsigned char)name[i]);
		word[size] = '\0';
		word_stem(word);
		if (strcmp(word, stem) != 0)
			return 0;
	}
	return count;
}

static size_t match_one(const struct splitting *splitting, size_t at, const struct metric *metric)
{
	size_t best = says_name(splitting, at, metric->name), count = says_name(splitting, at, metric->title);

	best = count > best ? count : best;
	for (size_t i = 0; i < metric->synonym_count; i++)
		if ((count = says_name(splitting, at, metric->synonyms[i])) > best)
			best = count;
	return best;
}

static void match_metric(const struct splitting *splitting, size_t at, struct piece *piece)
{
	const struct metric *metric;

	for (size_t i = 0; (metric = catalogue_at(splitting->world->catalogue, i)) != NULL; i++) {
		size_t count = match_one(splitting, at, metric);

		if (count == 0 || count < piece->count)
			continue;
		if (count > piece->count || piece->role != ROLE_METRIC)
			*piece = (struct piece){ .role = ROLE_METRIC, .first = at, .count = count, .metric = metric };
		else
			piece->other = metric;
	}
}

/* The words of words.def at `at`: the longest of those whose argument, when it is a dimension, exists. */
static void match_word(const struct splitting *splitting, size_t at, struct piece *piece)
{
	for (size_t i = 0; i < WORDS; i++) {
		bool names_dimension = words[i].role == ROLE_DIMENSION || words[i].role == ROLE_GRAIN;
		bool noun = words[i].role == ROLE_NOUN || words[i].role == ROLE_DIMENSION;
		size_t count = words[i].role == ROLE_NAMED_ONLY ? 0
			: sentence_says(splitting->sentence, at, words[i].phrase, noun);

		if (count <= piece->count || (names_dimension && dimension_find(words[i].argument) == NULL))
			continue;
		*piece = (struct piece){ .role = words[i].role, .first = at, .count = count, .argument = words[i].argument };
		piece->dimension = names_dimension ? dimension_find(words[i].argument) : NULL;
		piece->plural = strcmp(splitting->sentence->tokens[at + count - 1].text,
			splitting->sentence->tokens[at + count - 1].stem) != 0;
	}
}

/* A dimension by its own name, or by a row of words.def. */
static const struct dimension *match_dimension(const struct splitting *splitting, size_t at, size_t *count)
{
	const struct dimension *dimension, *best = NULL;
	struct piece piece = { .count = 0 };

	*count = 0;
	for (size_t i = 0; (dimension = dimension_at(i)) != NULL; i++) {
		size_t size = says_name(splitting, at, dimension->name);

		if (size > *count) {
			*count = size;
			best = dimension;
		}
	}
	match_word(splitting, at, &piece);
	if (piece.role == ROLE_DIMENSION && piece.count > *count) {
		*count = piece.count;
		best = piece.dimension;
	}
	return best;
}

/* Codes of one letter or digits only are ordinary words elsewhere. */
static bool needs_name(const struct splitting *splitting, const struct ask_value *value)
{
	const char *text = splitting->sentence->tokens[value->first].text;
	bool digits = strspn(text, "0123456789") == strlen(text);

	return pieces_word_is(value->dimension->name, ROLE_NAMED_ONLY, NULL) ||
		(value->count == 1 && (digits || text[1] == '\0'));
}

/* The values of `dimension` (NULL: any that need no name) that are exactly the `count` words at `at`. */
static void collect_values(const struct splitting *splitting, size_t at, size_t count,
	const struct dimension *dimension, struct piece *piece)
{
	piece->value_count = 0;
	for (size_t i = 0; i < splitting->world->value_count; i++) {
		const struct ask_value *value = &splitting->world->values[i];

		if (value->first == at && value->count == count && piece->value_count < MEANINGS_MOST &&
		    (dimension != NULL ? value->dimension == dimension : !needs_name(splitting, value)))
			piece->values[piece->value_count++] = value;
	}
}

/* "tier gold" and "gold tier": a value beside its dimension's name. */
static void match_named_value(const struct splitting *splitting, size_t at, struct piece *piece)
{
	const struct sentence *sentence = splitting->sentence;

	for (size_t i = 0; i < splitting->world->value_count; i++) {
		const struct ask_value *value = &splitting->world->values[i];
		size_t size, whole = 0, start = at;

		if (value->first == at && at + value->count < sentence->count && !sentence->tokens[at + value->count].apart &&
		    match_dimension(splitting, at + value->count, &size) == value->dimension)
			whole = value->count + size;
		else if (value->first > at && !sentence->tokens[value->first].apart &&
		    match_dimension(splitting, at, &size) == value->dimension && at + size == value->first) {
			whole = size + value->count;
			start = value->first;
		}
		if (whole <= piece->count)
			continue;
		*piece = (struct piece){ .role = ROLE_VALUE, .first = at, .count = whole, .named = true };
		collect_values(splitting, start, value->count, value->dimension, piece);
	}
}

static bool gives_way(enum role role)
{
	return role == ROLE_UNKNOWN || role == ROLE_PEOPLE || role == ROLE_FORECAST || role == ROLE_INSTRUCTION ||
		role == ROLE_ASIDE || role == ROLE_NOUN;
}

/* A value that is longer than what else stands here, or as long as something that gives way to it. */
static void match_value(const struct splitting *splitting, size_t at, struct piece *piece)
{
	for (size_t i = 0; i < splitting->world->value_count; i++) {
		const struct ask_value *value = &splitting->world->values[i];

		if (value->first != at || value->count < piece->count || needs_name(splitting, value) ||
		    (piece->role == ROLE_VALUE && value->count == piece->count))
			continue;
		if (value->count > piece->count || gives_way(piece->role)) {
			*piece = (struct piece){ .role = ROLE_VALUE, .first = at, .count = value->count };
			collect_values(splitting, at, value->count, NULL, piece);
		} else if (piece->role == ROLE_DIMENSION) {
			collect_values(splitting, at, value->count, NULL, piece);
		} else if (piece->role == ROLE_METRIC || piece->role == ROLE_MOMENT) {
			piece->trouble = arena_format(splitting->arena, "\"%s\" is also a %s here: say \"%s %s\" for that.",
				word_shown(splitting->arena, value->value), value->dimension->name, value->dimension->name,
				word_shown(splitting->arena, value->value));
		}
	}
}

/* A tenant's own metric. Its names are not checked against words.def, so what a word means already stays: one that
 * calls itself "by" or "today" does not change what others ask. */
static void match_own(const struct splitting *splitting, size_t at, struct piece *piece)
{
	for (size_t i = 0; i < splitting->world->own_count; i++) {
		const struct metric *metric = splitting->world->own[i];
		size_t count = match_one(splitting, at, metric);

		if (count > piece->count || (count > 0 && count == piece->count && gives_way(piece->role)))
			*piece = (struct piece){ .role = ROLE_METRIC, .first = at, .count = count, .metric = metric };
		else if (count > 0 && count == piece->count && piece->role == ROLE_METRIC)
			piece->other = metric;
	}
}

/* "top 3", "3 lowest" */
static void match_top(const struct splitting *splitting, size_t at, struct piece *piece)
{
	struct piece after = { .count = 0 };
	int number;

	if (piece->role == ROLE_TOP && (number = sentence_number(splitting->sentence, at + piece->count)) > 0) {
		piece->number = number;
		piece->count++;
	} else if ((number = sentence_number(splitting->sentence, at)) > 0 && at + 1 < splitting->sentence->count) {
		match_word(splitting, at + 1, &after);
		if (after.role == ROLE_TOP && 1 + after.count > piece->count)
			*piece = (struct piece){ .role = ROLE_TOP, .first = at, .count = 1 + after.count,
				.argument = after.argument, .number = number };
	}
}

static struct piece piece_at(const struct splitting *splitting, size_t at)
{
	struct piece piece = { .role = ROLE_UNKNOWN, .first = at, .count = 0 }, moment = { .role = ROLE_MOMENT,
		.first = at };
	size_t size;

	match_word(splitting, at, &piece);
	match_metric(splitting, at, &piece);
	const struct dimension *dimension = match_dimension(splitting, at, &size);

	if (size > piece.count || (size == piece.count && piece.role != ROLE_METRIC && size > 0)) {
		piece = (struct piece){ .role = ROLE_DIMENSION, .first = at, .count = size, .dimension = dimension,
			.plural = strcmp(splitting->sentence->tokens[at + size - 1].text,
			splitting->sentence->tokens[at + size - 1].stem) != 0 };
	} else if (size == piece.count && size > 0) {
		piece.dimension = dimension;
	}
	moment.count = moment_read(splitting->sentence, at, &splitting->world->calendar, splitting->arena, &moment.moment,
		&moment.trouble);
	if (moment.count > 0 && moment.count >= piece.count)
		piece = moment;
	match_top(splitting, at, &piece);
	match_own(splitting, at, &piece);
	match_value(splitting, at, &piece);
	match_named_value(splitting, at, &piece);
	piece.count = piece.count == 0 ? 1 : piece.count;
	return piece;
}

static struct piece *add(struct splitting *splitting, struct piece piece)
{
	struct piece *slot = &splitting->pieces->all[splitting->pieces->count];

	*slot = piece;
	splitting->pieces->count++;
	return slot;
}

/* What is compared with, behind "versus"; and a second one behind "and". */
static size_t split_earlier(struct splitting *splitting, size_t at, bool first)
{
	struct piece piece = { .role = ROLE_EARLIER, .first = at };

	if (at >= splitting->sentence->count)
		return 0;
	piece.count = earlier_read(splitting->sentence, at, &splitting->world->calendar, splitting->arena, &piece.earlier,
		&piece.trouble);
	if (piece.count == 0 || (!first && piece.earlier.kind == EARLIER_NAMED))
		return 0;
	add(splitting, piece);
	size_t next = at + piece.count, more = 0;

	if (first && next < splitting->sentence->count && strcmp(splitting->sentence->tokens[next].text, "and") == 0)
		more = split_earlier(splitting, next + 1, false);
	/* The "and" belongs to the second. */
	if (more > 0) {
		splitting->pieces->all[splitting->pieces->count - 1].first--;
		splitting->pieces->all[splitting->pieces->count - 1].count++;
		more++;
	}
	return piece.count + more;
}

static size_t split_over(struct splitting *splitting, struct piece piece)
{
	const struct sentence unit = { .tokens = { { .text = piece.argument, .stem = piece.argument } }, .count = 1 };
	bool year = strcmp(piece.argument, "year") == 0;

	piece.role = ROLE_EARLIER;
	piece.earlier = (struct earlier){ .kind = year ? EARLIER_YEAR : EARLIER_SPAN, .count = 1,
		.span = year ? -1 : moment_span(&unit, 0, false) };
	add(splitting, piece);
	return piece.count;
}

/* "dropped from last month", "compare … with last month": more words that what is compared with may stand behind. */
static size_t split_linked(struct splitting *splitting, size_t at)
{
	const char *word = splitting->sentence->tokens[at].text;
	const struct pieces *pieces = splitting->pieces;
	bool changed = pieces->count > 0 && pieces->all[pieces->count - 1].role == ROLE_CHANGE && strcmp(word, "from") == 0;
	bool compared = splitting->comparing && (strcmp(word, "with") == 0 || strcmp(word, "to") == 0 ||
		strcmp(word, "and") == 0 || strcmp(word, "against") == 0);
	struct earlier ignored;
	const char *trouble;

	if ((!changed && !compared) || earlier_read(splitting->sentence, at + 1, &splitting->world->calendar,
	    splitting->arena, &ignored, &trouble) == 0)
		return 0;
	add(splitting, (struct piece){ .role = ROLE_VERSUS, .first = at, .count = 1 });
	return 1 + split_earlier(splitting, at + 1, true);
}

void pieces_split(const struct sentence *sentence, const struct ask_world *world, struct arena *arena,
	struct pieces *pieces)
{
	struct splitting splitting = { sentence, world, arena, pieces, false };
	size_t at = 0, size;

	pieces->count = 0;
	while (at < sentence->count) {
		if ((size = split_linked(&splitting, at)) > 0) {
			at += size;
			continue;
		}
		struct piece piece = piece_at(&splitting, at);

		at += piece.count;
		if (piece.role == ROLE_OVER) {
			split_over(&splitting, piece);
			continue;
		}
		add(&splitting, piece);
		splitting.comparing = splitting.comparing || piece.role == ROLE_COMPARE;
		if (piece.role == ROLE_VERSUS)
			at += split_earlier(&splitting, at, true);
	}
}

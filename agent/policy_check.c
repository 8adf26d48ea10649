/* What the words of a policy mean together: each rule here is one that no single word can break. */
#include "policy_reader.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "cron.h"
#include "mcp/base/template.h"

/* "tenant", UTC, or Area/Place; whether the zone exists is the database's to say. */
static bool zone_is_plausible(const char *zone)
{
	size_t size = strlen(zone);

	if (strcmp(zone, "tenant") == 0 || strcmp(zone, "UTC") == 0)
		return true;
	return strchr(zone, '/') != NULL && isupper((unsigned char)zone[0]) && zone[size - 1] != '/'
		&& strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/")
		== size;
}

static void schedule_check(struct policy_reader *reader, const struct policy *policy)
{
	struct cron cron;
	struct error error;

	if (!cron_read(policy->schedule.cron, &cron, &error))
		policy_mistake(reader, "/schedule/cron", "%s", error.text);
	if (!zone_is_plausible(policy->schedule.zone))
		policy_mistake(reader, "/schedule/zone",
			"\"%s\" is neither \"tenant\" nor a zone like Europe/Berlin", policy->schedule.zone);
}

static void audience_check(struct policy_reader *reader, const struct policy *policy)
{
	const struct policy_audience *audience = &policy->audience;

	for (size_t i = 0; i < audience->tier_count; i++)
		if (policy_tier(policy, audience->tiers[i]) != i)
			policy_mistake(reader, arena_format(reader->arena, "/audience/tiers/%zu", i),
				"tier \"%s\" is listed twice", audience->tiers[i]);
	if (audience->min_days_since_last > audience->max_days_since_last)
		policy_mistake(reader, "/audience/min_days_since_last",
			"is %lld, more than max_days_since_last: "
			"nobody is in this audience",
			(long long)audience->min_days_since_last);
}

/* A member who never bought again has a chance of being alive of 1: nothing can drop. */
static void trigger_check(struct policy_reader *reader, const struct policy *policy)
{
	const struct policy_trigger *trigger = &policy->trigger;
	bool slipping = trigger->kind == POLICY_SLIPPING;

	if (slipping && (isnan(trigger->min_drop) || isnan(trigger->own_gap_quantile)))
		policy_mistake(reader, "/trigger", "slipping needs \"min_drop\" and \"own_gap_quantile\"");
	if (!slipping && !(isnan(trigger->min_drop) && isnan(trigger->own_gap_quantile)))
		policy_mistake(
			reader, "/trigger", "lapsed takes no \"min_drop\" and no \"own_gap_quantile\"");
	if (slipping && policy->audience.min_repeat_purchases < 1)
		policy_mistake(reader, "/audience/min_repeat_purchases",
			"must be at least 1: whoever bought once only "
			"has no rhythm to slip from");
	if (!slipping && policy->audience.min_days_since_last < 1)
		policy_mistake(reader, "/audience/min_days_since_last",
			"must be at least 1: without a trigger the "
			"days since the last purchase are all that says lapsed");
}

static void metrics_check(struct policy_reader *reader, const struct policy *policy)
{
	const struct policy_metric *metrics = policy->evidence.metrics;

	for (size_t i = 0; i < policy->evidence.metric_count; i++) {
		const char *pointer = arena_format(reader->arena, "/evidence/metrics/%zu", i);

		if (isnan(metrics[i].min) && isnan(metrics[i].max) && isnan(metrics[i].max_jump))
			policy_mistake(
				reader, pointer, "guards nothing: give \"min\", \"max\" or \"max_jump\"");
		if (metrics[i].min > metrics[i].max)
			policy_mistake(reader, pointer,
				"has a min of %g above its max of %g: nothing could ever pass", metrics[i].min,
				metrics[i].max);
		for (size_t j = 0; j < i; j++)
			if (strcmp(metrics[i].metric, metrics[j].metric) == 0
			    && metrics[i].window_days == metrics[j].window_days)
				policy_mistake(reader, pointer, "guards %s over %lld days twice", metrics[i].metric,
					(long long)metrics[i].window_days);
	}
}

static void template_check_words(
	struct policy_reader *reader, const char *pointer, const char *text)
{
	const char *names[32];
	struct error error;

	for (size_t i = 0; i < template_word_count; i++)
		names[i] = template_words[i].name;
	if (!template_check(text, names, template_word_count, &error))
		policy_mistake(reader, pointer, "%s", error.text);
}

static void templates_check(struct policy_reader *reader, const struct policy *policy)
{
	for (size_t i = 0; i < policy->template_count; i++) {
		const struct policy_template *template = &policy->templates[i];
		const char *pointer = arena_format(reader->arena, "/templates/%s", template->name);
		bool used = false;

		template_check_words(
			reader, arena_format(reader->arena, "%s/subject", pointer), template->subject);
		template_check_words(
			reader, arena_format(reader->arena, "%s/body", pointer), template->body);
		if (strchr(template->subject, '\n') != NULL)
			policy_mistake(reader, pointer, "the subject must be one line");
		for (size_t j = 0; j < policy->arm_count; j++)
			used = used || strcmp(policy->arms[j].template, template->name) == 0;
		if (!used)
			policy_mistake(reader, pointer, "is used by no arm");
	}
}

static void arm_check_kind(
	struct policy_reader *reader, const char *pointer, const struct policy_arm *arm)
{
	bool points = arm->kind == POLICY_POINTS, coupon = arm->kind == POLICY_COUPON;
	bool gift = points || coupon;

	if (points != (arm->points > 0))
		policy_mistake(reader, pointer, points ? "gives points: say how many in \"points\""
			: "gives no points, \"points\" must not be there");
	if (coupon != (arm->pool != NULL))
		policy_mistake(reader, pointer, coupon ? "gives a coupon: name its \"pool\""
			: "gives no coupon, \"pool\" must not be there");
	if (gift == isnan(arm->redeemed_share))
		policy_mistake(reader, pointer,
			gift ? "gives something: say how much is used in \"redeemed_share\""
				 : "gives nothing, \"redeemed_share\" must not be there");
}

/* What a message promises must be what its arm gives. */
static void arm_check_template(struct policy_reader *reader, const char *pointer,
	const struct policy *policy, struct policy_arm *arm)
{
	static const enum template_source given[] = { [POLICY_POINTS] = TEMPLATE_POINTS,
		[POLICY_COUPON] = TEMPLATE_COUPON, [POLICY_MESSAGE] = TEMPLATE_ANY };
	size_t place = 0;

	while (
		place < policy->template_count && strcmp(policy->templates[place].name, arm->template) != 0)
		place++;
	arm->template_index = place;
	if (place == policy->template_count) {
		policy_mistake(reader, pointer, "uses the template \"%s\", which is not in \"templates\"",
			arm->template);
		return;
	}
	const struct policy_template *template = &policy->templates[place];

	for (size_t i = 0; i < template_word_count; i++) {
		const struct template_word *word = &template_words[i];

		if (word->source != TEMPLATE_ANY && word->source != given[arm->kind]
			&& (template_uses(template->subject, word->name)
				|| template_uses(template->body, word->name)))
			policy_mistake(reader, pointer,
				"its template \"%s\" says {{%s}}, which this arm does not give", template->name,
				word->name);
	}
}

static void arm_link_pool(struct policy *policy, struct policy_arm *arm)
{
	arm->pool_index = POLICY_NONE;
	if (arm->pool == NULL)
		return;
	size_t place = 0;

	while (place < policy->pool_count && strcmp(policy->pools[place], arm->pool) != 0)
		place++;
	policy->pools[place] = arm->pool;
	policy->pool_count += place == policy->pool_count;
	arm->pool_index = place;
}

static void arm_check(struct policy_reader *reader, struct policy *policy, size_t i)
{
	struct policy_arm *arm = &policy->arms[i];
	const char *pointer = arena_format(reader->arena, "/arms/%zu", i);
	size_t tier = policy_tier(policy, arm->tier);

	arm_check_kind(reader, pointer, arm);
	arm_check_template(reader, pointer, policy, arm);
	arm_link_pool(policy, arm);
	if (arm->kind == POLICY_MESSAGE)
		arm->redeemed_share = 1;
	if (arm->max_cost_cents > policy->budget.per_cycle_cents)
		policy_mistake(reader, pointer,
			"may cost %lld cents, more than a whole cycle may spend (%lld)",
			(long long)arm->max_cost_cents, (long long)policy->budget.per_cycle_cents);
	for (size_t j = 0; j < i; j++)
		if (strcmp(policy->arms[j].name, arm->name) == 0)
			policy_mistake(reader, pointer, "is a second arm called \"%s\"", arm->name);
	if (tier == POLICY_NONE)
		policy_mistake(
			reader, pointer, "is for the tier \"%s\", which is not in /audience/tiers", arm->tier);
	else if (policy->arm_of_tier[tier] != POLICY_NONE)
		policy_mistake(
			reader, pointer, "is a second arm for the tier \"%s\"; one is the most", arm->tier);
	else
		policy->arm_of_tier[tier] = i;
}

void policy_check(struct policy_reader *reader, struct policy *policy)
{
	schedule_check(reader, policy);
	audience_check(reader, policy);
	trigger_check(reader, policy);
	metrics_check(reader, policy);
	templates_check(reader, policy);
	policy->pools = arena_alloc(reader->arena, (policy->arm_count + 1) * sizeof *policy->pools);
	for (size_t i = 0; i < POLICY_MOST_TIERS; i++)
		policy->arm_of_tier[i] = POLICY_NONE;
	for (size_t i = 0; i < policy->arm_count; i++)
		arm_check(reader, policy, i);
}

#include "report.h"

#include <string.h>

#include "decide.h"
#include "mcp/base/text.h"

enum { REPORT_MOST = 1 << 16 };

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

static json_int_t number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void add_head(struct text *out, const json_t *report)
{
	text_format(out, "Cycle of %s (version %lld) for %s, as of %s%s\n", text_of(report, "policy"),
		(long long)number_of(report, "version"), text_of(report, "brand"), text_of(report, "as_of_local"),
		json_is_true(json_object_get(report, "dry_run")) ? ": a dry run, nothing was given" : "");
	text_format(out, "  run          %s: %s%s%s\n", text_of(report, "run"), text_of(report, "state"),
		text_of(report, "why")[0] == '\0' ? "" : ", ", text_of(report, "why"));
	text_format(out, "  data         up to %s\n", text_of(report, "data_as_of_local")[0] == '\0' ? "(none)"
		: text_of(report, "data_as_of_local"));
}

static void add_observations(struct text *out, const json_t *report)
{
	const json_t *list = json_object_get(report, "observations"), *one;
	size_t i;

	text_add(out, "\nWhat it read\n");
	json_array_foreach(list, i, one) {
		const json_t *value = json_object_get(one, "value");
		const char *unit = text_of(one, "unit");

		if (!json_is_number(value))
			text_format(out, "  %-24s not to be had: %s\n", text_of(one, "metric"), text_of(one, "refused"));
		else if (strcmp(unit, "cents") == 0)
			text_format(out, "  %-24s %s\n", text_of(one, "metric"), text_money(out->arena,
				(long long)json_number_value(value)));
		else
			text_format(out, "  %-24s %.6g\n", text_of(one, "metric"), json_number_value(value));
	}
}

static void add_decision(struct text *out, const json_t *report)
{
	const json_t *fit = json_object_get(report, "fit");
	const char *word;
	json_t *count;

	text_format(out, "\nWho slips\n  %s\n", text_of(fit, "sentence"));
	if (fit != NULL)
		text_format(out, "  in use: r %.4f, alpha %.4f, a %.4f, b %.4f\n", json_number_value(json_object_get(fit, "r")),
			json_number_value(json_object_get(fit, "alpha")), json_number_value(json_object_get(fit, "a")),
			json_number_value(json_object_get(fit, "b")));
	text_format(out, "\nWhat it decided\n  %s\n", text_of(report, "decision"));
	text_format(out, "  %lld candidates; %lld chosen; %lld left alone to measure against\n",
		(long long)number_of(report, "candidates"), (long long)number_of(report, "chosen"),
		(long long)number_of(report, "held_out"));
	json_object_foreach(json_object_get(report, "reasons"), word, count)
		for (int reason = 0; reason < REASON_COUNT; reason++)
			if (strcmp(reason_word((enum reason)reason), word) == 0)
				text_format(out, "  %8lld  %-22s %s\n", (long long)json_integer_value(count), word,
					reason_meaning((enum reason)reason));
}

static void add_arms(struct text *out, const json_t *report, const char *list, const char *verb)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(report, list), i, one)
		text_format(out, "  %-7s %6lld of %-10s %-18s %12s  %s\n", verb, (long long)number_of(one, "members"),
			text_of(one, "tier"), text_of(one, "arm"), text_money(out->arena, number_of(one, "value_cents")),
			text_of(one, "why"));
}

const char *report_text(struct arena *arena, const json_t *report)
{
	struct text out = text_open(arena, REPORT_MOST);
	const json_t *one;
	size_t i;

	add_head(&out, report);
	add_observations(&out, report);
	add_decision(&out, report);
	text_add(&out, "\nWhat it did\n");
	add_arms(&out, report, "gifts", "gave");
	add_arms(&out, report, "drafts", "drafted");
	json_array_foreach(json_object_get(report, "not_drafted"), i, one)
		text_format(&out, "  no message for %lld of %s: the name is missing, or has marks that a message "
			"may not carry\n", (long long)number_of(one, "members"), text_of(one, "tier"));
	if (json_object_get(report, "gifts") == NULL && json_object_get(report, "drafts") == NULL)
		text_add(&out, "  nothing\n");
	if (json_object_get(report, "budget_left_cents") != NULL)
		text_format(&out, "  budget left  %s %s\n", text_money(arena, number_of(report, "budget_left_cents")),
			text_of(report, "currency"));
	text_add(&out, "\nWhat you can do\n"
		"  look at the messages that wait for you   flashd drafts list\n"
		"  stop everything at once                  flashd stop --reason '…'\n");
	if (!json_is_true(json_object_get(report, "dry_run")))
		text_format(&out, "  see what an undo of this cycle would do  flashd undo --run %s\n", text_of(report, "run"));
	return out.bytes;
}

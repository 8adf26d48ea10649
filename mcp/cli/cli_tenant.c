/* Tenants, their people, and what a member said about being written to. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "mcp/base/seal.h"
#include "mcp/base/text.h"
#include "mcp/db/array.h"
#include "mcp/db/db.h"

/* What the tables' own checks would refuse without a sentence. */
static bool check_form(const char *what, const char *text, const char *allowed, size_t least, size_t most,
	struct error *error)
{
	size_t size = strlen(text);

	if (size >= least && size <= most && strspn(text, allowed) == size)
		return true;
	return error_set(error, ERROR_USAGE, "%s is \"%.90s\"; it must have %zu to %zu characters of %s.", what, text,
		least, most, allowed);
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool check_person(const char *person, struct error *error)
{
	return check_form("The person's name", person, UPPER LOWER DIGITS "._@-", 1, 80, error);
}

static const char *option_or(const struct cli *cli, const char *name, const char *fallback)
{
	const char *value = cli_option(cli, name);

	return value == NULL ? fallback : value;
}

/* Of a price in cents that may be missing; that it is a whole number was seen when the options were read. */
static bool price_fits(const char *option, const char *cents, long long most, struct error *error)
{
	return cents == NULL || strtoll(cents, NULL, 10) <= most ||
		error_set(error, ERROR_USAGE, "%s is \"%.40s\"; it is at most %lld. Nothing was changed.", option, cents, most);
}

bool tenant_create(struct cli *cli, struct error *error)
{
	const char *slug = cli_argument(cli, 0), *admin = cli_option(cli, "admin");
	const char *currency = cli_option(cli, "currency");
	const char *points = option_or(cli, "cents-per-100-points", "100");
	const char *message = option_or(cli, "message-cost-cents", "1");
	struct db_rows *rows;

	if (!check_form("SLUG", slug, LOWER DIGITS "-", 1, 40, error) ||
	    !check_form("--currency", currency, UPPER, 3, 3, error) || !check_person(admin, error))
		return false;
	if (*slug == '-')
		return error_set(error, ERROR_USAGE, "SLUG is \"%s\"; it must not begin with a dash.", slug);
	if (!price_fits("--cents-per-100-points", points, 1000000, error) ||
	    !price_fits("--message-cost-cents", message, 100000, error))
		return false;
	struct db *db = cli_admin_db(cli, error);

	if (db == NULL || !db_query(db, 0, "create_tenant", DB_VALUES(slug, cli_option(cli, "name"),
			cli_option(cli, "zone"), currency, option_or(cli, "week-start", "1"), points, message, admin,
			option_or(cli, "min-group", "5")), cli->arena, &rows, error))
		return false;
	cli_say(cli, "Next: flashd key create --tenant %s --person %s --preset agent --name NAME", slug, admin);
	return cli_answer(cli, json_pack("{s:I, s:s, s:s}", "tenant", (json_int_t)db_number(rows, 0, 0), "slug", slug,
		"admin", admin), "tenant %s is number %s; its admin is %s\n", slug, db_text(rows, 0, 0), admin);
}

bool tenant_calendar(struct cli *cli, struct error *error)
{
	const char *month = cli_option(cli, "fiscal-month"), *years = cli_option(cli, "years");
	const char *week = cli_option(cli, "week-start"), *admin = cli_person(cli, error);
	struct db_rows *rows;

	if (admin == NULL || cli_db(cli, error) == NULL || cli_tenant(cli, error) == 0)
		return false;
	if (month == NULL && years == NULL && week == NULL)
		return error_set(error, ERROR_USAGE, "Say --fiscal-month, --years or --week-start. Nothing was changed.");
	if (!cli_power(cli, "set_calendar", DB_VALUES(admin, month, years == NULL ? NULL : strcmp(years, "4-5-4") == 0 ? "t"
		: "f", week), &rows, error))
		return false;
	return cli_answer(cli, json_pack("{s:s, s:s}", "tenant", cli->tenant_slug, "calendar", db_text(rows, 0, 0)),
		"%s: %s\n", cli->tenant_slug, db_text(rows, 0, 0));
}

bool tenant_privacy(struct cli *cli, struct error *error)
{
	const char *least = cli_option(cli, "min-group"), *admin = cli_person(cli, error);
	struct db_rows *rows;

	if (admin == NULL || cli_db(cli, error) == NULL || cli_tenant(cli, error) == 0 ||
	    !cli_power(cli, "set_min_group", DB_VALUES(admin, least), &rows, error))
		return false;
	return cli_answer(cli, json_pack("{s:s, s:I}", "tenant", cli->tenant_slug, "min_group",
		(json_int_t)db_number(rows, 0, 0)), "%s: numbers of fewer than %s members are withheld\n", cli->tenant_slug,
		db_text(rows, 0, 0));
}

bool tenant_receipts(struct cli *cli, struct error *error)
{
	const char *minutes = cli_option(cli, "minutes"), *admin = cli_person(cli, error);
	struct db_rows *rows;

	if (admin == NULL || cli_db(cli, error) == NULL || cli_tenant(cli, error) == 0 ||
	    !cli_power(cli, "set_receipt_minutes", DB_VALUES(admin, minutes), &rows, error))
		return false;
	return cli_answer(cli, json_pack("{s:s, s:I}", "tenant", cli->tenant_slug, "receipt_minutes",
		(json_int_t)db_number(rows, 0, 0)), "%s: an agent's writes rest on receipts of the last %s minutes\n",
		cli->tenant_slug, db_text(rows, 0, 0));
}

static const struct cli_column price_columns[] = {
	{ "at", NULL, CLI_TEXT }, { NULL, "CHANGED", CLI_TEXT }, { "dimension", "OF", CLI_TEXT },
	{ "value", "WHICH", CLI_TEXT }, { "rule", "RULE", CLI_TEXT }, { "from", "FROM", CLI_NUMBER },
	{ "to", "TO", CLI_NUMBER }, { "changed_by", "BY", CLI_TEXT },
};

/* With options it changes what they name, and then shows what has changed so far either way. */
bool tenant_prices(struct cli *cli, struct error *error)
{
	const char *points = cli_option(cli, "cents-per-100-points"), *message = cli_option(cli, "message-cost-cents");
	bool change = points != NULL || message != NULL;
	struct cli_table table = { .columns = price_columns,
		.column_count = sizeof price_columns / sizeof price_columns[0] };
	struct db_rows *rows;

	if (cli_db(cli, error) == NULL || cli_tenant(cli, error) == 0)
		return false;
	if (change) {
		const char *admin = cli_person(cli, error);

		if (admin == NULL || !price_fits("--cents-per-100-points", points, 1000000, error) ||
		    !price_fits("--message-cost-cents", message, 100000, error) ||
		    !cli_power(cli, "set_prices", DB_VALUES(admin, points, message), NULL, error))
			return false;
	}
	if (!db_query(cli->db, cli->tenant, "cli_prices", DB_VALUES(cli->tenant_zone), cli->arena, &rows, error))
		return false;
	cli_table_add_rows(cli, &table, rows);
	return cli_table_answer(cli, "price_changes", &table);
}

static const struct cli_column tenant_columns[] = {
	{ "tenant", "NUMBER", CLI_NUMBER }, { "slug", "SLUG", CLI_TEXT }, { "name", "NAME", CLI_TEXT },
	{ "zone", "ZONE", CLI_TEXT }, { "currency", "CURRENCY", CLI_TEXT }, { "week_start", "WEEK STARTS", CLI_NUMBER },
	{ "cents_per_100_points", "100 POINTS", CLI_MONEY }, { "message_cost_cents", "A MESSAGE", CLI_MONEY },
	{ "data_as_of", NULL, CLI_TEXT }, { NULL, "DATA AS OF", CLI_TEXT }, { "min_group", "LEAST GROUP", CLI_NUMBER },
	{ "receipt_minutes", "RECEIPT MINUTES", CLI_NUMBER },
};

/* Nobody sees all tenants at once: each is read in its own transaction, by number, until there is none. */
bool tenant_list(struct cli *cli, struct error *error)
{
	struct cli_table table = { .columns = tenant_columns,
		.column_count = sizeof tenant_columns / sizeof tenant_columns[0] };
	struct db *db = cli_db(cli, error);
	struct db_rows *rows;
	int tenant = 1;

	if (db == NULL)
		return false;
	do {
		if (!db_query(db, tenant++, "read_tenant", DB_NOTHING, cli->arena, &rows, error))
			return false;
		cli_table_add_rows(cli, &table, rows);
	} while (db_count(rows) > 0);
	return cli_table_answer(cli, "tenants", &table);
}

/* The roles of "viewer,admin" as an array; NULL with the error set. */
static const char *read_roles(struct cli *cli, const char *roles, struct error *error)
{
	static const char *const known[] = { "viewer", "approver", "admin" };
	struct db_array array = db_array_open(cli->arena);

	for (size_t size; *roles != '\0'; roles += size, roles += strspn(roles, ", ")) {
		bool found = false;

		size = strcspn(roles, ", ");
		for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
			found = found || (strlen(known[i]) == size && strncmp(known[i], roles, size) == 0);
		if (!found) {
			error_set(error, ERROR_USAGE, "There is no role \"%.*s\"; there are viewer, approver and admin.",
				(int)(size < 40 ? size : 40), roles);
			return NULL;
		}
		db_array_add(&array, arena_copy_size(cli->arena, roles, size));
	}
	return db_array_close(&array);
}

bool tenant_person(struct cli *cli, struct error *error)
{
	const char *person = cli_argument(cli, 0), *admin = cli_person(cli, error);
	const char *roles = admin == NULL || !check_person(person, error) ? NULL
		: read_roles(cli, cli_option(cli, "roles"), error);

	if (roles == NULL || cli_tenant(cli, error) == 0)
		return false;
	if (!cli_power(cli, "add_person", DB_VALUES(admin, person, option_or(cli, "name", person), roles), NULL, error))
		return false;
	return cli_answer(cli, json_pack("{s:s, s:s, s:s}", "tenant", cli->tenant_slug, "person", person, "roles",
		cli_option(cli, "roles")), "%s may now act as %s in %s\n", person, cli_option(cli, "roles"), cli->tenant_slug);
}

/* The member's number: as typed, or found by the e-mail's blind index. */
static const char *find_member(struct cli *cli, const char *word, struct error *error)
{
	const char *number = strspn(word, DIGITS) == strlen(word) && strlen(word) <= 18 ? word : NULL;
	const char *email = NULL;
	struct db_rows *rows;

	if (number == NULL && strchr(word, '@') == NULL) {
		error_set(error, ERROR_USAGE, "MEMBER is \"%.60s\"; it must be the member's number or e-mail.", word);
		return NULL;
	}
	if (number == NULL) {
		const struct seal *seal = cli_seal(cli, error);

		if (seal == NULL)
			return NULL;
		email = seal_blind_index(seal, cli->tenant, word, cli->arena);
	}
	if (!db_query(cli->db, cli->tenant, "cli_members", DB_VALUES(number, email), cli->arena, &rows, error))
		return NULL;
	if (db_count(rows) == 1)
		return db_text(rows, 0, 0);
	if (db_count(rows) == 0)
		error_set(error, ERROR_NOT_FOUND, "There is no member %.60s in %s.", word, cli->tenant_slug);
	else
		error_set(error, ERROR_AMBIGUOUS, "Several members have this e-mail (%s, %s%s): say the number. Nothing was "
			"done.", db_text(rows, 0, 0), db_text(rows, 1, 0), db_count(rows) > 2 ? ", …" : "");
	return NULL;
}

bool member_opt_out(struct cli *cli, struct error *error)
{
	const char *channel = cli_option(cli, "channel"), *person = cli_person(cli, error);
	struct db_rows *rows;

	if (person == NULL || cli_tenant(cli, error) == 0)
		return false;
	const char *member = find_member(cli, cli_argument(cli, 0), error);

	if (member == NULL || !cli_power(cli, "set_consent", DB_VALUES(person, member, channel, "false"), &rows, error))
		return false;
	long long in_flight = db_number(rows, 0, 0);

	return cli_answer(cli, json_pack("{s:I, s:s, s:b, s:I}", "member", (json_int_t)strtoll(member, NULL, 10), "channel",
		channel, "granted", 0, "in_flight", (json_int_t)in_flight), "member %s: no %s from now on%s\n", member, channel,
		in_flight == 0 ? "" : "; one message is on its way at this moment");
}

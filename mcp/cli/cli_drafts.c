/* Messages before a human: shown whole, decided one at a time, by the hash of exactly what was shown. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "mcp/base/seal.h"
#include "mcp/base/utf8.h"
#include "mcp/db/db.h"
#include "mcp/tools/member.h"
#include "mcp/tools/outreach.h"

static const struct cli_column draft_columns[] = {
	{ "draft", "DRAFT", CLI_TEXT }, { "state", "STATE", CLI_STATE }, { "channel", "CHANNEL", CLI_TEXT },
	{ "member", "MEMBER", CLI_NUMBER }, { "name", "NAME", CLI_TEXT }, { "policy", "POLICY", CLI_TEXT },
	{ "arm", "ARM", CLI_TEXT }, { "audience", NULL, CLI_TEXT }, { "hash", NULL, CLI_TEXT },
	{ "created_at", NULL, CLI_TEXT }, { "expires_at", NULL, CLI_TEXT }, { NULL, "EXPIRES", CLI_TEXT },
	{ "decided_by", "BY", CLI_TEXT }, { "reason", NULL, CLI_TEXT },
};

enum { DRAFT_COLUMNS = sizeof draft_columns / sizeof draft_columns[0], NAME_COLUMN = 4, STATE_COLUMN = 1 };

/* A sealed value of a member's profile, fit to show; NULL stays NULL. */
static bool open_profile(struct cli *cli, const char *sealed, const char **text, struct error *error)
{
	*text = NULL;
	if (sealed == NULL)
		return true;
	*text = seal_decrypt(cli->seal, cli->tenant, SEAL_PROFILE, sealed, cli->arena, error);
	return *text != NULL;
}

static bool read_list(struct cli *cli, struct cli_table *table, bool *waits, struct error *error)
{
	const char *state = cli_option(cli, "state"), *limit = cli_option(cli, "limit"), *cells[DRAFT_COLUMNS];
	struct db_rows *rows;

	if (state == NULL)
		state = "waiting";
	if (!db_query(cli->db, cli->tenant, "cli_drafts", DB_VALUES(strcmp(state, "all") == 0 ? NULL : state,
			limit == NULL ? "100" : limit, cli->tenant_zone), cli->arena, &rows, error))
		return false;
	for (size_t row = 0; row < db_count(rows); row++) {
		for (int i = 0; i < DRAFT_COLUMNS; i++)
			cells[i] = db_text(rows, row, i);
		if (!open_profile(cli, cells[NAME_COLUMN], &cells[NAME_COLUMN], error))
			return false;
		*waits = *waits || strcmp(cells[STATE_COLUMN], "waiting") == 0;
		cli_table_add(cli, table, cells);
	}
	return true;
}

bool drafts_list(struct cli *cli, struct error *error)
{
	struct cli_table table = { .columns = draft_columns, .column_count = DRAFT_COLUMNS };
	bool waits = false;

	if (cli_seal(cli, error) == NULL || cli_tenant(cli, error) == 0 || !read_list(cli, &table, &waits, error))
		return false;
	if (waits && cli_switch(cli, "exit-code"))
		cli->status = CLI_WAITS_FOR_PERSON;
	return cli_table_answer(cli, "drafts", &table);
}

/* One draft, opened, its hash checked against what it says. */
struct draft {
	struct outreach message;
	const char *id, *state, *name, *email, *run, *arm, *hash, *made, *made_local, *expires_local, *decided_by,
		*decided_local, *decided_at, *reason;
};

static void take_columns(struct draft *draft, const struct db_rows *rows)
{
	draft->id = db_text(rows, 0, 0);
	draft->state = db_text(rows, 0, 1);
	draft->message.channel = db_text(rows, 0, 2);
	draft->message.member = db_number(rows, 0, 3);
	draft->run = db_text(rows, 0, 6);
	draft->message.policy = db_text(rows, 0, 7);
	draft->message.policy_version = db_text(rows, 0, 8) == NULL ? 0 : db_number(rows, 0, 8);
	draft->arm = db_text(rows, 0, 9);
	draft->message.audience = db_text(rows, 0, 10);
	draft->hash = db_text(rows, 0, 13);
	draft->made = db_text(rows, 0, 14);
	draft->made_local = db_text(rows, 0, 15);
	draft->message.expires_at = db_text(rows, 0, 16);
	draft->expires_local = db_text(rows, 0, 17);
	draft->decided_by = db_text(rows, 0, 18);
	draft->decided_at = db_text(rows, 0, 19);
	draft->decided_local = db_text(rows, 0, 20);
	draft->reason = db_text(rows, 0, 21);
}

static bool open_draft(struct cli *cli, const char *id, struct draft *draft, struct error *error)
{
	struct db_rows *rows;

	if (cli_seal(cli, error) == NULL || cli_tenant(cli, error) == 0 || !db_query(cli->db, cli->tenant, "cli_draft",
			DB_VALUES(id, cli->tenant_zone), cli->arena, &rows, error))
		return false;
	if (db_count(rows) == 0)
		return error_set(error, ERROR_NOT_FOUND, "There is no draft %s: `flashd drafts list` shows them.", id);
	take_columns(draft, rows);
	draft->message.tenant = cli->tenant;
	struct outreach_sealed sealed = { db_text(rows, 0, 11), db_text(rows, 0, 12),
		arena_format(cli->arena, "\\x%s", draft->hash) };

	return open_profile(cli, db_text(rows, 0, 4), &draft->name, error) &&
		open_profile(cli, db_text(rows, 0, 5), &draft->email, error) &&
		outreach_open(cli->seal, &sealed, cli->arena, &draft->message, error);
}

static const char *shown(struct cli *cli, const char *text)
{
	return text == NULL ? "-" : utf8_shown(cli->arena, text, false);
}

/* Every line with a bar in front, so that nothing in the body can pass for a line of ours. */
static void print_body(struct cli *cli, const char *body)
{
	const char *text = utf8_shown(cli->arena, body, true);
	size_t lines = 1;

	for (const char *at = strchr(body, '\n'); at != NULL; at = strchr(at + 1, '\n'))
		lines++;
	printf("body      %zu bytes, %zu lines\n", strlen(body), lines);
	for (;;) {
		size_t size = strcspn(text, "\n");

		printf("  | %.*s\n", (int)size, text);
		if (text[size] == '\0')
			return;
		text += size + 1;
	}
}

static void print_draft(struct cli *cli, const struct draft *draft)
{
	const struct outreach *message = &draft->message;

	printf("draft     %s (%s)\n", draft->id, cli_state(cli, draft->state, cli->color_out));
	printf("to        %s, %s, member %lld, by %s (%s)\n", shown(cli, draft->name),
		shown(cli, member_mask_email(cli->arena, draft->email)), message->member, shown(cli, message->channel),
		shown(cli, message->audience));
	if (message->policy != NULL)
		printf("because   policy %s version %lld, arm %s, run %s\n", shown(cli, message->policy),
			message->policy_version, shown(cli, draft->arm), shown(cli, draft->run));
	printf("made      %s\nexpires   %s\n", draft->made_local, draft->expires_local);
	if (draft->decided_by != NULL)
		printf("decided   %s, by %s\n", shown(cli, draft->decided_local), shown(cli, draft->decided_by));
	if (draft->reason != NULL)
		printf("reason    %s\n", shown(cli, draft->reason));
	printf("subject   %s\n", shown(cli, message->subject));
	print_body(cli, message->body);
	printf("hash      %s\n", draft->hash);
}

bool drafts_show(struct cli *cli, struct error *error)
{
	struct draft draft = { .id = NULL };

	if (!open_draft(cli, cli_argument(cli, 0), &draft, error))
		return false;
	const struct outreach *message = &draft.message;

	if (!cli->json) {
		print_draft(cli, &draft);
		if (strcmp(draft.state, "waiting") == 0)
			cli_say(cli, "To let exactly this be sent: flashd drafts approve %s --hash %s", draft.id, draft.hash);
		return true;
	}
	return cli_answer(cli, json_pack("{s:s, s:s, s:s, s:I, s:s?, s:s?, s:s, s:s?, s:I, s:s?, s:s?, s:s, s:s, s:s, s:s, "
		"s:s, s:s?, s:s?, s:s?}", "draft", draft.id, "state", draft.state, "channel", message->channel, "member",
		(json_int_t)message->member, "name", draft.name, "email_masked", member_mask_email(cli->arena, draft.email),
		"audience", message->audience, "policy", message->policy, "policy_version",
		(json_int_t)message->policy_version, "run", draft.run, "arm", draft.arm, "subject", message->subject, "body",
		message->body, "hash", draft.hash, "created_at", draft.made, "expires_at", message->expires_at, "decided_by",
		draft.decided_by, "decided_at", draft.decided_at, "reason", draft.reason), "%s", "");
}

static bool decide(struct cli *cli, const char *hash, const char *reason, struct error *error)
{
	const char *person = cli_person(cli, error), *draft = cli_argument(cli, 0);
	struct db_rows *rows;

	if (person == NULL || cli_tenant(cli, error) == 0)
		return false;
	cli->next = arena_format(cli->arena, "flashd drafts show %s", draft);
	if (!cli_power(cli, "decide_draft", DB_VALUES(person, "cli", draft, hash, hash != NULL ? "true" : "false", reason),
			&rows, error))
		return false;
	json_t *answer = db_json(rows, 0, 0, cli->arena);

	return cli_answer(cli, json_incref(answer), "%s %s\n", draft, hash != NULL ? "approved" : "rejected");
}

bool drafts_approve(struct cli *cli, struct error *error)
{
	return decide(cli, arena_format(cli->arena, "\\x%s", cli_option(cli, "hash")), cli->reason, error);
}

bool drafts_reject(struct cli *cli, struct error *error)
{
	const char *reason = cli_reason(cli, error);

	return reason != NULL && decide(cli, NULL, reason, error);
}

/* A body from a file or stdin; the line end that every editor puts last is not part of it. */
static const char *read_body(struct cli *cli, const char *path, struct error *error)
{
	enum { MOST = 64 << 10 };
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");

	if (file == NULL) {
		error_set(error, ERROR_USAGE, "The file %s cannot be read: %s. Nothing was done.", path, strerror(errno));
		return NULL;
	}
	char *body = arena_alloc(cli->arena, MOST + 2);
	size_t size = fread(body, 1, MOST + 1, file);
	bool good = !ferror(file) && size <= MOST && strlen(body) == size;

	if (file != stdin)
		fclose(file);
	if (size > 0 && size <= MOST && body[size - 1] == '\n')
		body[size - 1] = '\0';
	if (good)
		return body;
	error_set(error, ERROR_USAGE, "The file %s is not a text of at most %d bytes. Nothing was done.", path, (int)MOST);
	return NULL;
}

static bool change_words(struct cli *cli, struct draft *draft, struct error *error)
{
	const char *subject = cli_option(cli, "subject"), *file = cli_option(cli, "body-file");

	if (subject == NULL && file == NULL)
		return error_set(error, ERROR_USAGE, "drafts edit needs --subject TEXT, --body-file FILE or both.");
	if (file != NULL && (draft->message.body = read_body(cli, file, error)) == NULL)
		return false;
	if (subject != NULL)
		draft->message.subject = subject;
	return true;
}

bool drafts_edit(struct cli *cli, struct error *error)
{
	const char *person = cli_person(cli, error), *old = cli_option(cli, "hash");
	struct draft draft = { .id = NULL };
	struct outreach_sealed sealed;

	if (person == NULL || !open_draft(cli, cli_argument(cli, 0), &draft, error))
		return false;
	cli->next = arena_format(cli->arena, "flashd drafts show %s", draft.id);
	if (!change_words(cli, &draft, error) || !outreach_seal(cli->seal, &draft.message, cli->arena, &sealed, error))
		return false;
	if (!cli_power(cli, "edit_draft", DB_VALUES(person, "cli", draft.id, arena_format(cli->arena, "\\x%s", old),
			sealed.subject, sealed.body, sealed.hash), NULL, error))
		return false;
	cli_say(cli, "The message waits again; look at it: flashd drafts show %s", draft.id);
	return cli_answer(cli, json_pack("{s:s, s:s, s:s}", "draft", draft.id, "state", "waiting", "hash", sealed.hash + 2),
		"%s waiting, hash %s\n", draft.id, sealed.hash + 2);
}

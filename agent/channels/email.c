#include <stdio.h>
#include <string.h>

#include "agent/mail.h"
#include "channel.h"
#include "mcp/base/clock.h"

static bool ready(const struct settings *settings)
{
	return settings->smtp_url[0] != '\0' && settings->smtp_from[0] != '\0';
}

static bool read_password(const char *path, char *password, size_t room)
{
	FILE *file = fopen(path, "re");
	bool good = file != NULL && fgets(password, (int)room, file) != NULL;

	if (good)
		password[strcspn(password, "\r\n")] = '\0';
	if (file != NULL)
		fclose(file);
	return good;
}

static enum web_outcome send_mail(const struct settings *settings, const struct outgoing *message, char *detail,
	size_t room)
{
	struct arena *arena = arena_new();
	struct error error;
	char password[256] = "";
	struct mail mail = { settings->smtp_from, message->address, message->subject, message->body, message->draft,
		clock_now() };
	struct web_mail web = { .url = settings->smtp_url, .from = mail.from, .to = mail.to,
		.message = mail_write(arena, &mail, &error), .timeout_ms = message->timeout_ms };
	enum web_outcome outcome = WEB_FAILED;

	if (settings->smtp_user[0] != '\0') {
		web.user = settings->smtp_user;
		web.password = password;
	}
	if (web.message == NULL)
		snprintf(detail, room, "%s", error.text);
	else if (web.user != NULL && !read_password(settings->smtp_password_file, password, sizeof password))
		snprintf(detail, room, "the file %s of the setting smtp_password_file cannot be read",
			settings->smtp_password_file);
	else
		outcome = web_send_mail(&web, detail, room);
	arena_free(arena);
	return outcome;
}

const struct channel channel_email = { "email", ready, send_mail };

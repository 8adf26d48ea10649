/* The channel for trying out and for tests: a message becomes a file, whole or not at all, never twice. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/mail.h"
#include "channel.h"
#include "mcp/base/clock.h"

static bool ready(const struct settings *settings)
{
	return settings->outbox_folder[0] != '\0';
}

static bool write_all(int file, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t written = write(file, bytes, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		bytes += written;
		size -= (size_t)written;
	}
	return fsync(file) == 0;
}

static enum web_outcome send_file(const struct settings *settings, const struct outgoing *message, char *detail,
	size_t room)
{
	struct arena *arena = arena_new();
	struct error error;
	struct mail mail = { "flashd@localhost.localdomain", message->address, message->subject, message->body,
		message->draft, clock_now() };
	const char *bytes = mail_write(arena, &mail, &error);
	const char *path = arena_format(arena, "%s/%s.eml", settings->outbox_folder, message->draft);
	const char *part = arena_format(arena, "%s.part", path);
	enum web_outcome outcome = WEB_FAILED;
	int file = bytes == NULL ? -1 : open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (bytes == NULL) {
		snprintf(detail, room, "%s", error.text);
	} else if (file < 0 || !write_all(file, bytes, strlen(bytes))) {
		snprintf(detail, room, "%s cannot be written: %s", part, strerror(errno));
	} else if (link(part, path) != 0) {
		snprintf(detail, room, "%s: %s", path, strerror(errno));
		outcome = errno == EEXIST ? WEB_UNKNOWN : WEB_FAILED;
	} else {
		snprintf(detail, room, "written to %s", path);
		outcome = WEB_SENT;
	}
	if (file >= 0) {
		close(file);
		unlink(part);
	}
	arena_free(arena);
	return outcome;
}

const struct channel channel_file = { "file", ready, send_file };

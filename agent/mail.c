#include "mail.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "mcp/base/seal.h"
#include "mcp/base/text.h"

bool mail_address_check(const char *address, struct error *error)
{
	static const char marks[] = "!#$%&'*+-/=?^_`{|}~.";
	const char *at = strchr(address, '@');
	size_t size = strlen(address);
	bool good = at != NULL && at != address && at[1] != '\0' && size <= 254 && at - address <= 64 &&
		strchr(at + 1, '@') == NULL && address[0] != '-';

	for (const char *c = address; good && *c != '\0'; c++) {
		bool local = c < at;

		good = c == at || isalnum((unsigned char)*c) != 0 || (local && strchr(marks, *c) != NULL) ||
			(!local && (*c == '.' || *c == '-'));
		good = good && (unsigned char)*c < 0x80;
	}
	return good || error_set(error, ERROR_FORMAT, "The address is not one plain address (name@domain); "
		"nothing was sent. Correct it in the member's profile.");
}

/* Base64 in lines of 76 characters. */
static void add_base64(struct text *out, const char *bytes)
{
	enum { LINE = 57 };
	struct arena *arena = out->arena;
	size_t size = strlen(bytes);

	for (size_t at = 0; at < size; at += LINE) {
		size_t take = size - at < LINE ? size - at : LINE;

		text_add(out, seal_base64(bytes + at, take, arena));
		text_add(out, "\r\n");
	}
}

/* A subject as RFC 2047 words of whole characters, each short enough for one line. */
static void add_subject(struct text *out, const char *subject)
{
	bool plain = strlen(subject) <= 60;

	for (const char *c = subject; plain && *c != '\0'; c++)
		plain = (unsigned char)*c >= 0x20 && (unsigned char)*c < 0x7f && *c != '=';
	if (plain) {
		text_add(out, subject);
		return;
	}
	for (size_t take; *subject != '\0'; subject += take) {
		take = strlen(subject);
		if (take > 42)
			for (take = 42; ((unsigned char)subject[take] & 0xc0) == 0x80; take--)
				continue;
		text_format(out, "=?UTF-8?B?%s?=%s", seal_base64(subject, take, out->arena),
			subject[take] == '\0' ? "" : "\r\n ");
	}
}

static void add_date(struct text *out, int64_t now_us)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
		"Dec" };
	time_t seconds = (time_t)(now_us / 1000000);
	struct tm t;

	gmtime_r(&seconds, &t);
	text_format(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[t.tm_wday], t.tm_mday, months[t.tm_mon],
		t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

char *mail_write(struct arena *arena, const struct mail *mail, struct error *error)
{
	struct text out = text_open(arena, 65536);

	if (!mail_address_check(mail->from, error) || !mail_address_check(mail->to, error))
		return NULL;
	for (const char *c = mail->subject; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f) {
			error_set(error, ERROR_FORMAT, "The subject holds a control character; nothing was sent. Edit the draft.");
			return NULL;
		}
	add_date(&out, mail->now_us);
	text_format(&out, "From: <%s>\r\nTo: <%s>\r\nMessage-ID: <%s@%s>\r\nSubject: ", mail->from, mail->to, mail->id,
		strchr(mail->from, '@') + 1);
	add_subject(&out, mail->subject);
	text_add(&out, "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n");
	add_base64(&out, mail->body);
	if (out.full) {
		error_set(error, ERROR_FORMAT, "The message is longer than 48 kB; nothing was sent.");
		return NULL;
	}
	return out.bytes;
}

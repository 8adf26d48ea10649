/* Answers as bytes. Written by the answering thread, so that the loop only has to send them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http_internal.h"

static const struct {
	int status;
	const char *reason, *word;
} statuses[] = {
	{ 200, "OK", "" }, { 201, "Created", "" }, { 202, "Accepted", "" }, { 204, "No Content", "" },
	{ 302, "Found", "" }, { 303, "See Other", "" }, { 304, "Not Modified", "" },
	{ 400, "Bad Request", "bad_request" }, { 401, "Unauthorized", "bad_key" },
	{ 403, "Forbidden", "forbidden" }, { 404, "Not Found", "not_found" },
	{ 405, "Method Not Allowed", "bad_method" }, { 406, "Not Acceptable", "not_acceptable" },
	{ 408, "Request Timeout", "too_slow" }, { 409, "Conflict", "conflict" },
	{ 413, "Content Too Large", "too_large" }, { 415, "Unsupported Media Type", "bad_media_type" },
	{ 417, "Expectation Failed", "bad_expectation" },
	{ 422, "Unprocessable Content", "bad_argument" }, { 429, "Too Many Requests", "over_rate" },
	{ 431, "Request Header Fields Too Large", "too_large" },
	{ 500, "Internal Server Error", "internal" }, { 501, "Not Implemented", "not_implemented" },
	{ 503, "Service Unavailable", "busy" }, { 505, "HTTP Version Not Supported", "bad_version" },
};

enum { STATUS_COUNT = sizeof statuses / sizeof *statuses };

static size_t status_row(int status)
{
	size_t row = 0;

	while (row < STATUS_COUNT && statuses[row].status != status)
		row++;
	return row;
}

static struct http_output *output_new(size_t size)
{
	struct http_output *output = malloc(sizeof *output + size);

	if (output == NULL)
		abort();
	*output = (struct http_output){ .kind = HTTP_OUTPUT_BYTES };
	return output;
}

static void add(struct http_output *output, const char *bytes, size_t size)
{
	if (size > 0)
		memcpy(output->bytes + output->size, bytes, size);
	output->size += size;
}

static void add_text(struct http_output *output, const char *text)
{
	add(output, text, strlen(text));
}

static void add_number(struct http_output *output, size_t number, unsigned base)
{
	char digits[24];
	size_t at = sizeof digits;

	do {
		digits[--at] = "0123456789abcdef"[number % base];
		number /= base;
	} while (number > 0);
	add(output, digits + at, sizeof digits - at);
}

/* The line, the numbers and the headers made here never take more than this. */
enum { FIXED_BYTES = 192 };

static void add_status(struct http_output *output, int status)
{
	size_t row = status_row(status);

	add_text(output, "HTTP/1.1 ");
	add_number(output, (size_t)status, 10);
	add_text(output, " ");
	add_text(output, row < STATUS_COUNT ? statuses[row].reason : "");
	add_text(output, "\r\n");
}

static bool field_safe(const struct http_field *field)
{
	static const char *const ours[] = { "content-length", "transfer-encoding", "connection" };

	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
		if (strcasecmp(field->name, ours[i]) == 0)
			return false;
	}
	for (const char *at = field->name; *at != '\0'; at++) {
		bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');

		if (!letter && !(*at >= '0' && *at <= '9') && *at != '-')
			return false;
	}
	for (const char *at = field->value; *at != '\0'; at++) {
		if (((unsigned char)*at < ' ' && *at != '\t') || *at == 0x7f)
			return false;
	}
	return field->name[0] != '\0';
}

/* Room for the field lines, or 0 when one of them is not safe to send. */
static size_t fields_room(const struct http_field *fields, size_t count)
{
	size_t room = 1;

	for (size_t i = 0; i < count; i++) {
		if (!field_safe(&fields[i]))
			return 0;
		room += strlen(fields[i].name) + strlen(fields[i].value) + 4;
	}
	return room;
}

struct http_output *http_output_reply(struct http_request *request, int status,
	const struct http_field *fields, size_t count, const char *body, size_t size, bool stream)
{
	static const char broken[] =
		"{\"error\":\"internal\",\"message\":\"The answer had a header that cannot be sent.\"}\n";
	size_t room = fields_room(fields, count);

	if (room == 0 || status < 200 || status > 599) {
		struct http_output *output = http_output_reply(request, 500, NULL, 0, broken,
			sizeof broken - 1, false);

		if (stream) {
			output->kind = HTTP_OUTPUT_OPEN;
			request->keep_alive = false;
			atomic_store(&request->gone, true);
		}
		return output;
	}
	bool bodyless = status == 204 || status == 304;
	bool keep = request->keep_alive && !atomic_load(&request->server->stopping) &&
		!(stream && request->minor == 0);
	bool send_body = !bodyless && !stream && !request->head_only;
	struct http_output *output = output_new(FIXED_BYTES + room + (send_body ? size : 0));

	request->keep_alive = keep;
	output->request = request;
	output->kind = stream ? HTTP_OUTPUT_OPEN : HTTP_OUTPUT_LAST;
	output->close = !keep && !stream;
	add_status(output, status);
	for (size_t i = 0; i < count; i++) {
		add_text(output, fields[i].name);
		add_text(output, ": ");
		add_text(output, fields[i].value);
		add_text(output, "\r\n");
	}
	if (stream && request->minor == 1) {
		add_text(output, "Transfer-Encoding: chunked\r\n");
	} else if (!stream && !bodyless) {
		add_text(output, "Content-Length: ");
		add_number(output, size, 10);
		add_text(output, "\r\n");
	}
	if (!keep)
		add_text(output, "Connection: close\r\n");
	else if (request->minor == 0)
		add_text(output, "Connection: keep-alive\r\n");
	add_text(output, "\r\n");
	if (send_body)
		add(output, body, size);
	return output;
}

struct http_output *http_output_refusal(int status, const char *sentence, bool head_only)
{
	size_t row = status_row(status);
	char body[256];
	int size = snprintf(body, sizeof body, "{\"error\":\"%s\",\"message\":\"%s\"}\n",
		row < STATUS_COUNT ? statuses[row].word : "refused", sentence);
	struct http_output *output = output_new(FIXED_BYTES + sizeof body);

	if (size < 0 || (size_t)size >= sizeof body)
		abort();
	output->close = true;
	add_status(output, status);
	add_text(output, "Content-Type: application/json\r\nContent-Length: ");
	add_number(output, (size_t)size, 10);
	add_text(output, "\r\nConnection: close\r\n\r\n");
	if (!head_only)
		add(output, body, (size_t)size);
	return output;
}

struct http_output *http_output_bytes(const char *bytes, size_t size, bool chunk)
{
	enum { FRAME_BYTES = 24 };
	struct http_output *output = output_new(size + FRAME_BYTES);

	if (chunk) {
		add_number(output, size, 16);
		add_text(output, "\r\n");
	}
	add(output, bytes, size);
	if (chunk)
		add_text(output, "\r\n");
	return output;
}

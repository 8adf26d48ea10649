#include "guard.h"

#include <string.h>
#include <strings.h>

static const char *const locals[] = { "localhost", "127.0.0.1", "[::1]" };

bool guard_is_loopback(const char *address)
{
	return strcasecmp(address, "localhost") == 0 || strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 ||
		strcmp(address, "[::1]") == 0;
}

/* Bytes of a Host value before its port. */
static size_t name_size(const char *host)
{
	const char *end = host[0] == '[' ? strchr(host, ']') : strchr(host, ':');

	return end == NULL ? strlen(host) : (size_t)(end - host) + (host[0] == '[');
}

static bool is_port(const char *text)
{
	size_t size = text[0] == ':' ? strspn(text + 1, "0123456789") : 0;

	return text[0] == '\0' || (size >= 1 && size <= 5 && text[1 + size] == '\0');
}

static bool is_local(const char *host)
{
	size_t size = name_size(host);

	for (size_t i = 0; i < sizeof locals / sizeof locals[0]; i++)
		if (strlen(locals[i]) == size && strncasecmp(host, locals[i], size) == 0)
			return is_port(host + size);
	return false;
}

/* Whether `size` bytes of `value` are one of the comma-separated words; blanks around a word do not count. */
static bool is_listed(const char *list, const char *value, size_t size)
{
	while (*list != '\0') {
		const char *word = list + strspn(list, " ,");
		size_t length = strcspn(word, ",");

		list = word + length;
		while (length > 0 && word[length - 1] == ' ')
			length--;
		if (length > 0 && length == size && strncasecmp(word, value, size) == 0)
			return true;
	}
	return false;
}

static bool is_allowed_host(const struct guard *guard, const char *host)
{
	size_t size = name_size(host);

	return is_listed(guard->hosts, host, strlen(host)) || (is_port(host + size) && is_listed(guard->hosts, host, size));
}

bool guard_host(const struct guard *guard, const char *host)
{
	return is_local(host) || is_allowed_host(guard, host) || (!guard->loopback && guard->hosts[0] == '\0');
}

bool guard_origin(const struct guard *guard, const char *host, const char *origin)
{
	const char *name;

	if (origin == NULL || is_listed(guard->origins, origin, strlen(origin)))
		return true;
	if (strncmp(origin, "http://", 7) == 0)
		name = origin + 7;
	else if (strncmp(origin, "https://", 8) == 0)
		name = origin + 8;
	else
		return false;
	return (guard->loopback && is_local(name)) || (strcasecmp(name, host) == 0 && is_allowed_host(guard, host));
}

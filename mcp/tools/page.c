#include "page.h"

#include <string.h>

#include "mcp/base/cost.h"
#include "mcp/base/seal.h"
#include "mcp/base/utf8.h"

enum { LIMIT_USUAL = 20, CURSOR_MOST = 1000,
	COST_ITEMS = COST_MOST - COST_FRAME - 3 * CURSOR_MOST };

/* What a cursor is bound to: nothing of it is secret, all of it must be the same again. */
static const char *head_of(const struct page *page)
{
	return arena_format(page->call->arena, "page\n%s\n%s\n%s\n", page->call->caller.key, page->call->tool->name,
		page->order);
}

/* Takes the keys out of "head", key, line feed, key. */
static bool read_keys(struct page *page, const char *plain)
{
	const char *head = head_of(page), *end;

	if (plain == NULL || strncmp(plain, head, strlen(head)) != 0)
		return false;
	plain += strlen(head);
	end = strchr(plain, '\n');
	if (end == NULL)
		return false;
	page->after[0] = arena_copy_size(page->call->arena, plain, (size_t)(end - plain));
	page->after[1] = end[1] == '\0' ? NULL : end + 1;
	return true;
}

bool page_open(struct page *page, struct call *call, const char *order)
{
	const char *cursor = call_text(call, "cursor");
	struct error ignored;

	*page = (struct page){ .call = call, .order = order, .limit = call_number(call, "limit", LIMIT_USUAL) };
	page->fetch = arena_format(call->arena, "%lld", page->limit + 1);
	page->items = arena_json(call->arena, json_array());
	if (cursor == NULL)
		return true;
	const char *plain = strlen(cursor) > CURSOR_MOST || strspn(cursor, "0123456789abcdef") != strlen(cursor) ? NULL
		: seal_decrypt(call->seal, call->caller.tenant, SEAL_HANDLE, arena_format(call->arena, "\\x%s", cursor),
			call->arena, &ignored);

	return read_keys(page, plain) || call_refuse(call, ERROR_ARGUMENT, "cursor is \"%.40s\"; it must be the "
		"next_cursor of an earlier answer of %s with the same sort, unchanged. Leave it out to begin at "
		"the first page.", utf8_shown(call->arena, cursor, false), call->tool->name);
}

bool page_add(struct page *page, json_t *item, const char *key, const char *second)
{
	arena_json(page->call->arena, item);
	size_t size = cost_of(cost_dump(page->call->arena, item)) - COST_FRAME + 2, count = json_array_size(page->items);

	page->truncated = count == (size_t)page->limit || (count > 0 && page->bytes + size > COST_ITEMS);
	if (page->truncated)
		return false;
	page->bytes += size;
	page->last[0] = key;
	page->last[1] = second;
	json_array_append(page->items, item);
	return true;
}

bool page_answer(struct page *page)
{
	struct call *call = page->call;
	json_t *answer = json_pack("{s:O, s:b}", "items", page->items, "truncated", page->truncated);

	call->row_count = (int)json_array_size(page->items);
	if (page->truncated) {
		const char *plain = arena_format(call->arena, "%s%s\n%s", head_of(page), page->last[0],
			page->last[1] == NULL ? "" : page->last[1]);

		/* Without PostgreSQL's "\x". */
		json_object_set_new(answer, "next_cursor", json_string(seal_encrypt(call->seal, call->caller.tenant,
			SEAL_HANDLE, plain, call->arena) + 2));
	}
	return call_answer(call, answer);
}

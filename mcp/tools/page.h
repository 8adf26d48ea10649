/* Pages of the list tools: `limit` (20 unless said, 100 at most), a cursor, and a ceiling on the answer's size. A
 * cursor is sealed: it holds the sort keys of the last row shown, bound to key, tool and order; a changed or foreign
 * one is refused and tells nothing. */
#ifndef FLASH_TOOLS_PAGE_H
#define FLASH_TOOLS_PAGE_H

#include "mcp/tool.h"

struct page {
	struct call *call;
	const char *order;
	long long limit;
	const char *fetch;      /* how many rows the statement should give: one more than the page shows */
	const char *after[2];   /* the keys to go on after; NULL on the first page */
	const char *last[2];    /* of the last row added */
	json_t *items;
	size_t bytes;
	bool truncated;
};

/* Reads `limit` and `cursor` of the call. `order` names the sort: a cursor is good for one only. */
bool page_open(struct page *page, struct call *call, const char *order);

/* Adds a row (a new reference, taken over) with its sort keys (the second may be NULL). False when the page is full
 * and the row was not added. */
bool page_add(struct page *page, json_t *item, const char *key, const char *second);

/* Answers {"items", "truncated", "next_cursor"?}. */
bool page_answer(struct page *page);

#endif

#include "rows_page.h"

#include <stdlib.h>
#include <string.h>

#include "mcp/base/utf8.h"
#include "receipt.h"

enum { HASH_SIZE = 24 };

static const char *hash_of(const char *text, struct arena *arena)
{
	return seal_short_hash(text, strlen(text), HASH_SIZE, arena);
}

/* What a cursor is bound to before its question is asked: nothing of it is secret, all of it must be the same again. */
static const char *head_of(const struct rows_reader *reader, const json_t *args, struct arena *arena)
{
	return arena_format(arena, "rows\n%s\n%s\n", reader->key, hash_of(arena_dump(arena, args), arena));
}

/* What is behind the head, "offset version state", or NULL. */
static char *open_cursor(const struct rows_reader *reader, const char *cursor, const char *head,
	struct arena *arena)
{
	struct error ignored;
	bool whole = strlen(cursor) <= CURSOR_MOST && strspn(cursor, "0123456789abcdef") == strlen(cursor);
	char *plain = !whole ? NULL : seal_decrypt(reader->seal, reader->tenant, SEAL_HANDLE,
		arena_format(arena, "\\x%s", cursor), arena, &ignored);

	return plain == NULL || strncmp(plain, head, strlen(head)) != 0 ? NULL : plain + strlen(head);
}

/* Without PostgreSQL's "\x". */
static const char *make_cursor(const struct rows_reader *reader, const char *head, const struct question *question,
	struct arena *arena)
{
	return seal_encrypt(reader->seal, reader->tenant, SEAL_HANDLE, arena_format(arena, "%s%d %lld %s",
		head, question->next_offset, question->bounds.data_version, hash_of(question->state, arena)), arena) + 2;
}

/* Says that data came in between the two pages, whose numbers are the same all the same. */
static void note_version(json_t *answer, const struct question *question, long long version, struct arena *arena)
{
	const char *note = json_string_value(json_object_get(answer, "note"));

	if (version != question->bounds.data_version)
		json_object_set_new(answer, "note", json_string(arena_format(arena, "%s%sData came in since the page before "
			"(data version %lld then, %lld now) and moved none of these numbers.", note == NULL ? "" : note,
			note == NULL ? "" : " ", version, question->bounds.data_version)));
}

json_t *rows_page_answer(const struct rows_reader *reader, const json_t *args, struct arena *arena,
	struct question *question, struct error *error)
{
	const char *cursor = json_string_value(json_object_get(args, "cursor")), *state = NULL;
	long long version = 0;
	json_t *own = arena_json(arena, json_copy((json_t *)(uintptr_t)args));

	json_object_del(own, "cursor");
	const char *head = head_of(reader, own, arena);

	if (cursor != NULL) {
		char *before = open_cursor(reader, cursor, head, arena);

		if (before == NULL) {
			error_set(error, ERROR_ARGUMENT, "cursor is \"%.40s\"; it must be the next_cursor of an earlier answer to "
				"the same question, unchanged, with all its other arguments. Leave it out to begin at the first "
				"page.", utf8_shown(arena, cursor, false));
			return NULL;
		}
		json_object_set_new(own, "page", json_pack("[i, i]", (int)strtol(before, &before, 10), 0));
		version = strtoll(before, &before, 10);
		state = before + 1;
	}
	json_t *answer = question_answer(reader->db, reader->tenant, own, arena, question, error);

	if (answer == NULL)
		return NULL;
	if (state != NULL && !seal_equal(state, hash_of(question->state, arena))) {
		error_set(error, ERROR_MOVED, "The numbers of %s moved since the page before this one, so that its rows would "
			"not belong with those: ask the same question again without cursor, from the first page.",
			question->metric->name);
		return NULL;
	}
	if (state != NULL)
		note_version(answer, question, version, arena);
	if (!receipt_give(reader->seal, reader->tenant, question, own, answer, arena, error))
		return NULL;
	if (question->next_offset > 0)
		json_object_set_new(answer, "next_cursor", json_string(make_cursor(reader, head, question, arena)));
	return answer;
}

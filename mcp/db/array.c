#include "array.h"

#include <string.h>

struct db_array db_array_open(struct arena *arena)
{
	struct db_array array = { .text = text_open(arena, 64 << 20), .empty = true };

	text_add(&array.text, "{");
	return array;
}

static void separate(struct db_array *array)
{
	if (!array->empty)
		text_add(&array->text, ",");
	array->empty = false;
}

void db_array_add(struct db_array *array, const char *value)
{
	separate(array);
	if (value == NULL) {
		text_add(&array->text, "NULL");
		return;
	}
	text_add(&array->text, "\"");
	for (size_t plain; *value != '\0'; value += plain) {
		plain = strcspn(value, "\"\\");
		text_add_size(&array->text, value, plain);
		if (value[plain] != '\0') {
			text_add(&array->text, "\\");
			text_add_size(&array->text, value + plain, 1);
			plain++;
		}
	}
	text_add(&array->text, "\"");
}

void db_array_number(struct db_array *array, long long value)
{
	separate(array);
	text_format(&array->text, "%lld", value);
}

const char *db_array_close(struct db_array *array)
{
	text_add(&array->text, "}");
	return array->text.bytes;
}

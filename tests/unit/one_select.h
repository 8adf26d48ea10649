/* Whether a text is the SQL that the metric compiler may make, by PostgreSQL's own grammar (libpg_query): exactly one
 * SELECT, reading the listed views and nothing else, calling the listed functions and nothing else. */
#ifndef FLASH_ONE_SELECT_H
#define FLASH_ONE_SELECT_H

#include <pg_query.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "mcp/base/arena.h"
#include "mcp/metrics/vocabulary.h"

struct select_check {
	struct arena *arena;
	const char *problem;      /* NULL: none */
	size_t views;             /* views of `metric` that it reads, each as often as it is read */
};

static bool select_lists(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

/* A table is a view of `metric` that is a source, or one of the query's own common expressions. */
static void select_check_table(struct select_check *check, const json_t *table)
{
	static const char *const own[] = { "p0", "p1", "p2", "p3", "p4", "slots", "ranked", "top", "b0", "b1", "b2", "b3",
		"b4", "g0", "g1", "g2", "g3", "g4", "h0", "h1", "h2", "h3", "h4", NULL };
	static const char *const views[] = { "tenants", "dimension_values", "order_sums", "order_rows", "first_purchases",
		NULL };
	const char *schema = json_string_value(json_object_get(table, "schemaname"));
	const char *name = json_string_value(json_object_get(table, "relname"));

	if (schema == NULL ? !select_lists(name, own) : strcmp(schema, "metric") != 0 ||
	    (source_find(name) == NULL && !select_lists(name, views)))
		check->problem = arena_format(check->arena, "reads %s.%s", schema == NULL ? "" : schema, name);
	check->views += schema != NULL;
}

static void select_check_call(struct select_check *check, const json_t *call)
{
	static const char *const known[] = { "sum", "count", "min", "max", "round", "abs", "timezone", "date_trunc",
		"to_char",
		"generate_series", "row_number", "piece_start", "metric", "pg_catalog", "unnest", "date_part", "extract",
			"rfm_members", "zero", "hashtextextended", NULL };
	const json_t *name;
	size_t i;

	json_array_foreach(json_object_get(call, "funcname"), i, name) {
		const char *word = json_string_value(json_object_get(json_object_get(name, "String"), "sval"));

		if (word == NULL || !select_lists(word, known))
			check->problem = arena_format(check->arena, "calls %s", word == NULL ? "?" : word);
	}
}

/* Every node of the tree by its name: what changes, locks or writes is nowhere. */
static void select_walk(struct select_check *check, const json_t *node)
{
	static const char *const never[] = { "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "LockingClause",
		"CopyStmt",
		"IntoClause", "RangeTableSample", "XmlExpr", "CurrentOfExpr", "SetToDefault", NULL };
	const char *name;
	json_t *value;
	size_t i;

	if (json_is_array(node)) {
		json_array_foreach(node, i, value)
			select_walk(check, value);
		return;
	}
	json_object_foreach((json_t *)(uintptr_t)node, name, value) {
		bool is_node = *name >= 'A' && *name <= 'Z';   /* the rest, which is most, are fields */

		if ((is_node && select_lists(name, never)) || strcmp(name, "intoClause") == 0)
			check->problem = arena_copy(check->arena, name);
		if (is_node && strcmp(name, "RangeVar") == 0)
			select_check_table(check, value);
		if (is_node && strcmp(name, "FuncCall") == 0)
			select_check_call(check, value);
		select_walk(check, value);
	}
}

/* What is wrong with a query: NULL, nothing, or a word or two in the arena. `views`, unless NULL, gets how many views
 * it reads. */
static const char *select_problem(struct arena *arena, const char *sql, size_t *views)
{
	struct select_check check = { .arena = arena };
	PgQueryParseResult parsed = pg_query_parse(sql);

	if (parsed.error != NULL) {
		check.problem = arena_copy(arena, parsed.error->message);
	} else {
		json_t *tree = json_loads(parsed.parse_tree, 0, NULL);
		const json_t *statements = json_object_get(tree, "stmts");

		if (json_array_size(statements) != 1 || json_object_get(json_object_get(json_array_get(statements, 0), "stmt"),
			"SelectStmt") == NULL)
			check.problem = "is not one SELECT";
		else
			select_walk(&check, tree);
		json_decref(tree);   /* at once: a tree is many times its text */
	}
	pg_query_free_parse_result(parsed);
	if (views != NULL)
		*views = check.views;
	return check.problem;
}

#endif

/* Prompts and resources: what can be read besides calling tools. They are data, in library.json for everybody and in
 * fixtures.json for the conformance suite: a shelf of either has "prompts", "resources", "templates" and "tools". */
#ifndef FLASH_LIBRARY_H
#define FLASH_LIBRARY_H

#include <jansson.h>
#include <stdbool.h>

#include "mcp/base/arena.h"
#include "mcp/base/error.h"

/* Reads both shelves, once, before the first request. */
bool library_load(struct error *error);

/* {"prompts": […]}, {"resources": […]}, {"resourceTemplates": […]}: new references. */
json_t *library_prompts(bool fixtures);
json_t *library_resources(bool fixtures);
json_t *library_templates(bool fixtures);

/* A prompt or fixture tool by name, as the shelf holds it; NULL when there is none for this caller. */
const json_t *library_prompt(bool fixtures, const char *name);
const json_t *library_fixture(const char *name);

/* What a model is told about the server, in a thousand characters at most. */
const char *library_instructions(void);

/* All fixture tools. */
const json_t *library_fixtures(void);

/* {"contents": […]} of a URI, the arena's; NULL when nothing is there. */
json_t *library_read(struct arena *arena, bool fixtures, const char *uri);

/* A copy of `json` whose texts have every ${path/to/value} replaced by the text (or JSON) found there in `values`;
 * nothing is put for what is missing. The arena's. */
json_t *library_fill(struct arena *arena, const json_t *json, const json_t *values);

#endif

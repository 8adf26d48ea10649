/* Where in a file a JSON value stands: jansson forgets lines after parsing, people do not. */
#ifndef FLASH_JSON_PLACE_H
#define FLASH_JSON_PLACE_H

/* The line, from 1, of the value that `pointer` ("/arms/0/points") names in `text`, which must
 * be valid JSON; of the nearest value around it when there is none. For a member of an object it
 * is the line of its name. */
int json_place_line(const char *text, const char *pointer);

#endif

/* Loading of the tools' JSON files, once, before the first call. */
#ifndef FLASH_TABLE_H
#define FLASH_TABLE_H

#include "mcp/base/error.h"

bool table_load(struct error *error);

#endif

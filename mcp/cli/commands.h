/* The prototypes of commands.def. */
#ifndef FLASH_COMMANDS_H
#define FLASH_COMMANDS_H

#include "command.h"

#define COMMAND(symbol, name, summary, usage, examples) bool symbol(struct cli *cli, struct error *error);
#include "commands.def"
#undef COMMAND

#endif

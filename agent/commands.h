/* The commands that run the house itself; those of people's powers are in mcp/cli. */
#ifndef FLASH_AGENT_COMMANDS_H
#define FLASH_AGENT_COMMANDS_H

#include "mcp/cli/command.h"

bool command_serve(struct cli *cli, struct error *error);
bool command_demo(struct cli *cli, struct error *error);
bool command_migrate(struct cli *cli, struct error *error);
bool command_check(struct cli *cli, struct error *error);
bool command_import(struct cli *cli, struct error *error);
bool command_agent_run(struct cli *cli, struct error *error);
bool command_agent_policy(struct cli *cli, struct error *error);

#endif

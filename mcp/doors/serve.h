/* From a message that was read to whoever answers it: a tool, a fixture, or a method that needs nobody. */
#ifndef FLASH_SERVE_H
#define FLASH_SERVE_H

#include "exchange.h"

/* Serves or refuses one message, on a worker; its answer comes now or later, once. */
void serve_message(struct message *message, struct corridor *corridor, struct db *db);

/* On the loop thread: serves a message that can be answered from what was kept, and else leaves it untouched: false. */
bool serve_kept(struct message *message, struct corridor *corridor);

#endif

/* The conformance fixtures: tools and prompts that the official suite calls, on the same transport, with the same
 * keys and audit as the real ones. They read and write nothing. Only a key with the scope conformance:fixtures sees
 * them, and only in a daemon that was started with the setting `conformance`, which is refused off loopback. */
#ifndef FLASH_FIXTURES_H
#define FLASH_FIXTURES_H

#include "exchange.h"

/* Calls a fixture tool. */
void fixtures_call(struct message *message, const json_t *fixture, const json_t *args);

/* Gets a prompt that needs rounds first; false when it is none of those. */
bool fixtures_prompt(struct message *message);

/* A client's response to a request that a fixture sent to it (legacy era); any other is refused. */
void fixtures_response(struct message *message);

/* Ends what still waits for responses. */
void fixtures_close(void);

#endif

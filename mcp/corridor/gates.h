/* The gates of gates.def. */
#ifndef FLASH_GATES_H
#define FLASH_GATES_H

#include "mcp/tool.h"

struct gate {
	const char *name;
	unsigned stops;                   /* kinds, as a mask of enum tool_kind */
	bool (*pass)(struct call *call);  /* NULL: the SQL function app.NAME is the gate */
};

/* The gates in their order; NULL past the end. */
const struct gate *gate_at(size_t index);

/* Walks the C gates that stop this call's kind; false with the call's error at the first that does not let it by. */
bool gates_pass(struct call *call);

#endif

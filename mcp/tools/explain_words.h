/* The answer of explain_change: sentences to read, and the numbers behind them with the questions that give them. */
#ifndef FLASH_TOOLS_EXPLAIN_WORDS_H
#define FLASH_TOOLS_EXPLAIN_WORDS_H

#include "explanation.h"

/* At most ANSWER_COST_MOST bytes to send (cost.h); a new reference. */
json_t *explain_answer(const struct explanation *explanation);

#endif

/* Shared by policy.c (words, one by one) and policy_check.c (what words mean together): the one
 * place where mistakes are collected. */
#ifndef FLASH_POLICY_READER_H
#define FLASH_POLICY_READER_H

#include "policy.h"

struct policy_reader {
	struct arena *arena;
	const char *file, *bytes;
	struct text *mistakes;
	size_t mistake_count;
	char first[400];
};

/* Notes one mistake at a JSON pointer ("" is the file as a whole). */
void policy_mistake(struct policy_reader *reader, const char *pointer, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Checks what no single word can show, and links arms to templates, pools and tiers. Only after
 * a reading without mistakes. */
void policy_check(struct policy_reader *reader, struct policy *policy);

#endif

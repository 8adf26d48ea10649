/* Writes one good request for each method and era, and some bad ones, as seed files: seeds_rpc FOLDER. */
#include <stdio.h>
#include <stdlib.h>

#define META "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"," \
	"\"io.modelcontextprotocol/clientCapabilities\":{\"elicitation\":{},\"sampling\":{},\"roots\":{}}}"

/* Method, the value of Mcp-Name, and the params after _meta. */
static const char *const requests[][3] = {
	{ "server/discover", "-", "" },
	{ "initialize", "-", ",\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"x\"}" },
	{ "ping", "-", "" },
	{ "tools/list", "-", "" },
	{ "tools/list", "-", ",\"cursor\":\"zzz\"" },
	{ "tools/call", "whoami", ",\"name\":\"whoami\"" },
	{ "tools/call", "query_metric", ",\"name\":\"query_metric\",\"arguments\":{\"metric\":\"gmv\",\"window\":\"last_7d\"}" },
	{ "tools/call", "earn_points", ",\"name\":\"earn_points\",\"arguments\":{\"member\":1,\"points\":250,"
		"\"reason\":\"late\",\"idempotency_key\":\"a\"}" },
	{ "tools/call", "nothing", ",\"name\":\"nothing\",\"arguments\":{}" },
	{ "tools/call", "test_input_required_result_multi_round", ",\"name\":\"test_input_required_result_multi_round\","
		"\"inputResponses\":{\"step1\":{\"action\":\"accept\",\"content\":{\"name\":\"A\"}}},"
		"\"requestState\":\"00ff\"" },
	{ "tools/call", "test_input_required_result_elicitation", ",\"name\":\"test_input_required_result_elicitation\","
		"\"inputResponses\":{\"user_name\":{\"action\":\"accept\",\"content\":{\"name\":\"A\"}}}" },
	{ "tools/call", "test_input_required_result_elicitation", ",\"name\":\"test_input_required_result_elicitation\","
		"\"inputResponses\":{\"user_name\":{\"action\":\"decline\"}}" },
	{ "tools/call", "test_input_required_result_list_roots", ",\"name\":\"test_input_required_result_list_roots\","
		"\"inputResponses\":{\"client_roots\":{\"roots\":[]}}" },
	{ "prompts/list", "-", "" },
	{ "prompts/get", "weekly_review", ",\"name\":\"weekly_review\",\"arguments\":{\"focus\":\"s1\"}" },
	{ "prompts/get", "test_prompt_with_arguments", ",\"name\":\"test_prompt_with_arguments\","
		"\"arguments\":{\"arg1\":\"a\",\"arg2\":\"b\"}" },
	{ "resources/list", "-", "" },
	{ "resources/templates/list", "-", "" },
	{ "resources/read", "test://template/123/data", ",\"uri\":\"test://template/123/data\"" },
	{ "resources/read", "flash://guide", ",\"uri\":\"flash://guide\"" },
	{ "completion/complete", "-", ",\"ref\":{\"type\":\"ref/prompt\",\"name\":\"x\"},\"argument\":{\"name\":\"a\",\"value\":\"\"}" },
	{ "logging/setLevel", "-", ",\"level\":\"info\"" },
	{ "resources/subscribe", "-", ",\"uri\":\"test://watched-resource\"" },
	{ "tasks/get", "t1", ",\"taskId\":\"t1\"" },
	{ "tools/call", "=?base64?d2hvYW1p?=", ",\"name\":\"whoami\"" },
	{ "tools/call", "=?base64?d2hvYW0=?=", ",\"name\":\"whoam\"" },
	{ "tools/call", "=?base64?d2hvYW1p!?=", ",\"name\":\"whoami\"" },
	{ "tools/call", "caf\xc3\xa9", ",\"name\":\"caf\xc3\xa9\"" },
};

static const char *const others[] = {
	"-\n-\n-\n@\n[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"},"
		"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}]",
	"-\n-\n-\n@\n{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":{}}",
	"2025-06-18\n-\n-\n@\n{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}",
	"-\n-\n-\n@\n{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}",
	"-\n-\n-\n@\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":[1]}",
	"1999-01-01\n-\n-\nA\nnull",
	"caf\xc3\n-\n-\nA\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}",
};

static const char *folder;
static int number;

static FILE *open_seed(void)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof path, "%s/rpc%03d", folder, number++);
	file = fopen(path, "wb");
	if (file == NULL) {
		perror(path);
		exit(1);
	}
	return file;
}

int main(int count, char **words)
{
	if (count != 2)
		return 2;
	folder = words[1];
	for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
		const char *const *request = requests[i];
		FILE *modern = open_seed(), *legacy = open_seed();

		fprintf(modern,
			"2026-07-28\n%s\n%s\nA\n{\"jsonrpc\":\"2.0\",\"id\":%zu,\"method\":\"%s\",\"params\":{" META "%s}}",
			request[0], request[1], i, request[0], request[2]);
		fprintf(legacy,
			"2025-06-18\n%s\n%s\nA\n{\"jsonrpc\":\"2.0\",\"id\":\"%zu\",\"method\":\"%s\",\"params\":{\"x\":0%s}}",
			request[0], request[1], i, request[0], request[2]);
		fclose(modern);
		fclose(legacy);
	}
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		FILE *file = open_seed();

		fputs(others[i], file);
		fclose(file);
	}
	return 0;
}

/* Writes one good event of each kind, a batch of them and some bad bodies as seed files: seeds_events FOLDER. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const data[][2] = {
	{ "order",
		"\"order\":\"o1\",\"member\":\"m1\",\"store\":\"s1\",\"channel\":\"web\","
		"\"ordered_at\":\"2026-11-20T10:00:00.123456+01:00\","
		"\"gross_cents\":1200,"
		"\"discount_cents\":10,\"units\":2,\"coupon\":\"c\",\"lines\":[{\"line\":1,\"category\":\"tea\","
		"\"units\":1,\"amount_cents\":600,\"cost_cents\":null}]" },
	{ "refund", "\"refund\":\"r1\",\"order\":\"o1\",\"refunded_at\":\"2026-11-20T10:00:00Z\",\"amount_cents\":5" },
	{ "visit", "\"visit\":\"v1\",\"member\":null,\"visited_at\":\"2024-02-29T23:59:59-15:59\"" },
	{ "redemption", "\"redemption\":\"x1\",\"pool\":\"p\",\"redeemed_at\":\"2026-11-20T10:00:00Z\"" },
	{ "enrolment",
		"\"member\":\"m1\",\"name\":\"Zo\xc3\xab\",\"email\":\"a@example.org\",\"phone\":\"1\",\"enrolled_at\":"
		"\"2026-11-20T10:00:00Z\"" },
	{ "consent", "\"member\":\"m1\",\"channel\":\"sms\",\"granted\":false,\"at\":\"2026-11-20T10:00:00Z\"" },
	{ "tier_change", "\"member\":\"m1\",\"from\":\"a\",\"to\":\"b\",\"at\":\"2026-11-20T10:00:00Z\"" },
	{ "message_event",
		"\"event\":\"g1\",\"message\":\"z\",\"member\":\"m1\",\"channel\":\"email\",\"kind\":\"opened\",\"draft\":"
		"\"019a9f3e-5c1d-7a10-b1c2-2f6f3c1d9e77\",\"at\":\"2026-11-20T10:00:00Z\"" },
};

static const char *const others[] = { "", "[]", "{\"events\":[]}", "{\"events\":[7,{}]}",
	"{\"events\":[[[[[[[[[1]]]]]]]]]}",
	"{\"type\":\"order\",\"timestamp\":\"2026-13-01T00:00:00Z\",\"data\":{}}",
		"{\"events\":[{\"id\":\"\\u0000\"}],\"x\":1}" };

static const char *folder;
static int number;

static FILE *open_seed(void)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/events%03d", folder, number++);
	FILE *file = fopen(path, "wb");

	if (file == NULL) {
		perror(path);
		exit(1);
	}
	fputs("msg_1\nv1,AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= v1a,x\n", file);
	return file;
}

static void write_event(FILE *file, size_t i)
{
	fprintf(file, "{\"id\":\"e%zu\",\"type\":\"%s\",\"timestamp\":\"2026-11-18T10:00:00Z\",\"data\":{%s}}", i,
		data[i][0],
		data[i][1]);
}

int main(int count, char **words)
{
	size_t kinds = sizeof data / sizeof data[0];

	if (count != 2)
		return 2;
	folder = words[1];
	FILE *all = open_seed();

	fputs("{\"events\":[", all);
	for (size_t i = 0; i < kinds; i++) {
		FILE *one = open_seed();

		write_event(one, i);
		fclose(one);
		fputs(i == 0 ? "" : ",", all);
		write_event(all, i);
	}
	fputs("]}", all);
	fclose(all);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		FILE *file = open_seed();

		fputs(others[i], file);
		fclose(file);
	}
	return 0;
}

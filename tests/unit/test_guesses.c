/* Who guesses at API keys: what counts as one client, and that counts are kept apart. */
#include "check.h"

#include "mcp/corridor/guesses.h"

static void an_address_counts_as_its_client(void)
{
	static const struct {
		const char *address, *client;
	} rows[] = {
		{ "192.0.2.7", "192.0.2.7" }, { "::ffff:192.0.2.7", "192.0.2.7" }, { "::ffff:c000:207", "192.0.2.7" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::" }, { "2001:db8:1:2::", "2001:db8:1:2::" },
		{ "2001:0DB8:0001:0002:ffff:ffff:ffff:ffff", "2001:db8:1:2::" }, { "2001:db8:1:3::1", "2001:db8:1:3::" },
		{ "fe80::1", "fe80::" }, { "::1", "::" }, { "", "" }, { "nowhere", "nowhere" },
	};
	char client[GUESSES_CLIENT];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		guesses_client(rows[i].address, client);
		CHECK_TEXT(client, rows[i].client);
	}
}

/* Counts one wrong key of an address; whether its client had had all of its own before. */
static bool guess(struct guesses *guesses, const char *address)
{
	char client[GUESSES_CLIENT];

	guesses_client(address, client);
	bool spent = guesses_spent(guesses, client);

	guesses_count(guesses, client);
	return spent;
}

/* A minute that turns in the middle begins the counts anew: the second try then has a whole minute. */
static bool is_held_up(const char *before, const char *after, int addresses)
{
	for (int tries = 0; tries < 2; tries++) {
		struct guesses *guesses = guesses_open(20);
		char address[64];
		bool spent = false;

		for (int i = 0; i < addresses; i++) {
			snprintf(address, sizeof address, "%s%d%s", before, i + 1, after);
			spent = guess(guesses, address);
		}
		guesses_close(guesses);
		if (spent)
			return true;
	}
	return false;
}

static void other_addresses_of_a_net_are_no_new_client(void)
{
	CHECK(is_held_up("2001:db8:1:2::", "", 21));
	CHECK(is_held_up("2001:db8:1:2:", "::1", 21));
	CHECK(!is_held_up("2001:db8:1:2::", "", 20));
	CHECK(!is_held_up("2001:db8:1:", "::1", 40));
	CHECK(!is_held_up("192.0.2.", "", 40));
	CHECK(!is_held_up("::ffff:192.0.2.", "", 40));
}

int main(void)
{
	CHECK_RUN(an_address_counts_as_its_client);
	CHECK_RUN(other_addresses_of_a_net_are_no_new_client);
	return check_done();
}

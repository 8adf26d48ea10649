/* The draw against counts computed elsewhere, and against its own promise to be the same for
 * ever. */
#include "check.h"

#include "agent/holdout.h"

static void counts_as_computed_elsewhere(void)
{
	int first = 0, second = 0, both = 0;

	for (int64_t member = 0; member < 100000; member++) {
		bool one = holdout_draw("policy-1", member) < .1,
			 two = holdout_draw("policy-2", member) < .1;

		first += one;
		second += two;
		both += one && two;
	}
	CHECK_INT(first, 10082);
	CHECK_INT(second, 9928);
	CHECK_INT(both, 1024);
}

/* `printf policy-1:7 | sha256sum` begins with these digits. */
static void one_draw_by_hand(void)
{
	CHECK_NEAR(holdout_draw("policy-1", 7), ldexp((double)0xc0230193582ee0a2ULL, -64), 0);
}

static void spread_and_edges(void)
{
	double sum = 0;

	for (int64_t member = 1; member <= 10000; member++) {
		double draw = holdout_draw("winback", member);

		CHECK(draw >= 0 && draw <= 1);
		sum += draw;
	}
	CHECK_NEAR(sum / 10000, .5, .01);
	CHECK(fabs(holdout_draw("a", 11) - holdout_draw("a1", 1)) > 1e-12);
}

int main(void)
{
	CHECK_RUN(counts_as_computed_elsewhere);
	CHECK_RUN(one_draw_by_hand);
	CHECK_RUN(spread_and_edges);
	return check_done();
}

/* See draw.h. Only +, *, shifts and libm: the same machine type and libm give the same brand. */
#include "contrib/demo/draw.h"

#include <math.h>

static const uint64_t golden = 0x9e3779b97f4a7c15ULL;

static uint64_t mix(uint64_t bits)
{
	bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
	bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
	return bits ^ (bits >> 31);
}

struct draw draw_stream(uint64_t seed, uint64_t kind, uint64_t entity)
{
	return (struct draw){ mix(mix(mix(seed + golden) + kind * golden) + entity * golden) };
}

uint64_t draw_next(struct draw *draw)
{
	draw->state += golden;
	return mix(draw->state);
}

double draw_uniform(struct draw *draw)
{
	return (double)(draw_next(draw) >> 11) * 0x1p-53;
}

uint32_t draw_below(struct draw *draw, uint32_t limit)
{
	return (uint32_t)(((draw_next(draw) >> 32) * limit) >> 32);
}

bool draw_chance(struct draw *draw, double probability)
{
	return draw_uniform(draw) < probability;
}

size_t draw_weighted(struct draw *draw, const double *weights, size_t count)
{
	double total = 0, sum = 0;

	for (size_t i = 0; i < count; i++)
		total += weights[i];
	double mark = draw_uniform(draw) * total;

	for (size_t i = 0; i + 1 < count; i++) {
		sum += weights[i];
		if (mark < sum)
			return i;
	}
	return count - 1;
}

double draw_exponential(struct draw *draw)
{
	return -log(1.0 - draw_uniform(draw));
}

double draw_normal(struct draw *draw)
{
	double radius = sqrt(2.0 * draw_exponential(draw));

	return radius * cos(6.283185307179586 * draw_uniform(draw));
}

double draw_gamma(struct draw *draw, double shape)
{
	if (shape < 1.0) {
		double power = pow(1.0 - draw_uniform(draw), 1.0 / shape);

		return power * draw_gamma(draw, shape + 1.0);
	}
	double d = shape - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);

	for (;;) {
		double x = draw_normal(draw), v = 1.0 + c * x;

		if (v <= 0)
			continue;
		v = v * v * v;
		if (log(1.0 - draw_uniform(draw)) < 0.5 * x * x + d - d * v + d * log(v))
			return d * v;
	}
}

double draw_beta(struct draw *draw, double a, double b)
{
	double x = draw_gamma(draw, a), y = draw_gamma(draw, b);

	return x + y > 0 ? x / (x + y) : 0;
}

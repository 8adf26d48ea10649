/* Chance for the demo brand: one generator, splitmix64 (Steele, Lea, Flood, "Fast splittable
 * pseudorandom number generators", OOPSLA 2014), and the few distributions the brand needs.
 * Every entity draws from a stream of its own, named by (seed, kind, entity), so that adding
 * members changes nobody else's life. */
#ifndef FLASH_DEMO_DRAW_H
#define FLASH_DEMO_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct draw {
	uint64_t state;
};

/* The stream of one entity of one kind. */
struct draw draw_stream(uint64_t seed, uint64_t kind, uint64_t entity);

/* The next 64 bits: the published splitmix64 step. */
uint64_t draw_next(struct draw *draw);

/* Uniform in [0, 1), with 53 bits. */
double draw_uniform(struct draw *draw);

/* Uniform whole number in [0, limit); limit at least 1. The bias, below limit / 2^32, does not
 * matter here. */
uint32_t draw_below(struct draw *draw, uint32_t limit);

/* True with this probability. */
bool draw_chance(struct draw *draw, double probability);

/* The index of one of `count` weights, in proportion to them. */
size_t draw_weighted(struct draw *draw, const double *weights, size_t count);

/* Exponential with mean 1; standard normal (Box and Muller 1958); gamma with scale 1 (Marsaglia
 * and Tsang 2000, with their power trick below shape 1); beta as a ratio of two gammas. */
double draw_exponential(struct draw *draw);
double draw_normal(struct draw *draw);
double draw_gamma(struct draw *draw, double shape);
double draw_beta(struct draw *draw, double a, double b);

#endif

/* The streams of chance (draw.h) that the demo brand draws from. The order is part of what a
 * seed means: add at the end. */
#ifndef FLASH_DEMO_KINDS_H
#define FLASH_DEMO_KINDS_H

enum draw_kind {
	DRAW_HOUSEHOLD = 1, DRAW_PERSON, DRAW_LIFE, DRAW_BASKET, DRAW_COUPON, DRAW_REFUND, DRAW_CONSENT,
		DRAW_POINTS,
	DRAW_PASSER_BY, DRAW_LINES, DRAW_CODE, DRAW_COST, DRAW_RETURN, DRAW_VISIT, DRAW_MESSAGE,
};

#endif

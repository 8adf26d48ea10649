/* Two parts of one piece of work, side by side. */
#ifndef FLASH_BOTH_H
#define FLASH_BOTH_H

/* Does work(one) and work(other), on two threads where the system gives a second one, else one after the other; both
 * are done when it returns. What they return is not looked at. */
void both_run(void *(*work)(void *context), void *one, void *other);

#endif

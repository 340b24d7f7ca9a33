/* Frames that stop at a wait and go on with the next callback. */
#ifndef BOXED_FRAMES_H
#define BOXED_FRAMES_H

#include "task.h"

/* Goes on until the frame waits or ends; the callback code. */
uint32_t frame_go_on(Task *task);
/* The event for which the task has waited; then the same. */
uint32_t frame_event(Task *task, uint32_t event, uint32_t handle, uint32_t payload);

#endif

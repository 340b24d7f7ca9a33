/* The arguments of a running frame. */
#ifndef BOXED_ARGUMENTS_H
#define BOXED_ARGUMENTS_H

#include "value.h"

typedef struct Arguments {
  Val **values;
  size_t count;
} Arguments;

#endif

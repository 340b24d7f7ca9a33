/* Values in the script's notation (PROTOCOL.md, "Script"): the contents of lists that go whole. */
#ifndef BOXED_VALUE_TEXT_H
#define BOXED_VALUE_TEXT_H

#include "text.h"
#include "value.h"

/* The items of a compound, each after a blank. A NaN becomes the canonical one: its bits may change on the way. */
void value_text_items(Text *text, const Val *compound);

#endif

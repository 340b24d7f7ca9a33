/* A growing text in the interpreter's own memory, and functions that write numbers and bytes into it. */
#ifndef BOXED_TEXT_H
#define BOXED_TEXT_H

#include "platform.h"

typedef struct Text {
  uint8_t *bytes;
  size_t len, capacity;
} Text;

void text_append(Text *text, const char *bytes, size_t len);
/* `string` is a literal. */
#define text_literal(text, string) text_append(text, string, sizeof(string) - 1)
void text_unsigned(Text *text, uint64_t value);
void text_signed(Text *text, int64_t value);
void text_hex(Text *text, uint64_t value, unsigned digits);
void text_bytes_hex(Text *text, const uint8_t *bytes, size_t len); /* `-` if empty */
/* A name of the wit_t: `-` for null; a byte that is not printable ASCII as %XX, so that it stays one field. */
void text_name(Text *text, const char *name);

#endif

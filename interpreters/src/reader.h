/* Tokens, numbers and bytes of a script. Any violation of the syntax is fail_script_syntax. */
#ifndef BOXED_READER_H
#define BOXED_READER_H

#include "platform.h"

typedef struct Reader {
  const uint8_t *at, *end;
} Reader;

typedef struct Token {
  const uint8_t *at;
  size_t len;
} Token;

/* The next token; of length 0 at the end of the text. */
Token read_token(Reader *reader);
bool token_is(Token token, const char *text);
/* Whether it names this string of the wit_t; `-` means null. */
bool token_is_name(Token token, const char *name);

/* The next token as a number for a switch: its characters from the lowest byte up; 0 if it has more than 8. */
uint64_t read_word(Reader *reader);
/* That number for a keyword: WORD('r', 'u', 'n'). */
#define WORD(...) WORD_PADDED(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0, 0)
#define WORD_PADDED(a, b, c, d, e, f, g, h, ...)                                                              \
  ((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 | (uint64_t)(e) << 32 |     \
   (uint64_t)(f) << 40 | (uint64_t)(g) << 48 | (uint64_t)(h) << 56)

/* -2^63 to 2^64-1, decimal; the bits. */
uint64_t read_integer(Reader *reader);
/* 0 to 2^32-1, decimal. */
uint32_t read_u32(Reader *reader);
/* 1 to `digits` hexadecimal digits. */
uint64_t read_hex(Reader *reader, size_t digits);
/* Pairs of hexadecimal digits, or `-` for none; `*size` bytes in new memory, or only a check if `build` is false. */
uint8_t *read_bytes(Reader *reader, bool build, size_t *size);

#endif

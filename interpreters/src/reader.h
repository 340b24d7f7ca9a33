/* Tokens, numbers and bytes of a script. Whatever is not as it must be ends in fail_script_syntax. */
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
/* Whether it names this string of the wit_t; null is written `-`. */
bool token_is_name(Token token, const char *name);

/* The place of the next token in a table of keywords; `count` where it is none of them. */
typedef char Keyword[8];
unsigned read_keyword(Reader *reader, const Keyword *keywords, unsigned count);

/* -2^63 to 2^64-1, decimal; the bits. */
uint64_t read_integer(Reader *reader);
/* 0 to 2^32-1, decimal. */
uint32_t read_u32(Reader *reader);
/* 1 to `digits` hexadecimal digits. */
uint64_t read_hex(Reader *reader, size_t digits);
/* Pairs of hexadecimal digits, or `-` for none; `*size` bytes in new memory, or only checked where `build` is false. */
uint8_t *read_bytes(Reader *reader, bool build, size_t *size);

#endif

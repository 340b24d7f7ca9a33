#include "reader.h"

#include "fail.h"
#include "memory.h"

static inline bool is_blank(uint8_t byte) { return byte <= ' '; }

Token read_token(Reader *reader) {
  const uint8_t *at = reader->at, *end = reader->end;
  while (at < end && is_blank(*at)) at++;
  Token token = {at, 0};
  while (at < end && !is_blank(*at)) at++;
  token.len = (size_t)(at - token.at);
  reader->at = at;
  return token;
}

static Token some_token(Reader *reader) {
  Token token = read_token(reader);
  if (!token.len) fail_script_syntax();
  return token;
}

bool token_is(Token token, const char *text) { return strlen(text) == token.len && !memcmp(text, token.at, token.len); }

bool token_is_name(Token token, const char *name) { return token_is(token, name ? name : "-"); }

uint64_t read_word(Reader *reader) {
  Token token = some_token(reader);
  if (token.len > 8) return 0;
  uint64_t word = 0;
  for (size_t i = token.len; i > 0; i--) word = word << 8 | token.at[i - 1];
  return word;
}

/* At most 9 digits, which fit into 32 bits. */
static uint32_t short_decimal(Token token) {
  uint32_t value = 0;
  for (size_t i = 0; i < token.len; i++) {
    uint8_t digit = (uint8_t)(token.at[i] - '0');
    if (digit > 9) fail_script_syntax();
    value = value * 10 + digit;
  }
  return value;
}

/* `limit` is at least 2^32-1. */
static uint64_t decimal(Token token, uint64_t limit) {
  if (!token.len) fail_script_syntax();
  if (token.len <= 9) return short_decimal(token);
  uint64_t value = 0;
  for (size_t i = 0; i < token.len; i++) {
    uint8_t digit = (uint8_t)(token.at[i] - '0');
    if (digit > 9 || value > (limit - digit) / 10) fail_script_syntax();
    value = value * 10 + digit;
  }
  return value;
}

uint64_t read_integer(Reader *reader) {
  Token token = some_token(reader);
  if (*token.at != '-') return decimal(token, UINT64_MAX);
  return 0 - decimal((Token){token.at + 1, token.len - 1}, (uint64_t)1 << 63);
}

uint32_t read_u32(Reader *reader) { return (uint32_t)decimal(some_token(reader), UINT32_MAX); }

static unsigned hex_digit(uint8_t byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10u;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10u;
  fail_script_syntax();
}

uint64_t read_hex(Reader *reader, size_t digits) {
  Token token = some_token(reader);
  if (token.len > digits) fail_script_syntax();
  uint64_t value = 0;
  for (size_t i = 0; i < token.len; i++) value = value << 4 | hex_digit(token.at[i]);
  return value;
}

uint8_t *read_bytes(Reader *reader, bool build, size_t *size) {
  Token token = some_token(reader);
  *size = 0;
  if (token_is(token, "-")) return NULL;
  if (token.len % 2) fail_script_syntax();
  *size = token.len / 2;
  uint8_t *bytes = build ? memory_alloc_given(*size) : NULL;
  for (size_t i = 0; i < *size; i++) {
    unsigned byte = hex_digit(token.at[2 * i]) << 4 | hex_digit(token.at[2 * i + 1]);
    if (build) bytes[i] = (uint8_t)byte;
  }
  return bytes;
}

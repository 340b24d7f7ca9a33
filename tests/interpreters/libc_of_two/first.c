/* The library with the world. What it begins, second.c ends, and the other way round: with a C library in each of them
 * every line of the output would be another. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void second_free(void *memory);
char *second_text(const char *text);
void second_flushes(void);
int second_errno(void);
const char *second_getenv(const char *name);
void second_setenv(const char *name, const char *value);
time_t second_time(void);
int second_random(void);

enum { BLOCK = 1 << 20, TURNS = 8000 };

/* Blocks of 8 GB together, freed by the other library: more than there can be. */
static const char *memory(void) {
  for (int turn = 0; turn < TURNS; turn++) {
    char *block = malloc(BLOCK);
    if (!block) return "full";
    block[turn] = 1;
    second_free(block);
  }
  char *text = second_text("text");
  text = realloc(text, 5000);
  int right = text && !strcmp(text, "text of the second");
  free(text);
  return right ? "shared" : "wrong";
}

static const char *or_none(const char *text) { return text ? text : "none"; }

/* The line that is not buffered comes last only if the other library flushes the buffer of this one. */
static void streams(void) {
  static const char last[] = "not buffered\n";
  printf("buffered by the first, ");
  second_flushes();
  write(STDOUT_FILENO, last, sizeof last - 1);
}

static const char *clocks(void) {
  time_t before = time(NULL), between = second_time(), after = time(NULL);
  return before <= between && between <= after ? "agree" : "differ";
}

__attribute__((export_name("run"))) int64_t run(void) {
  streams();
  printf("memory: %s\n", memory());
  printf("WHO: %s, %s\n", or_none(getenv("WHO")), or_none(second_getenv("WHO")));
  setenv("SET", "by the first", 1);
  printf("SET: %s", or_none(second_getenv("SET")));
  second_setenv("SET", "by the second");
  printf(", %s\n", or_none(getenv("SET")));
  printf("clocks: %s\n", clocks());
  errno = ERANGE;
  printf("errno: %s\n", second_errno() == ERANGE ? "shared" : "apart");
  srand(7);
  int one = rand(), two = second_random();
  srand(7);
  printf("rand: %s\n", second_random() == one && rand() == two ? "one sequence" : "two sequences");
  second_flushes();
  return time(NULL);
}

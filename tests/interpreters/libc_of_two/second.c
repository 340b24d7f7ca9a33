/* The library that first.c calls. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void second_free(void *memory) { free(memory); }

char *second_text(const char *text) {
  static const char rest[] = " of the second";
  char *found = malloc(strlen(text) + sizeof rest);
  if (!found) return NULL;
  strcpy(found, text);
  return strcat(found, rest);
}

void second_flushes(void) {
  static int times;
  if (!times++) printf("flushed by the second\n");
  fflush(stdout);
}

int second_errno(void) { return errno; }
const char *second_getenv(const char *name) { return getenv(name); }
void second_setenv(const char *name, const char *value) { setenv(name, value, 1); }
time_t second_time(void) { return time(NULL); }
int second_random(void) { return rand(); }

/*
 * A handler of HTTP requests (WASI 0.3) that imports and exports WASI by itself, beside generated bindings: an
 * asynchronous function. It returns the error internal-error, whose text is the path, or DNS-timeout without a path.
 */
#include <stddef.h>
#include <stdint.h>

#define WASI(interface, name) __attribute__((import_module("wasi:http/" interface "@0.3.0"), import_name(name)))
#define HANDLE "[async-lift]wasi:http/handler@0.3.0#handle"
#define EXPORT(name) __attribute__((export_name(name)))

enum { ERROR = 1, DNS_TIMEOUT = 0, INTERNAL_ERROR = 1, DONE = 0 };

struct path {
  uint8_t present;
  const char *bytes;
  size_t length;
};

WASI("types", "[method]request.get-path-with-query") void get_path_with_query(int32_t request, struct path *path);
WASI("types", "[resource-drop]request") void drop_request(int32_t request);
/* result<response, error-code>: is it an error, which, is there a text */
__attribute__((import_module("[export]wasi:http/handler@0.3.0"), import_name("[task-return]handle")))
void task_return(int32_t is_error, int32_t error, int32_t option, const char *bytes, size_t length);

EXPORT(HANDLE) int32_t handle(int32_t request);
EXPORT("[callback]" HANDLE) int32_t callback(int32_t event, int32_t waitable, int32_t code);

int32_t handle(int32_t request) {
  struct path path;
  get_path_with_query(request, &path);
  drop_request(request);
  if (path.present)
    task_return(ERROR, INTERNAL_ERROR, 1, path.bytes, path.length);
  else
    task_return(ERROR, DNS_TIMEOUT, 0, 0, 0);
  return DONE;
}

int32_t callback(int32_t event, int32_t waitable, int32_t code) {
  (void)event, (void)waitable, (void)code;
  __builtin_trap(); /* it never waits */
}

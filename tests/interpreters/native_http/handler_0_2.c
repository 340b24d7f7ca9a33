/*
 * A handler of HTTP requests (WASI 0.2) that imports and exports WASI by itself, beside generated bindings. It answers
 * 404 to a request without a path, else 200 and the length of the path.
 */
#include <stddef.h>
#include <stdint.h>

#define WASI(interface, name) __attribute__((import_module("wasi:http/" interface "@0.2.0"), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

struct path {
  uint8_t present;
  const char *bytes;
  size_t length;
};

WASI("types", "[method]incoming-request.path-with-query") void path_with_query(int32_t request, struct path *path);
WASI("types", "[resource-drop]incoming-request") void drop_request(int32_t request);
WASI("types", "[constructor]fields") int32_t new_fields(void);
WASI("types", "[constructor]outgoing-response") int32_t new_response(int32_t headers);
WASI("types", "[method]outgoing-response.set-status-code")
int32_t set_status_code(int32_t response, int32_t status_code);
/* result<outgoing-response, error-code>; of an error also its case and option<string> */
WASI("types", "[static]response-outparam.set")
void set(int32_t outparam, int32_t is_error, int32_t response, int32_t option, int32_t bytes, int32_t length);

EXPORT("wasi:http/incoming-handler@0.2.0#handle") void handle(int32_t request, int32_t outparam);

void handle(int32_t request, int32_t outparam) {
  struct path path;
  path_with_query(request, &path);
  int32_t response = new_response(new_fields());
  if (set_status_code(response, path.present ? (int32_t)(200 + path.length) : 404))
    __builtin_trap();
  drop_request(request);
  set(outparam, 0, response, 0, 0, 0);
}

#include "native.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TYPE(kind, index) ((wit_type_t)(kind) | (wit_type_t)(index) << 8)
#define NONE ((wit_type_t)0xffffffff)

static void drop(uint32_t handle) { (void)handle; }
static uint32_t new_handle(size_t rep) { return (uint32_t)rep + 1; }
static size_t rep_of(uint32_t handle) { return handle - 1; }

static const wit_type_t two_numbers[] = {WIT_TYPE_U8, WIT_TYPE_S64};
static const wit_type_t one_list[] = {TYPE(WIT_TYPE_LIST, 0)};

static const wit_import_func_t imports[] = {
    {NULL, "nothing", native_call_import, NULL, NULL, 0, NULL, NONE, 0, 0},
    {"a:b/i", "f", native_call_import, NULL, NULL, 2, two_numbers, WIT_TYPE_STRING, 0, 0},
    {"a:b/i", "g", native_call_import, NULL, NULL, 1, one_list, TYPE(WIT_TYPE_LIST, 0), 0, 0},
    {"a:b/i", "asynchronous", NULL, NULL, NULL, 0, NULL, NONE, 8, 4},
};
static const wit_export_func_t exports[] = {
    {NULL, "nothing", NULL, 0, NULL, NONE},
    {"a:b/i", "f", NULL, 2, two_numbers, WIT_TYPE_STRING},
    {"a:b/i", "end", NULL, 1, one_list, TYPE(WIT_TYPE_LIST, 0)},
};
static const wit_resource_t resources[] = {
    {"a:b/i", "r", drop, NULL, NULL},
    {"a:b/i", "r", drop, new_handle, rep_of},
};
static const wit_field_t fields[] = {{"x", WIT_TYPE_U8}, {"y", WIT_TYPE_STRING}};
static const wit_field_t itself[] = {{"z", TYPE(WIT_TYPE_RECORD, 1)}};
static const wit_record_t records[] = {{"a:b/i", "rec", 2, fields}, {"a:b/i", "endless", 1, itself}};
static const char *const labels[] = {"one", "two\n%"};
static const wit_flags_t flags[] = {{"a:b/i", "fl", 2, labels}};
static const wit_tuple_t tuples[] = {{NULL, NULL, 2, two_numbers}};
static const wit_case_t cases[] = {{"none", NONE}, {"some", WIT_TYPE_U8}};
static const wit_variant_t variants[] = {{"a:b/i", "v", 2, cases}};
static const wit_enum_t enums[] = {{"a:b/i", "e", 2, labels}};
static const wit_option_t options[] = {{NULL, NULL, WIT_TYPE_U8}};
static const wit_result_t results[] = {{NULL, NULL, NONE, WIT_TYPE_U8}};
static const wit_list_t lists[] = {
    {NULL, NULL, TYPE(WIT_TYPE_ALIAS, 0)},
    {NULL, NULL, WIT_TYPE_STRING},
    {NULL, NULL, TYPE(WIT_TYPE_ALIAS, 1)},
    {NULL, NULL, TYPE(WIT_TYPE_RECORD, 0)},
    {NULL, NULL, TYPE(WIT_TYPE_VARIANT, 0)},
    {NULL, NULL, WIT_TYPE_BOOL},
    {NULL, NULL, WIT_TYPE_F64},
    {NULL, NULL, WIT_TYPE_CHAR},
    {NULL, NULL, TYPE(WIT_TYPE_LIST, 11)},
    {NULL, NULL, TYPE(WIT_TYPE_OWN, 0)},
    {NULL, NULL, TYPE(WIT_TYPE_RECORD, 1)},
    {NULL, NULL, TYPE(WIT_TYPE_FLAGS, 0)},
};
static const wit_map_t maps[] = {{NULL, NULL, WIT_TYPE_STRING, WIT_TYPE_U8}};
static const wit_fixed_length_list_t fixed[] = {{NULL, NULL, 3, WIT_TYPE_U8}};
static const wit_future_t futures[] = {{.ty = NONE, .abi_payload_align = 1}};
static const wit_stream_t streams[] = {{.ty = WIT_TYPE_U8, .abi_payload_size = 1, .abi_payload_align = 1}};
static const wit_alias_t aliases[] = {{"a:b/i", "alias", WIT_TYPE_S16}, {"a:b/i", "circle", TYPE(WIT_TYPE_ALIAS, 1)}};

const wit_t native_world = {
    3,
    COUNT(imports), imports, COUNT(exports), exports, COUNT(resources), resources, COUNT(records), records,
    COUNT(flags), flags, COUNT(tuples), tuples, COUNT(variants), variants, COUNT(enums), enums,
    COUNT(options), options, COUNT(results), results, COUNT(lists), lists, COUNT(maps), maps,
    COUNT(fixed), fixed, COUNT(futures), futures, COUNT(streams), streams, COUNT(aliases), aliases,
};

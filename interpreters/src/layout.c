#include "layout.h"

typedef struct Scalar {
  uint8_t size;
  uint8_t kind;
  uint8_t is_signed;
} Scalar;

/* By WIT_TYPE_*; numbers only: bool and char have bit patterns that are no value, which lifting has to see. */
static const Scalar SCALARS[] = {
    [WIT_TYPE_U8] = {1, V_U8, 0},   [WIT_TYPE_U16] = {2, V_U16, 0}, [WIT_TYPE_U32] = {4, V_U32, 0},
    [WIT_TYPE_U64] = {8, V_U64, 0}, [WIT_TYPE_S8] = {1, V_S8, 1},   [WIT_TYPE_S16] = {2, V_S16, 1},
    [WIT_TYPE_S32] = {4, V_S32, 1}, [WIT_TYPE_S64] = {8, V_S64, 1}, [WIT_TYPE_F32] = {4, V_F32, 0},
    [WIT_TYPE_F64] = {8, V_F64, 0},
};

size_t scalar_size(wit_type_t type) { return type < sizeof SCALARS / sizeof *SCALARS ? SCALARS[type].size : 0; }

Val *scalar_load(wit_type_t type, const uint8_t *from) {
  const Scalar scalar = SCALARS[type];
  uint64_t bits = 0;
  for (unsigned i = 0; i < scalar.size; i++) bits |= (uint64_t)from[i] << (8 * i);
  if (scalar.is_signed && bits >> (8 * scalar.size - 1)) bits |= ~(uint64_t)0 << (8 * scalar.size - 1);
  return value_scalar((Kind)scalar.kind, bits);
}

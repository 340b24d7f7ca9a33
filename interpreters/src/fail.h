/* A function for every cause of failure, so that a backtrace names the cause. */
#ifndef BOXED_FAIL_H
#define BOXED_FAIL_H

#define FAIL_CAUSES(X)                                                                    \
  X(abi_version)      /* the wit_t has another version than this build */                 \
  X(async)            /* an asynchronous entry, or a function that is not called so */    \
  X(block)            /* bytes from generated code that are not one whole allocation */   \
  X(context)          /* a cx that is not alive */                                        \
  X(dealloc)          /* a deallocation of anything but a live allocation */              \
  X(discriminant)     /* a pushed discriminant without a case */                          \
  X(error_context)    /* error-context without its built-ins */                           \
  X(freed)            /* a write to freed memory */                                       \
  X(guard)            /* a write next to an allocation, or in a caller's frame */         \
  X(handle)           /* an operation on a value that is not a suitable handle */         \
  X(hook)             /* hook points 12 and 13 that do not enclose one allocation */      \
  X(initialize)       /* initialized twice, or before its own constructor ran */          \
  X(iterator)         /* an iterator moved past its end or ended before it */             \
  X(list_length)      /* a number of elements other than announced */                     \
  X(memory)           /* out of memory, or the interpreter's own heap is damaged */       \
  X(no_frame)         /* no frame left in the script for this entry */                    \
  X(no_import)        /* no import of that name with that many parameters */              \
  X(no_resource)      /* the script names a resource that the world does not export */    \
  X(no_wit)           /* a world is needed, but wit_dylib_initialize was never called */  \
  X(pick)             /* no such part */                                                  \
  X(pop_kind)         /* a kind of value other than requested */                          \
  X(realloc)          /* cabi_realloc with impossible arguments */                        \
  X(register_empty)   /* an empty register or argument */                                 \
  X(result)           /* the script has a result, or needs one, where there is none */    \
  X(script_depth)     /* values nested too deeply */                                      \
  X(script_syntax)    /* the script is malformed */                                       \
  X(script_trap)      /* the script said `trap` */                                        \
  X(stack)            /* the stack of cx is too short, or not empty at the end */         \
  X(type)             /* a type or function index outside the wit_t */                    \
  X(area)             /* a write next to the area of an asynchronous call */              \
  X(buffer)           /* a write next to the buffer of a stream or a future */            \
  X(event)            /* an event of no live object, or one that contradicts its state */ \
  X(overlap)          /* tasks on one stack that do not go on in the reverse order */     \
  X(state)            /* an operation on an object in the wrong state */                  \
  X(task)             /* a callback of no task that waits */                              \
  X(type_path)        /* a path that does not lead to a stream or a future */

#define DECLARE_FAIL(name) _Noreturn void fail_##name(void);
FAIL_CAUSES(DECLARE_FAIL)
#undef DECLARE_FAIL

#endif

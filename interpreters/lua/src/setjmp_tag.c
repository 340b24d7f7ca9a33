/* The tag of the exceptions that setjmp and longjmp become: position-independent code imports it, so one object has to
 * define it. */
__asm__(".globl __c_longjmp\n.tagtype __c_longjmp i32\n__c_longjmp:\n");

"""Cases that show mutants that need invalid values, and those that need steps of their own."""

from __future__ import annotations

from harness.mutants.async_builtins import BUILTIN_CASES
from harness.mutants.async_cases import ASYNC_CASES
from harness.mutants.fault_cases import FAULT_CASES
from harness.mutants.hook_cases import HOOK_CASES
from harness.mutants.number_cases import NUMBER_CASES
from harness.mutants.world_text import case_names

CASES = {
    **ASYNC_CASES,
    **HOOK_CASES,
    **BUILTIN_CASES,
    **FAULT_CASES,
    **NUMBER_CASES,
    "bad-discriminants": """title = "A discriminant beyond the last case"
why = "What is no case must never be taken for one."
origin = "own"
wit = '''
package m:bad;
interface bad { either: func() -> result<string, u64>; }
world w { import bad; export bad; }
'''

[[step]]
call = "m:bad/bad#either"
result = "!var 3"
trap = "invalid-discriminant"
""",
    "bad-256": f"""title = "The discriminant behind the last of 256 cases"
why = "In a byte it would be 0."
origin = "own"
wit = '''
package m:bad;
interface bad {{
  enum e {{ {", ".join(case_names(256))} }}
  listed: func() -> list<e>;
}}
world w {{ import bad; export bad; }}
'''

[[step]]
call = "m:bad/bad#listed"
result = "!list 1 enum 256"
trap = "invalid-discriminant"
""",
    "bad-65536": """title = "The discriminant 65,536"
why = "In two bytes it would be 0."
origin = "own"
wit = '''
package m:bad;
interface bad {
  enum e { a, b }
  flat: func() -> e;
  listed: func() -> list<e>;
}
world w { import bad; export bad; }
'''

[[step]]
call = "m:bad/bad#flat"
result = "!enum 65536"
trap = "invalid-discriminant"

[[step]]
call = "m:bad/bad#listed"
result = "!list 1 enum 65536"
trap = "invalid-discriminant"
""",
    "bad-lengths": """title = "2^29 elements of 8 bytes"
why = "In 32 bits their size would be 0."
origin = "own"
wit = '''
package m:bad;
interface bad { listed: func() -> list<u64>; }
world w { import bad; export bad; }
'''

[[step]]
call = "m:bad/bad#listed"
result = "!ptr 0 536870912"
trap = "too-long"
""",
    "long-values": """title = "More than two bytes can count"
why = "A length has 32 bits."
origin = "own"
wit = '''
package m:long;
interface long { f: func(a: list<u8>, b: string, c: map<u8, bool>); }
world w { import long; export long; }
'''
lists = "both"

[[step]]
call = "m:long/long#f"
args = ["repeat(65537, [1])", 'repeat(65537, "a")', "repeat(257, {1: true})"]
""",
    "representations": """title = "Representations at both ends"
why = "A representation has 32 bits, and 0 is one."
origin = "own"
wit = '''
package m:rep;
interface reps {
  resource thing;
  make: func() -> thing;
  look: func(a: borrow<thing>);
}
world w { export reps; }
'''

[[step]]
call = "m:rep/reps#make"
result = "$zero"
during = [{ new = "$zero", resource = "m:rep/reps#thing", rep = 0 }]

[[step]]
call = "m:rep/reps#make"
result = "$max"
during = [{ new = "$max", resource = "m:rep/reps#thing", rep = 4294967295 }]

[[step]]
call = "m:rep/reps#look"
args = ["$zero"]

[[step]]
call = "m:rep/reps#look"
args = ["$max"]
""",
    "many-exports": f"""title = "258 exported functions"
why = "The number of an export has 32 bits."
origin = "own"
wit = '''
package m:many;
interface many {{ {" ".join(f"call{number}: func() -> u8;" for number in range(258))} }}
world w {{ export many; }}
'''

[[step]]
call = "m:many/many#call257"
result = "1"
""",
    "many-handles": f"""title = "260 handles"
why = "A handle has 32 bits."
origin = "own"
wit = '''
package m:many;
interface pool {{ resource r; make: func() -> list<r>; look: func(a: borrow<r>); }}
world w {{ import pool; export pool; }}
'''

[[step]]
call = "m:many/pool#make"
result = "[{", ".join(f"$h{number}" for number in range(130))}]"

[[step]]
call = "m:many/pool#make"
result = "[{", ".join(f"$h{number}" for number in range(130, 260))}]"

[[step]]
call = "m:many/pool#look"
args = ["$h259"]
""",
    "gates-of-features": """title = "One of several features"
why = "A feature has its whole name, and an `include` may have a gate."
origin = "own"
features = ["shiny"]
world = "w"
wit = '''
package m:features@1.0.0;
world more { import extra: func(); }
world w {
  @unstable(feature = shiny)
  export kept: func() -> u8;
  @unstable(feature = shi)
  export gone: func() -> u8;
  @unstable(feature = other)
  include more;
}
'''

[[step]]
call = "kept"
result = "1"
""",
    "embedded": """title = "A world in every string encoding"
why = "Strings both ways, and what `component wit` has to print."
origin = "own"
encodings = ["utf8", "utf16", "compact-utf16"]
instantiate-only = true
wit = '''
package m:embedded@1.2.3;
interface both {
  resource thing { constructor(name: string); name: func() -> string; }
  flags marks { first, second }
  variant shape { point, circle(f32) }
  look: func(thing: borrow<thing>, marks: marks) -> result<_, shape>;
}
world w { import both; export both; import say: func(text: string); export run: func() -> string; }
'''
""",
    "packages": """title = "A package with documentation, gates and a dependency"
why = "What `component wit` has to print of a package."
origin = "own"
features = ["shiny"]
encodings = ["utf8"]
instantiate-only = true
world = "w"
wit = '''
/// A package.
package m:packages@1.2.3;
interface i { use m:other/types.{t}; @since(version = 1.2.0) f: func(a: t) -> u8; }
/// A world.
world w { import i; @unstable(feature = shiny) export g: func() -> string; }
package m:other { interface types { type t = u8; } }
'''
""",
    "embedded-versions": """title = "A world with an interface in compatible versions"
why = "`component new` leaves the highest of them, unless it is told otherwise."
origin = "own"
encodings = ["utf16"]
instantiate-only = true
wit = '''
package m:versions;
world w { import l:c/i@1.0.0; import l:c/i@1.1.0; export run: func(); }
package l:c@1.0.0 { interface i { f: func(text: string); } }
package l:c@1.1.0 { interface i { f: func(text: string); g: func(); } }
'''
""",
}

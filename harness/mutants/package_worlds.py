"""Worlds that show how packages are resolved: gates, includes, versions, labels."""

from __future__ import annotations

PACKAGE_WORLDS = {
    "gates": """package m:gates@1.0.0;

interface gates {
  plain: func() -> u8;
  @since(version = 1.0.0)
  old: func() -> u8;
  @unstable(feature = closed)
  gone: func() -> u8;
}

world w { import gates; export gates; @unstable(feature = closed) import lost: func(); }
""",
    "includes": """package m:includes;

world w { include p:part/part with { f as first, g as last, r as renamed } }

package p:part {
world part {
  import f: func() -> u8;
  resource r { constructor(); get: func() -> u8; }
  export g: func() -> u8;
}
}
""",
    "versions": """package m:versions;

package v:api@1.0.0 {
  interface calls { f: func(a: u32) -> u32; }
}

package v:api@2.0.0 {
  interface calls { f: func(a: u32) -> u32; }
}

world w {
  import v:api/calls@1.0.0;
  import v:api/calls@2.0.0;
  export v:api/calls@1.0.0;
  export v:api/calls@2.0.0;
}
""",
    "tracks": """package m:tracks;

package v:api@0.0.1 { interface calls { f: func() -> u32; } }
package v:api@0.0.2 { interface calls { f: func() -> u32; } }
package v:api@0.1.0 { interface calls { f: func() -> u32; } }
package v:api@0.2.0 { interface calls { f: func() -> u32; } }
package v:api@1.2.0 { interface calls { f: func() -> u32; } }
package v:api@1.10.0 { interface calls { f: func() -> u32; } }
package v:api@1.10.0-rc.1 { interface calls { f: func() -> u32; } }

world w {
  import v:api/calls@0.0.1;
  import v:api/calls@0.0.2;
  import v:api/calls@0.1.0;
  import v:api/calls@0.2.0;
  import v:api/calls@1.2.0;
  import v:api/calls@1.10.0;
  import v:api/calls@1.10.0-rc.1;
}
""",
    "versions-that-differ": """package m:differ;

package v:api@1.0.0 { interface calls { f: func(a: u32); } }
package v:api@1.1.0 { interface calls { f: func(a: s32); } }

world w { import v:api/calls@1.0.0; import v:api/calls@1.1.0; }
""",
    "labels": """package m:labels;

interface store { get: func(key: string) -> option<string>; }

world w {
  import primary: store;
  import backup: store;
  export served: store;
}
""",
}

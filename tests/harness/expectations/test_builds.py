"""What the project's file excuses in builds: panics, names that collide, missing symbols."""
# ruff: noqa: E501 - messages as tools and the harness write them

from __future__ import annotations

from tests.harness.expectations.known import PANIC, excuses

JOINED = "import name `import-{}` conflicts with previous name `import-{}`"
STUB = "refused to link: error: unresolved symbol(s):\n libworld.so needs {} (function [] -> [])"


test_what_the_projects_file_excuses_and_what_not = excuses(
    [
        ("fixed", "x", "tool panicked", PANIC.format("a.rs", "not yet implemented: fixed-length-list"), (), True),
        ("plain", "x", "tool panicked", PANIC.format("a.rs", "not yet implemented: fixed-length-list"), (), False),
        ("fixed", "x", "tool panicked", PANIC.format("a.rs", "not yet implemented: map"), (), False),
        ("context", "x", "tool panicked", PANIC.format("a.rs", "not yet implemented: error-context"), (), True),
        ("plain", "x", "tool panicked", PANIC.format("a.rs", "not yet implemented: error-context"), (), False),
        ("stream", "x", "tool panicked", PANIC.format("a", "encountered stream type not used in any function"), (), True),
        ("used stream", "x", "tool panicked", PANIC.format("a", "encountered stream type not used in any function"), (), False),
        ("plain", "x", "tool panicked", PANIC.format("a", "encountered stream type not used in any function"), (), False),
        ("labels", "x", "tool panicked", PANIC.format("a", "assertion failed: prev.is_none()"), (), True),
        ("plain", "x", "tool panicked", PANIC.format("a", "assertion failed: prev.is_none()"), (), False),
        ("plain", "x", "invalid output", "generate gave an invalid output: function body size count exceeds limit", (), True),
        ("plain", "x", "invalid output", "generate gave an invalid output: type mismatch", (), False),
        ("acronyms", "x", "invalid output", "import name `import-type-a` conflicts with previous name `import-type-A`", (), True),
        ("acronyms", "x", "invalid output", "import name `import-type-a` conflicts with previous name `import-type-b`", (), False),
        ("plain", "x", "invalid output", "import name `import-type-a1` conflicts with previous name `import-type-a-1`", (), True),
        ("plain", "x", "invalid output", "import name `import-type-fo-o` conflicts with previous name `import-type-foo`", (), True),
        ("plain", "x", "invalid output", "import name `import-type-foo` conflicts with previous name `import-type-fo-oo`", (), False),
        ("plain", "x", "invalid output", "import name `import-type-abc` conflicts with previous name `import-type-A-b-c`", (), True),
        ("plain", "x", "invalid output", "import name `import-type-foo` conflicts with previous name `import-type-foo`", (), False),
        ("resources", "x", "invalid output", JOINED.format("method-r-f-g", "method-r-f-g"), (), True),
        ("resources", "x", "invalid output", JOINED.format("static-r-f-g", "static-r-f-g"), (), True),
        ("resources", "x", "invalid output", JOINED.format("method-ab-c", "method-a-bc"), (), True),
        ("resources", "x", "invalid output", JOINED.format("method-get-r-f-g", "method-get-r-f-g"), (), True),
        ("resources", "x", "invalid output", JOINED.format("method-get-r-f", "method-get-r-f"), (), False),
        ("resources", "x", "invalid output", JOINED.format("method-r-f", "method-r-f"), (), False),
        ("resources", "x", "invalid output", JOINED.format("method-r-f-g", "static-r-f-g"), (), False),
        ("resources", "x", "invalid output", JOINED.format("method-r-f-g", "method-r-f-h"), (), False),
        ("resources", "x", "invalid output", JOINED.format("func-r-f-g", "func-r-f-g"), (), False),
        ("resources", "x", "fail", JOINED.format("method-r-f-g", "method-r-f-g"), (), False),
        ("labels", "x", "invalid output", JOINED.format("method-r-f-g", "method-r-f-g"), (), False),
        ("plain", "x", "invalid output", "import name `foo` conflicts with previous name `fo-o`", (), False),
        ("env", "x", "fail", STUB.format("f"), (), True),
        ("env", "x", "fail", STUB.format("wit_dylib_pop_u8"), (), False),
        ("plain", "x", "fail", STUB.format("f"), (), False),
    ],
)  # fmt: skip

"""The layout of printed WIT; `test_round_trip` and `test_reference` say that it means the same."""

from __future__ import annotations

import pytest

from generator.sources.load import load_text
from generator.wit.printer import print_all, print_package
from tests.generator.wit.structure import structure
from tests.generator.wit.texts import FEATURES, TEXTS

LAYOUT = """\
/// Package.
package a:b@1.0.0;

/// Interface.
interface types {
  /// Record
  ///
  /// two
  record r {
    /// field
    %type: u8,
    other: list<u8, 3>,
  }

  @since(version = 1.0.0)
  type t = r;

  resource x {
    constructor(a: u8);
    @unstable(feature = active)
    %static: static async func() -> x;
    m: func(y: borrow<x>);
  }

  /// Function.
  @external-id("id \\"1\\"")
  f: func() -> result<_, t>;

  g: async func();
}

interface users {
  use types.{r, t as u};
  use c:d/i@2.0.0.{v};

  type w = v;
}

/// World.
world w {
  import types;
  import users;
  import label: types;
  import inline: interface {
    type t = u8;

    f: func();
  }
  use types.{x};

  record mine {
    a: x,
  }

  resource k {
    m: func();
  }
  import f: func();

  /// Export.
  export users;
  export g: func();
}
world v {
}
"""

NESTED = """\
package c:d@2.0.0 {
  interface i {
    type v = u8;
  }
  world w {
    import i;
  }
}
"""


def test_layout() -> None:
    resolve, package = load_text(LAYOUT + NESTED, features=FEATURES)
    printed = print_package(resolve, package)
    # What the world implies is printed too, and functions come before interfaces in exports.
    expected = LAYOUT.replace("world w {\n  import types;\n", "world w {\n  import types;\n  import c:d/i@2.0.0;\n")
    expected = expected.replace(
        "  /// Export.\n  export users;\n  export g: func();\n", "  export g: func();\n  /// Export.\n  export users;\n"
    )
    assert printed == expected
    assert print_all(resolve, package) == expected + NESTED


def test_without_docs() -> None:
    resolve, package = load_text(LAYOUT + NESTED, features=FEATURES)
    printed = print_package(resolve, package, docs=False)
    assert "///" not in printed
    lines = print_package(resolve, package).splitlines()
    assert printed.splitlines() == [line for line in lines if "///" not in line]


@pytest.mark.parametrize("name", TEXTS)
def test_printed_text_means_the_same(name: str) -> None:
    resolve, package = load_text(TEXTS[name], features=FEATURES)
    printed = print_all(resolve, package)
    again, package_again = load_text(printed, features=FEATURES)
    assert structure(again) == structure(resolve)
    assert print_all(again, package_again) == printed


def test_texts_are_told_apart_by_structure() -> None:
    """The comparison that these tests rest on sees a difference in each text."""
    for name, text in TEXTS.items():
        resolve, _ = load_text(text, features=FEATURES)
        changed, _ = load_text(text + "\nworld one-more { }", features=FEATURES)
        assert structure(resolve) != structure(changed), name
    one, other = (load_text(f"package a:b; interface i {{ f: func(a: {t}); }}")[0] for t in ("list<u8>", "list<s8>"))
    assert structure(one) != structure(other)

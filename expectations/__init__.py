"""Known faults of tools, as data: a TOML file for each tool and its versions (docs/expectations.md)."""

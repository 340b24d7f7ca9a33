"""What tools are known to do wrong, as data: a TOML file for each tool and its versions (docs/expectations.md)."""

"""Faults of the pinned wasm-tools in subcommands that no case, link case or negative case runs."""

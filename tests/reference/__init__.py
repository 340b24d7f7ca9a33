"""What the pinned wasm-tools does wrong in subcommands that no case, link case or negative case runs."""

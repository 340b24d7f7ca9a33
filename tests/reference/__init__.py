"""What the pinned wasm-tools does wrong in subcommands that no case, program or table of refusals runs."""

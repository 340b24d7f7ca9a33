"""The arguments of the subcommands, one module each. They import only what a help text needs."""

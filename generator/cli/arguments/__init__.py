"""The arguments of the subcommands, a module each. They import nothing that a help text does not need."""

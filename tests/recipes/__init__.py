"""The recipes of CONTRIBUTING.md that change several modules, each followed in a copy of the packages."""

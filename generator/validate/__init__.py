"""Checks of components that were written here (`--validate`)."""

"""Core modules and the worlds that they carry as one component."""

"""Dynamic libraries into one component (tool-conventions, DynamicLinking.md)."""

"""Programs: libraries written as WAT, linked by each toolchain and run alone, without interpreter and composition.

They show what a linker does: which definition a symbol has, where memories, tables and stacks lie, in which order
constructors run.
"""

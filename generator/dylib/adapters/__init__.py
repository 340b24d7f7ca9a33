"""The functions between the component and the interpreter, a module for each way in which a function is called.

`values` and `frames` hold what all of them share: how arguments and results pass, and how they lie in memory.
"""

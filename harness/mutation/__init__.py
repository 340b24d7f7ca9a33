"""The harness tested with tools that are wrong on purpose: does it notice each of them, by cases and by fuzzing?"""

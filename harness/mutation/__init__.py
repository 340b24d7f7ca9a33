"""Tests the harness with deliberately wrong tools: does it notice each of them, by cases and by fuzzing?"""

"""What the project's file excuses of earlier task hooks."""
# ruff: noqa: E501 - messages as tools and the harness write them

from __future__ import annotations

from tests.harness.expectations.known import excuses

HOOK = "event (subject, event {}): expected init_task 0, got {}"
LATE_HOOK = (
    "event (subject, before event {} of all components, {} of the component): expected "
    "`init_task {}` (subject, task 1), got {}"
)
END_HOOK = "event (subject, at the end, after event {} of the component): expected init_task {}, got {}"


test_what_the_projects_file_excuses_and_what_not = excuses(
    [
        ("plain", "x", "fail", HOOK.format("1", "import_call a:b/x#f"), (), True),
        ("plain", "x", "fail", HOOK.format("1, call 1 a:b/x#f", "export_start a:b/x#f"), (), True),
        ("plain", "x", "fail", HOOK.format("12", "import_call a:b/x#f"), (), False),
        ("plain", "x", "fail", HOOK.format("1", "(nothing)"), (), False),
        ("plain", "x", "fail", HOOK.format("1", "init_task 1"), (), False),
        ("plain", "x", "fail", HOOK.format("1", "export_start a:b/x#f").replace("subject", "driver"), (), False),
        ("plain", "x", "fail", HOOK.format("1", "task_start").replace("init_task 0", "export_start a:b/x#f"), (), False),
        ("plain", "x", "fail", "event (subject, event 1): expected init_task 0, got import_call a:b/x#f", (), True),
        ("plain", "x", "fail", "event (subject, event 9, call 2 a:b/x#f): expected init_task 0, got export_start a:b/x#f", (), False),
        ("plain", "x", "fail", "event (subject, event 1): expected import_call a:b/x#f, got init_task 0", (), False),
        ("plain", "x", "fail", "event (subject, event 1): expected init_task 0, got init_task 1", (), False),
        ("plain", "x", "fail", "event (driver, event 1): expected init_task 0, got import_call a:b/x#f", (), False),
        # in an asynchronous world
        ("plain", "x", "fail", LATE_HOOK.format("3", "1", "0", "export_start a:b/x#f"), (), True),
        ("plain", "x", "fail", LATE_HOOK.format("3", "1", "0` (subject, task 2) or `init_task 0", "export_start f"), (), True),
        ("plain", "x", "fail", LATE_HOOK.format("3", "1", "0` (subject, task 2) or `import_call f", "export_start f"), (), False),
        ("plain", "x", "fail", LATE_HOOK.format("9", "2", "0", "export_start a:b/x#f"), (), False),
        ("plain", "x", "fail", LATE_HOOK.format("3", "1", "1", "export_start a:b/x#f"), (), False),
        ("plain", "x", "fail", LATE_HOOK.format("3", "1", "0", "init_task 1"), (), False),
        ("plain", "x", "fail", LATE_HOOK.format("3", "1", "0", "export_start f").replace("subject,", "driver,", 1), (), False),
        ("plain", "x", "fail", END_HOOK.format("0", "0", "(nothing)"), (), True),
        ("plain", "x", "fail", END_HOOK.format("2", "0", "(nothing)"), (), False),
        ("plain", "x", "fail", END_HOOK.format("0", "1", "(nothing)"), (), False),
        ("plain", "x", "fail", END_HOOK.format("0", "0", "init_task 1"), (), False),
    ],
)  # fmt: skip

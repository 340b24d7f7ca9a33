#include "frames.h"

#include "answers.h"
#include "builtins.h"
#include "fail.h"
#include "faults.h"
#include "operations.h"
#include "waitables.h"

/* ---- Waits ------------------------------------------------------------------------------------------------------- */

static bool wait_is_over(Task *task) {
  const Wait *wait = &task->wait;
  switch (wait->kind) {
    case WAIT_NONE: return true;
    case WAIT_EVENT: return false;
    case WAIT_SETTLED: return task->cancelled || waitable_is_settled(wait->object);
    case WAIT_TURNS: return !wait->left;
  }
  return true;
}

static void end_wait(Task *task) {
  value_release(task->wait.object);
  task->wait = (Wait){.kind = WAIT_NONE};
}

static void deliver(Task *task, uint32_t event, uint32_t handle, uint32_t payload) {
  task->cancelled |= waitable_event(event, handle, payload);
  if (task->wait.kind == WAIT_EVENT) end_wait(task);
  if (task->wait.kind == WAIT_TURNS) task->wait.left--;
}

static uint32_t code_of(const Wait *wait) {
  return wait->kind == WAIT_TURNS ? CALLBACK_YIELD : CALLBACK_WAIT | fault_set(wait->set) << CODE_BITS;
}

static void wait_in_place(Task *task) {
  if (task->wait.kind == WAIT_TURNS) {
    yield_in_place();
    task->wait.left--;
    return;
  }
  uint32_t payload[2] = {0, 0};
  task_pause();
  uint32_t event = canon_waitable_set_wait(task->wait.set, payload);
  task_continue(task);
  if (!fault_is(FAULT_event_in_place_lost)) deliver(task, event, payload[0], payload[1]);
}

/* ---- Frames ------------------------------------------------------------------------------------------------------ */

static uint32_t end_frame(Task *task) {
  if (task->kind == TASK_RUN && !task->answered) answer_return(task, NULL);
  return CALLBACK_EXIT;
}

uint32_t frame_go_on(Task *task) {
  const Ops ops = {&task->at, &task->arguments, true};
  for (;;) {
    task_enter(task);
    if (!wait_is_over(task)) {
      if (!task->blocking) return code_of(&task->wait);
      wait_in_place(task);
      continue;
    }
    end_wait(task);
    switch (operation(&ops, task)) {
      case PROGRESS_ON: break;
      case PROGRESS_CODE: return task->code;
      case PROGRESS_END: return end_frame(task);
    }
  }
}

uint32_t frame_event(Task *task, uint32_t event, uint32_t handle, uint32_t payload) {
  deliver(task, event, handle, payload);
  return frame_go_on(task);
}

void script_check_ops(Reader *reader) {
  static const Arguments none = {NULL, 0};
  const Ops ops = {reader, &none, false};
  while (operation(&ops, NULL) != PROGRESS_END) continue;
  read_token(reader); /* `end` */
}

Val *script_run_ops(Reader reader, const Arguments *arguments) {
  Task *task = task_current();
  task->kind = TASK_SYNC;
  task->blocking = true;
  task->at = reader;
  task->arguments = *arguments;
  frame_go_on(task);
  return task->result;
}

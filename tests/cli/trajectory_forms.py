"""A run in the plain `steps` form, written as every other format has it; None where a format cannot say it.

Results keep what the format has for failure: an exit code in the text, `is_error`, or nothing.
"""

import json

SHELL = "bash"


def parts(run):
    """(kind, name, value, result, failed, refused) of each step: call, say or user."""
    for step in run["steps"]:
        step = {"command": step} if isinstance(step, str) else step
        told = step.get("result"), bool(step.get("exit_code")), bool(step.get("refused"))
        if "message" in step:
            yield ("user", None, step["message"]["text"], None, False, False)
        if "say" in step:
            yield ("say", None, step["say"], None, False, False)
        if "command" in step:
            yield ("call", SHELL, {"command": step["command"]}, *told)
        if "call" in step:
            yield ("call", step["call"]["tool"], step["call"]["arguments"], *told)


def output(result, failed):
    return f"Exit code 1\n{result}" if failed else result


def task_of(run):
    return "\n".join([run["task"], *run.get("constraints", [])]) if "task" in run else None


def openai(run, encode=json.dumps, legacy=False):
    messages = [{"role": "user", "content": task_of(run)}] if task_of(run) else []
    for i, (kind, name, value, result, failed, _) in enumerate(parts(run)):
        if kind != "call":
            messages.append({"role": "user" if kind == "user" else "assistant", "content": value})
            continue
        call = {"name": name, "arguments": encode(value)}
        turn = {"function_call": call} if legacy else {"tool_calls": [{"id": f"c{i}", "type": "function", "function": call}]}
        messages.append({"role": "assistant", "content": None, **turn})
        if result is not None:
            who = {"role": "function", "name": name} if legacy else {"role": "tool", "tool_call_id": f"c{i}"}
            messages.append({**who, "content": output(result, failed)})
    return {"messages": messages}


def blocks(run):
    """Turns of content blocks, as (role, blocks)."""
    if task_of(run):
        yield "user", [{"type": "text", "text": task_of(run)}]
    for i, (kind, name, value, result, failed, refused) in enumerate(parts(run)):
        if kind != "call":
            yield "user" if kind == "user" else "assistant", [{"type": "text", "text": value}]
            continue
        yield "assistant", [{"type": "tool_use", "id": f"t{i}", "name": name, "input": value}]
        if result is not None:
            yield "user", [{"type": "tool_result", "tool_use_id": f"t{i}", "content": output(result, failed),
                            "is_error": failed or refused}]


def anthropic(run):
    return {"messages": [{"role": role, "content": content} for role, content in blocks(run)]}


def claude_code(run):
    """One file is one run: its lines."""
    lines = []
    for i, (role, content) in enumerate(blocks(run)):
        message = {"role": role, "content": content}
        if role == "assistant":
            message = {"id": f"m{i}", "type": "message", "model": "m", **message}
        elif content[0]["type"] == "text":
            message["content"] = content[0]["text"]
        lines.append({"parentUuid": f"u{i - 1}" if i else None, "isSidechain": False, "userType": "external",
                      "sessionId": "s", "version": "2.0.0", "type": role, "message": message, "uuid": f"u{i}",
                      "timestamp": f"2026-01-01T00:{i // 60:02}:{i % 60:02}.000Z"})
    return lines


def swe_agent(run):
    turns = []
    for kind, name, value, result, failed, refused in parts(run):
        if kind == "user" or (kind == "call" and name != SHELL):
            return None
        if kind == "say":
            turns.append({"action": "", "observation": "", "response": value, "thought": "", "state": {}})
            continue
        turns.append({"action": value["command"], "observation": result or "", "response": "", "thought": "go on", "state": {}})
    history = [{"role": "user", "content": task_of(run), "message_type": "observation"}] if task_of(run) else []
    return {"environment": "main", "trajectory": turns, "history": history, "info": {}}


def stepshield(run):
    steps = []
    for kind, name, value, result, failed, refused in parts(run):
        if kind == "user":
            return None
        if kind == "say":
            steps.append({"step": len(steps) + 1, "thought": "", "action": "submit", "arguments": {"message": value}})
            continue
        action = "run_command" if name == SHELL else name
        steps.append({"step": len(steps) + 1, "thought": "", "action": action, "arguments": value,
                      "observation": output(result, failed) if result is not None else ""})
    task = {"title": "", "description": run.get("task", ""), "constraints": run.get("constraints", []), "success_criteria": []}
    return {"trajectory_id": "x", "task": task, "steps": steps}


# name: (format as the verdict calls it, converter)
FORMS = {
    "openai string": ("openai-chat", openai),
    "openai object": ("openai-chat", lambda run: openai(run, encode=lambda v: v)),
    "openai twice": ("openai-chat", lambda run: openai(run, encode=lambda v: json.dumps(json.dumps(v)))),
    "openai legacy": ("openai-chat", lambda run: openai(run, legacy=True)),
    "anthropic": ("anthropic", anthropic),
    "claude-code": ("claude-code", claude_code),
    "swe-agent": ("swe-agent", swe_agent),
    "stepshield": ("stepshield", stepshield),
}

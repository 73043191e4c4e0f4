"""Makes a failing script small: whole lines go first, then words, then characters, as long as it still fails."""


def pieces(script, size):
    return [script[:at] + script[at + size:] for at in range(0, len(script), max(1, size // 2 if size > 3 else 1))]


def candidates(script, how):
    if how == "lines":
        parts = script.split(b"\n")
        return [b"\n".join(parts[:i] + parts[i + 1:]) for i in range(len(parts)) if len(parts) > 1]
    if how == "words":
        parts = script.split(b" ")
        return [b" ".join(parts[:i] + parts[i + 1:]) for i in range(len(parts)) if len(parts) > 1]
    return pieces(script, how)


def shrink(script, fails, rounds=60):
    """`fails(scripts)` tells for each whether it still fails."""
    for how in ("lines", "words", 16, 8, 4, 2, 1, "lines", "words", 1):
        while rounds > 0:
            rounds -= 1
            tries = sorted(set(candidates(script, how)), key=lambda s: (len(s), s))[:400]
            bad = [s for s, failed in zip(tries, fails(tries)) if failed]
            if not bad:
                break
            script = bad[0]
    return script

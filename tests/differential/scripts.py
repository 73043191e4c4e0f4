"""Random whole scripts, for the comparison with a real shell: control flow, functions, locals, pipes, groups, subshells, loops,
case, traps on EXIT, heredocs, command substitution, eval, background commands, parameters, arrays and arithmetic.

Every program in them is a stub that prints nothing. Every loop ends: it counts in a variable that nothing else sets. Nothing
is redirected to a path."""

import random

# Programs that the tables know, so that a script can be resolved. What they would print is nothing, or not known.
STUBS = ["rm", "touch", "mkdir", "ls"]
VARS = ["x", "y", "z"]
TEXTS = ["a", "b", "ab", "p q", "", "1", "2", "-f", "a.b", "x1"]


class Script:
    def __init__(self, seed, size):
        self.rng = random.Random(seed)
        self.left = size
        self.functions, self.counters, self.documents, self.loops = [], 0, 0, 0
        self.in_function = False
        self.in_string = False  # inside eval's quotes or a substitution: no heredocs

    def one(self, *options):
        return self.rng.choice(options)

    def some(self, part):
        return self.rng.random() < part

    # ---- words

    def var(self):
        return self.rng.choice(VARS)

    def literal(self):
        return self.rng.choice(["a", "b", "c1", "d/e", "-v", "k=v", "7"])

    def quoted(self):
        text = self.rng.choice(TEXTS)
        return self.one('"%s"', "'%s'") % text if not self.in_string else '"%s"' % text

    def number(self):
        v = self.rng.choice(["1", "2", "3", "n", "n", "$n", "m"])
        return v

    def expression(self):
        return self.one("n + %s", "n * %s", "%s - n", "n %% 3 + %s", "n > %s ? n : m", "m = n + %s", "n++ + %s") % self.number()

    def parameter(self):
        v = self.var()
        return self.one("${%s:-d}", "${%s:-$y}", "${%s#a}", "${%s%%b}", "${%s/a/q}", "${#%s}", "${%s:+w}", "${%s:=s}", "${%s^^}") % v

    def word(self):
        kind = self.rng.randrange(22)
        if kind < 6:
            return self.literal()
        if kind < 9:
            return '"$%s"' % self.var()
        if kind < 10:
            return "$" + self.var()
        if kind < 11:
            return self.one('"${%s}t"', '"t$%s"', "t$%s", 's"$%s"') % self.var()
        if kind < 13:
            return self.quoted()
        if kind < 15:
            return self.one("$1", '"$1"', '"$2"', '"$#"', '"$@"', '"$*"', "$@", "${2:-u}")
        if kind < 16:
            return "$((%s))" % self.expression()
        if kind < 17:
            return '"%s"' % self.parameter()
        if kind < 18:
            return self.one('"${a[0]}"', '"${a[1]}"', '"${a[@]}"', '"${#a[@]}"', "${a[n]}")
        if kind < 19:
            return self.one("{p,q}", "r{1..3}", "$?", '"$?"', "$n", '"$m"')
        return self.substitution()

    def substitution(self):
        inside, self.in_string = self.in_string, True
        loops, self.loops = self.loops, 0
        text = self.rng.choice([
            lambda: "echo " + self.plain_word(),
            lambda: "printf '%s-' " + self.plain_word() + " z",
            lambda: "echo %s; echo %s" % (self.plain_word(), self.plain_word()),
            lambda: "%s && echo yes" % self.condition(),
            lambda: "%s && echo yes || echo no" % self.condition(),
            lambda: "if %s; then echo t; else echo e; fi" % self.condition(),
            lambda: "for i in a b c; do %s || continue; echo $i; done" % self.condition(),
            lambda: "for i in a b c; do %s && break; printf %%s $i; done" % self.condition(),
            lambda: "%s; echo after" % self.simple(),
            lambda: "echo one; %s && exit; echo two" % self.condition(),
            lambda: "x=in; y=in; echo $x$z",
            lambda: "echo w | { read v; echo $v$v; }",
            lambda: "case $x in a) echo A;; b*) echo B;; *) echo C;; esac",
            lambda: "%s | cat" % ("echo " + self.plain_word()),
            lambda: "false; echo $?",
        ])() if not self.functions or self.some(0.8) else self.call()
        self.in_string, self.loops = inside, loops
        return '"$(%s)"' % text if self.some(0.6) else "$(%s)" % text

    def plain_word(self):
        return self.one("a", '"$x"', "$y", '"$1"', "b", '"p q"', "$n", "${z:-d}")

    def words(self, most=3):
        return " ".join(self.word() for _ in range(self.rng.randint(1, most)))

    # ---- commands

    def simple(self):
        return "%s %s" % (self.rng.choice(STUBS), self.words())

    def assignment(self):
        kind = self.rng.randrange(14)
        v = self.var()
        if kind < 6:
            return "%s=%s" % (v, self.word().replace("{p,q}", "pq").replace("r{1..3}", "r"))
        if kind < 7:
            return "%s+=%s" % (v, self.literal())
        if kind < 8:
            return "n=%s" % self.one("1", "2", "$((n + 1))", "0")
        if kind < 9:
            return self.one("((n++))", "((m = n * 2, n += 1))", "let n=n+1", "((n > 1)) && m=9", ": $((n += 2))")
        if kind < 10:
            return self.one("a=(%s)", "a+=(%s)") % self.words()
        if kind < 11:
            return self.one("read %s <<< %s", "read %s z <<< %s") % (v, self.one('"c d e"', '"$x"', "f"))
        if kind < 12:
            return "%s=$1" % v
        if kind < 13:
            return self.one("unset %s", "export %s", "%s=") % v
        return "printf -v %s '%%s.' %s" % (v, self.plain_word()) if not self.in_string else "%s=pv" % v

    def condition(self):
        kind = self.rng.randrange(16)
        if kind < 2:
            return self.one("true", "false", ":")
        if kind < 5:
            return '[ "$%s" = %s ]' % (self.var(), self.one("a", "b", '"$y"', '""'))
        if kind < 6:
            return self.one('[ -n "$%s" ]', '[ -z "$%s" ]', 'test "$%s"', "[[ -n $%s ]]") % self.var()
        if kind < 8:
            return "[[ $%s == %s ]]" % (self.var(), self.one("a*", "b", "*", '"$y"', "$z"))
        if kind < 9:
            return self.one("((n < 2))", "((n > m))", "[ $n -gt 1 ]", "[[ n -le 1 ]]", "[ $# -gt 1 ]")
        if kind < 12:
            return "%s %s" % (self.rng.choice(STUBS), self.literal())
        if kind < 13:
            return self.one("[ -e none ]", "[ -f none ]", "[[ -d none ]]")
        if kind < 14:
            return "! " + self.condition()
        if kind < 15:
            return "{ %s && %s; }" % (self.condition(), self.condition())
        return "(%s)" % self.condition() if not self.in_string else "true"

    def call(self):
        if not self.functions:
            return self.simple()
        return "%s %s" % (self.rng.choice(self.functions), self.words())

    def jump(self):
        if self.loops and self.some(0.6):
            return self.one("break", "continue") + (" 2" if self.some(0.15) else "")
        if self.in_function:
            return self.one("return", "return 0", "return 1", "return $n")
        return "exit" if self.some(0.25) else self.simple()

    # ---- compound commands

    def body(self, depth, most=3):
        return "\n".join(self.statement(depth) for _ in range(self.rng.randint(1, most)))

    def counter(self):
        self.counters += 1
        return "i%d" % self.counters

    def loop_body(self, depth):
        self.loops += 1
        text = self.body(depth - 1)
        self.loops -= 1
        return text

    def loop(self, depth):
        kind = self.rng.randrange(9)
        c, most = self.counter(), self.rng.randint(0, 3)
        if kind < 3:
            words = " ".join(self.word() for _ in range(self.rng.randint(0, 3)))
            v = self.var()
            return "for %s in %s; do\n%s\ndone" % (v, words, self.loop_body(depth))
        if kind < 4:
            return "%s=0\nwhile [ $%s -lt %d ]; do\n((%s++))\n%s\ndone" % (c, c, most, c, self.loop_body(depth))
        if kind < 5:
            return "%s=0\nuntil [[ $%s -ge %d ]]; do\n%s=$((%s + 1))\n%s\ndone" % (c, c, most, c, c, self.loop_body(depth))
        if kind < 6:
            return "for ((%s = 0; %s < %d; %s++)); do\n%s\ndone" % (c, c, most, c, self.loop_body(depth))
        if kind < 7:
            return "%s=0\nwhile %s; do\n((++%s > %d)) && break\n%s\ndone" % (c, self.one("true", ":", self.condition()), c, most, self.loop_body(depth))
        if kind < 8 and not self.in_string:
            self.documents += 1
            return "while read %s; do\n%s\ndone <<E%d\nl1 m\n%s\nE%d" % (self.one("x", "x y", "y z"), self.loop_body(depth), self.documents, self.one("l2", "$x", "l3 $y"), self.documents)
        return "printf '%%s\\n' %s | while read x; do\n%s\ndone" % (self.words(2), self.loop_body(depth))

    def function(self, depth):
        name = "f%d" % (len(self.functions) + 1)
        outer = self.in_function, self.loops
        self.in_function, self.loops = True, 0
        lines = []
        if self.some(0.5):
            lines.append(self.one("local %s=$1", "local %s", "local %s=lo", "local %s=$(echo sub)", "local z %s=5") % self.var())
        if self.some(0.3):
            lines.append("%s && %s" % (self.condition(), self.jump()))
        lines.append(self.body(depth - 1, 4))
        if self.some(0.3):
            lines.append(self.one("shift", "set -- n1 n2", 'set -- "$@" more') + "\n" + self.simple())
        self.in_function, self.loops = outer
        text = "%s() { \n%s\n}" % (name, "\n".join(lines)) if self.some(0.85) else "%s() (\n%s\n)" % (name, "\n".join(lines))
        self.functions.append(name)
        return text + "\n" + self.call()

    def choice(self, depth):
        arms = ["%s)\n%s\n%s" % (self.one("a", "b", "a*", "p*|q", '"$y"', "*", "l1"), self.body(depth - 1, 2), self.one(";;", ";;", ";;", ";;", ";&", ";;&"))
                for _ in range(self.rng.randint(1, 3))]
        return "case %s in\n%s\nesac" % (self.one("$x", '"$y"', "$1", "a", '"$x$y"'), "\n".join(arms))

    def chain(self, depth):
        text = self.condition()
        for _ in range(self.rng.randint(1, 3)):
            part = self.one(self.condition, self.simple, self.assignment, self.jump, lambda: "{\n%s\n}" % self.body(depth - 1, 2))()
            text += " %s %s" % (self.one("&&", "||"), part)
        return text

    def statement(self, depth):
        self.left -= 1
        if self.left < 0 or depth <= 0:
            return self.one(self.simple, self.simple, self.assignment)()
        kind = self.rng.randrange(40)
        if kind < 9:
            return self.simple()
        if kind < 15:
            return self.assignment()
        if kind < 19:
            text = "if %s; then\n%s\n" % (self.condition(), self.body(depth - 1))
            if self.some(0.3):
                text += "elif %s; then\n%s\n" % (self.condition(), self.body(depth - 1))
            if self.some(0.5):
                text += "else\n%s\n" % self.body(depth - 1)
            return text + "fi"
        if kind < 24:
            return self.loop(depth)
        if kind < 26:
            return self.choice(depth)
        if kind < 29:
            return self.chain(depth)
        if kind < 31:
            return self.function(depth) if not self.in_function and not self.loops else self.call()
        if kind < 32:
            return self.call()
        if kind < 33:
            return "(\n%s\n)" % self.outside_loops(depth)
        if kind < 34:
            return "{\n%s\n}" % self.body(depth - 1)
        if kind < 35:
            return self.one("eval '%s'", 'eval "%s"') % self.string(depth)
        if kind < 36:
            return self.one('set -- %s', 'set -- "$@" %s', "shift; : %s") % self.words()
        if kind < 37:
            return "%s | { read x; %s; %s; }" % (self.one("echo c d", 'echo "$y"', self.simple()), self.simple(), self.assignment())
        if kind < 38:
            return "{ %s; } &\nwait" % self.simple()
        if kind < 39:
            return self.one("trap 'rm trapped $x' EXIT", "trap 'touch \"$y\" $n' EXIT") if not self.in_string and not self.in_function else self.simple()
        return self.jump()

    def outside_loops(self, depth):
        loops, self.loops = self.loops, 0
        text = self.body(depth - 1)
        self.loops = loops
        return text

    def string(self, depth):
        """A statement without quotes of its own, for eval."""
        return self.one("x=ev; rm $x", "touch \\$x", "n=5", "rm e1 e2", "y=$x; ls $y", "for i in 1 2; do rm $i; done", "%s=6" % self.var(),
                        "if true; then x=e; fi")


def script(seed, index, size=12):
    """Script number `index` of a seed, as bytes."""
    s = Script("%s/%d" % (seed, index), size)
    head = "x=%s y=%s z= n=%d m=0 a=(u v)\n" % (s.one("a", "b", "'p q'"), s.one("b", "k", "l1"), s.rng.randint(0, 3))
    if s.some(0.3):
        head += "set -- A1 'B 2'\n"
    return (head + s.body(3, 5)).encode() + b"\n"

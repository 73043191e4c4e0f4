"""Random simple commands from a grammar of quoting and expansions: scripts of a few assignments and commands, in text that both
bash and the evaluator read. Everything comes from the seed; nothing in it could do harm even outside the jail."""

import random

SCALARS = ["v", "w", "y", "z"]
ARRAYS = ["arr", "lst"]
MAPS = ["map"]
UNSET = ["u1", "u2"]
TEXTS = ["rm", "-rf", "/", "/etc/passwd", "/usr/local/bin/x.tar.gz", "a b", "a  b c", " lead", "trail ", "", "*", "a:b::c", ",x,,y", "Hello World",
         "abcabc", "ABC", "-", "1", "42", "007", "-5", "héllo", "a\tb", "a\nb", "\n", " ", "x=y", "~", "~/x", "a/b/c", "aXbXc", "[a]", "a?c", "it's",
         'say "hi"', "back\\slash", "$v", "`x`", "{a,b}", "#c", "a;b", "a&b", "(x)", "%s", "\\n", "foo.bar.baz", "--opt=val", "zz top", "0x1F", "éàü", ":"]
PATTERNS = ["a", "b", "*", "?", "a*", "*a", "*/", "/*", "*.", ".*", "[a-c]", "[!a]", "[^a-b]*", "[[:upper:]]", "[[:space:]]", "[[:digit:]]*", "\\*", "'*'",
            '"a"', "b?", "*b*", "l", "o", "X", " ", "' '", ":", ",", "$v", '"$v"', "r", "[", "]", "[]a]", "a]", "é", "\\\\", "/", "\\/", "**", "*?", "??"]
LETTERS = "abcxyzABC019_-.,:/@%+=é"


class Words:
    def __init__(self, rng, kind="words", dialect="bash"):
        self.r, self.kind, self.dialect = rng, kind, dialect
        self.depth = 0
        bash = dialect == "bash"
        self.constructs = dict(BASE)
        if bash:
            self.constructs.update(BASH)
        self.preludes = dict(PRELUDE)
        if bash:
            self.preludes.update(BASH_PRELUDE)

    # ---- small things --------------------------------------------------------------------------------------------------------

    def pick(self, of):
        return self.r.choice(of)

    def chance(self, p):
        return self.r.random() < p

    def text(self):
        if self.chance(0.6):
            return self.pick(TEXTS)
        return "".join(self.pick(LETTERS + "ab ") for _ in range(self.r.randint(1, 6)))

    def sq(self, text=None):
        text = self.text() if text is None else text
        return "'" + text.replace("'", "'\\''") + "'"

    def bare(self):
        return "".join(self.pick("abcxyzAB01_-./,:@%+=") for _ in range(self.r.randint(1, 4)))

    def number(self):
        return str(self.pick([0, 1, 2, 3, -1, -2, 5, 10, 7, 64, 255, 100]))

    def var(self):
        if self.chance(0.08):
            return self.pick(UNSET)
        return self.pick(SCALARS + (["1", "2", "3"] if self.chance(0.15) else []))

    def quote(self, word):
        """The same expansion within double quotes, often."""
        return '"' + word + '"' if self.chance(0.5) else word

    def operand(self):
        """A word within ${…}: quoting and expansions again, but nothing unbalanced."""
        if self.depth > 2 or self.chance(0.5):
            return self.pick(["d", "a b", "'q q'", "/x", "", "x*", "\\}", "~", "-rf", '"d e"', "'}'", "é", "a:b"])
        self.depth += 1
        word = self.piece()
        self.depth -= 1
        return word

    def pattern(self):
        return self.pick(PATTERNS)

    def double_inner(self):
        """Between double quotes."""
        out = []
        for _ in range(self.r.randint(0, 3)):
            c = self.r.random()
            if c < 0.4:
                out.append(self.pick(["a", "b c", "  ", "/", "*", "'", "~", "{a,b}", "\\$v", "\\\\", "\\\"", "\\a", "\\`", "-x", "é", "\\\n", "$", "\n", "#"]))
            elif c < 0.9 and self.depth < 3:
                self.depth += 1
                out.append(self.pick([self.c_param, self.c_default, self.c_arith, self.c_subst] + (
                    [self.c_slice, self.c_array, self.c_replace] if self.dialect == "bash" else []))())
                self.depth -= 1
        return "".join(out)

    # ---- constructs: each gives a piece of a word ---------------------------------------------------------------------------------

    def c_literal(self):
        return self.bare()

    def c_single(self):
        return self.sq()

    def c_double(self):
        return '"' + self.double_inner() + '"'

    def c_escape(self):
        return "".join("\\" + self.pick(" abn*?[]{}~$\"'\\;&|#!é\n(") if self.chance(0.5) else self.pick("rmx/") for _ in range(self.r.randint(1, 3)))

    def c_ansi(self):
        units = ["\\n", "\\t", "\\a", "\\b", "\\e", "\\E", "\\f", "\\r", "\\v", "\\\\", "\\'", '\\"', "\\?", "\\x41", "\\x4", "\\x", "\\101", "\\1",
                 "\\12", "\\377", "\\0", "\\u41", "\\u00e9", "\\U1F600", "\\u", "\\cA", "\\cz", "\\c?", "\\z", "\\xe9", "\\x{41}", "\\01234", "\\x414", "\\400"]
        return "$'" + "".join(self.pick(units) if self.chance(0.5) else self.pick(["a", "r", "m", " ", "/", '"', "$v"]) for _ in range(self.r.randint(0, 4))) + "'"

    def c_dollar_double(self):
        return '$"' + self.pick(["a", "b c", "$v", ""]) + '"'

    def c_param(self):
        name = self.var()
        return self.pick(["$" + name, "${" + name + "}", "$" + name])

    def c_quoted_param(self):
        return '"$' + self.var() + '"'

    def c_default(self):
        op = self.pick([":-", "-", ":=", "=", ":+", "+"])
        name = self.var() if op not in (":=", "=") else self.pick(SCALARS + UNSET)
        return "${" + name + op + self.operand() + "}"

    def c_error(self):
        return "${" + self.pick(SCALARS) + self.pick([":?", "?"]) + "e}"

    def c_trim(self):
        return self.quote("${" + self.var() + self.pick(["#", "##", "%", "%%"]) + self.pattern() + "}")

    def c_replace(self):
        by = self.pick(["", "/", "/Q", "/", "/a b", "/$w", '/"$w"', "/&", "/[&]", "/\\&", "/'q'", "/\\/", "/x/y", "/*", "/~"])
        return "${" + self.var() + self.pick(["/", "//", "/#", "/%"]) + self.pattern() + by + "}"

    def c_slice(self):
        start = self.pick(["0", "1", "2", " -1", " -2", " -3", "9", "1+1", "$n", "n", "(1)", " -n", "", "n?1:2"])
        length = self.pick(["", "", ":1", ":2", ":-1", ":0", ":9", ":-2", ":n", ": -1", ":"])
        return "${" + self.var() + ":" + start + length + "}"

    def c_case(self):
        return self.quote("${" + self.var() + self.pick(["^", "^^", ",", ",,", "~", "~~"]) + self.pick(["", "", "", "[a-c]", "h", "?", "[[:alpha:]]", "X"]) + "}")

    def c_length(self):
        return self.pick(["${#%s}" % self.var(), "${#arr[@]}", "${#arr[1]}", "${#map[@]}", "$#", "${#}", "${#@}", "${#*}", "${#lst[*]}", "${#arr}", "${#map[k]}"])

    def c_posix_length(self):
        return self.pick(["${#%s}" % self.var(), "$#", "${#}"])

    def c_indirect(self):
        return self.quote(self.pick(["${!ref}", "${!ref:-d}", "${!ref#a}", "${!ref:1}", "${!ref^^}", "${!ref//a/b}", "${!v}", "${!aref}", "${!nref:+x}", "${!one}", "${!ref@Q}", "${#ref}"]))

    def c_prefix(self):
        return self.quote(self.pick(["${!ar*}", "${!ar@}", "${!zq_*}", "${!zq_@}", "${!nosuch*}"]))

    def c_at(self):
        return self.quote("${" + self.pick(SCALARS + ["arr[@]", "arr[1]", "lst[*]", "map[k]", "u1", "@", "map[@]"]) + "@" + self.pick("QUuLEPAaKk") + "}")

    def c_array(self):
        a = self.pick(ARRAYS)
        index = self.pick(["@", "@", "*", "0", "1", "-1", "n", "$n", "9", "n-1", "2", "#", "-2"])
        if index == "#":
            return self.quote("${!%s[%s]}" % (a, self.pick("@*")))
        ops = ["", "", "", "", ":1", ":1:2", ": -1", ":0:1", "#a", "%b", "/a/b", "//a/b", "^^", ",,", "^", ":-d", "-d", "+s", ":+s", "/#a/b", "%%*", "#*", ": -2:1", ":n"]
        return self.quote("${%s[%s]%s}" % (a, index, self.pick(ops))) if self.chance(0.9) else "$" + a

    def c_map(self):
        return self.quote(self.pick(["${map[k]}", "${map[other]}", "${map[a b]}", "${map[$k]}", "${map[\"$k\"]}", "${map['k']}", "${map[nosuch]}", "${map[k]:-d}", "${map[k]#a}",
                                     "${map[nosuch]-d}", "${map[k]^^}", "${map[0]}", "$map", "${map[n]}"]))

    def c_positional(self):
        forms = ["$1", "$2", "${3}", "$@", '"$@"', "$*", '"$*"', "$#", "${10}", "$10", '"a$@b"', '"${@}"', "${1:-d}", "${1#a}", "${1+x}", "${9-d}", "${@:-d}", '"${*:-d}"']
        if self.dialect == "bash":
            forms += ["${@:1}", "${@:2:1}", '"${@:2}"', "${*:1:2}", '"${*:2}"', "${@: -1}", '"${@#a}"', '"${@//a/b}"', "${@^^}", '"${@%b}"', "${*#a}", '"${*/a/b}"']
        return self.pick(forms)

    def arith(self, depth=0):
        if depth > 2 or self.chance(0.4):
            atoms = ["0", "1", "2", "3", "7", "10", "255", "0x1f", "010", "n", "$n", "${n}", "m", "-1", "u1"]
            if self.dialect == "bash":
                atoms += ["2#101", "16#ff", "36#z", "64#@", "n++", "--n", "++m", "arr[3]", "${#v}", "n--", "-n", "! n"]
            return self.pick(atoms)
        op = self.pick(["+", "-", "*", "/", "%", "<" + "<", "&", "|", "^", "==", "!=", "&&", "||"] + (["**", ","] if self.dialect == "bash" else []))
        op = op.replace("<<", "*")  # shifts would look like here-documents to the jail's check
        if self.chance(0.15):
            return "%s ? %s : %s" % (self.arith(depth + 1), self.arith(depth + 1), self.arith(depth + 1))
        if self.chance(0.15):
            return "(" + self.arith(depth + 1) + ")"
        if self.chance(0.08):
            return self.pick(["-", "+", "~", "!", "- "]) + " " + self.arith(depth + 1)
        if self.chance(0.06):
            return "(" + self.pick("nm") + self.pick(["=", "+=", "-=", "*=", "|=", "%=", "^="]) + self.arith(depth + 1) + ")"
        return self.arith(depth + 1) + self.pick(["", " "]) + op + self.pick(["", " "]) + self.arith(depth + 1)

    def c_arith(self):
        return "$((" + self.arith() + "))"

    def c_old_arith(self):
        return "$[" + self.pick(["1+1", "n*2", "$n - 1", "0x10", "3%2"]) + "]"

    def c_brace(self, depth=0):
        if self.chance(0.35):
            span = self.pick(["1..3", "3..1", "a..e", "e..a", "01..03", "1..9..3", "-1..1", "a..f..2", "0..0", "1..3..0", "10..1..-4", "A..c", "1..a", "1..", "001..10..4",
                              "-01..1", "a..c..-1", "3..-1", "1..2..x", "5..1..2", "-5..-1..2", "$n..3", "x..z"])
            return self.pick(["", "a", "/"]) + "{" + span + "}" + self.pick(["", "b", ".c"])
        items = []
        for _ in range(self.r.randint(1, 3)):
            c = self.r.random()
            if c < 0.5 or depth > 1:
                items.append(self.pick(["a", "rm", "-rf", "", "/", "b.c", "1"]))
            elif c < 0.7:
                items.append(self.c_brace(depth + 1))
            elif c < 0.8:
                items.append(self.pick(["\\,", "\\{", "'a,b'", '"{x,y}"', "\\}", "'}'"]))
            else:
                items.append(self.pick(["$v", '"$v"', "${v}", "${v:-a,b}", "$(echo p,q)", "~", "*"]))
        return self.pick(["", "", "a", "$v", "'q'", "-", "{"]) + "{" + ",".join(items) + "}" + self.pick(["", "", "b", "$w", '"q"', "}", "{c,d}", "*"])

    def c_tilde(self):
        return self.pick(["~", "~/x", "~/", "'~'", "\\~", "\"~\"/x", "~/$v", "~/'a b'", "a~", "a/~", "x=~", "--o=~/x", "~/*"])

    def literal_words(self):
        return " ".join(self.pick([self.sq(), self.bare(), self.c_ansi() if self.dialect == "bash" else self.sq(), self.pick(["$v", '"$w"', '"$v"'])]) for _ in range(self.r.randint(0, 3)))

    def echo(self):
        flag = self.pick(["", "", "-n ", "-e ", "-ne ", "-en ", "-E ", "-nE ", "-x ", "-- ", "-nn ", "-e -n "]) if self.dialect == "bash" else self.pick(["", "", "-n "])
        body = self.literal_words()
        if "e" in flag or self.chance(0.2):
            body += " " + self.sq("".join(self.pick(["\\n", "\\t", "\\x41", "\\0101", "\\101", "\\c", "\\\\", "a", "b ", "\\e", "\\u41", "\\z", "\\x", "\\0", "\\1", "\\x4g", "\\\"", "\\'"]) for _ in range(3)))
        return "echo " + flag + body

    def printf(self):
        formats = ["%s", "%s\\n", "%s %s", "%s,", "%b", "%q", "%d", "%5s|", "%-5s|", "%05d", "%x", "%X", "%o", "%c", "%%", "%.2s", "%*s", "%i", "%u", "%+d", "% d", "%#x",
                   "\\x41%s", "\\101", "a\\tb", "%s\\0", "%5.1s", "\\\\%s", "\\e%s", "\\u41", "%03o", "%-4d|", "%.3d", "%s%%", "%b\\n", "\\", "%", "%z", "-%s", "\\c%s", "%b%b", "%#o",
                   "%e", "%s-%d", "%.0s", "%.*s", "%'d"]
        count = self.r.randint(0, 3)
        args = [self.pick([self.sq(), self.bare(), self.number(), "'a b'", "0x1f", "010", "\"'a\"", "'\\x41\\n'", "'\\0101'", "3", "'\\c'", "-7", '"$v"', "$w"]) for _ in range(count)]
        return " ".join(["printf"] + self.pick([[], [], [], ["--"]]) + [self.sq(self.pick(formats) + (self.pick(formats) if self.chance(0.2) else ""))] + args)

    def c_subst(self):
        if self.depth > 2:
            return "$(echo a)"
        self.depth += 1
        body = self.pick([self.echo, self.printf, lambda: "echo " + self.word(), lambda: ": " + self.word(), lambda: "v=2; echo $v", lambda: "echo a; printf b"])()
        self.depth -= 1
        if "`" in body or "\\" in body or self.chance(0.8):
            return "$(" + body + ")"
        return "`" + body + "`"

    def filter(self):
        f = self.r.randint(0, 11)
        if f == 0:
            return "tr " + self.pick(["a-z A-Z", "abc xyz", "-d a", "-d '[:space:]'", "-s a", "'[:lower:]' '[:upper:]'", "a-c x", "-cd a-z", "-d '\\n'", "'a-zA-Z' 'n-za-mN-ZA-M'", "' ' '\\n'",
                                     "-s ' '", "-c a-z _", "'\\101' b", "-d -c a", "a-z b-za", "-t abc x", "'[a-c]' '[x-z]'", "-ds a b", "'!-~' 'P-~!-O'", "/ :", "-s a b", "'[:digit:]' x", "--delete a", "-C a b"])
        if f == 1:
            return "cut " + self.pick(["-c1", "-c1-3", "-c2-", "-c-2", "-c1,3", "-d: -f1", "-d: -f2-", "-f1", "-d ' ' -f2", "-b1-2", "-d, -f1,3", "-d: -s -f1", "-c 3-4,1", "-d : -f 2", "-d/ -f1-2",
                                      "--complement -c1", "-d: --output-delimiter=_ -f1,2", "-f2 -d:", "-d' ' -f-2", "-d: -f9", "--characters=2", "--delimiter=: --fields=2"])
        if f == 2:
            return "rev"
        if f == 3:
            return "sed " + self.pick(["s/a/b/", "s/a/b/g", "'s/a/b/g'", "'s|/|:|g'", "s/[a-c]/X/g", "'s/.*/x/'", "'s/^/r/'", "'s/$/m/'", "-e s/a/1/ -e s/b/2/", "'s/\\(a\\)\\(b\\)/\\2\\1/'", "'s/a//;s/b//'",
                                       "-E 's/(a|b)+/x/g'", "'s/A/b/I'", "'s/a/b/2'", "'s/./&&/g'", "-n p", "1d", "'$d'", "-n 1p", "y/abc/xyz/", "'s/a*/x/g'", "'s/ *$//'", "'s/[^a-z]//g'", "-r 's/a+/b/'",
                                       "'s/\\//:/g'", "'s/a\\|b/c/'", "'s,/,_,'", "'s/a/\\n/'", "'s/x/y/p'", "-n 's/a/b/p'", "'/a/d'", "'/a/s/b/c/'", "2q", "'s/b/[&]/'", "'s/\\./-/g'", "'s/ /_/g'", "'s/\\s/_/g'",
                                       "'s/\\(.\\)/\\1\\1/g'", "'s/a\\+/z/'", "'s/[[:upper:]]/u/g'", "'s/\\ba/Q/'", "'s/.$//'", "'s/^.//'", "'s/a/\\U&/g'", "-e 's/a/b/'", "--expression=s/a/b/"])
        if f == 4:
            return self.pick(["base64", "base64 -w0", "base64 | base64 -d", "base64 -w 0 | base64 --decode", "base64 -w4", "base32 | base32 -d", "base32", "xxd -p | xxd -r -p", "xxd -p", "base64 | tr -d '\\n' | base64 -di",
                              "base64 | rev | rev | base64 -d", "xxd -ps", "base64 -w0 | openssl base64 -d -A", "base64 | openssl enc -base64 -d", "base64 | openssl base64 -d", "openssl base64", "gzip | gzip -d",
                              "gzip -c | gunzip", "gzip -9 | base64 -w0 | base64 -d | gunzip -c", "base64 | openssl enc -d -a", "xxd -r -p", "base64 -d", "base32 -d", "od -An -tx1", "xxd -p -c 4"])
        if f == 5:
            return self.pick(["head -1", "head -n 1", "head -c 2", "head -c2", "tail -1", "tail -n 1", "tail -c 2", "tail -n +2", "head -n -1", "tail -c +2", "head", "tail", "head -n2", "head --lines=1", "tail -n2",
                              "head -c -1", "head -2", "tail -n-1", "head -qn1", "tail -c3", "tail +2"])
        if f == 6:
            return self.pick(["cat", "cat -", "tac", "sort", "sort -r", "uniq", "cat -n", "sort -u", "wc -l", "wc -c", "sort -n", "wc -w", "nl", "cat -A", "uniq -c", "wc", "paste -sd,", "paste -s -d ''", "fold -w1", "fold -w 2"])
        if f == 7:
            return self.pick(["awk '{print $1}'", "awk '{print $2}'", "awk '{print $NF}'", "awk -F: '{print $1}'", "awk '{print}'", "awk '{print $0}'", "awk -F: '{print $2}'", "awk '{ print $1, $2 }'",
                              "awk '{print $1\"x\"$2}'", "awk 'NR==1'", "awk 'NR==1{print $1}'", "awk '{printf \"%s\", $1}'", "awk -F/ '{print $NF}'", "awk '{print toupper($0)}'", "awk '{print NF}'"])
        if f == 8:
            return "grep " + self.pick(["a", "-v a", "-o a", "x"]) if False else "cat"
        return self.pick(["tr a-z A-Z", "rev", "cut -c1-2", "sed s/a/b/", "tr -d ' '", "head -1", "base64 -w0 | base64 -d", "cat"])

    def c_filter(self):
        source = self.pick([self.echo, self.printf, lambda: "printf '%s\\n' " + self.literal_words(), lambda: "echo " + self.sq(), lambda: "echo " + self.sq(), lambda: "printf '%s' " + self.sq()])()
        stages = [self.filter() for _ in range(self.pick([1, 1, 1, 2, 2, 3]))]
        if self.chance(0.12):
            return self.quote("$(" + stages[0] + " <<< " + self.pick([self.sq(), '"$v"', "$w", self.bare()]) + ")")
        return self.quote("$(" + source + " | " + " | ".join(stages) + ")")

    def c_program(self):
        return self.quote("$(" + self.pick(["seq 3", "seq 2 4", "seq 1 2 5", "seq 3 1", "seq 3 -1 1", "seq -s, 3", "seq -w 9 11", "seq -s ' ' 2", "seq 0", "seq -f %02g 3", "seq 1 0.5 2", "seq -1 1",
                                            "basename /a/b.c", "basename /a/b.c .c", "dirname /a/b", "dirname a", "basename a/", "dirname /", "basename -s .c a.c", "basename -a x/y z", "dirname a/b c/d", "basename \"$v\"", "dirname \"$v\"",
                                            "basename \"$v\" \"$w\"", "seq $n", "dirname /a/", "dirname //a//b//", "basename /", "basename ''", "dirname ''", "seq 1 3 | rev", "seq 5 | head -2", "seq 3 | tac", "seq -s '' 3",
                                            "basename --suffix=.x a.x", "seq 03", "seq 2 1"]) + ")")

    # ---- words, statements, scripts ----------------------------------------------------------------------------------------------------

    def piece(self):
        names = list(self.constructs)
        if self.kind in self.constructs and self.chance(0.75):
            return getattr(self, "c_" + self.kind)()
        weights = [self.constructs[name] for name in names]
        return getattr(self, "c_" + self.r.choices(names, weights)[0])()

    def word(self):
        return "".join(self.piece() for _ in range(self.pick([1, 1, 1, 2, 2, 3])))

    def p_assign(self):
        name = self.pick(SCALARS)
        value = self.pick([self.sq, self.word, self.sq, lambda: '"' + self.double_inner() + '"', self.bare, lambda: "~/x:~/y", lambda: ""])()
        return name + ("+=" if self.dialect == "bash" and self.chance(0.15) else "=") + value

    def p_unset(self):
        return "unset " + self.pick(SCALARS + ["n"])

    def p_ifs(self):
        return "IFS=" + self.pick(["':'", "','", "' :'", "''", "$' \\t\\n'" if self.dialect == "bash" else "' '", "a", "' '", "'b '", "/", "'::'", "'-'", "'1'", "' ,'"])

    def p_set(self):
        return "set -- " + " ".join(self.word() for _ in range(self.r.randint(0, 4)))

    def p_shift(self):
        return self.pick(["shift", "shift 2", "shift 0", "set -f", "set -- -- a"])

    def p_number(self):
        return self.pick("nm") + "=" + self.pick(["0", "1", "2", "3", "-1", "n+1", "m", "$((n+1))", "'1 + 1'", "x", "010", ""])

    def p_array(self):
        a = self.pick(ARRAYS)
        form = self.r.randint(0, 7)
        if form <= 3:
            return "%s%s(%s)" % (a, self.pick(["=", "=", "=", "+="]), " ".join(self.word() for _ in range(self.r.randint(0, 4))))
        if form == 4:
            return "%s[%s]%s%s" % (a, self.pick(["0", "1", "2", "5", "n", "-1", "n+1", "$n"]), self.pick(["=", "=", "+="]), self.word())
        if form == 5:
            return "%s=([%s]=%s %s [%s]=%s)" % (a, self.pick(["0", "2", "n"]), self.word(), self.word(), self.pick(["1", "5", "3"]), self.word())
        if form == 6:
            return "unset '%s[%s]'" % (a, self.pick(["0", "1", "-1", "n"])) if self.chance(0.6) else "unset " + a
        return self.pick(["declare -a %s=(x 'y z')", "typeset -a %s", "%s=(\"${%s[@]}\" more)" % (a, a) if True else "", "declare %s=plain", "%s=plain"]).replace("%s", a)

    def p_map(self):
        return self.pick(["declare -A map=([k]=v [other]='a b')", "declare -A map; map[k]=%s" % self.word(), "map[k]+=x", "declare -A map=([\"a b\"]=c [k]=abc)", "map=([k]=%s)" % self.word(), "k=%s" % self.pick(["k", "other", "'a b'"]),
                          "unset 'map[k]'", "declare -A map=(k v other 'p q')", "map[$k]=z", "map['k']=abca"])

    def p_ref(self):
        return self.pick(["ref=v", "ref=w", "ref=arr", "ref='arr[1]'", "aref='arr[@]'", "one=1", "nref=u1", "zq_a=1 zq_b=2", "declare -n nref=v", "nref=changed", "ref=nosuch", "declare -n lref=arr", "lref[0]=q", "ref='map[k]'"])

    def p_declare(self):
        return self.pick(["declare v=%s", "typeset w=%s", "declare -i n=1+2", "declare -u y=%s", "declare -l z=%s", "export v=%s", "declare -r c1=%s", "declare -x v", "declare -i m; m=n+1", "declare -u v; v=abc", "declare +u v", "export w", "declare v+=%s",
                          "declare -g z=%s"]).replace("%s", self.word())

    def p_read(self):
        names = self.pick(["v", "v w", "v w y", "-r v", "-r v w", "-ra arr", "-a arr", "-d: v", "-n 2 v", "-r", "-N 3 v", "-rd '' v", "-r -a arr", "-d '' v"])
        ifs = self.pick(["", "", "", "IFS=: ", "IFS=, ", "IFS= ", "IFS=' :' "])
        return ifs + "read " + names + " <<< " + self.pick([self.sq(), '"$w"', "$v", self.word(), "$'a\\nb'", "'a:b:c'", "'a, b,c'", "'p\\q r\\ s'", "' x  y '"])

    def p_mapfile(self):
        return self.pick(["mapfile", "readarray"]) + self.pick([" -t", "", " -t -n 1", " -t -s 1", " -d : -t", " -td,"]) + " arr <<< " + self.pick(["$'a\\nb\\nc d'", self.sq(), '"$v"', "a:b:c", "x,y"])

    def p_printf_v(self):
        return self.printf().replace("printf", "printf -v %s" % self.pick(SCALARS + ["'arr[1]'"]), 1)

    def p_shopt(self):
        return self.pick(["shopt -s extglob", "shopt -u extglob", "shopt -s nocasematch", "set -f", "set -o noglob", "set +B", "set -B", "shopt -u patsub_replacement", "set -u", "set -o posix", "shopt -s compat44"])

    def p_let(self):
        return self.pick(["let n=n+1", "let 'n += 2'", "(( n++ ))", "(( n = m + 1 ))", "let m=3 n=m*2", "(( m += n )) || :", ": $(( n = 5 ))", "(( arr[1] = 7 )) || :"])

    def p_for(self):
        words = " ".join(self.word() for _ in range(self.r.randint(1, 3)))
        return "for i in " + words + "; do " + self.command(["$i", '"$i"', '"$i"x', "${i#a}", "$i/"]) + "; done"

    def command(self, extra=()):
        words = []
        for _ in range(self.r.randint(1, 4)):
            words.append(self.pick(extra) if extra and self.chance(0.6) else self.word())
        name = "args"
        if self.chance(0.1):
            name = self.pick(["rm", "'r'm", "\\rm", "\"rm\"", "r''m", "${none}rm", "$'\\x72m'", "$(echo rm)"] if self.dialect == "bash" else ["rm", "'r'm", "\\rm", "$(echo rm)"])
        prefix = ""
        if self.chance(0.05):
            prefix = self.pick(SCALARS) + "=" + self.word() + " "
        return prefix + " ".join([name] + words)

    def prelude(self):
        names = list(self.preludes)
        wanted = [n for n in NEEDS.get(self.kind, ()) if n in self.preludes]
        if self.kind in self.preludes:
            wanted = [self.kind]
        if wanted and self.chance(0.7):
            return getattr(self, "p_" + self.pick(wanted))()
        return getattr(self, "p_" + self.r.choices(names, [self.preludes[n] for n in names])[0])()

    def script(self):
        lines = []
        for name in self.r.sample(SCALARS, 3):
            lines.append(name + "=" + self.sq())
        lines.append("n=%d" % self.r.randint(0, 3))
        if self.dialect == "bash":
            lines.append("arr=(%s)" % " ".join(self.sq() for _ in range(self.r.randint(0, 4))))
            if self.kind == "map" or self.chance(0.2):
                lines.append("declare -A map=([k]=%s)" % self.sq())
            if self.kind in ("indirect", "at"):
                lines.append("ref=%s" % self.pick(SCALARS + ["arr"]))
        if self.kind == "positional" or self.chance(0.3):
            lines.append("set -- " + " ".join(self.sq() for _ in range(self.r.randint(0, 3))))
        for _ in range(self.r.randint(1, 3)):
            for _ in range(self.r.randint(0, 2)):
                lines.append(self.prelude())
            lines.append(self.command())
        return "\n".join(lines)


BASE = {"literal": 4, "single": 3, "double": 5, "escape": 2, "param": 5, "quoted_param": 4, "default": 4, "trim": 4, "posix_length": 1, "positional": 2, "arith": 3, "tilde": 1, "subst": 3, "filter": 3,
        "program": 1, "error": 0.3}
BASH = {"ansi": 3, "dollar_double": 0.5, "replace": 4, "slice": 3, "case": 2, "length": 1.5, "indirect": 1.5, "prefix": 0.5, "at": 2, "array": 4, "map": 1, "old_arith": 0.5, "brace": 4}
PRELUDE = {"assign": 6, "unset": 0.7, "ifs": 1, "set": 1, "shift": 0.5, "number": 2, "for": 1}
BASH_PRELUDE = {"array": 3, "map": 1, "ref": 1.5, "declare": 2, "read": 2, "mapfile": 1, "printf_v": 1.5, "shopt": 0.4, "let": 1}
NEEDS = {"array": ["array"], "map": ["map"], "indirect": ["ref"], "positional": ["set", "shift"], "arith": ["number", "let"], "tilde": ["assign"], "at": ["array", "ref", "declare"]}
KINDS = ["words"] + sorted(set(BASE) | set(BASH) | {"p_" + n for n in list(PRELUDE) + list(BASH_PRELUDE)})


def script(seed, index, kind, dialect):
    rng = random.Random("%s/%s/%s/%d" % (seed, kind, dialect, index))
    name = kind[2:] if kind.startswith("p_") else kind
    words = Words(rng, name, dialect)
    if kind.startswith("p_"):
        words.constructs.pop(name, None)
    return words.script().encode()

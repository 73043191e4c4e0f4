### subshell and group
(cd /; rm -rf *); { a; b & }
### group ends behind a subshell
{ (a) }
### if
if a; then b; elif c; then d; else e; fi
### if with lists
if a && b; c; then d | e; fi &
### while until
while read -r x; do echo "$x"; done < f; until a; do b; done
### for
for i in a "b c" $(ls) *.c; do rm $i; done
### for without in
for i; do a; done; for j
do b; done
### for with braces
for i in 1 2; { echo $i; }
### c-style for
for ((i=0; i<$n; i++)); do echo $i; done
### select
select x in a b; do c; break; done
### case
case "$1" in
  start|stop) a;;
  [Rr]*) b ;&
  (q) ;;&
  *) c
esac
### case on one line
case x in a) b;; esac; case y in esac
### functions
f() { a; }; function g { b; }; function h () (c); i () if d; then e; fi
### function with a redirection
f() { a; } > log 2>&1
### fork bomb
:(){ :|:& };:
### coproc
coproc cat; coproc N { a; b; }; coproc (c)
### test
[[ -f a && ! $x == *.c || ( $y =~ ^a(b|c)+\ d$ ) ]] && e
### test with less
[[ a < b ]]
### bracket
[ -f "$x" ] || exit
### arithmetic
(( x += $(id -u), y++ )) && a; ((1))
### nested subshells that look like arithmetic
((a); (b))
### loops in a pipeline
find . | while read f; do rm "$f"; done | sort
### keywords as arguments
echo if then do done { } case esac; git for each
### condition on lines
if
  a
then
  b
fi

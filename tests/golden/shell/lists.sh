### sequence
a; b
c
### and or
a && b || c; d
### and binds behind pipe
a && b | c || d | e
### background
a & b && c & d
### pipe both
a |& b | c
### negated
! a | b; ! ! c; ! (d); if ! e; then f; fi
### timed
time a | b; time -p c; time; time -f %e d
### newline behind operators
a &&
  b ||
  # comment
  c |
  d
### redirection binds to the last command
cd x && make 2>&1 | tail
### trailing separator
a; b;
### assignments
x=1 y+=2 a[1]=z b[$i]+=w cmd x=3
### only assignments
x=1 y=
### array
a=(x "y z" $(id) [k]=v
  # note
  last) b+=(c)
### quoted name is no assignment
"x"=1
### declarations
declare -a x=(1 "2 3" $(id)) y=$z; export A=b C; local d=$(pwd) e; readonly F="g h"; typeset -i n=1
### comments
a # one
# two
b;# three
### empty

### only a comment
# nothing

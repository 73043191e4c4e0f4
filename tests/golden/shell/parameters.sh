### simple
echo $x $1 $12 $@ $* $# $? $- $$ $! $_ "$x"y
### braced
echo ${x} ${10} ${@} ${#} ${!} "${x}"
### defaults
echo ${x:-a b} ${x-} ${x:=~/d} ${x=1} ${x:+y} ${x:?no "such" thing}
### default with a substitution
rm -rf "${DIR:-$(pwd)}/x"
### default quoting inside double quotes
echo "${x:-'a' "b" \} c}"
### trims
echo ${x#a} ${x##*/} ${x%.c} ${x%%.*}
### replacement
echo ${x/a/b} ${x//a/b} ${x/#a/b} ${x/%a} ${x//\//_} ${x//'/'/$y}
### substring
echo ${x:1} ${x:1:2} ${x: -1} ${@:2}
### case
echo ${x^} ${x^^} ${x,} ${x,,[a-z]}
### length, indirect, names
echo ${#x} ${#a[@]} ${!x} ${!pre*} ${!a[@]} ${!x:-d}
### operators
echo ${x@Q} ${x@U} ${a[@]@A}
### arrays
echo ${a[0]} ${a[@]} ${a[$i]} ${a["k"]:-z}
### index that runs
echo ${a[$(id -u)]}
### nested
echo ${a:-${b:-${c:-d}}}
### another shell's flags
echo ${(f)x}

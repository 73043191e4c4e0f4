/* trajsafe: the command line over libtrajsafe. */
#include "cli.h"

#include <signal.h>
#include <string.h>

static const char usage[] =
    "trajsafe: which of what an AI agent did, or is about to do, is unsafe, and why\n"
    "\n"
    "  trajsafe check COMMAND           may this command run? allow, ask or deny\n"
    "  trajsafe check --jsonl           one action a line in, one decision a line out\n"
    "  trajsafe explain COMMAND         what the command would do, layer by layer, and every finding under it\n"
    "  trajsafe scan FILE…              which trajectories to keep, mask, review or drop\n"
    "  trajsafe rules list|show|test|lint|vocabulary\n"
    "  trajsafe formats                 trajectory formats that can be read\n"
    "  trajsafe --version               engine, grammars, digests of rules and tables\n"
    "\n"
    "  trajsafe COMMAND --help          tells each of them with examples\n"
    "\n"
    "Exit codes: 0 done (also with findings), 1 a decision at or above --fail-on, 2 usage or rule error,\n"
    "3 some input could not be read (the rest was done).\n"
    "\n"
    "Nothing is ever run, and nothing is fetched: commands are read as text.\n";

static int version(void) {
    trajsafe_engine *engine = NULL;
    trajsafe_error error = {0};
    if (trajsafe_engine_builtin(&engine, &error) != TRAJSAFE_OK) {
        print_error(&error, "the built-in rules");
        return EXIT_USAGE;
    }
    printf("trajsafe %s\ngrammars %s\nrules    %u, digest %s\ntables   digest %s\nabi      %u\n", trajsafe_version(),
           trajsafe_grammars(), (unsigned)trajsafe_engine_rules(engine), trajsafe_engine_ruleset_digest(engine),
           trajsafe_engine_tables_digest(engine), (unsigned)trajsafe_abi_version());
    trajsafe_engine_unref(engine);
    return EXIT_DONE;
}

static int run(const struct command *command, int argc, char **argv) {
    struct options options;
    int code = options_parse(command, argc, argv, &options);
    if (code == EXIT_DONE && options.help) {
        fputs(command->help, stdout);
    } else if (code == EXIT_DONE) {
        colors_set(options.color);
        code = command->run(&options);
    }
    options_free(&options);
    return code;
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_DFL);              /* `trajsafe scan … | head` ends quietly */
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ); /* a message is one write */
    if (argc < 2) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        for (const struct command *c = commands; argc > 2 && c->name; c++)
            if (strcmp(c->name, argv[2]) == 0) return fputs(c->help, stdout) < 0;
        return fputs(usage, stdout) < 0;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) return version();
    for (const struct command *c = commands; c->name; c++)
        if (strcmp(c->name, argv[1]) == 0) {
            int code = run(c, argc - 2, argv + 2);
            if (fflush(stdout) != 0 || ferror(stdout)) {
                fputs("trajsafe: the output could not be written\n", stderr);
                return code == EXIT_DONE ? EXIT_INPUT : code;
            }
            return code;
        }
    return usage_error(NULL, "there is no command \"%s\"; `trajsafe --help` lists them", argv[1]);
}

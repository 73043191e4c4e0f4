/* formats: what can be read. */
#include "cli.h"

int run_formats(struct options *options) {
    if (options->rests) return usage_error("formats", "it takes no argument");
    for (uint32_t i = 0; trajsafe_format_name(i); i++)
        printf("%-14s %s\n", trajsafe_format_name(i), trajsafe_format_title(i));
    return EXIT_DONE;
}

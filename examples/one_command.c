/* One command: may it run? Prints the decision, and for each finding why and where in the text. */
#include <stdio.h>

#include <trajsafe/trajsafe.h>

static int judge(trajsafe_scanner *scanner, const char *command) {
    static const char *const names[] = {"allow", "ask", "deny"};
    trajsafe_report *report;
    if (trajsafe_check_command(scanner, NULL, NULL, command, TRAJSAFE_NUL, &report, NULL) != TRAJSAFE_OK) return 1;
    printf("%-5s  %s\n", names[trajsafe_report_action(report)], command);
    for (uint32_t i = 0; i < trajsafe_report_findings(report); i++) {
        trajsafe_finding finding = {.size = sizeof finding};
        if (trajsafe_report_finding(report, i, &finding) != TRAJSAFE_OK) continue;
        printf("       %s (%s): %.*s\n", finding.rule, finding.severity, (int)(finding.end - finding.begin),
               command + finding.begin);
    }
    trajsafe_report_free(report);
    return 0;
}

int main(void) {
    trajsafe_engine *engine;
    trajsafe_scanner *scanner;
    trajsafe_error error = {0};
    if (trajsafe_engine_builtin(&engine, &error) != TRAJSAFE_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    int failed = trajsafe_scanner_new(engine, &scanner) != TRAJSAFE_OK;
    trajsafe_engine_unref(engine); /* the scanner holds its own reference */
    if (failed) return 1;
    failed |= judge(scanner, "ls -la src");
    failed |= judge(scanner, "echo 'never run rm -rf / here' >> notes.txt");
    failed |= judge(scanner, "sudo sh -c 'rm -rf /'");
    failed |= judge(scanner, "ssh -N -R 2222:localhost:22 me@relay.example.net");
    trajsafe_scanner_free(scanner);
    return failed;
}

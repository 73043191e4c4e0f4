/* Own rules: compile the rules that come with the library and one of our own, and judge with both. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trajsafe/compile.h>
#include <trajsafe/trajsafe.h>

static const char mine[] = "rules:\n"
                           "  - id: security.house.no-cluster-login\n"
                           "    title: Login to the training cluster\n"
                           "    leaf: security/behaviour\n"
                           "    severity: high\n"
                           "    confidence: 0.9\n"
                           "    why: Agents of this house have no business on the cluster's head node.\n"
                           "    on: effect\n"
                           "    where: {kind: connect, host: {ends: .cluster.example}}\n"
                           "    hits:\n"
                           "      - ssh head.cluster.example\n"
                           "      - ssh ops@head.cluster.example uptime\n"
                           "    misses:\n"
                           "      - ssh build.example.com\n"
                           "      - grep head.cluster.example /etc/hosts\n";

static void *compile(const char *rules, size_t *size) {
    trajsafe_ruleset *ruleset;
    trajsafe_error error = {0};
    void *image = NULL;
    if (trajsafe_ruleset_new(&ruleset) != TRAJSAFE_OK) return NULL;
    trajsafe_status status = trajsafe_ruleset_add_folder(ruleset, rules, &error);
    if (status == TRAJSAFE_OK) status = trajsafe_ruleset_add_file(ruleset, "mine.yaml", mine, strlen(mine), &error);
    if (status == TRAJSAFE_OK) status = trajsafe_ruleset_compile(ruleset, &image, size, &error);
    if (status != TRAJSAFE_OK)
        fprintf(stderr, "%s:%u:%u: %s; %s\n", error.where, error.line, error.column, error.message, error.mend);
    trajsafe_ruleset_free(ruleset);
    return image;
}

static int judge(trajsafe_scanner *scanner, const char *command, const char *rule) {
    trajsafe_report *report;
    int seen = 0;
    if (trajsafe_check_command(scanner, NULL, NULL, command, TRAJSAFE_NUL, &report, NULL) != TRAJSAFE_OK) return 0;
    for (uint32_t i = 0; i < trajsafe_report_findings(report); i++) {
        trajsafe_finding finding = {.size = sizeof finding};
        if (trajsafe_report_finding(report, i, &finding) != TRAJSAFE_OK) continue;
        printf("%s: %s\n", command, finding.rule);
        seen |= strcmp(finding.rule, rule) == 0;
    }
    trajsafe_report_free(report);
    return seen;
}

int main(void) {
    const char *rules = getenv("TRAJSAFE_RULES"); /* where the package put them: share/trajsafe/rules */
    size_t size;
    void *image = compile(rules ? rules : "../rules", &size);
    trajsafe_engine *engine;
    trajsafe_scanner *scanner;
    if (!image) return 1;
    trajsafe_status status = trajsafe_engine_from_image(image, size, &engine, NULL);
    trajsafe_ruleset_bytes_free(image);
    if (status != TRAJSAFE_OK || trajsafe_scanner_new(engine, &scanner) != TRAJSAFE_OK) return 1;
    int mine_fires = judge(scanner, "ssh -p 22 head.cluster.example nvidia-smi", "security.house.no-cluster-login");
    int theirs_fires = judge(scanner, "ssh -R 9000:localhost:22 me@203.0.113.9", "security.tunnel.reverse-ssh");
    trajsafe_scanner_free(scanner);
    trajsafe_engine_unref(engine);
    return !(mine_fires && theirs_fires);
}

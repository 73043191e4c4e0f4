/* What a scan adds up, and how it is told. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define MOST_BROKEN 20 /* named one by one; the rest is counted */

struct rule_count {
    char *id, *title, *severity;
    unsigned long findings, trajectories;
    const void *last; /* report that was counted last */
};
struct top_finding {
    char *source, *rule, *severity, *title, *evidence, *outcome, *note;
    trajsafe_decision decision;
    long long step;
    double weight;
};
struct broken {
    char *source;
    trajsafe_error error;
};
struct summary {
    unsigned long count[4], records, not_understood, without_action, actions, undecoded;
    unsigned long category[3];
    struct rule_count *rule;
    size_t rules, rule_room;
    struct top_finding *top;
    int tops, most;
    struct broken broken[MOST_BROKEN];
    unsigned long brokens;
    unsigned long long bytes;
    bool failed;
};

static const char *const categories[] = {"security", "controllability", "trustworthiness"};

struct summary *summary_new(int top) {
    struct summary *summary = calloc(1, sizeof *summary);
    if (!summary) return NULL;
    summary->most = top;
    summary->top = calloc((size_t)top + 1, sizeof *summary->top);
    if (!summary->top) {
        free(summary);
        return NULL;
    }
    return summary;
}

static void top_free(struct top_finding *top) {
    free(top->source);
    free(top->rule);
    free(top->severity);
    free(top->title);
    free(top->evidence);
    free(top->outcome);
    free(top->note);
}

void summary_free(struct summary *summary) {
    if (!summary) return;
    for (size_t i = 0; i < summary->rules; i++) {
        free(summary->rule[i].id);
        free(summary->rule[i].title);
        free(summary->rule[i].severity);
    }
    for (int i = 0; i < summary->tops; i++) top_free(&summary->top[i]);
    for (unsigned long i = 0; i < summary->brokens && i < MOST_BROKEN; i++) free(summary->broken[i].source);
    free(summary->rule);
    free(summary->top);
    free(summary);
}

static struct rule_count *rule_of(struct summary *summary, const trajsafe_finding *f) {
    for (size_t i = 0; i < summary->rules; i++)
        if (strcmp(summary->rule[i].id, f->rule) == 0) return &summary->rule[i];
    if (summary->rules == summary->rule_room) {
        size_t room = summary->rule_room ? summary->rule_room * 2 : 32;
        struct rule_count *more = realloc(summary->rule, room * sizeof *more);
        if (!more) return NULL;
        summary->rule = more;
        summary->rule_room = room;
    }
    struct rule_count *rule = &summary->rule[summary->rules++];
    *rule = (struct rule_count){.id = strdup(f->rule), .title = strdup(f->title), .severity = strdup(f->severity)};
    return rule->id && rule->title && rule->severity ? rule : NULL;
}

static double severity_weight(const char *severity) {
    static const char *const names[] = {"info", "low", "medium", "high", "critical"};
    for (int i = 0; i < 5; i++)
        if (strcmp(severity, names[i]) == 0) return i;
    return 0;
}

/* The strongest findings, one per rule and trajectory; equal ones keep their order. */
static void add_top(struct summary *summary, const trajsafe_report *report, const trajsafe_finding *f,
                    const char *source) {
    double weight = severity_weight(f->severity) + f->confidence * 0.9;
    int at = summary->tops;
    for (int i = 0; i < summary->tops; i++)
        if (strcmp(summary->top[i].rule, f->rule) == 0 && strcmp(summary->top[i].source, source) == 0) return;
    while (at > 0 && summary->top[at - 1].weight < weight) at--;
    if (at >= summary->most) return;
    if (summary->tops == summary->most) top_free(&summary->top[--summary->tops]);
    memmove(&summary->top[at + 1], &summary->top[at], sizeof *summary->top * (size_t)(summary->tops - at));
    summary->tops++;
    summary->top[at] = (struct top_finding){.source = strdup(source),
                                            .rule = strdup(f->rule),
                                            .severity = strdup(f->severity),
                                            .title = strdup(f->title),
                                            .evidence = strdup(f->evidence),
                                            .outcome = strdup(f->outcome),
                                            .note = strdup(f->note),
                                            .decision = trajsafe_report_decision(report),
                                            .step = f->step,
                                            .weight = weight};
    const struct top_finding *t = &summary->top[at];
    if (!t->source || !t->rule || !t->severity || !t->title || !t->evidence || !t->outcome || !t->note)
        summary->failed = true;
}

void summary_add(struct summary *summary, const trajsafe_report *report, const char *source) {
    trajsafe_decision decision = trajsafe_report_decision(report);
    bool seen[3] = {false, false, false};
    summary->records++;
    summary->count[decision]++;
    summary->actions += trajsafe_report_actions(report);
    summary->undecoded += trajsafe_report_undecoded(report);
    if (trajsafe_report_actions(report) == 0) summary->without_action++;
    if (!trajsafe_report_understood(report) && decision == TRAJSAFE_KEEP) summary->not_understood++;
    for (uint32_t i = 0; i < trajsafe_report_findings(report); i++) {
        trajsafe_finding f = {.size = sizeof f};
        if (trajsafe_report_finding(report, i, &f) != TRAJSAFE_OK) continue;
        struct rule_count *rule = rule_of(summary, &f);
        if (!rule) {
            summary->failed = true;
            continue;
        }
        rule->findings++;
        if (rule->last != report) rule->trajectories++;
        rule->last = report;
        for (int c = 0; c < 3; c++)
            if (!seen[c] && strcmp(categories[c], f.category) == 0) {
                seen[c] = true;
                summary->category[c]++;
            }
        if (decision != TRAJSAFE_KEEP) add_top(summary, report, &f, source);
    }
    for (size_t i = 0; i < summary->rules; i++) summary->rule[i].last = NULL;
}

void summary_broken(struct summary *summary, const char *source, const trajsafe_error *error) {
    if (summary->brokens < MOST_BROKEN) {
        struct broken *broken = &summary->broken[summary->brokens];
        broken->source = strdup(source);
        broken->error = *error;
        if (!broken->source) summary->failed = true;
    }
    summary->brokens++;
}

void summary_bytes(struct summary *summary, unsigned long long bytes) { summary->bytes = bytes; }
unsigned long summary_broken_count(const struct summary *summary) { return summary->brokens; }
unsigned long summary_count(const struct summary *summary) { return summary->records; }
unsigned long summary_flagged(const struct summary *summary) {
    return summary->records - summary->count[TRAJSAFE_KEEP];
}

static int by_count(const void *a, const void *b) {
    const struct rule_count *x = a, *y = b;
    if (x->trajectories != y->trajectories) return x->trajectories < y->trajectories ? 1 : -1;
    return strcmp(x->id, y->id);
}

static void print_decisions(const struct summary *s, FILE *out) {
    static const char *const about[] = {"train on it", "train on it except the masked steps", "a person looks",
                                        "do not train on it"};
    static const enum color colors[] = {GREEN, CYAN, YELLOW, RED};
    for (int i = 0; i < 4; i++) {
        fprintf(out, "  %s%-7s%s %6lu   %s", color(out, colors[i]), decision_name((trajsafe_decision)i),
                color(out, PLAIN), s->count[i], about[i]);
        if (i == TRAJSAFE_KEEP && s->not_understood)
            fprintf(out, " (%lu of them kept, not understood in part)", s->not_understood);
        fputc('\n', out);
    }
}

static void print_rules(const struct summary *s, FILE *out) {
    if (s->rules == 0) return;
    struct rule_count *sorted = malloc(s->rules * sizeof *sorted);
    if (!sorted) return;
    memcpy(sorted, s->rule, s->rules * sizeof *sorted);
    qsort(sorted, s->rules, sizeof *sorted, by_count);
    fprintf(out, "\nfindings by category:");
    for (int c = 0; c < 3; c++) fprintf(out, "%s %s in %lu", c ? "," : "", categories[c], s->category[c]);
    fprintf(out, "\n  %12s  %8s  %-9s rule\n", "trajectories", "findings", "severity");
    for (size_t i = 0; i < s->rules && i < 25; i++)
        fprintf(out, "  %12lu  %8lu  %-9s %s\n", sorted[i].trajectories, sorted[i].findings, sorted[i].severity,
                sorted[i].id);
    if (s->rules > 25) fprintf(out, "  and %zu more rules\n", s->rules - 25);
    free(sorted);
}

static void print_top(const struct summary *s, FILE *out) {
    if (s->tops == 0) return;
    fprintf(out, "\nstrongest findings\n");
    for (int i = 0; i < s->tops; i++) {
        const struct top_finding *t = &s->top[i];
        fprintf(out, "  %s%s%s  %s  ", color(out, t->decision == TRAJSAFE_DROP ? RED : YELLOW),
                decision_name(t->decision), color(out, PLAIN), t->severity);
        put_safe(out, t->rule);
        fprintf(out, "\n      ");
        put_safe(out, t->source);
        bool known = strcmp(t->outcome, "unknown") != 0;
        fprintf(out, ", step %lld%s%s: ", t->step, known ? ", " : "", known ? t->outcome : "");
        put_safe(out, t->title);
        fputc('\n', out);
        if (t->evidence[0]) {
            fprintf(out, "      %s", color(out, BOLD));
            put_safe(out, t->evidence);
            fprintf(out, "%s\n", color(out, PLAIN));
        }
        if (t->note[0]) {
            fprintf(out, "      ");
            put_safe(out, t->note);
            fputc('\n', out);
        }
    }
}

static void print_broken(const struct summary *s, FILE *out) {
    if (s->brokens == 0) return;
    fprintf(out, "\nnot read: %lu (they are in none of the counts above)\n", s->brokens);
    for (unsigned long i = 0; i < s->brokens && i < MOST_BROKEN; i++) {
        fprintf(out, "  ");
        put_safe(out, s->broken[i].source ? s->broken[i].source : "?");
        fprintf(out, ": ");
        put_safe(out, s->broken[i].error.message);
        if (s->broken[i].error.mend[0]) {
            fprintf(out, "; ");
            put_safe(out, s->broken[i].error.mend);
        }
        fputc('\n', out);
    }
    if (s->brokens > MOST_BROKEN) fprintf(out, "  and %lu more\n", s->brokens - MOST_BROKEN);
}

void summary_print(const struct summary *s, FILE *out) {
    bool small = s->bytes < 1000000;
    fprintf(out, "%s%lu trajector%s%s, %lu tool calls, %.1f %s\n", color(out, BOLD), s->records,
            s->records == 1 ? "y" : "ies", color(out, PLAIN), s->actions, (double)s->bytes / (small ? 1e3 : 1e6),
            small ? "kB" : "MB");
    print_decisions(s, out);
    if (s->without_action) fprintf(out, "  %lu without a tool call were judged on their messages\n", s->without_action);
    if (s->undecoded) fprintf(out, "  %lu tool calls had arguments that could not be decoded\n", s->undecoded);
    print_rules(s, out);
    print_top(s, out);
    print_broken(s, out);
    if (s->failed) fprintf(out, "\nout of memory: some findings are missing from this summary\n");
}

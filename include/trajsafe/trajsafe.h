/*
 * libtrajsafe: reads what an AI agent did or is about to do, understands the commands in it as a shell would, and says
 * which of it is unsafe and why.
 *
 *   object      made                                          may be used by               dies
 *   ----------  --------------------------------------------  ---------------------------  ---------------------------
 *   engine      from the built-in image or from image bytes   any number of threads;       with its last reference
 *                                                             immutable, counted
 *   context     from JSON: facts that come with a task        any number of threads        after all that was made with it
 *   policy      from a profile's name, then overrides         any number of threads once   after all that was made with it
 *                                                             it is no longer changed
 *   scanner     one per thread, from an engine                one thread at a time         any time
 *   session     one per trajectory, from an engine            one thread at a time; may    any time
 *                                                             move; may be cloned
 *   reader      one per input, from an engine                 one thread at a time         any time
 *   report      a result; one allocation                      anyone; immutable            any time: it outlives the others
 *   ruleset     rules as text (trajsafe/compile.h)            one thread                   any time after it was compiled
 *
 * One command:
 *
 *     trajsafe_engine *engine;  trajsafe_scanner *scanner;  trajsafe_report *report;
 *     trajsafe_engine_builtin(&engine, NULL);
 *     trajsafe_scanner_new(engine, &scanner);
 *     trajsafe_check_command(scanner, NULL, NULL, "rm -rf ~", TRAJSAFE_NUL, &report, NULL);
 *     if (trajsafe_report_action(report) != TRAJSAFE_ALLOW) puts(trajsafe_report_json(report, NULL));
 *
 * The library has no writable globals, reads no environment, locale or clock, and gives the same verdict on every machine
 * and thread count. Every function returns a status; outputs come last and are untouched on failure; the optional error
 * tells what is wrong, where, and how to mend it. What was not understood is never reported as clean.
 */
#ifndef TRAJSAFE_H
#define TRAJSAFE_H

#include "trajsafe/checker.h"
#include "trajsafe/engine.h"
#include "trajsafe/policy.h"
#include "trajsafe/reader.h"
#include "trajsafe/report.h"
#include "trajsafe/scanner.h"
#include "trajsafe/session.h"
#include "trajsafe/status.h"

#endif

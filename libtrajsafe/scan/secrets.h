/* Secrets in text: finding them, and remembering those of a flagged call, so that a report can hide them wherever they show. */
#ifndef TJ_SCAN_SECRETS_H
#define TJ_SCAN_SECRETS_H

#include "session/session.h"

/* Bytes to hide, and what kind of tag stands for them: "secret", "credential" or "email". */
struct tj_secret_place {
    uint32_t begin, end;
    const char *kind;
};
/* A secret that is told by the text at `i`: its own first letters, a name or option before it, or its looks. */
bool tj_secret_at(struct tj_str text, uint32_t i, struct tj_secret_place *out);

/*
 * Remembers the secrets of `text` in the session, each once. Values that may well be plain words (under 6 bytes, or under
 * 4 with a digit or a sign in it) are left to tj_secret_at. Limits: 1 MB of a message or of all that a call was
 * understood as, 256 values; beyond them
 * session->secrets_cut is set, and a report quotes nothing.
 */
bool tj_secrets_learn(struct tj_session *session, struct tj_str text); /* false: out of memory */
/* The secrets of everything that the last call was understood as. */
bool tj_secrets_learn_all(struct tj_session *session, const struct tj_understanding *understanding);

#endif

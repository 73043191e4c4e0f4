// Stands in for <wctype.h> and <ctype.h> when the grammars' scanners are compiled: the same answers
// in every locale. Only ASCII characters have a class, as in the C locale.
#ifndef TRAJSAFE_GRAMMAR_WCTYPE_H
#define TRAJSAFE_GRAMMAR_WCTYPE_H

#include <stdbool.h>
#include <stdint.h>

typedef int32_t trajsafe_wint;

static inline int trajsafe_is_digit(trajsafe_wint c) { return c >= '0' && c <= '9'; }

static inline int trajsafe_is_alpha(trajsafe_wint c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static inline int trajsafe_is_alnum(trajsafe_wint c) { return trajsafe_is_alpha(c) || trajsafe_is_digit(c); }

static inline int trajsafe_is_space(trajsafe_wint c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

#define iswdigit(c) trajsafe_is_digit((trajsafe_wint)(c))
#define iswalpha(c) trajsafe_is_alpha((trajsafe_wint)(c))
#define iswalnum(c) trajsafe_is_alnum((trajsafe_wint)(c))
#define iswspace(c) trajsafe_is_space((trajsafe_wint)(c))
#define isdigit(c) trajsafe_is_digit((trajsafe_wint)(c))
#define isalpha(c) trajsafe_is_alpha((trajsafe_wint)(c))
#define isalnum(c) trajsafe_is_alnum((trajsafe_wint)(c))
#define isspace(c) trajsafe_is_space((trajsafe_wint)(c))

#endif

// Sends <ctype.h> in the grammars' scanners to the locale-free tests of wctype.h.
#include "wctype.h"

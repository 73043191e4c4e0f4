/* SHA-256; the only file that knows libcrypto. */
/* The low-level calls are deprecated in OpenSSL 3 in favour of ones that load providers and allocate. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "base/base.h"

struct tj_sha256 tj_sha256_of(const void *p, size_t n) {
    struct tj_sha256 out;
    SHA256_CTX context;
    SHA256_Init(&context);
    if (n) SHA256_Update(&context, p, n);
    SHA256_Final(out.bytes, &context);
    return out;
}

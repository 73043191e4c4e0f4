// The image of rules/ that the build embeds in libtrajsafe.
#ifndef TJ_IMAGE_BUILTIN_H
#define TJ_IMAGE_BUILTIN_H

#include <stdint.h>

// Read-only bytes aligned to 64, made by trajsafe-mkimage at build time (cmake/Embed.cmake). They
// are part of libtrajsafe and of tj_internal; the compiler library does not have them.
extern const unsigned char tj_builtin_image[];

// How many bytes tj_builtin_image has.
extern const uint64_t tj_builtin_image_size;

#endif

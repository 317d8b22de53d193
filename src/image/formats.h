/* formats.h - the formats, one file each. */
#pragma once

#include "image/format.h"

extern const struct package_format format_dpkg, format_dpkg_files; /* dpkg.c */
extern const struct package_format format_apk;                     /* apk.c */

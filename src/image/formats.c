/* formats.c - the table of the ways in which packages are written down. */

#include "image/formats.h"

const struct package_format *const package_formats[] = {
        &format_os_release, &format_dpkg,    &format_dpkg_files,   &format_apk,
        &format_rpm,        &format_rpm_log, &format_rpm_manifest, &format_python_installed,
};
const size_t package_format_count = COUNT_OF(package_formats);

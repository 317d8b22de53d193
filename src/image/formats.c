/* formats.c - the table of the ways in which packages are written down. */

#include "image/formats.h"

const struct package_format *const package_formats[] = {
        &format_os_release, &format_dpkg,          &format_dpkg_files,       &format_apk,   &format_rpm,
        &format_rpm_log,    &format_rpm_manifest,  &format_python_installed, &format_bun,   &format_conan_list,
        &format_conan_lock, &format_npm_installed, &format_npm_lock,         &format_pnpm,  &format_yarn,
        &format_cargo_lock, &format_python_lock,   &format_pipfile_lock,     &format_julia, &format_go_mod,
};
const size_t package_format_count = COUNT_OF(package_formats);

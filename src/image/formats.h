/* formats.h - the formats, one file each. */
#pragma once

#include "image/format.h"

extern const struct package_format format_dpkg, format_dpkg_files;                  /* dpkg.c */
extern const struct package_format format_apk;                                      /* apk.c */
extern const struct package_format format_os_release;                               /* os_release.c */
extern const struct package_format format_rpm, format_rpm_log, format_rpm_manifest; /* rpm.c */
extern const struct package_format format_python_installed;                         /* python_installed.c */
extern const struct package_format format_bun;                                      /* bun.c */
extern const struct package_format format_conan_list, format_conan_lock;            /* conan.c */
extern const struct package_format format_npm_installed;                            /* npm_installed.c */
extern const struct package_format format_npm_lock;                                 /* npm_lock.c */
extern const struct package_format format_pnpm;                                     /* pnpm.c */
extern const struct package_format format_yarn;                                     /* yarn.c */
extern const struct package_format format_cargo_lock;                               /* cargo_lock.c */
extern const struct package_format format_python_lock;                              /* python_lock.c */
extern const struct package_format format_pipfile_lock;                             /* pipfile_lock.c */
extern const struct package_format format_julia;                                    /* julia.c */
extern const struct package_format format_go_mod;                                   /* go_mod.c */

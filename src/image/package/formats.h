/* formats.h - the formats, one file each. */
#pragma once

#include "image/package/format.h"

extern const struct package_format format_accounts;                                  /* accounts.c */
extern const struct package_format format_dpkg, format_dpkg_files;                   /* dpkg.c */
extern const struct package_format format_apk;                                       /* apk.c */
extern const struct package_format format_os_release;                                /* os_release.c */
extern const struct package_format format_rpm, format_rpm_log, format_rpm_manifest;  /* rpm.c */
extern const struct package_format format_python_installed;                          /* python_installed.c */
extern const struct package_format format_bun;                                       /* bun.c */
extern const struct package_format format_conan_list, format_conan_lock;             /* conan.c */
extern const struct package_format format_npm_installed;                             /* npm_installed.c */
extern const struct package_format format_npm_lock;                                  /* npm_lock.c */
extern const struct package_format format_pnpm;                                      /* pnpm.c */
extern const struct package_format format_yarn;                                      /* yarn.c */
extern const struct package_format format_cargo_lock;                                /* cargo_lock.c */
extern const struct package_format format_python_lock;                               /* python_lock.c */
extern const struct package_format format_pipfile_lock;                              /* pipfile_lock.c */
extern const struct package_format format_julia;                                     /* julia.c */
extern const struct package_format format_go_mod;                                    /* go_mod.c */
extern const struct package_format format_pom;                                       /* pom.c */
extern const struct package_format format_nuget_config, format_nuget_project;        /* nuget_xml.c */
extern const struct package_format format_nuget_lock, format_nuget_program;          /* nuget_json.c */
extern const struct package_format format_gradle;                                    /* gradle.c */
extern const struct package_format format_sbt;                                       /* sbt.c */
extern const struct package_format format_pub;                                       /* pub.c */
extern const struct package_format format_gem_lock;                                  /* gem_lock.c */
extern const struct package_format format_gem_installed;                             /* gem_installed.c */
extern const struct package_format format_composer_lock, format_composer_installed;  /* composer.c */
extern const struct package_format format_mix;                                       /* mix.c */
extern const struct package_format format_swift, format_cocoapods;                   /* swift.c */
extern const struct package_format format_conda_installed, format_conda_environment; /* conda.c */
extern const struct package_format format_requirements;                              /* requirements.c */
extern const struct package_format format_bill, format_bitnami;                      /* ../sbom/embedded.c */
extern const struct package_format format_jar;                                       /* jar.c */
extern const struct package_format format_go_binary;                                 /* go_binary.c */
extern const struct package_format format_rust_binary;                               /* rust_binary.c */
extern const struct package_format format_python_egg;                                /* python_installed.c */

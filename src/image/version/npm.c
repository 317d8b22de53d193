/* npm.c - versions of npm packages are semantic versions (docs.npmjs.com, about semantic versioning). */

#include "image/version/semantic.h"
#include "image/version/version.h"

const struct version_scheme version_npm = {"npm", "npm and its registries", semantic_fault, semantic_compare_texts};

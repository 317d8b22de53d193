/* cargo.c - versions of Rust crates are semantic versions (The Cargo Book, The Manifest Format). */

#include "image/version/semantic.h"
#include "image/version/version.h"

const struct version_scheme version_cargo = {"cargo", "crates.io", semantic_fault, semantic_compare_texts};

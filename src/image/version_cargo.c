/* version_cargo.c - versions of Rust crates are semantic versions (The Cargo Book, The Manifest Format). */

#include "image/version.h"
#include "image/version_semantic.h"

const struct version_scheme version_cargo = {"cargo", "crates.io", semantic_fault, semantic_compare_texts};

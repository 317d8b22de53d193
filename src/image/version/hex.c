/* hex.c - versions of Elixir and Erlang packages are semantic versions (hexdocs.pm, Elixir's Version). */

#include "image/version/semantic.h"
#include "image/version/version.h"

const struct version_scheme version_hex = {"hex", "hex.pm", semantic_fault, semantic_compare_texts};

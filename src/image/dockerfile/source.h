/* source.h - a Dockerfile as a file of an estate. */
#pragma once

#include "kube/language.h"

extern const struct source_language dockerfile_language;

/* Whether an operand of `image lint` is about Dockerfiles: "dockerfile:FILE", a file that is called like one, or a folder with
 * such files below it that is neither an image layout nor the root of a system. */
bool dockerfile_is_operand(struct str operand);

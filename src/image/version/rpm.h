/* rpm.h - what rpm and pacman share. */
#pragma once

#include "image/version/part.h"

/* The part before the first colon, if it is a number, is taken off the text; empty if there is none, which means 0. */
struct str rpm_take_epoch(struct str *text);

/* rpm's version or release: runs of digits and of letters one by one, whatever stands between (rpm-version(7)). */
int rpm_compare_part(struct str a, struct str b);

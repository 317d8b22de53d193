/* folder.h - a folder of this machine as the content of an image: its entries are told as those of a tar are. */
#pragma once

#include "image/layer/layer.h"

enum { FOLDER_DEPTH = 400 };

struct folder_settings {
        bool overlay; /* a layer of overlayfs: character devices 0:0 and opaque attributes are whiteouts */
};

/* Visits what is in an open folder and below, in the order of names. No link is followed, and file systems of the kernel (proc and
 * the like) are not entered. What cannot be read becomes a problem of `found`. False when the visitor ends it. */
bool folder_visit(int folder, const struct folder_settings *settings, const struct tar_visitor *visitor,
                  struct layer_found *found, struct err *err);

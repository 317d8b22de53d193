/* surface_names.h - files and folders of an image that say something by their names. */
#pragma once

#include "base/str.h"

/* The kind of a program by its path: "shell", "package-manager", "compiler", "network", "privilege", "debugger"; empty if it is none
 * that counts, or does not stand in a folder of programs. */
struct str surface_tool(struct str path);

/* The kind of a file that mostly holds a secret: "private-key", "keystore", "credentials", "history"; empty if it is none. */
struct str surface_secret(struct str path);

/* Whose heap a folder is: "apt", "pip", "git"; empty if it is none. */
struct str surface_heap_kind(struct str folder);

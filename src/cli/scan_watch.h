/* scan_watch.h - strake scan --watch. */
#pragma once

#include "cli/cli.h"

/* Scans, prints what is there and then each change, until SIGINT or SIGTERM. Returns the exit status of the state as it is then. */
int scan_watch(struct cli *cli);

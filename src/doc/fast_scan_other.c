/* fast_scan_other.c - where no vectors are known. */

#include "doc/fast_scan.h"

size_t fast_blocks_choices(fast_blocks *out[FAST_CHOICES])
{
        out[0] = fast_blocks_any;
        return 1;
}

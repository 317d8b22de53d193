#include "kube/internal.h"
void source_check_shapes(struct estate_source *source)
{
        (void)source;
}

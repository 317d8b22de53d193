/* pom.h - what poms of one folder say together.
 *
 * A project takes properties and the versions of what it depends on from its parent, and versions also from the lists that it
 * imports (maven.apache.org, POM reference: inheritance, dependency management). Those are files of their own, so pom.c leaves
 * notes of what each pom says, and which of its packages are not whole; pom_conclude() makes them whole from the poms that are
 * there. What only a repository has stays unknown.
 *
 * Notes, the parts of their values between tabs:
 *   project          group, artifact, version
 *   parent           group, artifact, version, path
 *   property:NAME    value
 *   managed:G:A      version, scope
 *   import           group, artifact, version
 *   open             number of the package, group, artifact, version, scope */
#pragma once

#include "image/package/format.h"

/* "a-${b}" with the properties put in; what is not known stays, so that the caller sees it. */
struct str pom_expand(struct arena *arena, struct str text,
                      struct str (*property)(const void *context, struct str name), const void *context);

/* Whether a property that is not known stands in it. */
bool pom_is_open(struct str text);

/* "[1.0,2.0)" asks for a range: its lower end, where that is meant too, is the least that it is. Empty if it is open. */
struct str pom_fixed_version(struct str version);

bool pom_conclude(struct arena *arena, struct package_result *results, size_t count, struct err *err);

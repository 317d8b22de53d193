/* jar_names.h - which group of Maven a jar belongs to that does not say so itself: jars that Gradle, Ant or sbt built have no
 * pom.properties. */
#pragma once

#include "base/str.h"

/* The group of an artifact, by what is published under this name, by Implementation-Vendor-Id, or by Bundle-SymbolicName (without
 * what follows a semicolon). Empty where none tells. */
struct str jar_group(struct str artifact, struct str version, struct str vendor, struct str bundle);

/* The same by what belongs to this artifact alone, and not by the vendor. */
struct str jar_group_of_name(struct str artifact, struct str version, struct str bundle);

/* Parts of Tomcat have other names as files than in Maven, but the bundle's name tells. False if it is none. */
bool jar_is_of_tomcat(struct str bundle, struct str *group, struct str *artifact);

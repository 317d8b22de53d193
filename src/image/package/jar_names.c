/* jar_names.c - the group of a jar that does not say so. */

#include "image/package/jar_names.h"

/* By name, the first that matches. A name that ends in '-' or '.' stands for all that begin so. `later` is the group from the major
 * version `since` on. */
static const struct {
        struct str name, group;
        char since;
        struct str later;
} known[] = {
        {STR_INIT("RoaringBitmap"), STR_INIT("org.roaringbitmap")},
        {STR_INIT("annotations"), STR_INIT(""), '9', STR_INIT("org.jetbrains")},
        {STR_INIT("ant"), STR_INIT("org.apache.ant")},
        {STR_INIT("ant-launcher"), STR_INIT("org.apache.ant")},
        {STR_INIT("aopalliance"), STR_INIT("aopalliance")},
        {STR_INIT("asm"), STR_INIT("asm"), '4', STR_INIT("org.ow2.asm")},
        {STR_INIT("asm-"), STR_INIT("asm"), '4', STR_INIT("org.ow2.asm")},
        {STR_INIT("cglib"), STR_INIT("cglib")},
        {STR_INIT("checker-qual"), STR_INIT("org.checkerframework")},
        {STR_INIT("converter-gson"), STR_INIT("com.squareup.retrofit2")},
        {STR_INIT("converter-jackson"), STR_INIT("com.squareup.retrofit2")},
        {STR_INIT("derby"), STR_INIT("org.apache.derby")},
        {STR_INIT("derbyclient"), STR_INIT("org.apache.derby")},
        {STR_INIT("derbynet"), STR_INIT("org.apache.derby")},
        {STR_INIT("derbyshared"), STR_INIT("org.apache.derby")},
        {STR_INIT("derbytools"), STR_INIT("org.apache.derby")},
        {STR_INIT("dom4j"), STR_INIT("dom4j"), '2', STR_INIT("org.dom4j")},
        {STR_INIT("elasticsearch"), STR_INIT("org.elasticsearch")},
        {STR_INIT("elasticsearch-core"), STR_INIT("org.elasticsearch")},
        {STR_INIT("elasticsearch-rest-client"), STR_INIT("org.elasticsearch.client")},
        {STR_INIT("elasticsearch-rest-high-level-client"), STR_INIT("org.elasticsearch.client")},
        {STR_INIT("elasticsearch-x-content"), STR_INIT("org.elasticsearch")},
        {STR_INIT("groovy"), STR_INIT("org.codehaus.groovy"), '4', STR_INIT("org.apache.groovy")},
        {STR_INIT("groovy-"), STR_INIT("org.codehaus.groovy"), '4', STR_INIT("org.apache.groovy")},
        {STR_INIT("grpc-alts"), STR_INIT("io.grpc")},
        {STR_INIT("grpc-api"), STR_INIT("io.grpc")},
        {STR_INIT("grpc-auth"), STR_INIT("io.grpc")},
        {STR_INIT("grpc-context"), STR_INIT("io.grpc")},
        {STR_INIT("grpc-core"), STR_INIT("io.grpc")},
        {STR_INIT("grpc-netty"), STR_INIT("io.grpc")},
        {STR_INIT("grpc-netty-shaded"), STR_INIT("io.grpc")},
        {STR_INIT("grpc-okhttp"), STR_INIT("io.grpc")},
        {STR_INIT("grpc-protobuf"), STR_INIT("io.grpc")},
        {STR_INIT("grpc-protobuf-lite"), STR_INIT("io.grpc")},
        {STR_INIT("grpc-services"), STR_INIT("io.grpc")},
        {STR_INIT("grpc-stub"), STR_INIT("io.grpc")},
        {STR_INIT("grpc-util"), STR_INIT("io.grpc")},
        {STR_INIT("grpc-xds"), STR_INIT("io.grpc")},
        {STR_INIT("gson"), STR_INIT("com.google.code.gson")},
        {STR_INIT("h2"), STR_INIT("com.h2database")},
        {STR_INIT("hibernate-core"), STR_INIT("org.hibernate"), '6', STR_INIT("org.hibernate.orm")},
        {STR_INIT("hsqldb"), STR_INIT("org.hsqldb")},
        {STR_INIT("ivy"), STR_INIT("org.apache.ivy")},
        {STR_INIT("jackson-core-asl"), STR_INIT("org.codehaus.jackson")},
        {STR_INIT("jackson-jaxrs"), STR_INIT("org.codehaus.jackson")},
        {STR_INIT("jackson-mapper-asl"), STR_INIT("org.codehaus.jackson")},
        {STR_INIT("jackson-xc"), STR_INIT("org.codehaus.jackson")},
        {STR_INIT("jcommander"), STR_INIT("com.beust")},
        {STR_INIT("jdo-api"), STR_INIT("javax.jdo")},
        {STR_INIT("jna"), STR_INIT("net.java.dev.jna")},
        {STR_INIT("jna-platform"), STR_INIT("net.java.dev.jna")},
        {STR_INIT("jodd-core"), STR_INIT("org.jodd")},
        {STR_INIT("jsr305"), STR_INIT("com.google.code.findbugs")},
        {STR_INIT("jta"), STR_INIT("javax.transaction")},
        {STR_INIT("junit-jupiter"), STR_INIT("org.junit.jupiter")},
        {STR_INIT("junit-jupiter-"), STR_INIT("org.junit.jupiter")},
        {STR_INIT("junit-platform-"), STR_INIT("org.junit.platform")},
        {STR_INIT("jython"), STR_INIT("org.python")},
        {STR_INIT("jython-standalone"), STR_INIT("org.python")},
        {STR_INIT("kafka-clients"), STR_INIT("org.apache.kafka")},
        {STR_INIT("kafka-streams"), STR_INIT("org.apache.kafka")},
        {STR_INIT("kafka_2."), STR_INIT("org.apache.kafka")},
        {STR_INIT("kotlin-reflect"), STR_INIT("org.jetbrains.kotlin")},
        {STR_INIT("kotlin-script-runtime"), STR_INIT("org.jetbrains.kotlin")},
        {STR_INIT("kotlin-stdlib"), STR_INIT("org.jetbrains.kotlin")},
        {STR_INIT("kotlin-stdlib-"), STR_INIT("org.jetbrains.kotlin")},
        {STR_INIT("kotlinx-"), STR_INIT("org.jetbrains.kotlinx")},
        {STR_INIT("libfb303"), STR_INIT("org.apache.thrift")},
        {STR_INIT("libthrift"), STR_INIT("org.apache.thrift")},
        {STR_INIT("log4j"), STR_INIT("log4j")},
        {STR_INIT("logging-interceptor"), STR_INIT("com.squareup.okhttp3")},
        {STR_INIT("lucene-"), STR_INIT("org.apache.lucene")},
        {STR_INIT("lz4-java"), STR_INIT("org.lz4")},
        {STR_INIT("micrometer-commons"), STR_INIT("io.micrometer")},
        {STR_INIT("micrometer-core"), STR_INIT("io.micrometer")},
        {STR_INIT("micrometer-observation"), STR_INIT("io.micrometer")},
        {STR_INIT("micrometer-registry-"), STR_INIT("io.micrometer")},
        {STR_INIT("micrometer-tracing"), STR_INIT("io.micrometer")},
        {STR_INIT("micrometer-tracing-"), STR_INIT("io.micrometer")},
        {STR_INIT("mysql-connector-j"), STR_INIT("com.mysql")},
        {STR_INIT("mysql-connector-java"), STR_INIT("mysql")},
        {STR_INIT("objenesis"), STR_INIT("org.objenesis")},
        {STR_INIT("ojdbc10"), STR_INIT("com.oracle.database.jdbc")},
        {STR_INIT("ojdbc11"), STR_INIT("com.oracle.database.jdbc")},
        {STR_INIT("ojdbc8"), STR_INIT("com.oracle.database.jdbc")},
        {STR_INIT("okhttp"), STR_INIT("com.squareup.okhttp"), '3', STR_INIT("com.squareup.okhttp3")},
        {STR_INIT("okhttp-jvm"), STR_INIT("com.squareup.okhttp3")},
        {STR_INIT("okio"), STR_INIT("com.squareup.okio")},
        {STR_INIT("okio-jvm"), STR_INIT("com.squareup.okio")},
        {STR_INIT("oro"), STR_INIT("oro")},
        {STR_INIT("protobuf-java"), STR_INIT("com.google.protobuf")},
        {STR_INIT("protobuf-java-util"), STR_INIT("com.google.protobuf")},
        {STR_INIT("reactor-core"), STR_INIT("io.projectreactor")},
        {STR_INIT("reactor-netty"), STR_INIT("io.projectreactor.netty")},
        {STR_INIT("reactor-netty-"), STR_INIT("io.projectreactor.netty")},
        {STR_INIT("retrofit"), STR_INIT("com.squareup.retrofit"), '2', STR_INIT("com.squareup.retrofit2")},
        {STR_INIT("rocksdbjni"), STR_INIT("org.rocksdb")},
        {STR_INIT("scala-compiler"), STR_INIT("org.scala-lang")},
        {STR_INIT("scala-library"), STR_INIT("org.scala-lang")},
        {STR_INIT("scala-reflect"), STR_INIT("org.scala-lang")},
        {STR_INIT("scala-xml_2."), STR_INIT("org.scala-lang.modules")},
        {STR_INIT("serializer"), STR_INIT("xalan")},
        {STR_INIT("solr-"), STR_INIT("org.apache.solr")},
        {STR_INIT("spring-amqp"), STR_INIT("org.springframework.amqp")},
        {STR_INIT("spring-aop"), STR_INIT("org.springframework")},
        {STR_INIT("spring-aspects"), STR_INIT("org.springframework")},
        {STR_INIT("spring-batch-"), STR_INIT("org.springframework.batch")},
        {STR_INIT("spring-beans"), STR_INIT("org.springframework")},
        {STR_INIT("spring-boot"), STR_INIT("org.springframework.boot")},
        {STR_INIT("spring-boot-"), STR_INIT("org.springframework.boot")},
        {STR_INIT("spring-context"), STR_INIT("org.springframework")},
        {STR_INIT("spring-context-indexer"), STR_INIT("org.springframework")},
        {STR_INIT("spring-context-support"), STR_INIT("org.springframework")},
        {STR_INIT("spring-core"), STR_INIT("org.springframework")},
        {STR_INIT("spring-expression"), STR_INIT("org.springframework")},
        {STR_INIT("spring-instrument"), STR_INIT("org.springframework")},
        {STR_INIT("spring-integration-"), STR_INIT("org.springframework.integration")},
        {STR_INIT("spring-jcl"), STR_INIT("org.springframework")},
        {STR_INIT("spring-jdbc"), STR_INIT("org.springframework")},
        {STR_INIT("spring-jms"), STR_INIT("org.springframework")},
        {STR_INIT("spring-kafka"), STR_INIT("org.springframework.kafka")},
        {STR_INIT("spring-messaging"), STR_INIT("org.springframework")},
        {STR_INIT("spring-orm"), STR_INIT("org.springframework")},
        {STR_INIT("spring-oxm"), STR_INIT("org.springframework")},
        {STR_INIT("spring-r2dbc"), STR_INIT("org.springframework")},
        {STR_INIT("spring-rabbit"), STR_INIT("org.springframework.amqp")},
        {STR_INIT("spring-security-kerberos-"), STR_INIT("org.springframework.security.kerberos")},
        {STR_INIT("spring-security-"), STR_INIT("org.springframework.security")},
        {STR_INIT("spring-session-"), STR_INIT("org.springframework.session")},
        {STR_INIT("spring-test"), STR_INIT("org.springframework")},
        {STR_INIT("spring-tx"), STR_INIT("org.springframework")},
        {STR_INIT("spring-web"), STR_INIT("org.springframework")},
        {STR_INIT("spring-webflux"), STR_INIT("org.springframework")},
        {STR_INIT("spring-webmvc"), STR_INIT("org.springframework")},
        {STR_INIT("spring-websocket"), STR_INIT("org.springframework")},
        {STR_INIT("stax-api"), STR_INIT("stax")},
        {STR_INIT("transaction-api"), STR_INIT("javax.transaction")},
        {STR_INIT("velocity"), STR_INIT("org.apache.velocity")},
        {STR_INIT("xalan"), STR_INIT("xalan")},
        {STR_INIT("xercesImpl"), STR_INIT("xerces")},
        {STR_INIT("xml-apis"), STR_INIT("xml-apis")},
};

static bool matches(struct str name, struct str artifact)
{
        if (str_ends(name, STR("-")) || str_ends(name, STR(".")))
                return artifact.len > name.len && str_starts(artifact, name);
        return str_equal(name, artifact);
}

/* Whether a version is of this major version or a later one. */
static bool is_since(struct str version, char major)
{
        return version.len > 1 && version.data[1] >= '0' && version.data[1] <= '9' /* two digits */
                       ? true
                       : version.len && version.data[0] >= major;
}

static struct str by_table(struct str artifact, struct str version)
{
        for (size_t i = 0; i < COUNT_OF(known); i++)
                if (matches(known[i].name, artifact))
                        return known[i].since && is_since(version, known[i].since) ? known[i].later : known[i].group;
        return (struct str){"", 0};
}

/* No library lies in these themselves. */
static bool is_too_short(struct str group)
{
        return !group.len || !memchr(group.data, '.', group.len) || str_is(group, "org.apache")
               || str_is(group, "com.google");
}

/* The plugin that makes bundles for Maven joins group and artifact by a dot; an artifact that is called as the last part of its
 * group, or begins so, loses that: "org.example.x" of org.example:x or of org.example.x:x, "org.example.x.y" of org.example.x:x-y. */
static struct str by_bundle(struct str artifact, struct str bundle)
{
        size_t rest = bundle.len > artifact.len ? bundle.len - artifact.len - 1 : 0;

        if (rest && str_ends(bundle, artifact) && bundle.data[rest] == '.')
                return !is_too_short(str_sub(bundle, 0, rest)) ? str_sub(bundle, 0, rest)
                       : is_too_short(bundle)                  ? (struct str){"", 0}
                                                               : bundle;
        for (size_t i = 1; i + 1 < artifact.len; i++) {
                size_t tail = artifact.len - i; /* ".y" */
                struct str group = bundle.len > tail ? str_sub(bundle, 0, bundle.len - tail) : (struct str){"", 0};

                if (artifact.data[i] == '-' && group.len > i && str_ends(bundle, str_from(artifact, i + 1))
                    && bundle.data[group.len] == '.' && str_ends(group, str_sub(artifact, 0, i))
                    && group.data[group.len - i - 1] == '.')
                        return group;
        }
        return (struct str){"", 0};
}

struct str jar_group_of_name(struct str artifact, struct str version, struct str bundle)
{
        struct str group = by_table(artifact, version);

        return group.len ? group : by_bundle(artifact, bundle);
}

struct str jar_group(struct str artifact, struct str version, struct str vendor, struct str bundle)
{
        struct str group = by_table(artifact, version);

        if (!group.len && !is_too_short(vendor))
                group = vendor;
        if (!group.len)
                group = by_bundle(artifact, bundle);
        return group.len ? group : vendor;
}

bool jar_is_of_tomcat(struct str bundle, struct str *group, struct str *artifact)
{
        struct str apache = STR("org.apache."), embedded = STR("org.apache.tomcat-embed-");

        if (!str_starts(bundle, STR("org.apache.tomcat-")))
                return false;
        *group = str_starts(bundle, embedded) ? STR("org.apache.tomcat.embed") : STR("org.apache.tomcat");
        *artifact = str_from(bundle, apache.len);
        return true;
}

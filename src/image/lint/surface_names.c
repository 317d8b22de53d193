/* surface_names.c - files and folders of an image that say something by their names. */

#include "image/lint/surface_names.h"

#include "image/archive/paths.h"

struct words {
        struct str kind;
        const char *words; /* with spaces before, between and behind them */
};

static const struct words tools[] = {
        {STR_INIT("compiler"), " as c++ cc clang clang++ cmake g++ gcc go javac ld make rustc tcc "},
        {STR_INIT("debugger"), " gdb gdbserver ltrace perf strace "},
        {STR_INIT("network"),
         " curl dig ftp nc nc.openbsd nc.traditional ncat netcat nmap nslookup rsync scp sftp socat ssh tcpdump telnet tftp wget "},
        {STR_INIT("package-manager"),
         " apk apt apt-get aptitude bundle composer conda dnf dnf5 dpkg easy_install gem mamba microdnf npm npx opkg pacman pip pip3 "
         "pipenv pipx pnpm poetry rpm snap tdnf uv yarn yum zypper "},
        {STR_INIT("privilege"), " chroot doas newgrp pkexec setcap su sudo sudoedit "},
        {STR_INIT("shell"), " ash bash csh dash fish ksh mksh pwsh sh tcsh yash zsh "},
};

static bool has_word(const char *words, struct str word)
{
        const char *at = words;

        if (!word.len || word.len > 40 || memchr(word.data, ' ', word.len))
                return false;
        while ((at = strchr(at, ' ')) && at[1]) {
                at++;
                if (strncmp(at, word.data, word.len) == 0 && at[word.len] == ' ')
                        return true;
        }
        return false;
}

struct str surface_tool(struct str path)
{
        struct str folder = path_name(path_parent(path)), name = path_name(path);

        if (!str_is(folder, "bin") && !str_is(folder, "sbin"))
                return STR("");
        for (size_t i = 0; i < COUNT_OF(tools); i++)
                if (has_word(tools[i].words, name))
                        return tools[i].kind;
        return STR("");
}

/* A path, or with a star before it what paths end with, whole parts of them. */
struct ending {
        struct str kind;
        const char *path;
};

static bool ends_with(struct str path, struct str ending)
{
        return str_ends(path, ending) && (path.len == ending.len || path.data[path.len - ending.len - 1] == '/');
}

static struct str kind_by_ending(const struct ending *endings, size_t count, struct str path)
{
        for (size_t i = 0; i < count; i++) {
                struct str ending = str_of(endings[i].path);

                if (ending.data[0] == '*' ? ends_with(path, str_from(ending, 1)) : str_equal(path, ending))
                        return endings[i].kind;
        }
        return STR("");
}

static const struct ending secrets[] = {
        {STR_INIT("credentials"), "*.aws/credentials"},
        {STR_INIT("credentials"), "*.azure/accessTokens.json"},
        {STR_INIT("credentials"), "*.config/gcloud/credentials.db"},
        {STR_INIT("credentials"), "*.config/gcloud/application_default_credentials.json"},
        {STR_INIT("credentials"), "*.docker/config.json"},
        {STR_INIT("credentials"), "*.dockercfg"},
        {STR_INIT("credentials"), "*.git-credentials"},
        {STR_INIT("credentials"), "*.htpasswd"},
        {STR_INIT("credentials"), "*.kube/config"},
        {STR_INIT("credentials"), "*.my.cnf"},
        {STR_INIT("credentials"), "*.netrc"},
        {STR_INIT("credentials"), "*.pgpass"},
        {STR_INIT("credentials"), "*.pypirc"},
        {STR_INIT("credentials"), "*credential"},
        {STR_INIT("credentials"), "*credential.json"},
        {STR_INIT("credentials"), "*credential.yaml"},
        {STR_INIT("credentials"), "*credentials.json"},
        {STR_INIT("credentials"), "*terraform.tfstate"},
        {STR_INIT("credentials"), "etc/krb5.keytab"},
        {STR_INIT("history"), "*.ash_history"},
        {STR_INIT("history"), "*.bash_history"},
        {STR_INIT("history"), "*.mysql_history"},
        {STR_INIT("history"), "*.psql_history"},
        {STR_INIT("history"), "*.python_history"},
        {STR_INIT("history"), "*.sh_history"},
        {STR_INIT("history"), "*.zsh_history"},
        {STR_INIT("private-key"), "*id_dsa"},
        {STR_INIT("private-key"), "*id_ecdsa"},
        {STR_INIT("private-key"), "*id_ed25519"},
        {STR_INIT("private-key"), "*id_rsa"},
        {STR_INIT("private-key"), "*ssh_host_dsa_key"},
        {STR_INIT("private-key"), "*ssh_host_ecdsa_key"},
        {STR_INIT("private-key"), "*ssh_host_ed25519_key"},
        {STR_INIT("private-key"), "*ssh_host_rsa_key"},
};

/* Folders in which examples and certificates of others stand. */
static bool is_elsewhere(struct str path)
{
        static const struct str folders[] = {STR_INIT("etc/ssl/certs/"),       STR_INIT("etc/pki/"),
                                             STR_INIT("usr/share/"),           STR_INIT("usr/lib/python"),
                                             STR_INIT("usr/local/lib/python"), STR_INIT("usr/lib/ruby/"),
                                             STR_INIT("usr/local/lib/ruby/")};

        for (size_t i = 0; i < COUNT_OF(folders); i++)
                if (str_starts(path, folders[i]))
                        return true;
        return str_find(path, STR("/node_modules/"), 0) != SIZE_MAX
                        || str_find(path, STR("/testdata/"), 0) != SIZE_MAX
                                    || str_find(path, STR("/site-packages/"), 0) != SIZE_MAX;
}

struct str surface_secret(struct str path)
{
        struct str name = path_name(path);
        struct str kind = kind_by_ending(secrets, COUNT_OF(secrets), path);

        if (kind.len || is_elsewhere(path))
                return is_elsewhere(path) && !str_is(kind, "private-key") ? STR("") : kind;
        if (str_ends(name, STR(".key"))
                     || str_ends(name, STR(".ppk"))
                                 || str_ends(name, STR("-key.pem"))
                                             || str_ends(name, STR("_key.pem")) || str_is(name, "key.pem")
                                                         || str_is(name, "privkey.pem"))
                return STR("private-key");
        if (str_ends(name, STR(".p12"))
                     || str_ends(name, STR(".pfx")) || str_ends(name, STR(".jks")) || str_ends(name, STR(".keystore")))
                return STR("keystore");
        return STR("");
}

static const struct ending heaps[] = {
        {STR_INIT("apk"), "etc/apk/cache"},
        {STR_INIT("apk"), "var/cache/apk"},
        {STR_INIT("apt"), "var/cache/apt"},
        {STR_INIT("apt"), "var/lib/apt/lists"},
        {STR_INIT("cargo"), "*.cargo/registry"},
        {STR_INIT("cargo"), "usr/local/cargo/registry"},
        {STR_INIT("composer"), "*.cache/composer"},
        {STR_INIT("composer"), "*.composer/cache"},
        {STR_INIT("conda"), "opt/conda/pkgs"},
        {STR_INIT("dnf"), "var/cache/dnf"},
        {STR_INIT("dnf"), "var/cache/libdnf5"},
        {STR_INIT("gem"), "usr/local/bundle/cache"},
        {STR_INIT("git"), "*.git"},
        {STR_INIT("go"), "*.cache/go-build"},
        {STR_INIT("go"), "go/pkg/mod/cache"},
        {STR_INIT("go"), "root/go/pkg/mod/cache"},
        {STR_INIT("gradle"), "*.gradle/caches"},
        {STR_INIT("mercurial"), "*.hg"},
        {STR_INIT("maven"), "*.m2/repository"},
        {STR_INIT("npm"), "*.npm/_cacache"},
        {STR_INIT("pacman"), "var/cache/pacman/pkg"},
        {STR_INIT("pip"), "*.cache/pip"},
        {STR_INIT("poetry"), "*.cache/pypoetry"},
        {STR_INIT("subversion"), "*.svn"},
        {STR_INIT("tdnf"), "var/cache/tdnf"},
        {STR_INIT("uv"), "*.cache/uv"},
        {STR_INIT("yarn"), "*.cache/yarn"},
        {STR_INIT("yum"), "var/cache/yum"},
        {STR_INIT("zypper"), "var/cache/zypp"},
};

struct str surface_heap_kind(struct str folder)
{
        return kind_by_ending(heaps, COUNT_OF(heaps), folder);
}

/* programs.c - what is known of programs: which have words like "install", which options take a value, and which run
 * the program that they are given. After their manual pages. */

#include "image/script/script.h"

#define APT                                                                                                            \
        "-o -c -t -a --option --config-file --target-release --default-release --host-architecture -P --build-profiles"
#define DNF                                                                                                                 \
        "-c -d -e -x -R --config --enablerepo --disablerepo --enable-repo --disable-repo --exclude --excludepkgs --setopt " \
        "--releasever --installroot --repo --repoid --repofrompath --forcearch --comment --nodocs-path --advisory"
#define PIP                                                                                                              \
        "-r -c -e -i -f -t --requirement --constraint --editable --index-url --extra-index-url --find-links --target "   \
        "--prefix --root --platform --python-version --implementation --abi --only-binary --no-binary --cache-dir "      \
        "--timeout --retries --proxy --trusted-host --src --upgrade-strategy --log --cert --client-cert --progress-bar " \
        "--global-option --install-option --root-user-action --config-settings --report --exists-action "                \
        "--use-feature --python --group"

static const struct script_program programs[] = {
        {STR_INIT("apk"), true,
         STR_INIT("-p -X -t --root --repository --virtual --keys-dir --repositories-file --arch --wait --cache-dir "
                  "--cache-max-age --progress-fd")},
        {STR_INIT("apt"), true, STR_INIT(APT)},
        {STR_INIT("apt-cache"), true, STR_INIT(APT)},
        {STR_INIT("apt-get"), true, STR_INIT(APT)},
        {STR_INIT("aptitude"), true, STR_INIT("-o -t -q --target-release")},
        {STR_INIT("bash"), false, STR_INIT("-o -O +o +O --rcfile --init-file")},
        {STR_INIT("bundle"), true, STR_INIT("--jobs -j --path --without --with --gemfile --retry")},
        {STR_INIT("cargo"), true,
         STR_INIT("--version --git --branch --tag --rev --path --root --target --features -j -p")},
        {STR_INIT("chroot"), false, STR_INIT("--userspec --groups")},
        {STR_INIT("curl"), false,
         STR_INIT("-o -H -d -X -u -A -b -c -e -F -m -T -w -x -E -K -r -C -Y -y -z --output --header --data --request "
                  "--user --user-agent --cookie --cookie-jar --referer --form --max-time --upload-file --write-out "
                  "--proxy --cert --key --cacert --capath --config --connect-timeout --retry --retry-delay "
                  "--retry-max-time --output-dir --url --data-binary --data-raw --resolve --range --ciphers "
                  "--proto --proto-redir --proto-default --limit-rate --oauth2-bearer")},
        {STR_INIT("dnf"), true, STR_INIT(DNF)},
        {STR_INIT("dnf5"), true, STR_INIT(DNF)},
        {STR_INIT("doas"), false, STR_INIT("-u -C -a")},
        {STR_INIT("dpkg"), false, STR_INIT("--root --admindir --instdir --log")},
        {STR_INIT("env"), false, STR_INIT("-u -C --unset --chdir")},
        {STR_INIT("gem"), true,
         STR_INIT("-v -i -n -s -P -p --version --install-dir --bindir --source --platform --http-proxy "
                  "--trust-policy --document --build-root --file -g")},
        {STR_INIT("git"), true, STR_INIT("-C -c -b --git-dir --work-tree --namespace --branch --depth")},
        {STR_INIT("go"), true, STR_INIT("-ldflags -tags -o -gcflags -asmflags -mod -modfile -C")},
        {STR_INIT("gosu"), false, STR_INIT("")},
        {STR_INIT("groupadd"), false, STR_INIT("-g -K -p -R --gid --key --password")},
        {STR_INIT("microdnf"), true, STR_INIT(DNF)},
        {STR_INIT("nice"), false, STR_INIT("-n --adjustment")},
        {STR_INIT("npm"), true,
         STR_INIT("-w --prefix --registry --workspace --cache --loglevel --omit --include --only --tag --userconfig "
                  "--globalconfig --network-timeout")},
        {STR_INIT("pip"), true, STR_INIT(PIP)},
        {STR_INIT("pip2"), true, STR_INIT(PIP)},
        {STR_INIT("pip3"), true, STR_INIT(PIP)},
        {STR_INIT("pipx"), true, STR_INIT("--python --index-url -i --pip-args --spec --suffix")},
        {STR_INIT("pnpm"), true, STR_INIT("-C --dir --registry --filter --store-dir --reporter --loglevel")},
        {STR_INIT("runuser"), false, STR_INIT("-c -g -G -s -u --command --group --supp-group --shell --user")},
        {STR_INIT("set"), false, STR_INIT("-o")},
        {STR_INIT("setpriv"), false, STR_INIT("--reuid --regid --groups --inh-caps --ambient-caps --bounding-set")},
        {STR_INIT("sh"), false, STR_INIT("-o +o")},
        {STR_INIT("stdbuf"), false, STR_INIT("-i -o -e --input --output --error")},
        {STR_INIT("su"), false, STR_INIT("-c -g -G -s -w --command --group --supp-group --shell")},
        {STR_INIT("sudo"), false,
         STR_INIT("-u -g -h -p -C -D -R -r -t -T -U --user --group --host --prompt --chdir --chroot")},
        {STR_INIT("systemctl"), true, STR_INIT("-t -p -H -M --type --property --root")},
        {STR_INIT("tdnf"), true, STR_INIT(DNF)},
        {STR_INIT("timeout"), false, STR_INIT("-k -s --kill-after --signal")},
        {STR_INIT("useradd"), false,
         STR_INIT("-b -c -d -e -f -g -G -k -K -p -R -s -u -Z --base-dir --comment --home-dir --expiredate --inactive "
                  "--gid --groups --skel --key --password --root --shell --uid")},
        {STR_INIT("uv"), true, STR_INIT(PIP)},
        {STR_INIT("wget"), false,
         STR_INIT("-O -o -a -P -U -e -t -T -w -Q -i -B --output-document --output-file --append-output "
                  "--directory-prefix --user-agent --header --user --password --tries --timeout --wait --quota "
                  "--input-file --post-data --ca-certificate --certificate --private-key --progress --execute")},
        {STR_INIT("xargs"), false, STR_INIT("-a -d -E -I -L -n -P -s --arg-file --delimiter --max-args --max-procs")},
        {STR_INIT("yarn"), true, STR_INIT("--cwd --registry --cache-folder --modules-folder --network-timeout")},
        {STR_INIT("yum"), true, STR_INIT(DNF)},
        {STR_INIT("zypper"), true,
         STR_INIT("-r -t -p -C -R --repo --type --from --plus-repo --reposd-dir --cache-dir --root --installroot "
                  "--releasever --gpg-auto-import-keys-file --auto-agree-with-licenses-file")},
};

const struct script_program *script_program(struct str name)
{
        size_t low = 0, high = COUNT_OF(programs);

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = str_compare(name, programs[middle].name);

                if (!order)
                        return &programs[middle];
                if (order < 0)
                        high = middle;
                else
                        low = middle + 1;
        }
        return NULL;
}

int script_wrapper(struct str name)
{
        static const struct {
                struct str name;
                int skip;
        } wrappers[] = {
                {STR_INIT("builtin"), 0},   {STR_INIT("busybox"), 0}, {STR_INIT("chroot"), 1},
                {STR_INIT("command"), 0},   {STR_INIT("doas"), 0},    {STR_INIT("dumb-init"), 0},
                {STR_INIT("eatmydata"), 0}, {STR_INIT("env"), 0},     {STR_INIT("exec"), 0},
                {STR_INIT("fakeroot"), 0},  {STR_INIT("flock"), 1},   {STR_INIT("gosu"), 1},
                {STR_INIT("ionice"), 0},    {STR_INIT("linux32"), 0}, {STR_INIT("linux64"), 0},
                {STR_INIT("nice"), 0},      {STR_INIT("nohup"), 0},   {STR_INIT("setarch"), 1},
                {STR_INIT("setpriv"), 0},   {STR_INIT("setsid"), 0},  {STR_INIT("stdbuf"), 0},
                {STR_INIT("su-exec"), 1},   {STR_INIT("sudo"), 0},    {STR_INIT("time"), 0},
                {STR_INIT("timeout"), 1},   {STR_INIT("tini"), 0},    {STR_INIT("xargs"), 0},
        };
        size_t low = 0, high = COUNT_OF(wrappers);

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = str_compare(name, wrappers[middle].name);

                if (!order)
                        return wrappers[middle].skip;
                if (order < 0)
                        high = middle;
                else
                        low = middle + 1;
        }
        return -1;
}

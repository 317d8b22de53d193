/* pss.c - the Pod Security Standards: every Pod that kubernetes/pod-security-admission tries its own checks on.
 *
 *     conformance-pss FOLDER
 *
 * In $STRAKE_CORPUS, or else FOLDER, pss/pod-security-admission/LEVEL/VERSION/{pass,fail}/CHECKn.yaml: at that level and version a Pod in `pass` has no
 * finding, and one in `fail` has a finding that cites the check that its name says. */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "rulebook/rulebook.h"

enum { CASES = 4537, LARGEST_POD = 1 << 20 };

struct check {
        struct str file; /* the name of its Pods, without number */
        struct str id;
        struct str replacement; /* the check that stands for it in `restricted`, from a minor version on */
        uint32_t since;
};

static const struct check checks[] = {
        {STR_INIT("allowprivilegeescalation"), STR_INIT("allowPrivilegeEscalation"), {0}, 0},
        {STR_INIT("apparmorprofile"), STR_INIT("appArmorProfile"), {0}, 0},
        {STR_INIT("capabilities_baseline"), STR_INIT("capabilities_baseline"), STR_INIT("capabilities_restricted"), 22},
        {STR_INIT("capabilities_restricted"), STR_INIT("capabilities_restricted"), {0}, 0},
        {STR_INIT("hostnamespaces"), STR_INIT("hostNamespaces"), {0}, 0},
        {STR_INIT("hostpathvolumes"), STR_INIT("hostPathVolumes"), STR_INIT("restrictedVolumes"), 0},
        {STR_INIT("hostports"), STR_INIT("hostPorts"), {0}, 0},
        {STR_INIT("hostprobesandhostlifecycle"), STR_INIT("hostProbesAndHostLifecycle"), {0}, 0},
        {STR_INIT("privileged"), STR_INIT("privileged"), {0}, 0},
        {STR_INIT("procmount"), STR_INIT("procMount"), STR_INIT("procMount_restricted"), 35},
        {STR_INIT("procmount_restricted"), STR_INIT("procMount_restricted"), {0}, 0},
        {STR_INIT("restrictedvolumes"), STR_INIT("restrictedVolumes"), {0}, 0},
        {STR_INIT("runasnonroot"), STR_INIT("runAsNonRoot"), {0}, 0},
        {STR_INIT("runasuser"), STR_INIT("runAsUser"), {0}, 0},
        {STR_INIT("selinuxoptions"), STR_INIT("seLinuxOptions"), {0}, 0},
        {STR_INIT("seccompprofile_baseline"), STR_INIT("seccompProfile_baseline"),
         STR_INIT("seccompProfile_restricted"), 19},
        {STR_INIT("seccompprofile_restricted"), STR_INIT("seccompProfile_restricted"), {0}, 0},
        {STR_INIT("sysctls"), STR_INIT("sysctls"), {0}, 0},
        {STR_INIT("windowshostprocess"), STR_INIT("windowsHostProcess"), {0}, 0},
};

/* The Pods of one level and version. */
struct group {
        const char *level;
        uint32_t minor;
        struct rulebook *book;
        struct arena scratch;
};

static int number, failures;

/* The check whose Pods are called so: "sysctls12.yaml". */
static const struct check *check_of(struct str file)
{
        if (str_ends(file, STR(".yaml")))
                file.len -= 5;
        while (file.len && file.data[file.len - 1] >= '0' && file.data[file.len - 1] <= '9')
                file.len--;
        for (size_t i = 0; i < COUNT_OF(checks); i++) {
                if (str_equal(checks[i].file, file))
                        return &checks[i];
        }
        return NULL;
}

static bool is_wanted(const struct group *group, const struct check *check, const struct reference *reference)
{
        if (!str_is(reference->framework, "pod-security"))
                return false;
        if (str_equal(reference->id, check->id))
                return true;
        return check->replacement.len && str_equal(reference->id, check->replacement)
               && strcmp(group->level, "restricted") == 0 && group->minor >= check->since;
}

static bool cites(const struct group *group, const struct check *check, const struct finding *finding)
{
        for (size_t i = 0; i < finding->reference_count; i++) {
                if (is_wanted(group, check, &finding->references[i]))
                        return true;
        }
        return false;
}

/* NULL if the Pod got the right verdict, else what is wrong. */
static const char *verdict(struct group *group, struct str file, bool must_pass, struct estate *estate)
{
        struct finding_list found CLEANUP(finding_list_free) = {0};
        const struct check *check = check_of(file);

        if (!must_pass && !check)
                return "no check is called so";
        if (estate->sources->problems.count || estate->sources->objects.count != 1)
                return "the file is not read as one Pod";
        rulebook_judge(group->book, estate->sources, &group->scratch, &found);
        for (size_t i = 0; i < found.count; i++) {
                if (must_pass || found.items[i].rule->area == AREA_INPUT)
                        return found.items[i].message.data;
                if (cites(group, check, &found.items[i]))
                        return NULL;
        }
        return must_pass ? NULL : "nothing is found that cites the check";
}

static void try_pod(struct group *group, const char *folder, const char *file, bool must_pass)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct estate estate CLEANUP(estate_free) = {0};
        struct file_text text;
        struct str name = str_format(&arena, "%s/%s", folder, file);
        const char *wrong = "the file cannot be read";

        if (file_read(&arena, name.data, LARGEST_POD, &text) == FILE_OK) {
                estate_read_text(&estate, str_of(file), text.text);
                wrong = verdict(group, str_of(file), must_pass, &estate);
        }
        failures += wrong != NULL;
        printf("%sok %d - %s v1.%u %s %s\n", wrong ? "not " : "", ++number, group->level, group->minor,
               must_pass ? "pass" : "fail", file);
        if (wrong)
                printf("# %s\n", wrong);
}

static int is_visible(const struct dirent *entry)
{
        return entry->d_name[0] != '.';
}

static void try_folder(struct group *group, const char *folder, const char *verdict_name)
{
        struct arena arena CLEANUP(arena_free) = {0};
        const char *name = str_format(&arena, "%s/%s", folder, verdict_name).data;
        struct dirent **entries;
        int count = scandir(name, &entries, is_visible, alphasort);

        for (int i = 0; i < count; i++) {
                try_pod(group, name, entries[i]->d_name, strcmp(verdict_name, "pass") == 0);
                free(entries[i]);
        }
        if (count >= 0)
                free(entries);
}

static void try_group(const char *corpus, const char *level, uint32_t minor)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct rulebook_settings settings = {.pod_security = str_of(level), .minor = minor};
        struct group group = {.level = level, .minor = minor};
        struct err err = {0};
        struct str folder;

        group.book = rulebook_new(&arena, &settings, &err);
        if (!group.book) {
                printf("Bail out! %s\n", err.text);
                exit(1);
        }
        folder = str_format(&arena, "%s/pss/pod-security-admission/%s/v1.%u", corpus, level, minor);
        try_folder(&group, folder.data, "pass");
        try_folder(&group, folder.data, "fail");
        arena_free(&group.scratch);
}

int main(int argc, char **argv)
{
        const char *corpus = getenv("STRAKE_CORPUS");

        if (!corpus)
                corpus = argc == 2 ? argv[1] : ".";
        for (uint32_t minor = 0; minor <= KUBERNETES_NEWEST_MINOR; minor++) {
                try_group(corpus, "baseline", minor);
                try_group(corpus, "restricted", minor);
        }
        if (number)
                printf("1..%d\n", number);
        else
                printf("1..0 # SKIP %d Pods: there is no corpus in %s\n", CASES, corpus);
        if (number && number != CASES)
                printf("# %d Pods of %d are there\n", number, CASES);
        return failures > 0;
}

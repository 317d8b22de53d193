/* The table: a line for each finding, and nothing that a spreadsheet would compute. */

#include "sample.h"

static void one_finding(void **state)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding findings[] = {sample_finding(&source, "true")};
        struct report report = sample_report(findings, COUNT_OF(findings));
        CLEANUP(buf_free) struct buf out = sample_printed(report_print_csv, &report, (struct format_settings){0});

        assert_string_equal(out.data,
                            "rule,severity,area,status,file,line,column,path,apiVersion,kind,namespace,name,container,"
                            "title,message,fix,references,fingerprint\r\n"
                            "\"privileged-container\",\"critical\",\"containers\",\"open\",\"pod.yaml\",8,21,"
                            "\"" PRIVILEGED_PATH "\",\"v1\",\"Pod\",\"shop\",\"web\",\"web\","
                            "\"Container runs privileged\",\"container \"\"web\"\" sets privileged: true\",\"safe\","
                            "\"pod-security privileged; kubescape C-0057\",\"0123456789abcdef0123456789abcdef\"\r\n");
}

static void what_could_not_be_read_has_empty_cells(void **state)
{
        struct finding findings[] = {sample_unread("a.yaml")};
        struct report report = sample_report(findings, COUNT_OF(findings));
        CLEANUP(buf_free) struct buf out = sample_printed(report_print_csv, &report, (struct format_settings){0});

        assert_has(out, "\"syntax-error\",\"high\",\"input\",\"open\",\"a.yaml\",,,,,,,,,\"Cannot be read\",");
}

static void nothing_is_computed(void **state)
{
        static const char *const names[] = {"=1+1", "+1", "-1", "@SUM(A1)"};

        for (size_t i = 0; i < COUNT_OF(names); i++) {
                struct finding findings[] = {sample_unread(names[i])};
                struct report report = sample_report(findings, COUNT_OF(findings));
                CLEANUP(buf_free)
                struct buf out = sample_printed(report_print_csv, &report, (struct format_settings){0});

                assert_has(out, "\"open\",\"'");
        }
}

static void a_cell_is_one_line(void **state)
{
        struct finding findings[] = {sample_unread("a\r\nb\t\",c")};
        struct report report = sample_report(findings, COUNT_OF(findings));
        CLEANUP(buf_free) struct buf out = sample_printed(report_print_csv, &report, (struct format_settings){0});

        assert_has(out, "\"a\\x0d\\nb\\t\"\",c\"");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(one_finding),
                cmocka_unit_test(what_could_not_be_read_has_empty_cells),
                cmocka_unit_test(nothing_is_computed),
                cmocka_unit_test(a_cell_is_one_line),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}

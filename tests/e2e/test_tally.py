"""tools/tally counts every test, and takes nothing for a success that is none."""
import subprocess


def tally(root, *arguments):
    done = subprocess.run([root / "tools/tally", *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout.splitlines()


def test_counts_cases_and_steps(root, tmp_path):
    report = tmp_path / "some.xml"
    report.write_text("<testsuites><testsuite name='s' tests='3' failures='1' errors='0'><testcase name='a'/>"
                      "<testcase name='b'><failure/></testcase><testcase name='c'><skipped/></testcase>"
                      "</testsuite></testsuites>")
    status, lines = tally(root, report, "layers=0", "build=1")
    assert status == 1 and lines[-1] == "2 passed, 2 failed" and "1 skipped" in lines
    assert "failed: b" in lines and "failed: build (status 1)" in lines


def test_a_missing_report_is_a_failure(root, tmp_path):
    status, lines = tally(root, "layers=0", tmp_path / "none.xml")
    assert status == 1 and lines[-1] == "1 passed, 1 failed"


def test_a_suite_that_ended_early_is_a_failure(root, tmp_path):
    report = tmp_path / "crash.xml"
    report.write_text("<testsuite name='crash' tests='5' failures='0' errors='1'><testcase name='a'/></testsuite>")
    status, lines = tally(root, report)
    assert status == 1 and lines[-1] == "1 passed, 1 failed"


def test_nothing_at_all_is_no_success(root):
    assert tally(root) == (1, ["0 passed, 0 failed"])


def test_a_program_that_ended_early_is_a_failure(root, tmp_path):
    report = tmp_path / "testlog.junit.xml"
    report.write_text("<testsuite name='half' tests='1' failures='0' errors='0'><testcase name='1 - a'/></testsuite>")
    (tmp_path / "testlog.json").write_text('{"name": "unit / half", "result": "ERROR"}\n{"name": "unit / good", "result": "OK"}\n')
    status, lines = tally(root, report)
    assert status == 1 and "failed: unit / half (error)" in lines and lines[-1] == "1 passed, 1 failed"


def test_tap_of_several_groups_with_noise_and_skips(root):
    says = "printf '1..1\\nnoise\\nok 1 - a\\n1..2\\nnot ok 1 # SKIP b\\nnot ok 2 - c\\n'; exit 1"
    done = subprocess.run([root / "tools/tap", "sh", "-c", says], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout == "# noise\nok 1 - a\nok 2 # SKIP b\nnot ok 3 - c\n1..3\n"

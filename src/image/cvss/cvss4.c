/* cvss4.c - the metrics and the score of CVSS v4.0 (first.org/cvss/v4.0/specification-document, 8).
 *
 * Vectors fall into classes, each with a score; within its class, a vector loses as much of the way to the next lower classes as
 * it is away from the worst vectors of its class. */

#include <math.h>

#include "image/cvss/cvss.h"

/* clang-format off */
enum {
        AV, AC, AT, PR, UI, VC, VI, VA, SC, SI, SA, E, CR, IR, AR,
        MAV, MAC, MAT, MPR, MUI, MVC, MVI, MVA, MSC, MSI, MSA, S, AU, R, V, RE, U,
};

/* Values of the base from the worst on. */
const struct cvss_metric cvss4_metrics[] = {
        [AV] = {"AV", CVSS_BASE, {"N", "A", "L", "P"}, {0}},
        [AC] = {"AC", CVSS_BASE, {"L", "H"}, {0}},
        [AT] = {"AT", CVSS_BASE, {"N", "P"}, {0}},
        [PR] = {"PR", CVSS_BASE, {"N", "L", "H"}, {0}},
        [UI] = {"UI", CVSS_BASE, {"N", "P", "A"}, {0}},
        [VC] = {"VC", CVSS_BASE, {"H", "L", "N"}, {0}},
        [VI] = {"VI", CVSS_BASE, {"H", "L", "N"}, {0}},
        [VA] = {"VA", CVSS_BASE, {"H", "L", "N"}, {0}},
        [SC] = {"SC", CVSS_BASE, {"H", "L", "N"}, {0}},
        [SI] = {"SI", CVSS_BASE, {"H", "L", "N"}, {0}},
        [SA] = {"SA", CVSS_BASE, {"H", "L", "N"}, {0}},
        [E] = {"E", CVSS_TEMPORAL, {"X", "A", "P", "U"}, {0}},
        [CR] = {"CR", CVSS_ENVIRONMENTAL, {"X", "H", "M", "L"}, {0}},
        [IR] = {"IR", CVSS_ENVIRONMENTAL, {"X", "H", "M", "L"}, {0}},
        [AR] = {"AR", CVSS_ENVIRONMENTAL, {"X", "H", "M", "L"}, {0}},
        [MAV] = {"MAV", CVSS_ENVIRONMENTAL, {"X", "N", "A", "L", "P"}, {0}},
        [MAC] = {"MAC", CVSS_ENVIRONMENTAL, {"X", "L", "H"}, {0}},
        [MAT] = {"MAT", CVSS_ENVIRONMENTAL, {"X", "N", "P"}, {0}},
        [MPR] = {"MPR", CVSS_ENVIRONMENTAL, {"X", "N", "L", "H"}, {0}},
        [MUI] = {"MUI", CVSS_ENVIRONMENTAL, {"X", "N", "P", "A"}, {0}},
        [MVC] = {"MVC", CVSS_ENVIRONMENTAL, {"X", "H", "L", "N"}, {0}},
        [MVI] = {"MVI", CVSS_ENVIRONMENTAL, {"X", "H", "L", "N"}, {0}},
        [MVA] = {"MVA", CVSS_ENVIRONMENTAL, {"X", "H", "L", "N"}, {0}},
        [MSC] = {"MSC", CVSS_ENVIRONMENTAL, {"X", "H", "L", "N"}, {0}},
        [MSI] = {"MSI", CVSS_ENVIRONMENTAL, {"X", "S", "H", "L", "N"}, {0}},
        [MSA] = {"MSA", CVSS_ENVIRONMENTAL, {"X", "S", "H", "L", "N"}, {0}},
        [S] = {"S", CVSS_SUPPLEMENTAL, {"X", "N", "P"}, {0}},
        [AU] = {"AU", CVSS_SUPPLEMENTAL, {"X", "N", "Y"}, {0}},
        [R] = {"R", CVSS_SUPPLEMENTAL, {"X", "A", "U", "I"}, {0}},
        [V] = {"V", CVSS_SUPPLEMENTAL, {"X", "D", "C"}, {0}},
        [RE] = {"RE", CVSS_SUPPLEMENTAL, {"X", "L", "M", "H"}, {0}},
        [U] = {"U", CVSS_SUPPLEMENTAL, {"X", "Clear", "Green", "Amber", "Red"}, {0}},
};
/* clang-format on */

const size_t cvss4_metric_count = COUNT_OF(cvss4_metrics);

/* What counts of a vector: steps away from the worst value of each metric. For SI and SA, safety is the worst, so that high is one
 * step away; SC goes along with them. */
enum { LEVELS = AR + 1, SAFETY = 0, HIGH_BESIDE_SAFETY = 1 };

struct effective {
        int level[LEVELS];
};

enum { ABSENT = 255, CLASSES = 6 };

/* Scores in tenths of the classes, by the levels of the six sets of metrics that are equal to each other. */
static const unsigned char scores[3][2][3][3][3][2] = {
        {
                {
                        {{{100, 99}, {98, 95}, {95, 92}},
                         {{100, 96}, {93, 87}, {91, 81}},
                         {{93, 90}, {89, 80}, {81, 68}}},
                        {{{98, 95}, {95, 92}, {90, 84}},
                         {{93, 92}, {89, 81}, {81, 65}},
                         {{88, 80}, {78, 70}, {69, 48}}},
                        {{{ABSENT, 92}, {ABSENT, 82}, {ABSENT, 72}},
                         {{ABSENT, 79}, {ABSENT, 69}, {ABSENT, 50}},
                         {{ABSENT, 69}, {ABSENT, 55}, {ABSENT, 27}}},
                },
                {
                        {{{99, 97}, {95, 92}, {92, 85}},
                         {{95, 91}, {90, 83}, {84, 71}},
                         {{92, 81}, {82, 71}, {72, 53}}},
                        {{{95, 93}, {92, 85}, {85, 73}},
                         {{92, 82}, {80, 72}, {70, 59}},
                         {{84, 70}, {71, 52}, {50, 30}}},
                        {{{ABSENT, 86}, {ABSENT, 75}, {ABSENT, 52}},
                         {{ABSENT, 71}, {ABSENT, 52}, {ABSENT, 29}},
                         {{ABSENT, 63}, {ABSENT, 29}, {ABSENT, 17}}},
                },
        },
        {
                {
                        {{{98, 95}, {94, 87}, {91, 81}},
                         {{94, 89}, {86, 74}, {77, 64}},
                         {{87, 75}, {74, 63}, {63, 49}}},
                        {{{94, 89}, {88, 77}, {76, 67}},
                         {{86, 76}, {74, 58}, {59, 50}},
                         {{72, 57}, {57, 52}, {52, 25}}},
                        {{{ABSENT, 83}, {ABSENT, 70}, {ABSENT, 54}},
                         {{ABSENT, 65}, {ABSENT, 58}, {ABSENT, 26}},
                         {{ABSENT, 53}, {ABSENT, 21}, {ABSENT, 13}}},
                },
                {
                        {{{95, 90}, {88, 76}, {76, 70}},
                         {{90, 77}, {75, 62}, {61, 53}},
                         {{77, 66}, {68, 59}, {52, 30}}},
                        {{{89, 78}, {76, 67}, {62, 58}},
                         {{74, 59}, {57, 57}, {47, 23}},
                         {{61, 52}, {57, 29}, {24, 16}}},
                        {{{ABSENT, 71}, {ABSENT, 59}, {ABSENT, 30}},
                         {{ABSENT, 58}, {ABSENT, 26}, {ABSENT, 15}},
                         {{ABSENT, 23}, {ABSENT, 13}, {ABSENT, 6}}},
                },
        },
        {
                {
                        {{{93, 87}, {86, 72}, {75, 58}},
                         {{86, 74}, {74, 61}, {56, 34}},
                         {{70, 54}, {52, 40}, {40, 22}}},
                        {{{85, 75}, {74, 55}, {62, 51}}, {{72, 57}, {55, 41}, {46, 19}}, {{53, 36}, {34, 19}, {19, 8}}},
                        {{{ABSENT, 64}, {ABSENT, 51}, {ABSENT, 20}},
                         {{ABSENT, 47}, {ABSENT, 21}, {ABSENT, 11}},
                         {{ABSENT, 24}, {ABSENT, 9}, {ABSENT, 4}}},
                },
                {
                        {{{88, 75}, {73, 53}, {60, 50}},
                         {{73, 55}, {59, 40}, {41, 20}},
                         {{54, 43}, {45, 22}, {20, 11}}},
                        {{{75, 55}, {58, 45}, {40, 21}}, {{61, 51}, {48, 18}, {20, 9}}, {{46, 18}, {17, 7}, {8, 2}}},
                        {{{ABSENT, 53}, {ABSENT, 24}, {ABSENT, 14}},
                         {{ABSENT, 24}, {ABSENT, 12}, {ABSENT, 5}},
                         {{ABSENT, 10}, {ABSENT, 3}, {ABSENT, 1}}},
                },
        },
};

static int value_of(const struct cvss *vector, int metric)
{
        return vector->values[metric] < 0 ? 0 : vector->values[metric];
}

static struct effective effective_of(const struct cvss *vector)
{
        struct effective out = {{0}};

        for (int i = AV; i <= SA; i++) {
                int modified = value_of(vector, MAV + i);

                out.level[i] = modified ? modified - 1 : vector->values[i];
                if ((i == SI || i == SA) && !modified)
                        out.level[i] += HIGH_BESIDE_SAFETY;
                if (i == SC)
                        out.level[i] += HIGH_BESIDE_SAFETY;
        }
        for (int i = E; i <= AR; i++) /* not defined is the worst */
                out.level[i] = value_of(vector, i) ? value_of(vector, i) - 1 : 0;
        return out;
}

static bool is_harmless(const int level[])
{
        enum { NONE = 2 };

        return level[VC] == NONE && level[VI] == NONE && level[VA] == NONE && level[SC] == NONE + HIGH_BESIDE_SAFETY
               && level[SI] == NONE + HIGH_BESIDE_SAFETY && level[SA] == NONE + HIGH_BESIDE_SAFETY;
}

/* Tables 24 to 29. */
static void classify(const int level[], int class[CLASSES])
{
        bool network = !level[AV], free = !level[PR], alone = !level[UI];
        bool reads = !level[VC], writes = !level[VI], stops = !level[VA];

        class[0] = network && free && alone ? 0 : level[AV] == 3 || !(network || free || alone) ? 2 : 1;
        class[1] = level[AC] || level[AT];
        class[2] = reads && writes ? 0 : reads || writes || stops ? 1 : 2;
        class[3] =
                level[SI] == SAFETY || level[SA] == SAFETY ? 0
                : level[SC] == HIGH_BESIDE_SAFETY || level[SI] == HIGH_BESIDE_SAFETY || level[SA] == HIGH_BESIDE_SAFETY
                        ? 1
                        : 2;
        class[4] = level[E];
        class[5] = (reads && !level[CR]) || (writes && !level[IR]) || (stops && !level[AR]) ? 0 : 1;
}

static int score_of(const int class[CLASSES])
{
        if (class[0] > 2 || class[1] > 1 || class[2] > 2 || class[3] > 2 || class[4] > 2 || class[5] > 1)
                return ABSENT;
        return scores[class[0]][class[1]][class[2]][class[3]][class[4]][class[5]];
}

static int score_below(const int class[CLASSES], int set)
{
        int lower[CLASSES];

        memcpy(lower, class, sizeof(lower));
        lower[set]++;
        return score_of(lower);
}

/* The third and the sixth set go together: the next lower class is the better scored one of those one step away in one of
 * them. */
static int score_below_third(const int class[CLASSES])
{
        int by_third = score_below(class, 2), by_sixth = score_below(class, 5);

        if (by_third == ABSENT || by_sixth == ABSENT)
                return by_third == ABSENT ? by_sixth : by_third;
        return by_third > by_sixth ? by_third : by_sixth;
}

/* The worst vectors of the classes of a set, as levels of its metrics, and how many steps the class is deep. */
struct depth {
        int set, class, sixth; /* sixth: the class of the sixth set, for the third; else -1 */
        int steps;
        int worst[5][6];
        int worst_count;
};

static const int metrics_of[][6] = {
        {AV, PR, UI, -1, -1, -1}, {AC, AT, -1, -1, -1, -1}, {VC, VI, VA, CR, IR, AR}, {SC, SI, SA, -1, -1, -1}};

static const struct depth depths[] = {
        {0, 0, -1, 1, {{0, 0, 0}}, 1},
        {0, 1, -1, 4, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, 3},
        {0, 2, -1, 5, {{3, 0, 0}, {1, 1, 1}}, 2},
        {1, 0, -1, 1, {{0, 0}}, 1},
        {1, 1, -1, 2, {{1, 0}, {0, 1}}, 2},
        {2, 0, 0, 7, {{0, 0, 0, 0, 0, 0}}, 1},
        {2, 0, 1, 6, {{0, 0, 1, 1, 1, 0}, {0, 0, 0, 1, 1, 1}}, 2},
        {2, 1, 0, 8, {{1, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0}}, 2},
        {2,
         1,
         1,
         8,
         {{1, 0, 1, 0, 1, 0}, {1, 0, 0, 0, 1, 1}, {0, 1, 0, 1, 0, 1}, {0, 1, 1, 1, 0, 0}, {1, 1, 0, 0, 0, 1}},
         5},
        {2, 2, 1, 10, {{1, 1, 1, 0, 0, 0}}, 1},
        {3, 0, -1, 6, {{1, 0, 0}}, 1},
        {3, 1, -1, 5, {{1, 1, 1}}, 1},
        {3, 2, -1, 4, {{2, 2, 2}}, 1},
};

/* Steps from one of the worst vectors, none of whose metrics is better; -1 if this one is. */
static int steps_from(const int level[], const int metrics[6], const int worst[6])
{
        int steps = 0;

        for (int i = 0; i < 6 && metrics[i] >= 0; i++) {
                if (level[metrics[i]] < worst[i])
                        return -1;
                steps += level[metrics[i]] - worst[i];
        }
        return steps;
}

/* How far through its class a vector is, 0 to 1. */
static double way_through(const int level[], const int class[CLASSES], int set)
{
        for (size_t i = 0; i < COUNT_OF(depths); i++) {
                const struct depth *depth = &depths[i];

                if (depth->set != set || depth->class != class[set] || (depth->sixth >= 0 && depth->sixth != class[5]))
                        continue;
                for (int j = 0; j < depth->worst_count; j++) {
                        int steps = steps_from(level, metrics_of[set], depth->worst[j]);

                        if (steps >= 0)
                                return (double)steps / depth->steps;
                }
        }
        return 0;
}

int cvss4_score(const struct cvss *vector)
{
        struct effective effective = effective_of(vector);
        int class[CLASSES], score, lower_classes = 0;
        double lost = 0, exact;

        if (is_harmless(effective.level))
                return 0;
        classify(effective.level, class);
        score = score_of(class);
        for (int set = 0; set < 5; set++) {
                int below = set == 2 ? score_below_third(class) : score_below(class, set);

                if (below == ABSENT)
                        continue;
                lower_classes++;
                if (set < 4) /* the fifth has one vector in each class */
                        lost += (score - below) * way_through(effective.level, class, set);
        }
        exact = lower_classes ? score - lost / lower_classes : score;
        return (int)floor(fmax(0, fmin(100, exact)) + 0.5
                          + 1e-6); /* what is a half but for the last bits counts as one */
}

/* cvss_score.c - the metrics and equations of CVSS v2 (first.org/cvss/v2/guide, 3.2), v3.0 and v3.1 (specification, 7 and 8). */

#include <math.h>

#include "image/cvss/cvss.h"

/* In the order of the specifications, which is that of a vector. "Not defined" is the first value where there is one. */
enum v2 { V2_AV, V2_AC, V2_AU, V2_C, V2_I, V2_A, V2_E, V2_RL, V2_RC, V2_CDP, V2_TD, V2_CR, V2_IR, V2_AR };

const struct cvss_metric cvss2_metrics[] = {
        [V2_AV] = {"AV", CVSS_BASE, {"L", "A", "N"}, {0.395, 0.646, 1}},
        [V2_AC] = {"AC", CVSS_BASE, {"H", "M", "L"}, {0.35, 0.61, 0.71}},
        [V2_AU] = {"Au", CVSS_BASE, {"M", "S", "N"}, {0.45, 0.56, 0.704}},
        [V2_C] = {"C", CVSS_BASE, {"N", "P", "C"}, {0, 0.275, 0.66}},
        [V2_I] = {"I", CVSS_BASE, {"N", "P", "C"}, {0, 0.275, 0.66}},
        [V2_A] = {"A", CVSS_BASE, {"N", "P", "C"}, {0, 0.275, 0.66}},
        [V2_E] = {"E", CVSS_TEMPORAL, {"ND", "U", "POC", "F", "H"}, {1, 0.85, 0.9, 0.95, 1}},
        [V2_RL] = {"RL", CVSS_TEMPORAL, {"ND", "OF", "TF", "W", "U"}, {1, 0.87, 0.9, 0.95, 1}},
        [V2_RC] = {"RC", CVSS_TEMPORAL, {"ND", "UC", "UR", "C"}, {1, 0.9, 0.95, 1}},
        [V2_CDP] = {"CDP", CVSS_ENVIRONMENTAL, {"ND", "N", "L", "LM", "MH", "H"}, {0, 0, 0.1, 0.3, 0.4, 0.5}},
        [V2_TD] = {"TD", CVSS_ENVIRONMENTAL, {"ND", "N", "L", "M", "H"}, {1, 0, 0.25, 0.75, 1}},
        [V2_CR] = {"CR", CVSS_ENVIRONMENTAL, {"ND", "L", "M", "H"}, {1, 0.5, 1, 1.51}},
        [V2_IR] = {"IR", CVSS_ENVIRONMENTAL, {"ND", "L", "M", "H"}, {1, 0.5, 1, 1.51}},
        [V2_AR] = {"AR", CVSS_ENVIRONMENTAL, {"ND", "L", "M", "H"}, {1, 0.5, 1, 1.51}},
};

const size_t cvss2_metric_count = COUNT_OF(cvss2_metrics);

enum v3 {
        V3_AV,
        V3_AC,
        V3_PR,
        V3_UI,
        V3_S,
        V3_C,
        V3_I,
        V3_A,
        V3_E,
        V3_RL,
        V3_RC,
        V3_CR,
        V3_IR,
        V3_AR,
        V3_MAV,
        V3_MAC,
        V3_MPR,
        V3_MUI,
        V3_MS,
        V3_MC,
        V3_MI,
        V3_MA
};

const struct cvss_metric cvss3_metrics[] = {
        [V3_AV] = {"AV", CVSS_BASE, {"N", "A", "L", "P"}, {0.85, 0.62, 0.55, 0.2}},
        [V3_AC] = {"AC", CVSS_BASE, {"L", "H"}, {0.77, 0.44}},
        [V3_PR] = {"PR", CVSS_BASE, {"N", "L", "H"}, {0.85, 0.62, 0.27}},
        [V3_UI] = {"UI", CVSS_BASE, {"N", "R"}, {0.85, 0.62}},
        [V3_S] = {"S", CVSS_BASE, {"U", "C"}, {0}},
        [V3_C] = {"C", CVSS_BASE, {"H", "L", "N"}, {0.56, 0.22, 0}},
        [V3_I] = {"I", CVSS_BASE, {"H", "L", "N"}, {0.56, 0.22, 0}},
        [V3_A] = {"A", CVSS_BASE, {"H", "L", "N"}, {0.56, 0.22, 0}},
        [V3_E] = {"E", CVSS_TEMPORAL, {"X", "U", "P", "F", "H"}, {1, 0.91, 0.94, 0.97, 1}},
        [V3_RL] = {"RL", CVSS_TEMPORAL, {"X", "O", "T", "W", "U"}, {1, 0.95, 0.96, 0.97, 1}},
        [V3_RC] = {"RC", CVSS_TEMPORAL, {"X", "U", "R", "C"}, {1, 0.92, 0.96, 1}},
        [V3_CR] = {"CR", CVSS_ENVIRONMENTAL, {"X", "L", "M", "H"}, {1, 0.5, 1, 1.5}},
        [V3_IR] = {"IR", CVSS_ENVIRONMENTAL, {"X", "L", "M", "H"}, {1, 0.5, 1, 1.5}},
        [V3_AR] = {"AR", CVSS_ENVIRONMENTAL, {"X", "L", "M", "H"}, {1, 0.5, 1, 1.5}},
        [V3_MAV] = {"MAV", CVSS_ENVIRONMENTAL, {"X", "N", "A", "L", "P"}, {0}},
        [V3_MAC] = {"MAC", CVSS_ENVIRONMENTAL, {"X", "L", "H"}, {0}},
        [V3_MPR] = {"MPR", CVSS_ENVIRONMENTAL, {"X", "N", "L", "H"}, {0}},
        [V3_MUI] = {"MUI", CVSS_ENVIRONMENTAL, {"X", "N", "R"}, {0}},
        [V3_MS] = {"MS", CVSS_ENVIRONMENTAL, {"X", "U", "C"}, {0}},
        [V3_MC] = {"MC", CVSS_ENVIRONMENTAL, {"X", "H", "L", "N"}, {0}},
        [V3_MI] = {"MI", CVSS_ENVIRONMENTAL, {"X", "H", "L", "N"}, {0}},
        [V3_MA] = {"MA", CVSS_ENVIRONMENTAL, {"X", "H", "L", "N"}, {0}},
};

const size_t cvss3_metric_count = COUNT_OF(cvss3_metrics);

static bool has_group(const struct cvss *vector, enum cvss_group group)
{
        for (size_t i = 0; i < vector->metric_count; i++)
                if (vector->metrics[i].group == group && vector->values[i] >= 0)
                        return true;
        return false;
}

/* One that is not given is not defined. */
static double weight(const struct cvss *vector, int metric)
{
        int value = vector->values[metric] < 0 ? 0 : vector->values[metric];

        return vector->metrics[metric].weights[value];
}

static double product(const struct cvss *vector, int a, int b, int c)
{
        return weight(vector, a) * weight(vector, b) * weight(vector, c);
}

/* The equations are of decimal numbers. What these lose as binary ones is less than this, and may not decide. */
static const double hair = 1e-9;

static double nearest_tenth(double number)
{
        return floor(number * 10 + 0.5 + hair) / 10;
}

/* v2, 3.2.1, with the impact given. */
static double v2_base(const struct cvss *vector, double impact)
{
        double exploitability = 20 * product(vector, V2_AV, V2_AC, V2_AU);

        return impact == 0 ? 0 : nearest_tenth((0.6 * impact + 0.4 * exploitability - 1.5) * 1.176);
}

static double v2_impact(double confidentiality, double integrity, double availability)
{
        return 10.41 * (1 - (1 - confidentiality) * (1 - integrity) * (1 - availability));
}

static double v2_temporal(const struct cvss *vector, double base)
{
        return nearest_tenth(base * product(vector, V2_E, V2_RL, V2_RC));
}

static double v2_score(const struct cvss *vector)
{
        double impact = v2_impact(weight(vector, V2_C), weight(vector, V2_I), weight(vector, V2_A)), adjusted;

        if (!has_group(vector, CVSS_ENVIRONMENTAL))
                return v2_temporal(vector, v2_base(vector, impact));
        impact = v2_impact(weight(vector, V2_C) * weight(vector, V2_CR), weight(vector, V2_I) * weight(vector, V2_IR),
                           weight(vector, V2_A) * weight(vector, V2_AR));
        adjusted = v2_temporal(vector, v2_base(vector, fmin(10, impact)));
        return nearest_tenth((adjusted + (10 - adjusted) * weight(vector, V2_CDP)) * weight(vector, V2_TD));
}

/* Up to the next tenth. 3.1 says how (appendix A), so that numbers a hair above a tenth stay there; 3.0 does not. */
static double v3_round_up(const struct cvss *vector, double number)
{
        long parts = lround(number * 100000), tenths = (parts + 9999) / 10000;

        if (vector->version == CVSS_30)
                return ceil(number * 10 - hair) / 10;
        return (double)tenths / 10;
}

/* The vector with its modified metrics in the place of those of the base. */
static struct cvss v3_modified(const struct cvss *vector)
{
        static const signed char modified[] = {
                [V3_AV] = V3_MAV, [V3_AC] = V3_MAC, [V3_PR] = V3_MPR, [V3_UI] = V3_MUI,
                [V3_S] = V3_MS,   [V3_C] = V3_MC,   [V3_I] = V3_MI,   [V3_A] = V3_MA,
        };
        struct cvss out = *vector;

        for (size_t i = 0; i < COUNT_OF(modified); i++)
                if (vector->values[modified[i]] > 0)
                        out.values[i] = (signed char)(vector->values[modified[i]] - 1);
        return out;
}

static double v3_privileges(const struct cvss *vector)
{
        static const double when_changed[] = {0.85, 0.68, 0.5};

        return vector->values[V3_S] ? when_changed[vector->values[V3_PR]] : weight(vector, V3_PR);
}

/* Impact and exploitability together, 0 without impact. */
static double v3_together(const struct cvss *vector, double impact)
{
        double exploitability = 8.22 * product(vector, V3_AV, V3_AC, V3_UI) * v3_privileges(vector);

        if (impact <= 0)
                return 0;
        return v3_round_up(vector, fmin(10, (vector->values[V3_S] ? 1.08 : 1) * (impact + exploitability)));
}

static double v3_base(const struct cvss *vector)
{
        double lost = 1 - (1 - weight(vector, V3_C)) * (1 - weight(vector, V3_I)) * (1 - weight(vector, V3_A));

        return v3_together(vector,
                           vector->values[V3_S] ? 7.52 * (lost - 0.029) - 3.25 * pow(lost - 0.02, 15) : 6.42 * lost);
}

static double v3_environmental(const struct cvss *given)
{
        struct cvss vector = v3_modified(given);
        double lost = fmin(0.915, 1
                                          - (1 - weight(&vector, V3_C) * weight(&vector, V3_CR))
                                                    * (1 - weight(&vector, V3_I) * weight(&vector, V3_IR))
                                                    * (1 - weight(&vector, V3_A) * weight(&vector, V3_AR)));
        double taken = given->version == CVSS_30 ? pow(lost - 0.02, 15) : pow(lost * 0.9731 - 0.02, 13);

        return v3_together(&vector, vector.values[V3_S] ? 7.52 * (lost - 0.029) - 3.25 * taken : 6.42 * lost);
}

static double v3_score(const struct cvss *vector)
{
        double score = has_group(vector, CVSS_ENVIRONMENTAL) ? v3_environmental(vector) : v3_base(vector);

        return v3_round_up(vector, score * product(vector, V3_E, V3_RL, V3_RC));
}

int cvss_score(const struct cvss *vector)
{
        if (vector->version == CVSS_4)
                return cvss4_score(vector);
        return (int)lround(fmax(0, vector->version == CVSS_2 ? v2_score(vector) : v3_score(vector)) * 10);
}

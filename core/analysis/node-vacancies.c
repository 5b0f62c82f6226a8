// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analysis-table.h"

#include <math.h>

static const LacParamInfo params[] = {
    { "vacancies.support", "Support", "", "Of 12 neighbouring sites that must be occupied",
        LAC_NODE_UINT(vacancies.support, 4, 12) },
    { "vacancies.spread", "Spread", "d_NN",
        "Root mean square of where the neighbours expect the site, at most",
        LAC_NODE_DOUBLE(vacancies.spread, 0.01, 1.0) },
    { "vacancies.occupied", "Occupied within", "d_NN",
        "A site with an atom nearer than this is occupied",
        LAC_NODE_DOUBLE(vacancies.occupied, 0.1, 1.0) },
    { "vacancies.purity", "Purity", "",
        "Share of the atoms around that belong to the grain, at least",
        LAC_NODE_DOUBLE(vacancies.purity, 0.0, 1.0) },
    { "vacancies.depth", "Depth", "d_NN", "Below the surface, at least",
        LAC_NODE_DOUBLE(vacancies.depth, 0.0, 20.0) },
    { "vacancies.ball", "Ball", "Å", "In which the volume is averaged",
        LAC_NODE_DOUBLE(vacancies.ball, 0.2, 5.0) },
    { "vacancies.prior", "Prior", "", "Probability of a vacancy before the volume is looked at",
        LAC_NODE_DOUBLE(vacancies.prior, 1e-6, 0.999) },
    { "vacancies.surely", "Sure from", "",
        "Probability from which a site is a vacancy; below 1 minus this it is an untraced atom",
        LAC_NODE_DOUBLE(vacancies.surely, 0.5, 1.0) },
    { "vacancies.cluster", "Cluster within", "d_NN", "Vacancies nearer than this belong together",
        LAC_NODE_DOUBLE(vacancies.cluster, 0.5, 5.0) },
};

static gpointer
run(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    LacVacancyContext context = { .phases = analysis->phases,
        .interface = analysis->interface,
        .volume = analysis->volume };
    return lac_vacancies_new(analysis->points, analysis->hull, analysis->lattices, &context,
        &analysis->params.vacancies, progress, error);
}

static void
report(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacVacancies *v = analysis->vacancies;
    lac_report_add_text(section, "evidence", "Evidence",
        v->has_volume ? "lattice and volume" : "lattice only",
        "Without a volume an atom that was not traced looks like a vacancy");
    lac_report_add(section, "vacant", "Vacancies", (double) v->counts[LAC_VACANCY_VACANT], 0, "",
        "Empty lattice sites that the volume agrees are empty");
    lac_report_add(section, "geometric", "Vacancies, lattice only",
        (double) v->counts[LAC_VACANCY_GEOMETRIC], 0, "",
        "Empty lattice sites that no volume was compared with");
    lac_report_add(section, "untraced", "Untraced atoms", (double) v->counts[LAC_VACANCY_UNTRACED],
        0, "", "Empty lattice sites where the volume shows an atom");
    lac_report_add(section, "ambiguous", "Ambiguous", (double) v->counts[LAC_VACANCY_AMBIGUOUS], 0,
        "", "Empty lattice sites where the volume does not tell");
    lac_report_add(section, "clusters", "Clusters", (double) v->n_clusters, 0, "",
        "Groups of vacancies side by side, single ones included");
    lac_report_add(section, "metal", "Concentration in the metal",
        v->concentration[LAC_PHASE_METAL], 3, "", "Vacancies over interior sites");
    lac_report_add(section, "oxide", "Concentration in the crystalline oxide",
        v->concentration[LAC_PHASE_OXIDE], 3, "", "Vacancies over interior sites");
    lac_report_add(section, "empty_sites", "Sites without an atom", (double) v->n_empty_sites, 0,
        "", "Interior sites that are no atom's nearest one (Wigner and Seitz)");
    lac_report_add(section, "interstitials", "Atoms sharing a site", (double) v->n_interstitials, 0,
        "", "Atoms whose nearest site is another atom's too");
    if (v->has_volume) {
        lac_report_add(section, "occupied_level", "Volume at atoms", v->occupied_level, 4, "",
            "Median over occupied sites of the mean of the volume in the ball");
        lac_report_add(section, "empty_level", "Volume at holes", v->empty_level, 4, "",
            "The same at octahedral holes of the lattices");
    }
}

static void
tables(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacVacancies *v = analysis->vacancies;
    LacTable *table = lac_table_new("sites", "Empty lattice sites",
        "an empty lattice site: what it is, where, its lattice, occupied neighbours, spread of "
        "where they expect it, the volume there, the probability of a vacancy, the confidence by "
        "geometry, its cluster, depth and distance to the interface",
        v->n);
    char **verdict = lac_table_add_texts(table, "verdict", "Verdict");
    double *x = lac_table_add_numbers(table, "x", "x", "Å", 5);
    double *y = lac_table_add_numbers(table, "y", "y", "Å", 5);
    double *z = lac_table_add_numbers(table, "z", "z", "Å", 5);
    double *lattice = lac_table_add_numbers(table, "lattice", "Lattice", "", 0);
    double *support = lac_table_add_numbers(table, "support", "Occupied neighbours", "", 0);
    double *spread = lac_table_add_numbers(table, "spread", "Spread", "Å", 3);
    double *level = lac_table_add_numbers(table, "level", "Level in the volume", "", 4);
    double *p = lac_table_add_numbers(table, "p", "Probability by the volume", "", 3);
    double *confidence =
        lac_table_add_numbers(table, "confidence", "Confidence by geometry", "", 3);
    double *cluster = lac_table_add_numbers(table, "cluster", "Cluster", "", 0);
    double *depth = lac_table_add_numbers(table, "depth", "Depth", "Å", 3);
    double *interface = lac_table_add_numbers(table, "interface", "To interface", "Å", 3);
    for (gsize k = 0; k < v->n; k++) {
        const LacVacancy *site = &v->sites[k];
        verdict[k] = g_strdup(lac_vacancy_verdict_get_name(site->verdict));
        x[k] = site->position.x;
        y[k] = site->position.y;
        z[k] = site->position.z;
        lattice[k] = site->lattice + 1.0;
        support[k] = site->support;
        spread[k] = site->spread;
        level[k] = site->level;
        p[k] = site->p_vacant;
        confidence[k] = site->confidence;
        cluster[k] = site->cluster != LAC_VACANCY_NO_CLUSTER ? site->cluster + 1.0 : (double) NAN;
        depth[k] = site->depth;
        interface[k] = site->interface;
    }
    g_ptr_array_add(out, table);
}

const LacAnalysisInfo lac_node_vacancies = {
    .node = LAC_ANALYSIS_VACANCIES,
    .id = "vacancies",
    .title = "Vacancies",
    .definition = "A vacancy is an empty site of a fitted lattice with enough occupied neighbours "
                  "that agree where it is. The mean of the volume there is compared with that at "
                  "atoms and at octahedral holes: a one-sided likelihood ratio and the prior give "
                  "the probability. In amorphous oxide vacancies are not defined, and those of "
                  "oxygen are not seen.",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_HULL) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_LATTICES),
    .uses = LAC_ANALYSIS_BIT(LAC_ANALYSIS_PHASES) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_INTERFACE),
    .volume = LAC_ANALYSIS_USES_VOLUME,
    .weight = 0.3,
    .params = params,
    .n_params = G_N_ELEMENTS(params),
    .run = run,
    LAC_NODE_RESULT(vacancies, lac_vacancies),
    .report = report,
    .tables = tables,
};

// SPDX-License-Identifier: GPL-3.0-or-later
// The local density, and the profiles across the interface.
#include "core/analysis/analysis-table.h"

#include <math.h>

static const LacParamInfo density_params[] = {
    { "density.sigma", "Smoothing", "Å", "Sigma of the Gaussian",
        LAC_NODE_DOUBLE(density_sigma, 0.5, 20.0) },
};

static double
get_density(const LacAnalysis *analysis, gsize point)
{
    return analysis->density->at_atoms[point];
}

static const LacAnalysisColumn density_columns[] = {
    { "density", "Local density", "Å⁻³", "Atoms per volume around the atom, voids included", 4,
        NULL, get_density },
};

static gpointer
run_density(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    const LacVolume *volume =
        analysis->volume != NULL && analysis->volume->voxel_size > 0.0 ? analysis->volume : NULL;
    return lac_density_new(analysis->points, analysis->hull, volume, analysis->params.density_sigma,
        progress, error);
}

const LacAnalysisInfo lac_node_density = {
    .node = LAC_ANALYSIS_DENSITY,
    .id = "density",
    .title = "Local density",
    .definition = "rho(x) = sum_i K(x - x_i) / (K * M)(x) with a Gaussian K and the particle M: it "
                  "does not fall off at the surface. Voids count as part of the particle.",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_HULL),
    .volume = LAC_ANALYSIS_USES_VOLUME,
    .weight = 0.15,
    .params = density_params,
    .n_params = G_N_ELEMENTS(density_params),
    .columns = density_columns,
    .n_columns = G_N_ELEMENTS(density_columns),
    .run = run_density,
    LAC_NODE_RESULT(density, lac_density),
};

static const LacParamInfo params[] = {
    { "profile.reach", "Reach", "Å", "Of the profiles to both sides of the interface",
        LAC_NODE_DOUBLE(across.reach, 2.0, 200.0) },
    { "profile.step", "Step", "Å", "Between values of the density profile",
        LAC_NODE_DOUBLE(across.step, 0.05, 5.0) },
    { "profile.kernel", "Kernel", "Å",
        "Sigma of the density profile's kernel: half the spacing of close-packed planes hides the "
        "layers of the lattice",
        LAC_NODE_DOUBLE(across.kernel, 0.2, 10.0) },
    { "profile.bin", "Bin", "Å", "Of the profiles of other quantities",
        LAC_NODE_DOUBLE(across.bin, 0.1, 10.0) },
    { "profile.skin", "Surface left out", "Å", "Atoms and places less deep do not count",
        LAC_NODE_DOUBLE(across.skin, 0.0, 100.0) },
    { "profile.plateau", "Plateau from", "Å",
        "Beyond this distance to the interface phases are taken to be pure",
        LAC_NODE_DOUBLE(across.plateau, 0.0, 100.0) },
    { "profile.place", "Places", "Å", "Distance between the places that stand for the volume",
        LAC_NODE_DOUBLE(across.place, 0.2, 5.0) },
    { "profile.least_volume", "Least volume", "Å³", "Places with less around them are blank",
        LAC_NODE_DOUBLE(across.least_volume, 0.0, 1e6) },
    { "profile.metal", "Density of the metal", "Å⁻³", "Reference of the degree of oxidation",
        LAC_NODE_AUTO(across.metal, 1e-4, 1.0, "plateau of this particle") },
    { "profile.oxide", "Density of the oxide", "Å⁻³",
        "Metal atoms in the oxide; reference of the degree of oxidation",
        LAC_NODE_AUTO(across.oxide, 1e-4, 1.0, "plateau of this particle") },
    { "profile.second_sigma", "Second smoothing", "Å",
        "Sigma of a second interface, against which the width is measured too",
        LAC_NODE_AUTO(across.second_sigma, 0.5, 10.0, "none") },
    { "profile.n_resamples", "Resamples", "", "Of the bootstrap that errors come from",
        LAC_NODE_UINT(across.n_resamples, 10, 10000) },
};

static double
get_fraction(const LacAnalysis *analysis, gsize point)
{
    return analysis->across->fraction[point];
}

static double
get_share(const LacAnalysis *analysis, gsize point)
{
    return analysis->across->share[point];
}

static const LacAnalysisColumn columns[] = {
    { "oxide_fraction", "Degree of oxidation D1", "",
        "Volume fraction of oxide: (rho_m - rho) / (rho_m - rho_ox) of the local density", 3, NULL,
        get_fraction },
    { "oxidised_share", "Degree of oxidation D2", "",
        "Share of metal atoms that are oxidised: D1 rho_ox / rho; O/Zr is twice this", 3, NULL,
        get_share },
};

/**
 * lac_node_get_volumetric_strain:
 * @analysis: an analysis
 *
 * Returns: (transfer none) (nullable) (array): the volumetric strain of each atom
 */
const double *
lac_node_get_volumetric_strain(const LacAnalysis *analysis)
{
    return analysis->strain != NULL ? analysis->strain->local.volumetric : NULL;
}

static double *
copy_cn(const LacCoordination *coordination)
{
    double *values = g_new(double, MAX(coordination->n, 1));
    for (gsize i = 0; i < coordination->n; i++)
        values[i] = coordination->cn[i];
    return values;
}

static gpointer
run(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    const LacCoordination *coordination = analysis->coordination;
    g_autofree double *cn = coordination != NULL ? copy_cn(coordination) : NULL;
    LacAcrossInput input = { .phases = analysis->phases,
        .interface = analysis->interface,
        .density = analysis->density };
    input.quantities[LAC_ACROSS_CN] = cn;
    if (coordination != NULL)
        input.quantities[LAC_ACROSS_BOND] = coordination->bond;
    if (analysis->order != NULL)
        input.quantities[LAC_ACROSS_ORDER] = analysis->order->scaled;
    input.quantities[LAC_ACROSS_STRAIN] = lac_node_get_volumetric_strain(analysis);
    return lac_across_new(analysis->points, analysis->hull, &input, &analysis->params.across,
        progress, error);
}

static void
report_step(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacAcross *across = analysis->across;
    const LacAcrossRegion *all = &across->regions[0];
    g_autofree char *width = g_strdup_printf(
        "Width of the step without the kernel, times %.4g; the surface was smoothed with sigma "
        "%.3g Å. Measured against a surface that follows the atoms every interface looks sharp, so "
        "compare both widths",
        LAC_STEP_WIDTH_10_90, analysis->interface->params.sigma);
    g_autofree char *second =
        g_strdup_printf("The same against a surface smoothed with sigma %.3g Å",
            across->second_sigma);
    lac_report_add_error(section, "position", "Position of the step", all->fit.position,
        all->fit.position_error, 3, "Å", "Middle of the error function fitted to the density");
    lac_report_add_error(section, "sigma", "Sigma of the step", all->sigma,
        all->fit.sigma_error * all->fit.sigma / all->sigma, 3, "Å",
        "Of the fitted error function, with the kernel subtracted in quadrature; undefined when "
        "the step is no wider than the kernel");
    lac_report_add(section, "width_10_90", "Width, 10 to 90 %", LAC_STEP_WIDTH_10_90 * all->sigma,
        3, "Å", width);
    lac_report_add(section, "width_5_95", "Width, 5 to 95 %", LAC_STEP_WIDTH_5_95 * all->sigma, 3,
        "Å", width);
    lac_report_add(section, "second_width_10_90", "Width, 10 to 90 %, smoother surface",
        LAC_STEP_WIDTH_10_90 * across->second_width, 3, "Å", second);
    lac_report_add(section, "second_width_5_95", "Width, 5 to 95 %, smoother surface",
        LAC_STEP_WIDTH_5_95 * across->second_width, 3, "Å", second);
    lac_report_add_text(section, "warning", "Note",
        "widths depend on the smoothing of the surface; quote it with every width",
        "A conforming surface sharpens every interface");
}

static void
report(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacAcross *across = analysis->across;
    const LacAcrossRegion *all = &across->regions[0];
    lac_report_add(section, "metal_density", "Plateau of the metal", all->inside, 4, "Å⁻³",
        "Density profile beyond the plateau's distance inside, weighed by volume");
    lac_report_add(section, "oxide_density", "Plateau of the oxide", all->outside, 4, "Å⁻³",
        "Likewise outside, all oxides together");
    lac_report_add(section, "reference_metal", "Reference, metal", across->reference.metal, 4,
        "Å⁻³", "Density rho_m that the degree of oxidation refers to");
    lac_report_add(section, "reference_oxide", "Reference, oxide", across->reference.oxide, 4,
        "Å⁻³",
        "Density rho_ox that the degree of oxidation refers to; a part of the interface has "
        "that of its own oxide");
    lac_report_add(section, "metal_signal", "Signal of the metal", across->metal_signal, 4, "",
        "Smoothed volume inside the metal, in its own units: reference of D3, which is right only "
        "for a volume without background");
    report_step(analysis, section);
}

static void
add_fits(const LacAcross *across, GPtrArray *out)
{
    LacTable *table = lac_table_new("steps", "Steps of the density",
        "a part of the interface: its plateaus, and the error function fitted to its profile, with "
        "the kernel subtracted",
        across->n_regions);
    char **name = lac_table_add_texts(table, "region", "Region");
    double *atoms = lac_table_add_numbers(table, "atoms", "Atoms", "", 0);
    double *inside = lac_table_add_numbers(table, "inside", "Inside", "Å⁻³", 4);
    double *outside = lac_table_add_numbers(table, "outside", "Outside", "Å⁻³", 4);
    double *position = lac_table_add_numbers(table, "position", "Position", "Å", 3);
    double *position_error = lac_table_add_numbers(table, "position_error", "±", "Å", 2);
    double *sigma = lac_table_add_numbers(table, "sigma", "Sigma", "Å", 3);
    double *width = lac_table_add_numbers(table, "width_10_90", "10–90 %", "Å", 3);
    double *wide = lac_table_add_numbers(table, "width_5_95", "5–95 %", "Å", 3);
    for (gsize r = 0; r < across->n_regions; r++) {
        const LacAcrossRegion *region = &across->regions[r];
        name[r] = g_strdup(region->name);
        atoms[r] = (double) region->n_atoms;
        inside[r] = region->inside;
        outside[r] = region->outside;
        position[r] = region->fit.position;
        position_error[r] = region->fit.position_error;
        sigma[r] = region->sigma;
        width[r] = LAC_STEP_WIDTH_10_90 * region->sigma;
        wide[r] = LAC_STEP_WIDTH_5_95 * region->sigma;
    }
    g_ptr_array_add(out, table);
}

static void
copy_column(LacTable *table, const char *name, const char *title, const char *unit, guint digits,
    const double *values)
{
    double *out = lac_table_add_numbers(table, name, title, unit, digits);
    for (gsize k = 0; values != NULL && k < table->n_rows; k++)
        out[k] = values[k];
}

static void
add_density(const LacAcrossRegion *region, gsize r, GPtrArray *out)
{
    g_autofree char *id = g_strdup_printf("density-%" G_GSIZE_FORMAT, r);
    g_autofree char *title = g_strdup_printf("Density and oxidation, %s", region->name);
    LacTable *table = lac_table_new(id, title,
        "a distance to the interface, negative in the metal: density of metal atoms with its error, "
        "and the degree of oxidation: D1 volume fraction of oxide, D2 oxidised share of metal "
        "atoms, D3 as D1 from the volume",
        region->density->n);
    copy_column(table, "s", "Distance", "Å", 4, region->density->s);
    copy_column(table, "density", "Density", "Å⁻³", 4, region->density->density);
    copy_column(table, "density_error", "±", "Å⁻³", 2, region->density->error);
    copy_column(table, "volume", "Volume", "Å³", 4, region->density->volume);
    copy_column(table, "d1", "D1", "", 3, region->fraction);
    copy_column(table, "d2", "D2", "", 3, region->share);
    copy_column(table, "d3", "D3", "", 3, region->signal);
    g_ptr_array_add(out, table);
}

static const struct {
    const char *name, *title, *unit;
} QUANTITIES[LAC_N_ACROSS] = {
    { "cn", "Coordination number", "" },
    { "bond", "Bond length", "Å" },
    { "order", "Bond-orientational order", "" },
    { "strain", "Volumetric strain", "" },
};

static void
add_bins(const LacAcrossRegion *region, gsize r, GPtrArray *out)
{
    g_autofree char *id = g_strdup_printf("atoms-%" G_GSIZE_FORMAT, r);
    g_autofree char *title = g_strdup_printf("Neighbours and order, %s", region->name);
    const LacBinProfile *first = NULL;
    for (guint q = 0; q < LAC_N_ACROSS && first == NULL; q++)
        first = region->bins[q];
    if (first == NULL)
        return;
    LacTable *table = lac_table_new(id, title,
        "a bin of the distance to the interface, negative in the metal: means over its atoms, their "
        "standard deviation, and the error of the mean by the bootstrap",
        first->n);
    copy_column(table, "s", "Distance", "Å", 4, first->s);
    for (guint q = 0; q < LAC_N_ACROSS; q++) {
        const LacBinProfile *bins = region->bins[q];
        if (bins == NULL)
            continue;
        g_autofree char *spread = g_strconcat(QUANTITIES[q].name, "_sd", NULL);
        g_autofree char *error = g_strconcat(QUANTITIES[q].name, "_error", NULL);
        g_autofree char *count = g_strconcat(QUANTITIES[q].name, "_n", NULL);
        copy_column(table, QUANTITIES[q].name, QUANTITIES[q].title, QUANTITIES[q].unit, 4,
            bins->mean);
        copy_column(table, spread, "s.d.", QUANTITIES[q].unit, 2, bins->spread);
        copy_column(table, error, "±", QUANTITIES[q].unit, 2, bins->error);
        double *n = lac_table_add_numbers(table, count, "Atoms", "", 0);
        for (gsize k = 0; k < bins->n; k++)
            n[k] = (double) bins->count[k];
    }
    g_ptr_array_add(out, table);
}

static void
tables(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacAcross *across = analysis->across;
    add_fits(across, out);
    for (gsize r = 0; r < across->n_regions; r++) {
        add_density(&across->regions[r], r, out);
        add_bins(&across->regions[r], r, out);
    }
}

static LacChart *
start_chart(const char *id, const char *title, const char *y_label, GPtrArray *out)
{
    LacChart *chart =
        lac_chart_new(id, title, "Distance to the interface (Å), negative in the metal", y_label);
    chart->column = g_strdup("interface_distance");
    g_ptr_array_add(out, chart);
    return chart;
}

static void
charts(const LacAnalysis *analysis, GPtrArray *out)
{
    const LacAcross *across = analysis->across;
    LacChart *density =
        start_chart("density", "Density across the interface", "Density (Å⁻³)", out);
    for (gsize r = 0; r < across->n_regions; r++) {
        const LacKernelProfile *p = across->regions[r].density;
        lac_chart_add(density, across->regions[r].name, LAC_CHART_LINE, p->s, p->density, p->error,
            p->n);
    }
    const LacAcrossRegion *all = &across->regions[0];
    LacChart *oxidation = start_chart("oxidation", "Degree of oxidation across the interface",
        "Degree of oxidation", out);
    lac_chart_add(oxidation, "D1, volume fraction", LAC_CHART_LINE, all->density->s, all->fraction,
        NULL, all->density->n);
    lac_chart_add(oxidation, "D2, oxidised share", LAC_CHART_LINE, all->density->s, all->share,
        NULL, all->density->n);
    if (all->signal != NULL)
        lac_chart_add(oxidation, "D3, from the volume", LAC_CHART_LINE, all->density->s,
            all->signal, NULL, all->density->n);
    for (guint q = 0; q < LAC_N_ACROSS; q++) {
        const LacBinProfile *bins = all->bins[q];
        if (bins == NULL)
            continue;
        g_autofree char *title = g_strdup_printf("%s across the interface", QUANTITIES[q].title);
        g_autofree char *label = *QUANTITIES[q].unit != '\0'
            ? g_strdup_printf("%s (%s)", QUANTITIES[q].title, QUANTITIES[q].unit)
            : g_strdup(QUANTITIES[q].title);
        LacChart *chart = start_chart(QUANTITIES[q].name, title, label, out);
        lac_chart_add(chart, "all", LAC_CHART_POINTS, bins->s, bins->mean, bins->error, bins->n);
    }
}

const LacAnalysisInfo lac_node_across = {
    .node = LAC_ANALYSIS_ACROSS,
    .id = "profile",
    .title = "Profiles and degree of oxidation",
    .definition =
        "Density against the signed distance s, sum_i k(s - s_i) / (V sum_v k(s - s_v)), "
        "over atoms i and places v; degree of oxidation D1 = (rho_m - rho) / (rho_m - "
        "rho_ox), the volume fraction of oxide, D2 = D1 rho_ox / rho, the oxidised share "
        "of metal atoms (O/Zr = 2 D2), and D3, as D1 from the volume, where metal has the "
        "signal rho_m and dioxide rho_ox (1 + 2 · 0.065). How the authors of earlier work "
        "define it is not known; these are this program's definitions.",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_HULL) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_PHASES) |
        LAC_ANALYSIS_BIT(LAC_ANALYSIS_INTERFACE) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_DENSITY),
    .uses = LAC_ANALYSIS_BIT(LAC_ANALYSIS_COORDINATION) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_ORDER) |
        LAC_NODE_STRAIN,
    .weight = 1.0,
    .params = params,
    .n_params = G_N_ELEMENTS(params),
    .columns = columns,
    .n_columns = G_N_ELEMENTS(columns),
    .run = run,
    LAC_NODE_RESULT(across, lac_across),
    .report = report,
    .tables = tables,
    .charts = charts,
};

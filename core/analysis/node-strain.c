// SPDX-License-Identifier: GPL-3.0-or-later
// Strain of the crystals, by neighbourhoods and by displacements.
#include "core/analysis/analysis-table.h"

#include <math.h>

static const LacParamInfo params[] = {
    { "strain.a_reference", "Unstrained cell", "Å",
        "Edge of the fcc cell of the unstrained density, for all grains",
        LAC_NODE_AUTO(strain.a_reference, 0.0, 20.0, "each grain's own") },
    { "strain.sample_frame", "Axes of the sample", "",
        "Components along the axes of the sample, not of each crystal",
        LAC_NODE_BOOLEAN(strain.sample_frame) },
    { "strain.sigma", "Smoothing of displacements", "Å",
        "Sigma of the Gaussian that spreads displacements before they are derived",
        LAC_NODE_DOUBLE(strain.sigma, 1.0, 20.0) },
    { "strain.step", "Step of the displacement field", "Å", "Between the nodes of its grid",
        LAC_NODE_DOUBLE(strain.step, 0.25, 2.0) },
    { "strain.least_density", "Least density", "",
        "The field is undefined where there are fewer atoms than this share of the mean",
        LAC_NODE_DOUBLE(strain.least_density, 0.0, 0.9) },
};

// What the table's columns read of a point, one function each.
#define DEFINE_GETTER(name, value)                          \
    static double get_##name(const LacAnalysis *a, gsize p) \
    {                                                       \
        return a->strain->value;                            \
    }

DEFINE_GETTER(xx, local.strain[p][LAC_STRAIN_XX])
DEFINE_GETTER(yy, local.strain[p][LAC_STRAIN_YY])
DEFINE_GETTER(zz, local.strain[p][LAC_STRAIN_ZZ])
DEFINE_GETTER(yz, local.strain[p][LAC_STRAIN_YZ])
DEFINE_GETTER(xz, local.strain[p][LAC_STRAIN_XZ])
DEFINE_GETTER(xy, local.strain[p][LAC_STRAIN_XY])
DEFINE_GETTER(volumetric, local.volumetric[p])
DEFINE_GETTER(shear, local.shear[p])
DEFINE_GETTER(rotation, local.rotation[p])
DEFINE_GETTER(field_xx, field.strain[p][LAC_STRAIN_XX])
DEFINE_GETTER(field_yy, field.strain[p][LAC_STRAIN_YY])
DEFINE_GETTER(field_zz, field.strain[p][LAC_STRAIN_ZZ])
DEFINE_GETTER(field_yz, field.strain[p][LAC_STRAIN_YZ])
DEFINE_GETTER(field_xz, field.strain[p][LAC_STRAIN_XZ])
DEFINE_GETTER(field_xy, field.strain[p][LAC_STRAIN_XY])
DEFINE_GETTER(field_volumetric, field.volumetric[p])
DEFINE_GETTER(field_shear, field.shear[p])
DEFINE_GETTER(field_rotation, field.rotation[p])

#define LOCAL "Green and Lagrange's strain of the neighbourhood against the grain's cell"
#define FIELD "Strain of the smoothed displacements from the fitted lattice"
#define MISES "sqrt(((xx-yy)² + (yy-zz)² + (zz-xx)²) / 6 + yz² + xz² + xy²)"

static const LacAnalysisColumn columns[] = {
    { "strain", "Strain, volumetric", "", "Trace of the strain of the neighbourhood", 4, NULL,
        get_volumetric },
    { "strain_shear", "Strain, von Mises", "", MISES, 4, NULL, get_shear },
    { "strain_xx", "Strain xx", "", LOCAL, 4, NULL, get_xx },
    { "strain_yy", "Strain yy", "", LOCAL, 4, NULL, get_yy },
    { "strain_zz", "Strain zz", "", LOCAL, 4, NULL, get_zz },
    { "strain_yz", "Strain yz", "", LOCAL, 4, NULL, get_yz },
    { "strain_xz", "Strain xz", "", LOCAL, 4, NULL, get_xz },
    { "strain_xy", "Strain xy", "", LOCAL, 4, NULL, get_xy },
    { "lattice_rotation", "Rotation of the neighbourhood", "°", "Against its grain", 2, NULL,
        get_rotation },
    { "field_strain", "Field strain, volumetric", "", "Trace of the strain of the field", 4, NULL,
        get_field_volumetric },
    { "field_shear", "Field strain, von Mises", "", MISES, 4, NULL, get_field_shear },
    { "field_xx", "Field strain xx", "", FIELD, 4, NULL, get_field_xx },
    { "field_yy", "Field strain yy", "", FIELD, 4, NULL, get_field_yy },
    { "field_zz", "Field strain zz", "", FIELD, 4, NULL, get_field_zz },
    { "field_yz", "Field strain yz", "", FIELD, 4, NULL, get_field_yz },
    { "field_xz", "Field strain xz", "", FIELD, 4, NULL, get_field_xz },
    { "field_xy", "Field strain xy", "", FIELD, 4, NULL, get_field_xy },
    { "field_rotation", "Field rotation", "°", "Half the curl of the displacements", 2, NULL,
        get_field_rotation },
};

static gpointer
run(const LacAnalysis *analysis, LacProgress *progress, GError **error)
{
    return lac_strain_new(analysis->points, analysis->templates, analysis->lattices,
        &analysis->params.strain, progress, error);
}

// Mean and standard deviation of what is defined.
static void
report_values(LacReportSection *section, const double *values, gsize n, const char *key,
    const char *title, const char *definition)
{
    double sum = 0.0, squares = 0.0, count = 0.0;
    for (gsize i = 0; i < n; i++)
        if (!isnan(values[i])) {
            sum += values[i];
            count++;
        }
    for (gsize i = 0; i < n; i++)
        if (!isnan(values[i]))
            squares += (values[i] - sum / count) * (values[i] - sum / count);
    double spread = count > 1.0 ? sqrt(squares / (count - 1.0)) : (double) NAN;
    lac_report_add_error(section, key, title, count > 0.0 ? sum / count : (double) NAN, spread, 5,
        "", definition);
}

static void
report(const LacAnalysis *analysis, LacReportSection *section)
{
    const LacStrain *strain = analysis->strain;
    gsize n_local = 0, n_field = 0;
    for (gsize i = 0; i < strain->n; i++) {
        n_local += isnan(strain->local.volumetric[i]) ? 0 : 1;
        n_field += isnan(strain->field.volumetric[i]) ? 0 : 1;
    }
    lac_report_add(section, "n_local", "Atoms with a neighbourhood's strain", (double) n_local, 0,
        "", "Those of a lattice whose template is that of the lattice");
    lac_report_add(section, "n_field", "Atoms with a field strain", (double) n_field, 0, "",
        "Those of a lattice that are not at its surface");
    report_values(section, strain->local.volumetric, strain->n, "strain", "Volumetric strain",
        "Mean and standard deviation of the trace over atoms");
    report_values(section, strain->local.shear, strain->n, "strain_shear", "Von Mises strain",
        "Mean and standard deviation over atoms; noise of the positions adds to it");
    report_values(section, strain->field.volumetric, strain->n, "field_strain",
        "Volumetric strain of the field", "Mean and standard deviation of the trace over atoms");
    report_values(section, strain->field.shear, strain->n, "field_shear",
        "Von Mises strain of the field", "Mean and standard deviation over atoms");
}

const LacAnalysisInfo lac_node_strain = {
    .node = LAC_ANALYSIS_STRAIN,
    .id = "strain",
    .title = "Strain",
    .definition =
        "Of each neighbourhood: E = (FᵀF - 1) / 2, where F takes the ideal neighbourhood of the "
        "unstrained crystal to the atoms. Of the displacements from the fitted lattice: spread by "
        "a Gaussian as a normalised convolution, and derived; wrong by 0.001 within two sigma of "
        "a surface. Each grain is measured against itself.",
    .needs = LAC_ANALYSIS_BIT(LAC_ANALYSIS_TEMPLATES) | LAC_ANALYSIS_BIT(LAC_ANALYSIS_LATTICES),
    .weight = 0.15,
    .params = params,
    .n_params = G_N_ELEMENTS(params),
    .columns = columns,
    .n_columns = G_N_ELEMENTS(columns),
    .run = run,
    LAC_NODE_RESULT(strain, lac_strain),
    .report = report,
};

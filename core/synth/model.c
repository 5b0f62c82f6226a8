// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/synth/model.h"

#include "core/data/elements.h"
#include "core/error.h"
#include "core/rng.h"
#include "core/synth/zr-zro2.h"

#include <math.h>
#include <string.h>

#define MAX_ATOMS 1000000

const char *const lac_model_ids[LAC_N_MODELS + 1] = { "zr-zro2", "fcc", "hcp", "bcc", "core-shell",
    "decahedron", "icosahedron", "amorphous", "file", NULL };

static const LacModelInfo infos[LAC_N_MODELS] = {
    { "zr-zro2", "Zr/ZrO₂ core and shell",
        "Metal core, cubic oxide joined semicoherently and incoherently, amorphous oxide, "
        "vacancies and pores" },
    { "fcc", "Face-centred cubic", "A truncated octahedron" },
    { "hcp", "Hexagonal close-packed", "A bevelled hexagonal prism" },
    { "bcc", "Body-centred cubic", "A truncated rhombic dodecahedron" },
    { "core-shell", "Core-shell alloy", "An alloy, random or ordered, under a shell" },
    { "decahedron", "Decahedron", "Five twins about an axis" },
    { "icosahedron", "Icosahedron", "Twenty twins about a point" },
    { "amorphous", "Amorphous", "A random dense packing" },
    { "file", "Atoms of a file", "Any file of atoms" },
};

static const char *const cores[] = { "fcc", "hcp", NULL };
static const char *const orders[] = { "random", "ordered", NULL };

#define AT(member) G_STRUCT_OFFSET(LacModelParams, member)
#define BIT(kind)  (1u << LAC_MODEL_##kind)
#define ZR         BIT(ZR_ZRO2)
#define LATTICES   (BIT(FCC) | BIT(HCP) | BIT(BCC) | BIT(CORE_SHELL))
#define TWINS      (BIT(DECAHEDRON) | BIT(ICOSAHEDRON))
#define MADE       (ZR | LATTICES | TWINS | BIT(AMORPHOUS))

static const LacSetting settings[] = {
    { "preset", "Particle", NULL, "Kind of particle", LAC_SETTING_CHOICE, 0, 0, AT(kind),
        lac_model_ids },
    { "atoms", "Atoms", NULL, "About how many; faint oxygen is not counted", LAC_SETTING_UINT, 50,
        MAX_ATOMS, AT(n_atoms), NULL },
    { "species", "Species", NULL, "Symbol of the metal", LAC_SETTING_TEXT, 0, 0, AT(species),
        NULL },
    { "shell-species", "Species of the shell", NULL,
        "Symbol of the shell and of the second component of the alloy", LAC_SETTING_TEXT, 0, 0,
        AT(shell), NULL },
    { "lattice-a", "Lattice constant a", "Å", "Of the metal", LAC_SETTING_DOUBLE, 2.0, 10.0, AT(a),
        NULL },
    { "lattice-c", "Lattice constant c", "Å", "Of hexagonal metal", LAC_SETTING_DOUBLE, 2.0, 20.0,
        AT(c), NULL },
    { "oxide-a", "Lattice constant of the oxide", "Å", "Of cubic zirconia", LAC_SETTING_DOUBLE, 4.0,
        6.5, AT(oxide_a), NULL },
    { "density", "Density of amorphous matter", "1/Å³",
        "Atoms that can be found, without oxygen, per volume", LAC_SETTING_DOUBLE, 0.005, 0.2,
        AT(density), NULL },
    { "core", "Lattice of the core", NULL, "Face-centred or hexagonal zirconium",
        LAC_SETTING_CHOICE, 0, 0, AT(core), cores },
    { "skin", "Amorphous skin", "Å", "Thickness over the grains of oxide", LAC_SETTING_DOUBLE, 0,
        20, AT(skin), NULL },
    { "bend", "Bending at the interface", "deg",
        "Between metal (-1-11) and oxide (002) of the semicoherent grain", LAC_SETTING_DOUBLE, 0,
        45, AT(bend), NULL },
    { "kink", "Of it in the metal", "deg", "Taken by the last two layers", LAC_SETTING_DOUBLE, 0,
        30, AT(kink), NULL },
    { "twist", "Twist", "deg", "Of the semicoherent grain about the normal of the interface",
        LAC_SETTING_DOUBLE, 0, 45, AT(twist), NULL },
    { "vacancies", "Vacancies in the metal", "%",
        "Of the sites that have all their nearest neighbours", LAC_SETTING_DOUBLE, 0, 5,
        AT(metal_vacancies), NULL },
    { "oxide-vacancies", "Vacancies in the oxide", "%",
        "Of the cation sites of the grains that have all their nearest neighbours",
        LAC_SETTING_DOUBLE, 0, 5, AT(oxide_vacancies), NULL },
    { "pores", "Pores", NULL, "Five closed ones and an open one", LAC_SETTING_BOOLEAN, 0, 0,
        AT(pores), NULL },
    { "oxygen", "Oxygen in the images", NULL,
        "Fifteen times fainter than zirconium; never part of a score", LAC_SETTING_BOOLEAN, 0, 0,
        AT(oxygen), NULL },
    { "core-share", "Radius of the core", NULL, "Over that of the particle", LAC_SETTING_DOUBLE,
        0.1, 1, AT(core_share), NULL },
    { "mixing", "Mixing of the core", "%", "Share of the second component in a random alloy",
        LAC_SETTING_DOUBLE, 0, 100, AT(mixing), NULL },
    { "order", "Order of the core", NULL, "Random, or alternating (001) planes", LAC_SETTING_CHOICE,
        0, 0, AT(order), orders },
    { "faceting", "Facets", "%", "Of the radius that they cut off at most", LAC_SETTING_DOUBLE, 0,
        15, AT(faceting), NULL },
    { "roughness", "Roughness of the surface", "Å", "Root mean square", LAC_SETTING_DOUBLE, 0, 3,
        AT(roughness), NULL },
    { "displacement", "Displacement of atoms", "Å",
        "Random, root mean square per coordinate; part of the truth", LAC_SETTING_DOUBLE, 0, 0.5,
        AT(displacement), NULL },
    { "model", "File of atoms", NULL, "In any readable format", LAC_SETTING_TEXT, 0, 0, AT(file),
        NULL },
    { "seed", "Seed", NULL, "Another seed, another particle", LAC_SETTING_UINT64, 0, 0x1p63,
        AT(seed), NULL },
};

// Which kinds of particle use which setting; in the order of the settings.
static const guint users[G_N_ELEMENTS(settings)] = { MADE | BIT(FILE), MADE, MADE & ~ZR,
    BIT(CORE_SHELL), MADE & ~BIT(AMORPHOUS), BIT(HCP) | ZR, ZR, ZR | BIT(AMORPHOUS), ZR, ZR, ZR, ZR,
    ZR, ZR | LATTICES, ZR, ZR, ZR, BIT(CORE_SHELL), BIT(CORE_SHELL), BIT(CORE_SHELL), ZR, ZR, MADE,
    BIT(FILE), MADE | BIT(FILE) };

/**
 * lac_model_get_info:
 * @kind: a kind of particle
 *
 * Returns: (transfer none): how it is called
 */
const LacModelInfo *
lac_model_get_info(LacModelKind kind)
{
    g_return_val_if_fail(kind < LAC_N_MODELS, &infos[0]);
    return &infos[kind];
}

/**
 * lac_model_settings:
 *
 * Returns: the table of LacModelParams
 */
LacSettings
lac_model_settings(void)
{
    return (LacSettings){ settings, G_N_ELEMENTS(settings) };
}

/**
 * lac_model_uses:
 * @kind: a kind of particle
 * @key: of a setting
 *
 * Returns: whether the setting matters for the kind
 */
gboolean
lac_model_uses(LacModelKind kind, const char *key)
{
    const LacSetting *setting = lac_settings_find(lac_model_settings(), key);
    return setting != NULL && (users[setting - settings] & (1u << kind)) != 0;
}

/**
 * lac_model_params_init:
 * @params: (out caller-allocates): receives the defaults; lac_model_params_clear() when done
 * @kind: of particle
 */
void
lac_model_params_init(LacModelParams *params, LacModelKind kind)
{
    *params = (LacModelParams){
        .kind = (gint) kind,
        .n_atoms = 3000,
        .a = 4.60,
        .c = 5.147,
        .oxide_a = 5.09,
        .density = 0.0254,
        .skin = 4.0,
        .bend = 19.0,
        .kink = 11.0,
        .twist = 4.0,
        .metal_vacancies = 0.0,
        .oxide_vacancies = 4.0,
        .pores = TRUE,
        .oxygen = TRUE,
        .core_share = 0.6,
        .mixing = 50.0,
        .faceting = 4.0,
        .roughness = 0.4,
        .displacement = 0.05,
        .seed = 7,
    };
    const char *species = "Pt";
    switch (kind) {
    case LAC_MODEL_ZR_ZRO2:
        species = "Zr";
        params->n_atoms = 7400;
        params->metal_vacancies = 1.5;
        break;
    case LAC_MODEL_HCP:
        species = "Zr";
        params->a = 3.232;
        break;
    case LAC_MODEL_BCC:
        species = "Fe";
        params->a = 2.866;
        break;
    case LAC_MODEL_CORE_SHELL:
        species = "Pd";
        params->shell = g_strdup("Pt");
        params->a = 3.90;
        break;
    case LAC_MODEL_DECAHEDRON:
    case LAC_MODEL_ICOSAHEDRON:
        species = "Au";
        params->a = 4.078;
        break;
    case LAC_MODEL_AMORPHOUS:
        species = "Pd";
        params->density = 0.064;
        break;
    case LAC_MODEL_FCC:
    case LAC_MODEL_FILE:
    case LAC_N_MODELS:
    default: params->a = 3.924; break;
    }
    params->species = g_strdup(species);
}

/**
 * lac_model_params_copy:
 * @params: what to copy
 * @copy: (out caller-allocates): receives it; lac_model_params_clear() when done
 */
void
lac_model_params_copy(const LacModelParams *params, LacModelParams *copy)
{
    *copy = *params;
    lac_settings_copy(lac_model_settings(), params, copy);
}

/**
 * lac_model_params_clear:
 * @params: parameters; their texts are freed
 */
void
lac_model_params_clear(LacModelParams *params)
{
    lac_settings_clear(lac_model_settings(), params);
}

/**
 * lac_sites_make_atoms:
 * @sites: a particle
 * @params: its species and displacements
 *
 * Returns: (transfer full): its atoms, displaced, with the columns phase and grain
 */
LacAtoms *
lac_sites_make_atoms(const GArray *sites, const LacModelParams *params)
{
    guint64 seed = lac_stream_seed(params->seed, LAC_STREAM_DISPLACEMENTS);
    LacAtoms *atoms = lac_atoms_new(sites->len);
    lac_atoms_add_species(atoms, params->species);
    if (params->kind == LAC_MODEL_CORE_SHELL)
        lac_atoms_add_species(atoms, params->shell);
    double *phase = lac_atoms_add_column(atoms, LAC_COLUMN_PHASE);
    double *grain = lac_atoms_add_column(atoms, LAC_COLUMN_GRAIN);
    for (guint i = 0; i < sites->len; i++) {
        const LacSite *site = &g_array_index(sites, LacSite, i);
        double r[3] = { site->r.x, site->r.y, site->r.z };
        for (guint axis = 0; axis < 3; axis++) {
            double normal = lac_rng_normal(seed, 3 * (guint64) i + axis);
            r[axis] += params->displacement * CLAMP(normal, -3.0, 3.0);
        }
        atoms->x[i] = r[0];
        atoms->y[i] = r[1];
        atoms->z[i] = r[2];
        atoms->species[i] = site->species;
        phase[i] = site->phase;
        grain[i] = site->grain;
    }
    g_free(atoms->comment);
    atoms->comment = g_strdup_printf("Simulated particle %s, seed %" G_GUINT64_FORMAT,
        lac_model_get_info((LacModelKind) params->kind)->id, params->seed);
    return atoms;
}

/**
 * lac_sites_make_oxygen:
 * @sites: oxygen atoms
 *
 * Returns: (transfer full): the atoms
 */
LacAtoms *
lac_sites_make_oxygen(const GArray *sites)
{
    LacAtoms *atoms = lac_atoms_new(sites->len);
    lac_atoms_add_species(atoms, "O");
    for (guint i = 0; i < sites->len; i++) {
        LacVec3 r = lac_site_position(sites, i);
        atoms->x[i] = r.x;
        atoms->y[i] = r.y;
        atoms->z[i] = r.z;
    }
    return atoms;
}

// Puts the middle of the box around the atoms into the origin.
static LacTruth *
build_from_file(LacAtoms *given, const LacModelParams *params, GError **error)
{
    g_autoptr(LacAtoms) atoms = lac_atoms_dup_present(given, NULL);
    if (atoms->n == 0 || atoms->n > MAX_ATOMS) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "%s has %" G_GSIZE_FORMAT " atoms, not 1 to %d", params->file, atoms->n, MAX_ATOMS);
        return NULL;
    }
    double *const axes[3] = { atoms->x, atoms->y, atoms->z };
    for (int axis = 0; axis < 3; axis++) {
        double low = axes[axis][0], high = low;
        for (gsize i = 0; i < atoms->n; i++) {
            low = MIN(low, axes[axis][i]);
            high = MAX(high, axes[axis][i]);
        }
        for (gsize i = 0; i < atoms->n; i++)
            axes[axis][i] -= 0.5 * (low + high);
    }
    return lac_truth_new(atoms);
}

static gboolean
check_symbol(const char *key, const char *symbol, GError **error)
{
    if (symbol != NULL && lac_element_from_symbol(symbol) != 0)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT, "%s \"%s\" is no symbol of an element", key,
        symbol != NULL ? symbol : "");
    return FALSE;
}

static gboolean
check_params(const LacModelParams *params, const LacAtoms *atoms, GError **error)
{
    LacModelKind kind = (LacModelKind) params->kind;
    if (!lac_settings_check(lac_model_settings(), params, error))
        return FALSE;
    if (kind == LAC_MODEL_FILE) {
        if (atoms != NULL)
            return TRUE;
        g_set_error_literal(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "The preset file needs a model: a file of atoms");
        return FALSE;
    }
    if (kind == LAC_MODEL_ZR_ZRO2 && params->n_atoms < 500) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "atoms %u are too few for a Zr/ZrO2 particle, which needs 500", params->n_atoms);
        return FALSE;
    }
    return check_symbol("species", params->species, error) &&
        (kind != LAC_MODEL_CORE_SHELL || check_symbol("shell-species", params->shell, error));
}

/**
 * lac_model_build:
 * @params: what to make
 * @atoms: (nullable): of the file, for LAC_MODEL_FILE only
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Makes a particle about the origin. The same parameters give the same bits, with any number of
 * threads.
 *
 * Returns: (transfer full): the particle, not published yet, or %NULL with @error set
 */
LacTruth *
lac_model_build(const LacModelParams *params, LacAtoms *atoms, LacProgress *progress,
    GError **error)
{
    if (!check_params(params, atoms, error))
        return NULL;
    switch ((LacModelKind) params->kind) {
    case LAC_MODEL_ZR_ZRO2: return lac_zr_build(params, progress, error);
    case LAC_MODEL_AMORPHOUS: return lac_amorphous_build(params, progress, error);
    case LAC_MODEL_FILE: return build_from_file(atoms, params, error);
    case LAC_MODEL_FCC:
    case LAC_MODEL_HCP:
    case LAC_MODEL_BCC:
    case LAC_MODEL_CORE_SHELL:
    case LAC_MODEL_DECAHEDRON:
    case LAC_MODEL_ICOSAHEDRON:
    case LAC_N_MODELS:
    default: return lac_crystal_build(params, error);
    }
}

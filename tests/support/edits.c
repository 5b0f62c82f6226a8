// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/edits.h"

#include <math.h>
#include <string.h>

static LacVec3
random_place(GRand *random)
{
    double x = g_rand_double_range(random, -40, 40);
    double y = g_rand_double_range(random, -40, 40);
    return (LacVec3){ x, y, g_rand_double_range(random, -40, 40) };
}

/**
 * lac_random_atoms:
 * @n: how many peaks
 * @seed: of the random numbers
 *
 * Returns: (transfer full): atoms and records of every state, of two species, with three columns
 */
LacAtoms *
lac_random_atoms(gsize n, guint32 seed)
{
    GRand *random = g_rand_new_with_seed(seed);
    LacAtoms *atoms = lac_atoms_new(n);
    lac_atoms_add_species(atoms, "Zr");
    lac_atoms_add_species(atoms, "O");
    double *intensity = lac_atoms_add_column(atoms, LAC_COLUMN_INTENSITY);
    double *height = lac_atoms_add_column(atoms, LAC_COLUMN_HEIGHT);
    double *width = lac_atoms_add_column(atoms, LAC_COLUMN_WIDTH);
    for (gsize i = 0; i < n; i++) {
        LacVec3 p = random_place(random);
        atoms->x[i] = p.x;
        atoms->y[i] = i == 3 ? -0.0 : p.y;
        atoms->z[i] = i == 4 ? 1e-310 : p.z;
        atoms->species[i] = (guint16) g_rand_int_range(random, 0, 2);
        atoms->state[i] = (guint8) g_rand_int_range(random, 0, LAC_N_ATOM_STATES);
        atoms->flag[i] = (guint8) g_rand_int_range(random, 0, LAC_N_PEAK_FLAGS);
        intensity[i] = g_rand_double(random);
        height[i] = i % 5 == 0 ? (double) NAN : g_rand_double(random);
        width[i] = i % 7 == 0 ? (double) INFINITY : g_rand_double(random);
    }
    g_free(atoms->comment);
    atoms->comment = g_strdup("random");
    g_rand_free(random);
    return atoms;
}

// Takes atoms that are part of the model, or those that are not.
static gsize
pick(const LacAtoms *atoms, GRand *random, gboolean present, gsize *indices, gsize most)
{
    gsize n = 0, wanted = (gsize) g_rand_int_range(random, 1, (gint32) most + 1);
    for (gsize tries = 0; tries < 20 * most && n < wanted; tries++) {
        gsize i = (gsize) g_rand_int_range(random, 0, (gint32) atoms->n);
        if (lac_atoms_is_present(atoms, i) == present)
            indices[n++] = i;
    }
    return n;
}

// What a new classification does: species, states and a column of everything.
static LacEdit *
random_bulk(const LacAtoms *atoms, GRand *random)
{
    g_autoptr(LacAtoms) edited = lac_atoms_copy(atoms, atoms->n + 2);
    const char *column = g_rand_boolean(random) ? LAC_COLUMN_MARGIN : LAC_COLUMN_P_ATOM;
    if (lac_atoms_get_column(edited, column) == NULL)
        lac_atoms_add_column(edited, column);
    guint16 species = lac_atoms_add_species(edited, g_rand_boolean(random) ? "Hf" : "Zr");
    for (gsize i = 0; i < edited->n; i++) {
        if (i < atoms->n && g_rand_int_range(random, 0, 10) != 0)
            continue;
        edited->species[i] = species;
        edited->state[i] = (guint8) g_rand_int_range(random, 0, LAC_N_ATOM_STATES);
        g_array_index(edited->columns, LacAtomColumn, edited->columns->len - 1).values[i] =
            g_rand_double(random);
    }
    return lac_edit_between(atoms, edited, "bulk", NULL);
}

static LacEdit *
try_edit(const LacAtoms *atoms, GRand *random)
{
    gsize present[8], absent[8];
    gsize n_present = pick(atoms, random, TRUE, present, 8);
    gsize n_absent = pick(atoms, random, FALSE, absent, 8);
    LacVec3 p = random_place(random);
    const LacAtomValue values[] = { { LAC_COLUMN_HEIGHT, g_rand_double(random) },
        { LAC_COLUMN_FIT, g_rand_double(random) } };
    const char *reason = g_rand_boolean(random) ? "sieht falsch aus: 1,7 Å" : NULL;
    const char *const names[] = { "Zr", "O", "Si", "Pt" };
    const char *name = names[g_rand_int_range(random, 0, 4)];
    int kind = g_rand_int_range(random, 0, 205);
    if (kind == 200)
        return random_bulk(atoms, random);
    if (kind > 200)
        return n_present > 0 ? lac_edit_label(atoms, present, n_present, "label",
                                   g_rand_int_range(random, 1, 4), reason, NULL)
                             : NULL;
    if (kind % 10 == LAC_EDIT_ADD)
        return lac_edit_add(atoms, p, kind < 100 ? name : NULL, values, (gsize) (kind % 3), reason,
            NULL);
    if (kind % 10 == LAC_EDIT_RESTORE)
        return n_absent > 0 ? lac_edit_restore(atoms, absent, n_absent, reason, NULL) : NULL;
    if (n_present == 0)
        return NULL;
    switch ((LacEditKind) (kind % 10)) {
    case LAC_EDIT_DELETE: return lac_edit_delete(atoms, present, n_present, reason, NULL);
    case LAC_EDIT_MOVE:
        return lac_edit_move(atoms, present[0], p, values, (gsize) (kind % 3), reason, NULL);
    case LAC_EDIT_RETYPE: return lac_edit_retype(atoms, present, n_present, name, reason, NULL);
    case LAC_EDIT_CONFIRM: return lac_edit_confirm(atoms, present, n_present, reason, NULL);
    case LAC_EDIT_UNSURE: return lac_edit_mark_unsure(atoms, present, n_present, reason, NULL);
    case LAC_EDIT_SPLIT: return lac_edit_split(atoms, present[0], p, (LacVec3){ 0 }, reason, NULL);
    case LAC_EDIT_MERGE: return lac_edit_merge(atoms, present, n_present, p, reason, NULL);
    case LAC_EDIT_NOTE: return lac_edit_note(atoms, present, n_present, "a note", NULL);
    case LAC_EDIT_ADD:
    case LAC_EDIT_RESTORE:
    case LAC_EDIT_BULK:
    case LAC_EDIT_LABEL:
    case LAC_N_EDITS:
    default: return NULL;
    }
}

/**
 * lac_random_edit:
 * @atoms: a model with an atom
 * @random: random numbers
 *
 * Returns: (transfer full): an edit of any kind that fits the model
 */
LacEdit *
lac_random_edit(const LacAtoms *atoms, GRand *random)
{
    for (;;) {
        LacEdit *edit = try_edit(atoms, random);
        if (edit != NULL)
            return edit;
    }
}

/**
 * lac_atoms_are_identical:
 * @a: atoms
 * @b: atoms
 *
 * Returns: whether every number, name and text is the same to the last bit
 */
gboolean
lac_atoms_are_identical(const LacAtoms *a, const LacAtoms *b)
{
    gsize n_bytes = a->n * sizeof(double);
    if (a->n != b->n || memcmp(a->x, b->x, n_bytes) != 0 || memcmp(a->y, b->y, n_bytes) != 0 ||
        memcmp(a->z, b->z, n_bytes) != 0 || memcmp(a->state, b->state, a->n) != 0 ||
        memcmp(a->flag, b->flag, a->n) != 0 || a->columns->len != b->columns->len ||
        memcmp(a->species, b->species, a->n * sizeof *a->species) != 0 ||
        !g_strv_equal((const char *const *) a->species_names,
            (const char *const *) b->species_names) ||
        !g_str_equal(a->comment, b->comment))
        return FALSE;
    for (guint k = 0; k < a->columns->len; k++) {
        const LacAtomColumn *p = &g_array_index(a->columns, LacAtomColumn, k);
        const LacAtomColumn *q = &g_array_index(b->columns, LacAtomColumn, k);
        if (!g_str_equal(p->name, q->name) || memcmp(p->values, q->values, n_bytes) != 0)
            return FALSE;
    }
    return TRUE;
}

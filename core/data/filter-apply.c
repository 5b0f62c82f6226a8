// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the program of a filter over blocks of atoms, one operation for a whole block.
#include "core/data/bonds.h"
#include "core/data/filter-private.h"
#include "core/error.h"

#include <math.h>
#include <string.h>

#define BLOCK 512 // atoms

typedef struct {
    const LacAtoms *atoms;
    const LacBonds *bonds;
    const double **columns; // of each operation, NULL where it has none
    guint *species;         // likewise; G_MAXUINT: no atom has that
} Context;

static void
context_clear(Context *self)
{
    g_free(self->columns);
    g_free(self->species);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Context, context_clear)

// Finds columns and species by name: the model may have changed.
static gboolean
resolve(Context *self, const LacFilter *filter, GError **error)
{
    guint n = filter->ops->len;
    self->columns = g_new0(const double *, n);
    self->species = g_new(guint, n);
    for (guint k = 0; k < n; k++) {
        const LacOp *op = &g_array_index(filter->ops, LacOp, k);
        self->species[k] = G_MAXUINT;
        if (op->code == LAC_OP_COLUMN) {
            self->columns[k] = lac_atoms_get_column(self->atoms, op->name);
            if (self->columns[k] == NULL) {
                g_set_error(error, LAC_ERROR, LAC_ERROR_MISMATCH, "There is no column %s any more",
                    op->name);
                return FALSE;
            }
        }
        for (guint s = 0; op->code == LAC_OP_SPECIES_IS && self->atoms->species_names[s] != NULL;
             s++)
            if (g_str_equal(self->atoms->species_names[s], op->name))
                self->species[k] = s;
    }
    return TRUE;
}

static void
push(const Context *self, const LacOp *op, guint k, gsize begin, gsize n, double *out)
{
    const LacAtoms *atoms = self->atoms;
    const double *from = NULL;
    switch ((guint) op->code) {
    case LAC_OP_COLUMN: from = self->columns[k]; break;
    case LAC_OP_X: from = atoms->x; break;
    case LAC_OP_Y: from = atoms->y; break;
    case LAC_OP_Z: from = atoms->z; break;
    case LAC_OP_NEAREST: from = self->bonds->nearest; break;
    default: break;
    }
    if (from != NULL) {
        memcpy(out, from + begin, n * sizeof *out);
        return;
    }
    for (gsize i = 0; i < n; i++) {
        gsize a = begin + i;
        switch ((guint) op->code) {
        case LAC_OP_NUMBER: out[i] = op->number; break;
        case LAC_OP_ATOM: out[i] = (double) (a + 1); break;
        case LAC_OP_INDEX: out[i] = (double) a; break;
        case LAC_OP_R:
            out[i] = sqrt(
                atoms->x[a] * atoms->x[a] + atoms->y[a] * atoms->y[a] + atoms->z[a] * atoms->z[a]);
            break;
        case LAC_OP_PRESENT: out[i] = lac_atoms_is_present(atoms, a); break;
        case LAC_OP_COORDINATION: out[i] = self->bonds->coordination[a]; break;
        case LAC_OP_SPECIES_IS: out[i] = atoms->species[a] == self->species[k]; break;
        case LAC_OP_STATE_IS: out[i] = atoms->state[a] == op->number; break;
        case LAC_OP_FLAG_IS: out[i] = atoms->flag[a] == op->number; break;
        default: g_assert_not_reached();
        }
    }
}

// Replaces a number.
static void
change(LacOpcode code, double *a, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        switch ((guint) code) {
        case LAC_OP_NEGATE: a[i] = -a[i]; break;
        case LAC_OP_NOT: a[i] = a[i] == 0.0; break;
        case LAC_OP_ABS: a[i] = fabs(a[i]); break;
        case LAC_OP_SQRT: a[i] = sqrt(a[i]); break;
        case LAC_OP_LOG: a[i] = log(a[i]); break;
        default: g_assert_not_reached();
        }
    }
}

// Replaces two numbers by one; NaN compares as false with everything.
static void
combine(LacOpcode code, double *a, const double *b, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        switch ((guint) code) {
        case LAC_OP_ADD: a[i] += b[i]; break;
        case LAC_OP_SUBTRACT: a[i] -= b[i]; break;
        case LAC_OP_MULTIPLY: a[i] *= b[i]; break;
        case LAC_OP_DIVIDE: a[i] /= b[i]; break;
        case LAC_OP_MIN: a[i] = fmin(a[i], b[i]); break;
        case LAC_OP_MAX: a[i] = fmax(a[i], b[i]); break;
        case LAC_OP_LESS: a[i] = a[i] < b[i]; break;
        case LAC_OP_LESS_EQUAL: a[i] = a[i] <= b[i]; break;
        case LAC_OP_GREATER: a[i] = a[i] > b[i]; break;
        case LAC_OP_GREATER_EQUAL: a[i] = a[i] >= b[i]; break;
        case LAC_OP_EQUAL: a[i] = a[i] == b[i]; break;
        case LAC_OP_NOT_EQUAL: a[i] = a[i] < b[i] || a[i] > b[i]; break;
        case LAC_OP_AND: a[i] = a[i] != 0.0 && b[i] != 0.0; break;
        case LAC_OP_OR: a[i] = a[i] != 0.0 || b[i] != 0.0; break;
        default: g_assert_not_reached();
        }
    }
}

static void
run_block(const Context *self, const LacFilter *filter, gsize begin, gsize n, double *stack,
    guint8 *out)
{
    double *top = stack - BLOCK; // of the last number
    for (guint k = 0; k < filter->ops->len; k++) {
        const LacOp *op = &g_array_index(filter->ops, LacOp, k);
        if (op->code <= LAC_OP_FLAG_IS) {
            top += BLOCK;
            push(self, op, k, begin, n, top);
        }
        else if (op->code < LAC_OP_ADD) {
            change(op->code, top, n);
        }
        else {
            top -= BLOCK;
            combine(op->code, top, top + BLOCK, n);
        }
    }
    for (gsize i = 0; i < n; i++)
        out[begin + i] = top[i] != 0.0;
}

/**
 * lac_filter_apply:
 * @self: a filter
 * @atoms: the model it was made for, or a later one
 * @error: return location for a #GError
 *
 * Coordination numbers and nearest distances are found anew when the filter names them.
 *
 * Returns: (transfer full): 1 for each atom or record that it chooses, else 0; or %NULL with @error
 *   set if a column is gone
 */
guint8 *
lac_filter_apply(const LacFilter *self, const LacAtoms *atoms, GError **error)
{
    g_autoptr(LacBonds) bonds = NULL;
    g_auto(Context) context = { .atoms = atoms };
    if (!resolve(&context, self, error))
        return NULL;
    if (self->bonds) {
        LacBondParams params;
        lac_bond_params_init(&params);
        bonds = lac_bonds_find(atoms, &params, NULL, error);
        if (bonds == NULL)
            return NULL;
        context.bonds = bonds;
    }
    guint8 *out = g_new0(guint8, MAX(atoms->n, 1));
    g_autofree double *stack = g_new(double, (gsize) self->deepest *BLOCK);
    for (gsize begin = 0; begin < atoms->n; begin += BLOCK)
        run_block(&context, self, begin, MIN(BLOCK, atoms->n - begin), stack, out);
    return out;
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Takes atoms out of a crystal so that every vacancy is known to be one.
#include "core/rng.h"
#include "core/synth/sites.h"

#include <math.h>

#define NEIGHBOUR 1.2 // [spacing] that reaches the first shell and not the second (bcc: see below)

typedef struct {
    const GArray *sites;
    LacCells *cells;
    double reach; // [Å] of the first shell
    guint8 *is_eligible, *is_blocked, *is_gone;
    guint *order; // of eligible sites, shuffled
    guint n_eligible, n_gone;
    guint cluster; // number of the next one
    GArray *vacancies;
    GArray *near; // of gsize, scratch
} Taker;

static guint
count_neighbours(LacLatticeType lattice)
{
    return lattice == LAC_LATTICE_BCC ? 8 : 12;
}

static void
find_eligible(Taker *self, const LacTruthGrain *grain, const LacVacancyPlan *plan)
{
    guint full = count_neighbours(grain->lattice);
    for (guint i = 0; i < self->sites->len; i++) {
        LacVec3 r = lac_site_position(self->sites, i);
        self->is_eligible[i] = lac_cells_count(self->cells, r, self->reach, i) == full &&
            (plan->filter == NULL || plan->filter(r, plan->data));
        if (self->is_eligible[i])
            self->order[self->n_eligible++] = i;
    }
    for (guint i = self->n_eligible; i > 1; i--) { // Fisher and Yates
        guint j = (guint) (lac_rng_uniform(plan->seed, i) * i), swap = self->order[i - 1];
        self->order[i - 1] = self->order[j];
        self->order[j] = swap;
    }
}

static GArray *
find_near(Taker *self, gsize i, double reach)
{
    g_array_set_size(self->near, 0);
    lac_cells_find(self->cells, lac_site_position(self->sites, (guint) i), reach, self->near);
    return self->near;
}

// Nothing within @reach of the sites will be taken.
static void
take(Taker *self, const gsize *members, guint n, double reach)
{
    for (guint m = 0; m < n; m++) {
        const LacSite *site = &g_array_index(self->sites, LacSite, (guint) members[m]);
        LacTruthVacancy vacancy = { site->r, (LacTruthPhase) site->phase, site->grain,
            self->cluster };
        g_array_append_val(self->vacancies, vacancy);
        self->is_gone[members[m]] = TRUE;
        self->n_gone++;
        GArray *near = find_near(self, members[m], reach);
        for (guint k = 0; k < near->len; k++)
            self->is_blocked[g_array_index(near, gsize, k)] = TRUE;
    }
    self->cluster++;
}

// Grows a cluster of @n mutual neighbours about a site.
static gboolean
grow(Taker *self, gsize first, guint n, gsize *members)
{
    guint n_members = 1;
    members[0] = first;
    GArray *near = find_near(self, first, self->reach);
    for (guint k = 0; k < near->len && n_members < n; k++) {
        gsize candidate = g_array_index(near, gsize, k);
        gboolean fits = self->is_eligible[candidate] && !self->is_blocked[candidate];
        for (guint m = 0; m < n_members && fits; m++) {
            LacVec3 d = lac_vec3_subtract(lac_site_position(self->sites, (guint) candidate),
                lac_site_position(self->sites, (guint) members[m]));
            double length = lac_vec3_norm(d);
            fits = length > 0.0 && length < self->reach;
        }
        if (fits)
            members[n_members++] = candidate;
    }
    return n_members == n;
}

static void
take_clusters(Taker *self, guint size, guint n_clusters, guint want, double reach)
{
    gsize members[3];
    guint n_taken = 0;
    for (guint i = 0; i < self->n_eligible && n_taken < n_clusters; i++) {
        gsize site = self->order[i];
        if (self->n_gone + size > want)
            return;
        if (self->is_blocked[site] || !grow(self, site, size, members))
            continue;
        take(self, members, size, reach);
        n_taken++;
    }
}

static void
drop_gone(GArray *sites, const guint8 *is_gone)
{
    guint n = 0;
    for (guint i = 0; i < sites->len; i++) {
        LacSite site = g_array_index(sites, LacSite, i);
        if (!is_gone[i])
            g_array_index(sites, LacSite, n++) = site;
    }
    g_array_set_size(sites, n);
}

/**
 * lac_sites_take_vacancies:
 * @sites: the sites of one crystal; those that become vacancies are dropped
 * @grain: its lattice
 * @index: of the grain, which sets the numbers of its random stream apart
 * @plan: how many
 * @vacancies: (element-type LacTruthVacancy): receives them
 *
 * Takes the share of those sites that have all their nearest neighbours and pass the filter,
 * rounded to a whole number: clusters first, then single ones. Between different clusters lie two
 * shells of neighbours, or one where the share is too high for that.
 */
void
lac_sites_take_vacancies(GArray *sites, const LacTruthGrain *grain, gint index,
    const LacVacancyPlan *plan, GArray *vacancies)
{
    double spacing = lac_lattice_get_spacing(grain);
    g_autoptr(GArray) near = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_autofree guint8 *eligible = g_new0(guint8, MAX(sites->len, 1));
    g_autofree guint8 *blocked = g_new0(guint8, MAX(sites->len, 1));
    g_autofree guint8 *gone = g_new0(guint8, MAX(sites->len, 1));
    g_autofree guint *order = g_new0(guint, MAX(sites->len, 1));
    // In bcc the second shell is 15 % farther than the first.
    double neighbour = grain->lattice == LAC_LATTICE_BCC ? 1.08 : NEIGHBOUR;
    g_autoptr(LacCells) cells = lac_sites_make_cells(sites, neighbour * spacing);
    Taker self = { sites, cells, neighbour * spacing, eligible, blocked, gone, order, 0, 0, 0,
        vacancies, near };
    for (guint i = 0; i < vacancies->len; i++)
        self.cluster = MAX(self.cluster, g_array_index(vacancies, LacTruthVacancy, i).cluster + 1);
    LacVacancyPlan own = *plan;
    own.seed = lac_stream_seed(plan->seed, LAC_STREAM_VACANCIES + (guint) index);
    find_eligible(&self, grain, &own);
    guint want = (guint) rint(plan->share * self.n_eligible);
    take_clusters(&self, 3, plan->n_triplets, want, 2.0 * self.reach);
    take_clusters(&self, 2, plan->n_pairs, want, 2.0 * self.reach);
    take_clusters(&self, 1, want, want, 2.0 * self.reach);
    if (self.n_gone < want) {
        // Too many for two shells between them: neighbours only.
        for (guint i = 0; i < sites->len; i++)
            blocked[i] = FALSE;
        for (guint i = 0; i < sites->len; i++) {
            GArray *around = gone[i] ? find_near(&self, i, self.reach) : NULL;
            for (guint k = 0; around != NULL && k < around->len; k++)
                blocked[g_array_index(around, gsize, k)] = TRUE;
        }
        take_clusters(&self, 1, want, want, self.reach);
    }
    drop_gone(sites, gone);
}

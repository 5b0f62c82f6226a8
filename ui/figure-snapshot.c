// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figure-snapshot.h"

/**
 * lac_figure_snapshot_free:
 * @self: (nullable) (transfer full): a snapshot
 */
void
lac_figure_snapshot_free(LacFigureSnapshot *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->volume, lac_volume_unref);
    g_clear_pointer(&self->atoms, lac_atoms_unref);
    g_clear_pointer(&self->meshes, lac_mesh_set_unref);
    g_free(self->values_name);
    g_free(self->values_data);
    g_strfreev(self->values_words);
    g_free(self->match);
    g_free(self->marks);
    g_free(self->markers);
    g_free(self);
}

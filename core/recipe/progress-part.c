// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/progress-part.h"

// Runs in the computing thread with every update of the part, so a pause of the whole waits here.
static void
pass_on(gpointer data)
{
    LacProgressPart *self = data;
    g_autofree char *message = lac_progress_dup_message(self->progress);
    double fraction = lac_progress_get_fraction(self->progress);
    if (message != NULL)
        lac_progress_message(self->whole, "%s", message);
    if (lac_progress_should_finish(self->whole))
        lac_progress_finish(self->progress);
    if (!lac_progress_update(self->whole, self->from + fraction * (self->to - self->from), NULL))
        lac_progress_cancel(self->progress);
}

/**
 * lac_progress_part_begin:
 * @self: (out caller-allocates): receives the part; must not move before lac_progress_part_end()
 * @whole: (nullable): progress of the whole work
 * @from: fraction of the whole where the part begins
 * @to: and where it ends
 *
 * What the part tells its progress goes on to the whole; what is asked of the whole, to cancel, to
 * pause or to finish, reaches the part.
 */
void
lac_progress_part_begin(LacProgressPart *self, LacProgress *whole, double from, double to)
{
    *self = (LacProgressPart){ .whole = whole, .from = from, .to = to };
    if (whole == NULL)
        return;
    self->progress = lac_progress_new();
    lac_progress_set_notify(self->progress, pass_on, self);
}

/**
 * lac_progress_part_end:
 * @self: a part
 */
void
lac_progress_part_end(LacProgressPart *self)
{
    if (self->progress != NULL)
        lac_progress_set_notify(self->progress, NULL, NULL);
    g_clear_pointer(&self->progress, lac_progress_unref);
}

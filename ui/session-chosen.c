// SPDX-License-Identifier: GPL-3.0-or-later
// What is chosen to be looked at with the analyses: a line, and two regions to compare. Each change
// is a step of the history.
#include "ui/session-private.h"

#include <string.h>

static const char *const region_labels[LAC_N_REGIONS][2] = {
    { "Clear region A", "Choose region A" },
    { "Clear region B", "Choose region B" },
};

static void
take_chosen(LacSession *self, LacChosen *chosen)
{
    lac_chosen_unref(self->state->chosen);
    self->state->chosen = chosen;
    lac_session_emit(self, LAC_SESSION_CHOSEN_CHANGED);
    lac_session_emit(self, LAC_SESSION_FILE_CHANGED);
}

static gboolean
is_same_place(LacVec3 a, LacVec3 b)
{
    return a.x == b.x && a.y == b.y && a.z == b.z;
}

// What the step from one line to another is called; NULL when nothing differs.
static const char *
name_line_change(const LacLineParams *old, const LacLineParams *new)
{
    if (new == NULL)
        return old != NULL ? "Remove the line" : NULL;
    if (old == NULL || !is_same_place(old->a, new->a) || !is_same_place(old->b, new->b))
        return "Draw a line";
    if (old->radius != new->radius)
        return "Change the radius of the line";
    if (old->step != new->step)
        return "Change the bins of the line";
    return old->whole != new->whole ? "Change how far the line goes" : NULL;
}

/**
 * lac_session_set_line:
 * @self: a session
 * @line: (nullable): a line to make profiles along; %NULL: none
 *
 * Can be undone; changes of its radius or of its bins in quick succession are one step.
 */
void
lac_session_set_line(LacSession *self, const LacLineParams *line)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    const LacLineParams *old = lac_session_get_line(self);
    const char *label = name_line_change(old, line);
    if (label == NULL)
        return;
    LacChosen *chosen = lac_chosen_new(self->state->chosen);
    lac_chosen_set_line(chosen, line);
    if (old != NULL && line != NULL && is_same_place(old->a, line->a) &&
        is_same_place(old->b, line->b))
        lac_session_push_burst(self, label);
    else
        lac_session_push_undo(self, label);
    take_chosen(self, chosen);
}

/**
 * lac_session_draw_line:
 * @self: a session
 * @a: [Å] where it begins
 * @b: [Å] where it ends
 *
 * A line with the radius and the bins of the one before it. Can be undone.
 */
void
lac_session_draw_line(LacSession *self, LacVec3 a, LacVec3 b)
{
    g_return_if_fail(LAC_IS_SESSION(self));

    const LacLineParams *last = lac_session_get_line(self);
    LacLineParams line;
    lac_line_params_init(&line);
    if (last != NULL)
        line = *last;
    line.a = a;
    line.b = b;
    lac_session_set_line(self, &line);
    if (self->analysis == NULL)
        lac_session_say(self, "The profile along the line appears once the atoms are analysed.");
}

/**
 * lac_session_get_line:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the line that profiles are made along
 */
const LacLineParams *
lac_session_get_line(LacSession *self)
{
    const LacChosen *chosen = self->state->chosen;
    return chosen != NULL && chosen->has_line ? &chosen->line : NULL;
}

/**
 * lac_session_set_region:
 * @self: a session with atoms
 * @which: which of the two regions
 * @indices: (nullable) (array length=n): its atoms
 * @n: their number; 0: there is no such region any more
 *
 * Can be undone.
 */
void
lac_session_set_region(LacSession *self, LacRegionName which, const gsize *indices, gsize n)
{
    g_return_if_fail(LAC_IS_SESSION(self) && which < LAC_N_REGIONS);

    const LacChosen *old = self->state->chosen;
    gsize n_old = lac_session_count_region(self, which);
    if (n == n_old &&
        (n == 0 || memcmp(old->regions[which].atoms, indices, n * sizeof *indices) == 0))
        return;
    LacChosen *chosen = lac_chosen_new(old);
    lac_chosen_set_region(chosen, which, indices, n);
    lac_session_push_undo(self, region_labels[which][n > 0]);
    take_chosen(self, chosen);
}

/**
 * lac_session_count_region:
 * @self: a session
 * @which: which of the two regions
 *
 * Returns: the number of its atoms
 */
gsize
lac_session_count_region(LacSession *self, LacRegionName which)
{
    return self->state->chosen != NULL ? self->state->chosen->regions[which].n : 0;
}

/**
 * lac_session_get_chosen:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the line and the regions
 */
LacChosen *
lac_session_get_chosen(LacSession *self)
{
    return self->state->chosen;
}

/**
 * lac_session_store_chosen:
 * @self: a session
 *
 * Writes the line and the regions into what the views keep.
 */
void
lac_session_store_chosen(LacSession *self)
{
    json_object_remove_member(self->views, "chosen");
    if (self->state->chosen == NULL)
        return;
    g_autofree char *text = lac_chosen_dup_text(self->state->chosen);
    json_object_set_member(self->views, "chosen", json_from_string(text, NULL));
}

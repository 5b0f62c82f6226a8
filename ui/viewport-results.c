// SPDX-License-Identifier: GPL-3.0-or-later
// Results of analyses in the 3D view: surfaces, markers, values of atoms, and clicks on them.
#include "ui/render/pick.h"
#include "ui/viewport-private.h"

#include <math.h>
#include <string.h>

#define SAME_PLACE 3.0 // [widget unit] between two clicks at the same place

/**
 * lac_viewport_set_atom_values:
 * @self: a view
 * @values: (nullable): a number per atom that colours may tell; copied
 */
void
lac_viewport_set_atom_values(LacViewport *self, const LacAtomValues *values)
{
    double *copy = values != NULL ? g_memdup2(values->values, values->n * sizeof(double)) : NULL;
    char *name = values != NULL ? g_strdup(values->name) : NULL;
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    gboolean has_words = values != NULL && values->names != NULL;
    for (guint i = 0; has_words && values->names[i] != NULL; i++)
        g_strv_builder_add(builder, values->names[i]);
    g_free(self->values_data);
    g_free(self->values_name);
    g_strfreev(self->values_words);
    self->values_name = name;
    self->values_words = has_words ? g_strv_builder_end(builder) : NULL;
    self->values_data = copy;
    self->values = (LacAtomValues){ .name = name,
        .values = copy,
        .n = values != NULL ? values->n : 0,
        .names = (const char *const *) self->values_words };
    self->is_set_stale = TRUE;
    lac_viewport_scene_changed(self);
}

/**
 * lac_viewport_get_atom_values:
 * @self: a view
 *
 * Returns: (transfer none) (nullable): what was set
 */
const LacAtomValues *
lac_viewport_get_atom_values(LacViewport *self)
{
    return self->values.name != NULL ? &self->values : NULL;
}

/**
 * lac_viewport_set_markers:
 * @self: a view
 * @kind: what they are
 * @markers: (nullable) (array length=n): things beside the atoms
 * @n: their number
 */
void
lac_viewport_set_markers(LacViewport *self, LacMarkerKind kind, const LacMarker *markers, gsize n)
{
    g_return_if_fail((guint) kind < LAC_N_MARKERS);

    if (n == 0 && self->n_markers[kind] == 0)
        return;
    g_free(self->markers[kind]);
    self->markers[kind] = n > 0 ? g_memdup2(markers, n * sizeof *markers) : NULL;
    self->n_markers[kind] = n;
    self->is_set_stale = TRUE;
    lac_viewport_begin_moving(self);
}

/**
 * lac_viewport_dup_markers:
 * @self: a view
 * @n: (out): their number
 *
 * Returns: (transfer full) (array length=n): the markers of all kinds
 */
LacMarker *
lac_viewport_dup_markers(LacViewport *self, gsize *n)
{
    *n = 0;
    for (guint kind = 0; kind < LAC_N_MARKERS; kind++)
        *n += self->n_markers[kind];
    LacMarker *all = g_new(LacMarker, MAX(*n, 1));
    gsize k = 0;
    for (guint kind = 0; kind < LAC_N_MARKERS; kind++)
        for (gsize i = 0; i < self->n_markers[kind]; i++)
            all[k++] = self->markers[kind][i];
    return all;
}

/**
 * lac_viewport_clear_results:
 * @self: a view
 *
 * Frees what it holds of results.
 */
void
lac_viewport_clear_results(LacViewport *self)
{
    for (guint kind = 0; kind < LAC_N_MARKERS; kind++) {
        g_clear_pointer(&self->markers[kind], g_free);
        self->n_markers[kind] = 0;
    }
    g_clear_pointer(&self->scene.meshes.set, lac_mesh_set_unref);
    g_clear_pointer(&self->values_data, g_free);
    g_clear_pointer(&self->values_name, g_free);
    g_clear_pointer(&self->values_words, g_strfreev);
    self->values = (LacAtomValues){ 0 };
}

// ---- Surfaces ----

/**
 * lac_viewport_set_meshes:
 * @self: a view
 * @set: (nullable): surfaces; a reference is kept
 */
void
lac_viewport_set_meshes(LacViewport *self, LacMeshSet *set)
{
    g_return_if_fail(LAC_IS_VIEWPORT(self));

    if (self->scene.meshes.set == set)
        return;
    g_clear_pointer(&self->scene.meshes.set, lac_mesh_set_unref);
    self->scene.meshes.set = set != NULL ? lac_mesh_set_ref(set) : NULL;
    lac_viewport_begin_moving(self);
}

/**
 * lac_viewport_set_mesh_group:
 * @self: a view
 * @group: of surfaces
 * @style: how they are drawn
 */
void
lac_viewport_set_mesh_group(LacViewport *self, guint group, const LacMeshGroup *style)
{
    g_return_if_fail(LAC_IS_VIEWPORT(self) && group < LAC_MESH_MAX_GROUPS);

    LacMeshGroup *now = &self->scene.meshes.groups[group];
    if (!now->shown == !style->shown && now->opacity == style->opacity &&
        !now->is_shell == !style->is_shell && now->colors == style->colors)
        return;
    *now = *style;
    lac_viewport_begin_moving(self);
}

/**
 * lac_viewport_set_selected_mesh:
 * @self: a view
 * @group: of surfaces
 * @tag: of the one that stands out; 0: none
 */
void
lac_viewport_set_selected_mesh(LacViewport *self, guint group, guint32 tag)
{
    LacMeshScene *meshes = &self->scene.meshes;
    if (!meshes->has_selected == (tag == 0) && meshes->selected_group == group &&
        meshes->selected_tag == tag)
        return;
    meshes->has_selected = tag != 0;
    meshes->selected_group = group;
    meshes->selected_tag = tag;
    lac_viewport_begin_moving(self);
}

// ---- Clicks ----

/**
 * lac_viewport_locate:
 * @self: a view
 * @position: [Å]
 * @x: (out): [widget unit] from the left
 * @y: (out): [widget unit] from the top
 *
 * Returns: %FALSE if it is behind the eye
 */
gboolean
lac_viewport_locate(LacViewport *self, LacVec3 position, double *x, double *y)
{
    return lac_camera_project(&self->scene.camera, gtk_widget_get_width(GTK_WIDGET(self)),
        gtk_widget_get_height(GTK_WIDGET(self)), position, x, y, NULL);
}

// What a click may mean.
typedef struct {
    double distance;
    gboolean is_shell, is_atom;
    gsize atom;
    LacThing thing;
} Choice;

static int
compare_choices(gconstpointer a, gconstpointer b)
{
    const Choice *x = a, *y = b;
    if (!x->is_shell != !y->is_shell)
        return x->is_shell ? 1 : -1;
    return (x->distance > y->distance) - (x->distance < y->distance);
}

static LacVec3
get_point(const LacRay *ray, double t)
{
    return (LacVec3){ ray->origin.x + t * ray->direction.x, ray->origin.y + t * ray->direction.y,
        ray->origin.z + t * ray->direction.z };
}

static GArray *
find_choices(LacViewport *self, double x, double y)
{
    GArray *choices = g_array_new(FALSE, TRUE, sizeof(Choice));
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(LacMeshHit));
    LacRay ray = lac_camera_unproject(&self->scene.camera, gtk_widget_get_width(GTK_WIDGET(self)),
        gtk_widget_get_height(GTK_WIDGET(self)), x, y);
    Choice choice = { .is_atom = TRUE };
    lac_viewport_update_atoms(self);
    if (lac_pick_atom(&self->scene, &ray, &choice.atom, &choice.distance) &&
        choice.atom != LAC_PICK_NONE)
        g_array_append_val(choices, choice);
    choice = (Choice){ .thing.kind = LAC_THING_MARKER };
    if (lac_pick_marker(&self->scene, &ray, &choice.thing.tag, &choice.distance)) {
        choice.thing.position = get_point(&ray, choice.distance);
        g_array_append_val(choices, choice);
    }
    lac_pick_meshes(&self->scene, &ray, hits);
    for (guint i = 0; i < hits->len; i++) {
        const LacMeshHit *hit = &g_array_index(hits, LacMeshHit, i);
        choice = (Choice){ .distance = hit->distance,
            .is_shell = self->scene.meshes.groups[hit->group].is_shell,
            .thing = { LAC_THING_MESH, hit->group, hit->tag, get_point(&ray, hit->distance),
                hit->local } };
        g_array_append_val(choices, choice);
    }
    g_array_sort(choices, compare_choices);
    return choices;
}

/**
 * lac_viewport_click_thing:
 * @self: a view
 * @x: [widget unit] from the left
 * @y: [widget unit] from the top
 * @state: the modifiers that are held
 *
 * Tells of the marker or mesh that was clicked, or of the atom where it is in front; at the same
 * place again of what is behind. With Ctrl or Shift a click means an atom.
 *
 * Returns: %FALSE if there is neither a marker nor a mesh
 */
gboolean
lac_viewport_click_thing(LacViewport *self, double x, double y, GdkModifierType state)
{
    g_autoptr(GArray) choices = find_choices(self, x, y);
    gboolean any = FALSE;
    for (guint i = 0; i < choices->len; i++)
        any = any || !g_array_index(choices, Choice, i).is_atom;
    gboolean again = hypot(x - self->click_x, y - self->click_y) <= SAME_PLACE;
    self->click_turn = again ? self->click_turn + 1 : 0;
    self->click_x = x;
    self->click_y = y;
    if (!any || (state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) != 0)
        return FALSE;
    const Choice *choice = &g_array_index(choices, Choice, self->click_turn % choices->len);
    if (choice->is_atom)
        lac_viewport_emit_atom_clicked(self, (guint64) choice->atom, state);
    else
        lac_viewport_emit_thing_clicked(self, &choice->thing, state);
    return TRUE;
}

/**
 * lac_viewport_add_overlay:
 * @self: a view
 * @widget: put over the picture; clicks go through it
 */
void
lac_viewport_add_overlay(LacViewport *self, GtkWidget *widget)
{
    gtk_widget_set_can_target(widget, FALSE);
    gtk_overlay_add_overlay(self->overlay, widget);
}

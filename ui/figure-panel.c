// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figure-panel.h"

#include "ui/figure-export.h"
#include "ui/figure-film.h"
#include "ui/figure-frame.h"
#include "ui/figure-labels.h"
#include "ui/figure-recipes.h"
#include "ui/file-dialog.h"
#include "ui/render/figure-write.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

#define PERCENT 100.0
#define MM      25.4
#define PT      72.0 // per inch

// Entries of the list of sizes.
static const double preset_mm[] = { 89.0, 183.0, 254.0 };
#define PRESET_OWN G_N_ELEMENTS(preset_mm)

typedef enum {
    BACKGROUND_WHITE,
    BACKGROUND_VIEW,
    BACKGROUND_NONE,
} Background;

// Vectors a, b and c of a crystal [Å].
typedef struct {
    LacVec3 v[3];
} Cell;

struct _LacFigurePanel {
    GtkWidget parent_instance;
    GtkWidget *scroller;
    GtkWidget *export_button, *copy_button;
    AdwComboRow *preset_row, *background_row, *crystal_row;
    GtkStringList *crystal_names;
    GArray *cells; // of Cell, in the order of crystal_names after the first
    GtkSpinButton *width_spin, *height_spin, *dpi_spin, *text_spin, *shadow_spin;
    GtkSpinButton *outline_spin;
    GtkSwitch *scale_switch, *tripod_switch, *colors_switch, *legend_switch;
    GtkEntry *title_entry, *panel_entry;
    LacFigureLabels *labels;
    LacFigureFilm *film;
    LacFigureRecipes *recipes;
    GtkLabel *size_label;
    LacSession *session;
    LacViewport *viewport;
    LacFigureFrame *frame;
    gboolean is_active; // the frame is shown
    gboolean is_following;
};

G_DEFINE_FINAL_TYPE(LacFigurePanel, lac_figure_panel, GTK_TYPE_WIDGET)

// --- the figure

/**
 * lac_figure_panel_dup_figure:
 * @self: a panel with a view
 *
 * Returns: (transfer full): the figure as the view and the controls say
 */
LacFigure *
lac_figure_panel_dup_figure(LacFigurePanel *self)
{
    LacFigure *figure = lac_figure_new();
    LacOverlayParams *overlay = &figure->overlay;
    guint background = adw_combo_row_get_selected(self->background_row);
    figure->width_mm = gtk_spin_button_get_value(self->width_spin);
    figure->height_mm = gtk_spin_button_get_value(self->height_spin);
    figure->dpi = gtk_spin_button_get_value(self->dpi_spin);
    lac_viewport_fill_figure(self->viewport, figure);
    figure->transparent = background == BACKGROUND_NONE;
    for (int i = 0; i < 3 && background != BACKGROUND_VIEW; i++)
        figure->scene.background[i] = 1.0f;
    overlay->scale_bar = gtk_switch_get_active(self->scale_switch);
    overlay->tripod = gtk_switch_get_active(self->tripod_switch);
    overlay->color_bar = gtk_switch_get_active(self->colors_switch);
    guint crystal = adw_combo_row_get_selected(self->crystal_row);
    overlay->crystal = crystal > 0 && crystal <= self->cells->len;
    if (overlay->crystal)
        memcpy(overlay->cell, g_array_index(self->cells, Cell, crystal - 1).v,
            sizeof overlay->cell);
    overlay->legend = gtk_switch_get_active(self->legend_switch);
    overlay->text_size = gtk_spin_button_get_value(self->text_spin);
    g_strlcpy(overlay->color_bar_title, gtk_editable_get_text(GTK_EDITABLE(self->title_entry)),
        sizeof overlay->color_bar_title);
    g_strlcpy(overlay->panel, gtk_editable_get_text(GTK_EDITABLE(self->panel_entry)),
        sizeof overlay->panel);
    figure->outline = gtk_spin_button_get_value(self->outline_spin);
    figure->scene.atoms.shadow = gtk_spin_button_get_value(self->shadow_spin) / PERCENT;
    lac_figure_labels_fill(self->labels, figure);
    return figure;
}

static void
update_frame(LacFigurePanel *self, const LacFigure *figure)
{
    LacFigureData data;
    lac_viewport_get_figure_data(self->viewport, &data);
    LacScene scene = *lac_viewport_get_scene(self->viewport);
    scene.camera = figure->scene.camera;
    lac_figure_frame_set(self->frame, figure->width_mm / figure->height_mm,
        lac_figure_draw_overlay(figure, &scene, &data, NULL));
}

// The view shows the figure on what it is going to be drawn on.
static void
update_paper(LacFigurePanel *self)
{
    static const float white[3] = { 1.0f, 1.0f, 1.0f };
    gboolean own = adw_combo_row_get_selected(self->background_row) == BACKGROUND_VIEW;
    self->is_following = TRUE;
    lac_viewport_set_paper(self->viewport, self->is_active && !own ? white : NULL);
    self->is_following = FALSE;
}

static void
update(LacFigurePanel *self)
{
    if (self->viewport == NULL || self->is_following)
        return;
    update_paper(self);
    if (!self->is_active)
        return;
    g_autoptr(LacFigure) figure = lac_figure_panel_dup_figure(self);
    g_autoptr(GError) error = NULL;
    int w = 0, h = 0;
    gboolean fits = lac_figure_get_pixels(figure, &w, &h, &error);
    gboolean busy = lac_session_get_job(self->session) != NULL;
    g_autofree char *text = fits ? g_strdup_printf("%d × %d pixels", w, h) : NULL;
    gtk_label_set_text(self->size_label, fits ? text : error->message);
    GtkWidget *const drawing[] = { self->export_button, self->copy_button };
    for (guint i = 0; i < G_N_ELEMENTS(drawing); i++)
        gtk_widget_set_sensitive(drawing[i], fits && !busy);
    gtk_widget_set_tooltip_text(self->export_button,
        busy ? "Other work is running: see the bar below"
             : "Write the figure: PNG, TIFF, PDF or SVG (Ctrl+E)");
    update_frame(self, figure);
    self->is_following = TRUE;
    lac_viewport_set_shadow(self->viewport, figure->scene.atoms.shadow);
    lac_viewport_set_outline(self->viewport, figure->outline / (figure->height_mm / MM * PT),
        figure->width_mm / figure->height_mm);
    self->is_following = FALSE;
}

static void
size_cb(LacFigurePanel *self)
{
    double width = gtk_spin_button_get_value(self->width_spin);
    guint preset = 0;
    while (preset < PRESET_OWN && preset_mm[preset] != width)
        preset++;
    gboolean was_following = self->is_following;
    self->is_following = TRUE;
    adw_combo_row_set_selected(self->preset_row, preset);
    self->is_following = was_following;
    update(self);
}

// Another width keeps the shape.
static void
preset_cb(LacFigurePanel *self)
{
    guint preset = adw_combo_row_get_selected(self->preset_row);
    if (self->is_following || preset >= PRESET_OWN)
        return;
    double shape =
        gtk_spin_button_get_value(self->height_spin) / gtk_spin_button_get_value(self->width_spin);
    self->is_following = TRUE;
    gtk_spin_button_set_value(self->width_spin, preset_mm[preset]);
    gtk_spin_button_set_value(self->height_spin, shape * preset_mm[preset]);
    self->is_following = FALSE;
    update(self);
}

// --- crystals

static void
add_cell(LacFigurePanel *self, const LacVec3 v[3], const char *name)
{
    Cell cell;
    memcpy(cell.v, v, sizeof cell.v);
    g_array_append_val(self->cells, cell);
    gtk_string_list_append(self->crystal_names, name);
}

static void
list_crystals(LacFigurePanel *self)
{
    const LacAnalysis *analysis = lac_session_get_analysis(self->session);
    const LacLattices *lattices = analysis != NULL ? analysis->lattices : NULL;
    guint chosen = adw_combo_row_get_selected(self->crystal_row);
    gboolean was_following = self->is_following;
    self->is_following = TRUE;
    g_array_set_size(self->cells, 0);
    gtk_string_list_splice(self->crystal_names, 0,
        g_list_model_get_n_items(G_LIST_MODEL(self->crystal_names)), NULL);
    gtk_string_list_append(self->crystal_names, "The data: x, y, z");
    for (guint i = 0; lattices != NULL && i < lattices->n_lattices; i++) {
        const LacLattice *lattice = analysis->crystals != NULL
            ? lac_crystals_get(analysis->crystals, lattices, i)
            : lattices->lattices[i];
        LacMat3 m = lac_mat3_multiply(&lattice->cell, &lattice->kind.conventional);
        const LacVec3 v[3] = { { m.m[0][0], m.m[1][0], m.m[2][0] },
            { m.m[0][1], m.m[1][1], m.m[2][1] }, { m.m[0][2], m.m[1][2], m.m[2][2] } };
        g_autofree char *name =
            g_strdup_printf("Grain %u: %s", i + 1, lac_structure_get_name(lattice->kind.structure));
        add_cell(self, v, name);
    }
    gboolean any = self->cells->len > 0;
    gtk_widget_set_sensitive(GTK_WIDGET(self->crystal_row), any);
    gtk_widget_set_tooltip_text(GTK_WIDGET(self->crystal_row),
        any ? "Whose axes the figure shows: of a grain a, b and c, and along which direction one looks"
            : "Axes of crystals are known when the lattices have been fitted: run that in the stage "
              "Analysis");
    adw_combo_row_set_selected(self->crystal_row, chosen <= self->cells->len ? chosen : 0);
    self->is_following = was_following;
    update(self);
}

// Those of a recipe are offered beside the grains of the particle.
static void
show_crystal(LacFigurePanel *self, const LacOverlayParams *overlay)
{
    guint i = 0;
    while (i < self->cells->len &&
        memcmp(g_array_index(self->cells, Cell, i).v, overlay->cell, sizeof overlay->cell) != 0)
        i++;
    if (overlay->crystal && i == self->cells->len) {
        add_cell(self, overlay->cell, "The crystal of the recipe");
        gtk_widget_set_sensitive(GTK_WIDGET(self->crystal_row), TRUE);
    }
    adw_combo_row_set_selected(self->crystal_row, overlay->crystal ? i + 1 : 0);
}

/**
 * lac_figure_panel_show:
 * @self: a panel with a view
 * @figure: what controls and view show from now on
 */
void
lac_figure_panel_show(LacFigurePanel *self, const LacFigure *figure)
{
    const LacOverlayParams *overlay = &figure->overlay;
    const float *color = figure->scene.background;
    gboolean white = color[0] == 1.0f && color[1] == 1.0f && color[2] == 1.0f;
    self->is_following = TRUE;
    gtk_spin_button_set_value(self->width_spin, figure->width_mm);
    gtk_spin_button_set_value(self->height_spin, figure->height_mm);
    gtk_spin_button_set_value(self->dpi_spin, figure->dpi);
    adw_combo_row_set_selected(self->background_row,
        figure->transparent ? BACKGROUND_NONE
            : white         ? BACKGROUND_WHITE
                            : BACKGROUND_VIEW);
    gtk_switch_set_active(self->scale_switch, overlay->scale_bar);
    gtk_switch_set_active(self->tripod_switch, overlay->tripod);
    show_crystal(self, overlay);
    gtk_switch_set_active(self->colors_switch, overlay->color_bar);
    gtk_switch_set_active(self->legend_switch, overlay->legend);
    gtk_spin_button_set_value(self->text_spin, overlay->text_size);
    gtk_editable_set_text(GTK_EDITABLE(self->title_entry), overlay->color_bar_title);
    gtk_editable_set_text(GTK_EDITABLE(self->panel_entry), overlay->panel);
    gtk_spin_button_set_value(self->shadow_spin, PERCENT * figure->scene.atoms.shadow);
    gtk_spin_button_set_value(self->outline_spin, figure->outline);
    lac_figure_labels_show(self->labels, figure);
    lac_viewport_show_figure(self->viewport, figure);
    self->is_following = FALSE;
    size_cb(self);
}

// --- export

/**
 * lac_figure_panel_take_snapshot:
 * @self: a panel with a view
 *
 * Returns: (transfer full): what the view shows
 */
LacFigureSnapshot *
lac_figure_panel_take_snapshot(LacFigurePanel *self)
{
    return lac_viewport_take_snapshot(self->viewport);
}

/**
 * lac_figure_panel_export_to:
 * @self: a panel with a view
 * @path: the file; its name tells the format
 *
 * Draws the figure into a file.
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_figure_panel_export_to(LacFigurePanel *self, const char *path)
{
    g_autoptr(LacFigure) figure = lac_figure_panel_dup_figure(self);
    return lac_figure_export_file(self->session, figure, lac_viewport_take_snapshot(self->viewport),
        path);
}

// Without a known ending it becomes a PNG.
static char *
dup_picture_path(const char *path)
{
    return lac_figure_check_path(path, NULL) ? g_strdup(path) : g_strconcat(path, ".png", NULL);
}

static void
export_chosen(gpointer source, GPtrArray *paths)
{
    if (paths->len == 0)
        return;
    g_autofree char *path = dup_picture_path(g_ptr_array_index(paths, 0));
    lac_figure_panel_export_to(source, path);
}

/**
 * lac_figure_panel_export:
 * @self: a panel with a view
 *
 * Asks for a file and draws the figure into it.
 */
void
lac_figure_panel_export(LacFigurePanel *self)
{
    const LacFileDialog dialog = { .title = "Export Figure (.png, .tif, .pdf, .svg)",
        .action = GTK_FILE_CHOOSER_ACTION_SAVE,
        .name = "figure.png" };
    lac_file_dialog_show(&dialog, GTK_WIDGET(self), self, export_chosen);
}

/**
 * lac_figure_panel_copy:
 * @self: a panel with a view
 *
 * Draws the figure for the clipboard.
 */
void
lac_figure_panel_copy(LacFigurePanel *self)
{
    g_autoptr(LacFigure) figure = lac_figure_panel_dup_figure(self);
    lac_figure_export_clipboard(self->session, figure, lac_viewport_take_snapshot(self->viewport),
        gtk_widget_get_clipboard(GTK_WIDGET(self)));
}

// --- the widget

static void
lac_figure_panel_dispose(GObject *object)
{
    LacFigurePanel *self = LAC_FIGURE_PANEL(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    if (self->viewport != NULL)
        g_signal_handlers_disconnect_by_data(self->viewport, self);
    g_clear_object(&self->session);
    g_clear_object(&self->viewport);
    g_clear_object(&self->frame);
    g_clear_pointer(&self->cells, g_array_unref);
    g_clear_pointer(&self->scroller, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_figure_panel_parent_class)->dispose(object);
}

static void
lac_figure_panel_class_init(LacFigurePanelClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    g_type_ensure(LAC_TYPE_FIGURE_LABELS);
    g_type_ensure(LAC_TYPE_FIGURE_FILM);
    g_type_ensure(LAC_TYPE_FIGURE_RECIPES);
    G_OBJECT_CLASS(klass)->dispose = lac_figure_panel_dispose;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/figure-panel.ui");
#define BIND(child) gtk_widget_class_bind_template_child(widget_class, LacFigurePanel, child)
    BIND(scroller);
    BIND(export_button);
    BIND(copy_button);
    BIND(preset_row);
    BIND(background_row);
    BIND(crystal_row);
    BIND(crystal_names);
    BIND(width_spin);
    BIND(height_spin);
    BIND(dpi_spin);
    BIND(text_spin);
    BIND(shadow_spin);
    BIND(outline_spin);
    BIND(scale_switch);
    BIND(tripod_switch);
    BIND(colors_switch);
    BIND(legend_switch);
    BIND(title_entry);
    BIND(panel_entry);
    BIND(labels);
    BIND(film);
    BIND(recipes);
    BIND(size_label);
#undef BIND
}

static void
lac_figure_panel_init(LacFigurePanel *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    GtkSpinButton *const sizes[] = { self->width_spin, self->height_spin, self->dpi_spin,
        self->text_spin, self->shadow_spin, self->outline_spin };
    GtkSwitch *const switches[] = { self->scale_switch, self->tripod_switch, self->colors_switch,
        self->legend_switch };
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
        g_signal_connect_swapped(sizes[i], "value-changed", G_CALLBACK(size_cb), self);
    for (guint i = 0; i < G_N_ELEMENTS(switches); i++)
        g_signal_connect_swapped(switches[i], "notify::active", G_CALLBACK(update), self);
    g_signal_connect_swapped(self->title_entry, "changed", G_CALLBACK(update), self);
    g_signal_connect_swapped(self->panel_entry, "changed", G_CALLBACK(update), self);
    g_signal_connect_swapped(self->preset_row, "notify::selected", G_CALLBACK(preset_cb), self);
    self->cells = g_array_new(FALSE, FALSE, sizeof(Cell));
    g_signal_connect_swapped(self->background_row, "notify::selected", G_CALLBACK(update), self);
    g_signal_connect_swapped(self->crystal_row, "notify::selected", G_CALLBACK(update), self);
    g_signal_connect_swapped(self->export_button, "clicked", G_CALLBACK(lac_figure_panel_export),
        self);
    g_signal_connect_swapped(self->copy_button, "clicked", G_CALLBACK(lac_figure_panel_copy), self);
    g_signal_connect_swapped(self->labels, "changed", G_CALLBACK(update), self);
}

/**
 * lac_figure_panel_set_session:
 * @self: a panel without a session
 * @session: what is shown, and where recipes are kept
 * @viewport: the view that the figure shows
 */
void
lac_figure_panel_set_session(LacFigurePanel *self, LacSession *session, LacViewport *viewport)
{
    g_return_if_fail(LAC_IS_FIGURE_PANEL(self) && self->session == NULL);

    self->session = g_object_ref(session);
    self->viewport = g_object_ref(viewport);
    self->frame = LAC_FIGURE_FRAME(g_object_ref_sink(lac_figure_frame_new()));
    gtk_widget_set_visible(GTK_WIDGET(self->frame), FALSE);
    lac_viewport_add_overlay(viewport, GTK_WIDGET(self->frame));
    g_signal_connect_swapped(viewport, "camera-changed", G_CALLBACK(update), self);
    g_signal_connect_swapped(viewport, "scene-changed", G_CALLBACK(update), self);
    g_signal_connect_swapped(session, "job-changed", G_CALLBACK(update), self);
    g_signal_connect_swapped(session, "analysis-changed", G_CALLBACK(list_crystals), self);
    list_crystals(self);
    lac_figure_labels_set_session(self->labels, session, viewport);
    lac_figure_film_set_panel(self->film, self, session, viewport);
    lac_figure_recipes_set_panel(self->recipes, self, session);
}

/**
 * lac_figure_panel_set_active:
 * @self: a panel with a view
 * @active: whether the stage of figures is shown, and the frame over the view with it
 */
void
lac_figure_panel_set_active(LacFigurePanel *self, gboolean active)
{
    self->is_active = active;
    gtk_widget_set_visible(GTK_WIDGET(self->frame), active);
    lac_viewport_set_bare(self->viewport, active);
    if (!active) {
        lac_figure_film_stop(self->film);
        lac_viewport_set_outline(self->viewport, 0.0, 1.0);
    }
    update(self);
}

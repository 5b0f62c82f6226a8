// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figure-film.h"

#include "ui/figure-export.h"
#include "ui/file-dialog.h"
#include "ui/render/encoder.h"
#include "ui/render/film.h"

#include <adwaita.h>
#include <math.h>

#define MEMBER "film" // of what the session keeps of figures

struct _LacFigureFilm {
    GtkWidget parent_instance;
    GtkWidget *box, *keys_box, *files_box;
    AdwComboRow *kind_row, *turn_row, *cut_row, *key_row;
    GtkStringList *key_names;
    GtkWidget *degrees_spin_row, *images_switch_row, *seconds_spin_row, *time_spin_row;
    GtkSpinButton *degrees_spin, *seconds_spin, *fps_spin, *time_spin;
    GtkSwitch *images_switch;
    GtkWidget *add_button, *go_button, *remove_button, *load_button, *save_button, *export_button;
    GtkToggleButton *play_button;
    GtkLabel *info_label;
    LacFigurePanel *panel; // that this is part of
    LacSession *session;
    LacViewport *viewport;
    LacAnimation *film; // its key frames are those of the project
    gboolean is_following;

    guint tick; // 0: nothing is played
    gint64 begin;
    int frame;
    LacFigure *still; // (nullable) what the view shows when nothing is played
    LacAnimation *played;
};

G_DEFINE_FINAL_TYPE(LacFigureFilm, lac_figure_film, GTK_TYPE_WIDGET)

/**
 * lac_figure_film_dup_animation:
 * @self: a film with a panel
 *
 * Returns: (transfer full): the film as the controls say
 */
LacAnimation *
lac_figure_film_dup_animation(LacFigureFilm *self)
{
    LacAnimation *film = lac_animation_copy(self->film);
    film->kind = (LacAnimationKind) adw_combo_row_get_selected(self->kind_row);
    film->seconds = gtk_spin_button_get_value(self->seconds_spin);
    film->fps = gtk_spin_button_get_value(self->fps_spin);
    film->turn_axis = (LacTurnAxis) adw_combo_row_get_selected(self->turn_row);
    film->sweep_axis = (LacAxis) adw_combo_row_get_selected(self->cut_row);
    film->degrees = gtk_spin_button_get_value(self->degrees_spin);
    film->images = gtk_switch_get_active(self->images_switch);
    return film;
}

// --- what the controls say

static void
show_fitting(LacFigureFilm *self, LacAnimationKind kind)
{
    const struct {
        GtkWidget *widget;
        gboolean fits;
    } rows[] = { { GTK_WIDGET(self->turn_row), kind == LAC_ANIMATION_TURNTABLE },
        { self->degrees_spin_row, kind == LAC_ANIMATION_TURNTABLE },
        { GTK_WIDGET(self->cut_row), kind == LAC_ANIMATION_SWEEP },
        { self->images_switch_row, kind == LAC_ANIMATION_TILT },
        { self->seconds_spin_row, kind != LAC_ANIMATION_KEYS },
        { GTK_WIDGET(self->key_row), kind == LAC_ANIMATION_KEYS },
        { self->time_spin_row, kind == LAC_ANIMATION_KEYS },
        { self->keys_box, kind == LAC_ANIMATION_KEYS } };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        gtk_widget_set_visible(rows[i].widget, rows[i].fits);
}

static void
update(LacFigureFilm *self)
{
    if (self->session == NULL || self->is_following)
        return;
    g_autoptr(LacAnimation) film = lac_figure_film_dup_animation(self);
    g_autoptr(GError) error = NULL;
    gboolean plays = lac_animation_check(film, lac_session_get_series(self->session), &error);
    gboolean busy = lac_session_get_job(self->session) != NULL;
    gboolean has_encoder = lac_encoder_check(NULL);
    show_fitting(self, film->kind);
    g_autofree char *text = plays
        ? g_strdup_printf("%d pictures, %.1f s%s", lac_animation_get_n_frames(film),
              lac_animation_get_n_frames(film) / film->fps,
              has_encoder ? "" : "; ffmpeg is not installed, so they are written as numbered files")
        : g_strdup(error->message);
    gtk_label_set_text(self->info_label, text);
    gtk_widget_set_sensitive(GTK_WIDGET(self->play_button), plays);
    gtk_widget_set_tooltip_text(GTK_WIDGET(self->play_button),
        plays ? "Play the film in the view, as fast as this computer draws" : error->message);
    gtk_widget_set_sensitive(self->export_button, plays && !busy);
    gtk_widget_set_tooltip_text(self->export_button,
        !plays            ? error->message
            : busy        ? "Other work is running: see the bar below"
            : has_encoder ? "Write the film: MP4 or WebM, or numbered pictures"
                          : "Write numbered pictures; with the program ffmpeg also MP4 and WebM");
    gboolean any = self->film->keys->len > 0;
    GtkWidget *const need[] = { GTK_WIDGET(self->key_row), self->go_button, self->remove_button };
    for (guint i = 0; i < G_N_ELEMENTS(need); i++)
        gtk_widget_set_sensitive(need[i], any);
}

static void
list_keys(LacFigureFilm *self)
{
    guint chosen = adw_combo_row_get_selected(self->key_row), n = self->film->keys->len;
    gboolean was_following = self->is_following;
    self->is_following = TRUE;
    gtk_string_list_splice(self->key_names, 0,
        g_list_model_get_n_items(G_LIST_MODEL(self->key_names)), NULL);
    for (guint i = 0; i < n; i++) {
        const LacKeyFrame *key = &g_array_index(self->film->keys, LacKeyFrame, i);
        g_autofree char *name = g_strdup_printf("%u at %.4g s", i + 1, key->time);
        gtk_string_list_append(self->key_names, name);
    }
    if (n > 0)
        adw_combo_row_set_selected(self->key_row, MIN(chosen, n - 1));
    self->is_following = was_following;
    update(self);
}

// --- key frames of the project

static void
load(LacFigureFilm *self)
{
    g_autoptr(JsonObject) figures = lac_session_dup_figures(self->session);
    const char *text = json_object_get_string_member_with_default(figures, MEMBER, NULL);
    g_autoptr(LacAnimation) film =
        text != NULL ? lac_animation_from_text(text, "the film", NULL) : NULL;
    g_array_set_size(self->film->keys, 0);
    if (film != NULL)
        g_array_append_vals(self->film->keys, film->keys->data, film->keys->len);
    list_keys(self);
}

static void
store(LacFigureFilm *self, const char *step)
{
    g_autoptr(JsonObject) figures = lac_session_dup_figures(self->session);
    g_autoptr(LacAnimation) film = lac_figure_film_dup_animation(self);
    film->kind = LAC_ANIMATION_KEYS;
    g_autofree char *text = lac_animation_dup_text(film);
    if (film->keys->len > 0)
        json_object_set_string_member(figures, MEMBER, text);
    else
        json_object_remove_member(figures, MEMBER);
    lac_session_set_figures(self->session, figures, step);
}

static void
add_cb(LacFigureFilm *self)
{
    double time = gtk_spin_button_get_value(self->time_spin);
    lac_figure_film_stop(self);
    g_autoptr(LacFigure) figure = lac_figure_panel_dup_figure(self->panel);
    LacScene scene = figure->scene;
    scene.volume = lac_viewport_get_scene(self->viewport)->volume;
    lac_animation_add_key(self->film, time, &scene);
    g_autofree char *step = g_strdup_printf("Key frame at %.4g s", time);
    store(self, step);
    gtk_spin_button_set_value(self->time_spin, time + 2.0);
}

static void
go_cb(LacFigureFilm *self)
{
    guint i = adw_combo_row_get_selected(self->key_row);
    if (i >= self->film->keys->len)
        return;
    double time = g_array_index(self->film->keys, LacKeyFrame, i).time;
    lac_figure_film_stop(self);
    g_autoptr(LacFigure) figure = lac_figure_panel_dup_figure(self->panel);
    lac_keys_apply(self->film->keys, time, &figure->scene);
    lac_viewport_show_figure(self->viewport, figure);
    gtk_spin_button_set_value(self->time_spin, time);
}

static void
remove_cb(LacFigureFilm *self)
{
    guint i = adw_combo_row_get_selected(self->key_row);
    if (i >= self->film->keys->len)
        return;
    g_autofree char *step = g_strdup_printf("Remove key frame at %.4g s",
        g_array_index(self->film->keys, LacKeyFrame, i).time);
    lac_animation_remove_key(self->film, i);
    store(self, step);
}

// --- preview

static LacBox
get_box(LacFigureFilm *self)
{
    const LacScene *scene = lac_viewport_get_scene(self->viewport);
    if (scene->atoms.set != NULL && scene->atoms.show_atoms)
        return scene->atoms.set->box;
    if (scene->volume != NULL)
        return scene->volume->content;
    return (LacBox){ { -1.0, -1.0, -1.0 }, { 1.0, 1.0, 1.0 } };
}

static gboolean
tick_cb(GtkWidget *widget, GdkFrameClock *clock, gpointer unused)
{
    (void) unused;
    LacFigureFilm *self = LAC_FIGURE_FILM(widget);
    gint64 now = gdk_frame_clock_get_frame_time(clock);
    int n = lac_animation_get_n_frames(self->played);
    if (self->begin == 0)
        self->begin = now;
    int frame = (int) (1e-6 * (double) (now - self->begin) * self->played->fps) % n;
    if (frame == self->frame)
        return G_SOURCE_CONTINUE;
    self->frame = frame;
    LacFigureData shown;
    lac_viewport_get_figure_data(self->viewport, &shown);
    const LacAnimationData data = { .start = &self->still->scene,
        .box = get_box(self),
        .volume = shown.volume,
        .series = lac_session_get_series(self->session) };
    g_autoptr(LacFigure) figure = lac_figure_copy(self->still);
    lac_animation_apply(self->played, &data, frame, &figure->scene);
    lac_viewport_show_figure(self->viewport, figure);
    return G_SOURCE_CONTINUE;
}

static void
play(LacFigureFilm *self)
{
    g_autoptr(LacAnimation) film = lac_figure_film_dup_animation(self);
    if (self->tick != 0 || !lac_animation_check(film, lac_session_get_series(self->session), NULL))
        return;
    self->still = lac_figure_panel_dup_figure(self->panel);
    self->played = g_steal_pointer(&film);
    self->frame = -1;
    self->begin = 0;
    self->tick = gtk_widget_add_tick_callback(GTK_WIDGET(self), tick_cb, NULL, NULL);
}

/**
 * lac_figure_film_stop:
 * @self: a film
 *
 * Ends the preview; the view shows again what it showed before.
 */
void
lac_figure_film_stop(LacFigureFilm *self)
{
    if (self->tick == 0)
        return;
    gtk_widget_remove_tick_callback(GTK_WIDGET(self), self->tick);
    self->tick = 0;
    lac_viewport_show_figure(self->viewport, self->still);
    g_clear_pointer(&self->still, lac_figure_free);
    g_clear_pointer(&self->played, lac_animation_free);
    gtk_toggle_button_set_active(self->play_button, FALSE);
}

/**
 * lac_figure_film_is_playing:
 * @self: a film
 *
 * Returns: whether the preview moves the view
 */
gboolean
lac_figure_film_is_playing(LacFigureFilm *self)
{
    return self->tick != 0;
}

static void
toggled_cb(LacFigureFilm *self)
{
    if (gtk_toggle_button_get_active(self->play_button))
        play(self);
    else
        lac_figure_film_stop(self);
    gtk_button_set_label(GTK_BUTTON(self->play_button), self->tick != 0 ? "_Stop" : "_Preview");
}

// What moves changed: the preview would show another film than the controls say.
static void
control_cb(LacFigureFilm *self)
{
    if (self->session == NULL || self->is_following)
        return;
    lac_figure_film_stop(self);
    update(self);
}

// --- files

/**
 * lac_figure_film_export_to:
 * @self: a film with a panel
 * @path: .mp4 or .webm, or numbered pictures
 *
 * Returns: whether it was started; if not, a message said why
 */
gboolean
lac_figure_film_export_to(LacFigureFilm *self, const char *path)
{
    g_autoptr(GError) error = NULL;
    lac_figure_film_stop(self);
    g_autoptr(LacAnimation) film = lac_figure_film_dup_animation(self);
    g_autoptr(LacFigure) figure = lac_figure_panel_dup_figure(self->panel);
    if (!lac_film_check_path(path, film, &error)) {
        lac_session_say(self->session, "%s", error->message);
        return FALSE;
    }
    return lac_figure_export_film(self->session, figure, lac_viewport_take_snapshot(self->viewport),
        film, path);
}

static void
export_chosen(gpointer source, GPtrArray *paths)
{
    if (paths->len > 0)
        lac_figure_film_export_to(source, g_ptr_array_index(paths, 0));
}

static void
export_cb(LacFigureFilm *self)
{
    const LacFileDialog dialog = { .title = "Export Film (.mp4, .webm, .png)",
        .action = GTK_FILE_CHOOSER_ACTION_SAVE,
        .name = lac_encoder_check(NULL) ? "film.mp4" : "film.png" };
    lac_file_dialog_show(&dialog, GTK_WIDGET(self), self, export_chosen);
}

static void
show_film(LacFigureFilm *self, const LacAnimation *film)
{
    self->is_following = TRUE;
    adw_combo_row_set_selected(self->kind_row, film->kind);
    adw_combo_row_set_selected(self->turn_row, film->turn_axis);
    adw_combo_row_set_selected(self->cut_row, film->sweep_axis);
    gtk_spin_button_set_value(self->degrees_spin, film->degrees);
    gtk_spin_button_set_value(self->seconds_spin, film->seconds);
    gtk_spin_button_set_value(self->fps_spin, film->fps);
    gtk_switch_set_active(self->images_switch, film->images);
    self->is_following = FALSE;
    if (film->kind != LAC_ANIMATION_KEYS) {
        update(self);
        return;
    }
    g_array_set_size(self->film->keys, 0);
    g_array_append_vals(self->film->keys, film->keys->data, film->keys->len);
    store(self, "Load film");
    list_keys(self);
}

static void
load_chosen(gpointer source, GPtrArray *paths)
{
    LacFigureFilm *self = source;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    if (paths->len == 0)
        return;
    const char *path = g_ptr_array_index(paths, 0);
    g_autofree char *name = g_filename_display_basename(path);
    g_autoptr(LacAnimation) film = g_file_get_contents(path, &text, NULL, &error)
        ? lac_animation_from_text(text, name, &error)
        : NULL;
    if (film != NULL)
        show_film(self, film);
    else
        lac_session_say(self->session, "%s", error->message);
}

static void
load_cb(LacFigureFilm *self)
{
    const LacFileDialog dialog = { .title = "Load Film (.txt)",
        .action = GTK_FILE_CHOOSER_ACTION_OPEN };
    lac_figure_film_stop(self);
    lac_file_dialog_show(&dialog, GTK_WIDGET(self), self, load_chosen);
}

static void
save_chosen(gpointer source, GPtrArray *paths)
{
    LacFigureFilm *self = source;
    g_autoptr(GError) error = NULL;
    if (paths->len == 0)
        return;
    g_autoptr(LacAnimation) film = lac_figure_film_dup_animation(self);
    g_autofree char *text = lac_animation_dup_text(film);
    if (!g_file_set_contents(g_ptr_array_index(paths, 0), text, -1, &error))
        lac_session_say(self->session, "%s", error->message);
}

static void
save_cb(LacFigureFilm *self)
{
    const LacFileDialog dialog = { .title = "Save Film",
        .action = GTK_FILE_CHOOSER_ACTION_SAVE,
        .name = "film.txt",
        .suffix = ".txt" };
    lac_file_dialog_show(&dialog, GTK_WIDGET(self), self, save_chosen);
}

// --- the widget

static void
lac_figure_film_dispose(GObject *object)
{
    LacFigureFilm *self = LAC_FIGURE_FILM(object);
    if (self->session != NULL)
        g_signal_handlers_disconnect_by_data(self->session, self);
    if (self->tick != 0)
        gtk_widget_remove_tick_callback(GTK_WIDGET(self), self->tick);
    self->tick = 0;
    g_clear_object(&self->session);
    g_clear_object(&self->viewport);
    g_clear_pointer(&self->film, lac_animation_free);
    g_clear_pointer(&self->played, lac_animation_free);
    g_clear_pointer(&self->still, lac_figure_free);
    g_clear_pointer(&self->box, gtk_widget_unparent);
    G_OBJECT_CLASS(lac_figure_film_parent_class)->dispose(object);
}

static void
lac_figure_film_class_init(LacFigureFilmClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_figure_film_dispose;
    gtk_widget_class_set_template_from_resource(widget_class, "/org/lacuna/ui/figure-film.ui");
#define BIND(child) gtk_widget_class_bind_template_child(widget_class, LacFigureFilm, child)
    BIND(box);
    BIND(keys_box);
    BIND(files_box);
    BIND(kind_row);
    BIND(turn_row);
    BIND(cut_row);
    BIND(key_row);
    BIND(key_names);
    BIND(degrees_spin_row);
    BIND(images_switch_row);
    BIND(seconds_spin_row);
    BIND(time_spin_row);
    BIND(degrees_spin);
    BIND(seconds_spin);
    BIND(fps_spin);
    BIND(time_spin);
    BIND(images_switch);
    BIND(add_button);
    BIND(go_button);
    BIND(remove_button);
    BIND(load_button);
    BIND(save_button);
    BIND(export_button);
    BIND(play_button);
    BIND(info_label);
#undef BIND
}

static void
lac_figure_film_init(LacFigureFilm *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    self->film = lac_animation_new(LAC_ANIMATION_KEYS);
    AdwComboRow *const rows[] = { self->kind_row, self->turn_row, self->cut_row };
    GtkSpinButton *const spins[] = { self->degrees_spin, self->seconds_spin, self->fps_spin };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        g_signal_connect_swapped(rows[i], "notify::selected", G_CALLBACK(control_cb), self);
    for (guint i = 0; i < G_N_ELEMENTS(spins); i++)
        g_signal_connect_swapped(spins[i], "value-changed", G_CALLBACK(control_cb), self);
    g_signal_connect_swapped(self->images_switch, "notify::active", G_CALLBACK(control_cb), self);
    g_signal_connect_swapped(self->play_button, "toggled", G_CALLBACK(toggled_cb), self);
    g_signal_connect_swapped(self, "unmap", G_CALLBACK(lac_figure_film_stop), self);
    const struct {
        GtkWidget *button;
        GCallback callback;
    } buttons[] = { { self->add_button, G_CALLBACK(add_cb) },
        { self->go_button, G_CALLBACK(go_cb) }, { self->remove_button, G_CALLBACK(remove_cb) },
        { self->load_button, G_CALLBACK(load_cb) }, { self->save_button, G_CALLBACK(save_cb) },
        { self->export_button, G_CALLBACK(export_cb) } };
    for (guint i = 0; i < G_N_ELEMENTS(buttons); i++)
        g_signal_connect_swapped(buttons[i].button, "clicked", buttons[i].callback, self);
}

/**
 * lac_figure_film_set_panel:
 * @self: a film without a session
 * @panel: that it is part of
 * @session: where key frames are kept
 * @viewport: the view that the film plays in
 */
void
lac_figure_film_set_panel(LacFigureFilm *self, LacFigurePanel *panel, LacSession *session,
    LacViewport *viewport)
{
    g_return_if_fail(LAC_IS_FIGURE_FILM(self) && self->session == NULL);

    self->panel = panel;
    self->session = g_object_ref(session);
    self->viewport = g_object_ref(viewport);
    g_signal_connect_swapped(session, "opened", G_CALLBACK(load), self);
    g_signal_connect_swapped(session, "figures-changed", G_CALLBACK(load), self);
    g_signal_connect_swapped(session, "job-changed", G_CALLBACK(update), self);
    g_signal_connect_swapped(session, "series-changed", G_CALLBACK(update), self);
    load(self);
}

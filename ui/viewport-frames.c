// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gpu/egl-context.h"
#include "ui/viewport-private.h"

#include <epoxy/gl.h>
#include <math.h>

#define SETTLE_MS           150  // after the last event the full picture is begun
#define FRAME_BUDGET_MS     16.0 // of the renderer; painting the window comes on top
#define ATOM_BUDGET_MS      12.0 // of the atoms in it
#define ATOM_MIN_RESOLUTION 0.45
#define FAST_MS             8.0    // a quick picture this fast need not be quick
#define MAX_MOVING_BONDS    400000 // that a graphics card draws in each frame
#define MAX_MOVING_SHADOWS  100000 // atoms and bonds that a graphics card shades in each frame

// Says what a picture that moves leaves out, as long as it does.
static void
say_left_out(LacViewport *self, gsize n_bonds)
{
    if (n_bonds == self->n_left_out)
        return;
    self->n_left_out = n_bonds;
    g_autofree char *text = n_bonds > 0
        ? g_strdup_printf("%" G_GSIZE_FORMAT " bonds are left out while the view moves", n_bonds)
        : g_strdup(self->status);
    gtk_label_set_text(self->note, text != NULL ? text : "");
    gtk_widget_set_visible(GTK_WIDGET(self->note), text != NULL);
}

static gboolean
settle_cb(gpointer data)
{
    LacViewport *self = data;
    self->settle_timer = 0;
    self->is_moving = FALSE;
    say_left_out(self, 0);
    self->progress = (LacRenderProgress){ 0 };
    gtk_gl_area_queue_render(self->area);
    return G_SOURCE_REMOVE;
}

/**
 * lac_viewport_begin_moving:
 * @self: a view
 *
 * Shows at once what changed, by quick pictures, and the full one soon after.
 */
void
lac_viewport_begin_moving(LacViewport *self)
{
    self->is_moving = TRUE;
    self->is_settled = FALSE;
    g_clear_handle_id(&self->settle_timer, g_source_remove);
    self->settle_timer = g_timeout_add(SETTLE_MS, settle_cb, self);
    gtk_gl_area_queue_render(self->area);
    gtk_widget_queue_draw(GTK_WIDGET(self->scale_bar));
    gtk_widget_queue_draw(GTK_WIDGET(self->drawing));
}

/**
 * lac_viewport_begin_refining:
 * @self: a view
 *
 * Shows what changed by a picture that may come over the one before row by row.
 */
void
lac_viewport_begin_refining(LacViewport *self)
{
    self->progress = (LacRenderProgress){ 0 };
    self->is_settled = FALSE;
    gtk_gl_area_queue_render(self->area);
}

/**
 * lac_viewport_moved:
 * @self: a view
 * @controller: (nullable): whose event moved the camera
 *
 * Shows the camera's new position, and starts the clock that tells how long that takes.
 */
void
lac_viewport_moved(LacViewport *self, GtkEventController *controller)
{
    lac_frame_stats_input(&self->stats,
        controller != NULL ? gtk_event_controller_get_current_event_time(controller) : 0);
    lac_viewport_begin_moving(self);
}

static gboolean
again_cb(gpointer data)
{
    LacViewport *self = data;
    self->again_idle = 0;
    gtk_gl_area_queue_render(self->area);
    return G_SOURCE_REMOVE;
}

// While moving: as fine as the time of a frame allows.
static LacRenderQuality
get_moving_quality(LacViewport *self)
{
    double ms = lac_renderer_get_frame_ms(self->renderer);
    double atom_ms = lac_renderer_get_atom_ms(self->renderer);
    if (ms > 0.0) {
        double wanted = sqrt(FRAME_BUDGET_MS / MAX(ms, 0.5));
        self->move_resolution = CLAMP(self->move_resolution * CLAMP(wanted, 0.5, 1.2), 0.14, 1.0);
    }
    if (atom_ms > 0.0) {
        double wanted = sqrt(ATOM_BUDGET_MS / MAX(atom_ms, 0.5));
        self->move_atom_resolution =
            CLAMP(self->move_atom_resolution * CLAMP(wanted, 0.7, 1.1), ATOM_MIN_RESOLUTION, 1.0);
    }
    gboolean is_fast = ms > 0.0 && ms < FAST_MS && self->move_resolution >= 1.0;
    LacRenderQuality quality =
        is_fast ? lac_render_quality_full() : lac_render_quality_quick(self->move_resolution);
    quality.atom_resolution = self->move_atom_resolution;
    const LacAtomSet *set = self->scene.atoms.set;
    if (!lac_renderer_is_software(self->renderer))
        quality.max_bonds = MAX_MOVING_BONDS;
    quality.shadows = is_fast && !lac_renderer_is_software(self->renderer) && set != NULL &&
        set->n_solid + set->n_sticks < MAX_MOVING_SHADOWS;
    if (is_fast && atom_ms < FAST_MS && self->move_atom_resolution >= 1.0)
        quality.atom_resolution = lac_render_quality_full().atom_resolution;
    return quality;
}

// A maximum needs most of its samples; looking for the others costs a processor more than they do.
static gboolean
is_skipping_worth_it(LacViewport *self)
{
    return self->scene.mode != LAC_RENDER_MIP || !lac_renderer_is_software(self->renderer);
}

static gboolean
draw(LacViewport *self, const LacRenderTarget *target, GError **error)
{
    LacScene scene = self->scene;
    scene.show_axes = scene.show_axes && !self->is_bare;
    LacRenderQuality quality = lac_render_quality_full();
    if (self->is_moving) {
        quality = get_moving_quality(self);
        quality.skip_empty = is_skipping_worth_it(self);
        const LacAtomSet *set = self->scene.atoms.set;
        gboolean drops = set != NULL && self->scene.atoms.show_bonds && quality.max_bonds > 0 &&
            set->n_sticks > quality.max_bonds;
        say_left_out(self, drops ? set->n_sticks : 0);
        LacRenderProgress quick = { .budget_ms = quality.resolution < 1.0 ? FRAME_BUDGET_MS : 1e3 };
        if (!lac_renderer_draw(self->renderer, &scene, &quality, target, &quick, error))
            return FALSE;
        self->progress.done = FALSE;
        return TRUE;
    }
    quality.skip_empty = is_skipping_worth_it(self);
    self->progress.budget_ms = FRAME_BUDGET_MS;
    return lac_renderer_draw(self->renderer, &scene, &quality, target, &self->progress, error);
}

static gboolean
render_cb(GtkGLArea *area, GdkGLContext *context, LacViewport *self)
{
    (void) context;
    g_autoptr(GError) error = NULL;
    int scale = gtk_widget_get_scale_factor(GTK_WIDGET(area)), framebuffer = 0;
    int width = gtk_widget_get_width(GTK_WIDGET(area)) * scale;
    int height = gtk_widget_get_height(GTK_WIDGET(area)) * scale;
    if (self->renderer == NULL || width < 1 || height < 1)
        return FALSE;
    glGetIntegerv(GL_DRAW_FRAMEBUFFER_BINDING, &framebuffer); // the area's own, never 0
    lac_viewport_update_atoms(self);
    LacRenderTarget target = lac_render_target_whole((guint) framebuffer, width, height);
    target.line_scale = scale;
    if (!draw(self, &target, &error)) {
        lac_viewport_set_status(self, error->message);
        return FALSE;
    }
    lac_frame_stats_drawn(&self->stats);
    gboolean was_settled = self->is_settled;
    self->is_settled = !self->is_moving && self->progress.done;
    if (!self->is_moving && !self->progress.done && self->again_idle == 0)
        self->again_idle = g_idle_add(again_cb, self);
    if (self->is_settled && !was_settled)
        lac_viewport_prepare_newest(self);
    return TRUE;
}

static void
resize_cb(GtkGLArea *area, int width, int height, LacViewport *self)
{
    (void) area;
    (void) width;
    (void) height;
    lac_viewport_begin_moving(self);
}

static void
after_paint_cb(GdkFrameClock *clock, LacViewport *self)
{
    (void) clock;
    guint64 n = self->stats.n;
    lac_frame_stats_shown(&self->stats);
    if (self->stats.n == n || !gtk_widget_get_visible(GTK_WIDGET(self->stats_label)))
        return;
    g_autofree char *text =
        g_strdup_printf("input to frame %.0f ms, 95 %% %.0f, max %.0f, n %" G_GUINT64_FORMAT
                        "\nvolume %.0f ms at %.0f %%",
            self->stats.last_ms, lac_frame_stats_get_p95_ms(&self->stats), self->stats.max_ms,
            self->stats.n, self->renderer != NULL ? lac_renderer_get_frame_ms(self->renderer) : 0.0,
            100.0 * self->move_resolution);
    gtk_label_set_text(self->stats_label, text);
}

/**
 * lac_viewport_is_settled:
 * @self: a view
 *
 * Returns: whether the full picture of all that was set is shown
 */
gboolean
lac_viewport_is_settled(LacViewport *self)
{
    const LacVolumeTexture *shown = self->scene.volume;
    return self->is_settled && !lac_latest_is_busy(self->worker) &&
        !lac_latest_is_busy(self->atom_worker) && self->smooth_timer == 0 &&
        (self->newest == NULL || (shown != NULL && shown->volume == self->newest));
}

/**
 * lac_viewport_get_stats:
 * @self: a view
 * @stats: (out): how long input events waited for their frames
 */
void
lac_viewport_get_stats(LacViewport *self, LacViewportStats *stats)
{
    *stats = (LacViewportStats){
        .n = self->stats.n,
        .mean_ms = lac_frame_stats_get_mean_ms(&self->stats),
        .max_ms = self->stats.max_ms,
        .p95_ms = lac_frame_stats_get_p95_ms(&self->stats),
        .n_frames = self->stats.n_frames,
        .frame_ms = self->renderer != NULL ? lac_renderer_get_frame_ms(self->renderer) : 0.0,
    };
}

/**
 * lac_viewport_reset_stats:
 * @self: a view
 *
 * Begins the statistics anew.
 */
void
lac_viewport_reset_stats(LacViewport *self)
{
    self->stats = (LacFrameStats){ 0 };
}

/**
 * lac_viewport_set_show_stats:
 * @self: a view
 * @show: whether the statistics stand in the corner
 */
void
lac_viewport_set_show_stats(LacViewport *self, gboolean show)
{
    gtk_widget_set_visible(GTK_WIDGET(self->stats_label), show);
}

/**
 * lac_viewport_get_gl_info:
 * @self: a view
 *
 * Returns: (transfer none) (nullable): version and device, once realized
 */
const char *
lac_viewport_get_gl_info(LacViewport *self)
{
    return self->gl_info;
}

// ---- OpenGL, from realize to unrealize ----

static GdkGLContext *
try_context(GtkGLArea *area, GdkGLAPI api, int major, int minor, GError **error)
{
    GdkSurface *surface = gtk_native_get_surface(gtk_widget_get_native(GTK_WIDGET(area)));
    g_autoptr(GdkGLContext) context = gdk_surface_create_gl_context(surface, error);
    if (context == NULL)
        return NULL;
    gdk_gl_context_set_allowed_apis(context, api);
    gdk_gl_context_set_required_version(context, major, minor);
    return gdk_gl_context_realize(context, error) ? g_steal_pointer(&context) : NULL;
}

static GdkGLContext *
create_context_cb(GtkGLArea *area, LacViewport *self)
{
    (void) self;
    g_autoptr(GError) error = NULL;
    GdkGLContext *context = try_context(area, GDK_GL_API_GL, 3, 3, &error);
    if (context == NULL)
        context = try_context(area, GDK_GL_API_GLES, 3, 0, NULL);
    if (context == NULL)
        gtk_gl_area_set_error(area, error);
    return context;
}

static void
show_failure(LacViewport *self, const char *reason)
{
    gdk_gl_context_clear_current(); // EGL refuses beside a context of GLX
    g_autofree char *found = lac_egl_dup_description();
    g_autofree char *text = g_strdup_printf("The 3D view needs OpenGL 3.3 or OpenGL ES 3.0; this "
                                            "computer offers %s.",
        found);
    g_autofree char *advice =
        g_strdup_printf("%s\n(%s)\n\nA newer graphics driver helps, or Mesa's "
                        "software renderer, package libgl1-mesa-dri.\nSlices "
                        "and all computations work without it.",
            text, reason);
    gtk_label_set_text(self->message, advice);
    gtk_widget_set_visible(GTK_WIDGET(self->message), TRUE);
    gtk_widget_set_opacity(GTK_WIDGET(self->area), 0.0); // it would show the reason a second time
    self->has_failed = TRUE;
    lac_viewport_set_status(self, text);
    gtk_widget_set_visible(GTK_WIDGET(self->note), FALSE);
}

static void
area_realize_cb(GtkGLArea *area, LacViewport *self)
{
    g_autoptr(GError) error = NULL;
    gtk_gl_area_make_current(area);
    const GError *failure = gtk_gl_area_get_error(area);
    if (failure == NULL) {
        self->renderer = lac_renderer_new(&error);
        failure = error;
    }
    if (failure != NULL) {
        show_failure(self, failure->message);
        return;
    }
    g_free(self->gl_info);
    self->gl_info = g_strdup(lac_renderer_get_info(self->renderer));
    g_debug("%s", self->gl_info);
    lac_viewport_begin_moving(self);
}

static void
area_unrealize_cb(GtkGLArea *area, LacViewport *self)
{
    gtk_gl_area_make_current(area);
    if (gtk_gl_area_get_error(area) == NULL)
        g_clear_pointer(&self->renderer, lac_renderer_free);
}

/**
 * lac_viewport_make_area:
 * @self: a view that is being made
 *
 * Makes the area of OpenGL that the frames are drawn in.
 */
void
lac_viewport_make_area(LacViewport *self)
{
    self->move_resolution = 0.4;
    self->move_atom_resolution = 0.5;
    self->area = GTK_GL_AREA(gtk_gl_area_new());
    gtk_gl_area_set_auto_render(self->area, FALSE);
    g_signal_connect(self->area, "create-context", G_CALLBACK(create_context_cb), self);
    g_signal_connect_after(self->area, "realize", G_CALLBACK(area_realize_cb), self);
    g_signal_connect(self->area, "unrealize", G_CALLBACK(area_unrealize_cb), self);
    g_signal_connect(self->area, "render", G_CALLBACK(render_cb), self);
    g_signal_connect(self->area, "resize", G_CALLBACK(resize_cb), self);
}

/**
 * lac_viewport_watch_clock:
 * @self: a view
 * @clock: (nullable): the clock of the window that it is realized in; %NULL: no more
 *
 * Tells from it when frames come to the screen.
 */
void
lac_viewport_watch_clock(LacViewport *self, GdkFrameClock *clock)
{
    if (self->clock != NULL)
        g_signal_handler_disconnect(self->clock, self->after_paint);
    self->clock = clock;
    if (clock != NULL)
        self->after_paint =
            g_signal_connect(clock, "after-paint", G_CALLBACK(after_paint_cb), self);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gpu/egl-context.h"
#include "ui/overlay.h"
#include "ui/render/pick.h"
#include "ui/render/program.h"
#include "ui/viewport-private.h"

#include <epoxy/gl.h>
#include <math.h>

#define SETTLE_MS           150  // after the last event the full picture is begun
#define SMOOTH_MS           600  // after the last volume it is made smooth
#define FRAME_BUDGET_MS     16.0 // of the renderer; painting the window comes on top
#define ATOM_BUDGET_MS      12.0 // of the atoms in it
#define ATOM_MIN_RESOLUTION 0.45
#define FAST_MS             8.0    // a quick picture this fast need not be quick
#define MAX_MOVING_BONDS    400000 // that a graphics card draws in each frame
#define MAX_MOVING_SHADOWS  100000 // atoms and bonds that a graphics card shades in each frame
#define SHADOW              0.6
#define DEFAULT_MAX         2048 // [texel] before the graphics card could be asked

enum {
    POINTED,
    CROSSHAIR_PICKED,
    CAMERA_CHANGED,
    SCENE_CHANGED,
    STATUS_CHANGED,
    ATOM_CLICKED,
    ATOM_POINTED,
    THING_CLICKED,
    ATOMS_SELECTED,
    LINE_DRAWN,
    MODE_CHANGED,
    FIGURE_SHOWN,
    N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(LacViewport, lac_viewport, GTK_TYPE_WIDGET)

// ---- What is asked of the worker ----

typedef struct {
    LacVolume *volume;
    guint max_size;
    gboolean smooth;
} PrepareRequest;

static void
free_request(gpointer data)
{
    PrepareRequest *request = data;
    lac_volume_unref(request->volume);
    g_free(request);
}

static gpointer
prepare(LacProgress *progress, gpointer data, GError **error)
{
    PrepareRequest *request = data;
    return lac_volume_texture_prepare(request->volume, request->max_size, request->smooth, progress,
        error);
}

static void
free_texture(gpointer data)
{
    lac_volume_texture_unref(data);
}

static void
request_texture(LacViewport *self, LacVolume *volume, gboolean smooth)
{
    PrepareRequest *request = g_new0(PrepareRequest, 1);
    request->volume = lac_volume_ref(volume);
    request->max_size =
        self->renderer != NULL ? lac_renderer_get_max_size(self->renderer) : DEFAULT_MAX;
    request->smooth = smooth;
    lac_latest_request(self->worker, request, 0);
}

// A newer volume waits until the one before was drawn completely at least once: a stream of
// iterates then shows whole pictures, however slow the machine is.
static void
prepare_newest(LacViewport *self)
{
    const LacVolumeTexture *shown = self->scene.volume;
    if (self->newest == NULL || (shown != NULL && shown->volume == self->newest))
        return;
    gboolean is_drawn = self->is_settled || self->is_moving || self->renderer == NULL;
    if (!lac_latest_is_busy(self->worker) && (shown == NULL || is_drawn))
        request_texture(self, self->newest, FALSE);
}

static void
set_status(LacViewport *self, const char *status)
{
    if (g_strcmp0(self->status, status) == 0)
        return;
    g_free(self->status);
    self->status = g_strdup(status);
    gtk_label_set_text(self->note, status != NULL ? status : "");
    gtk_widget_set_visible(GTK_WIDGET(self->note), status != NULL);
    g_signal_emit(self, signals[STATUS_CHANGED], 0);
}

// ---- Frames ----

/**
 * lac_viewport_get_aspect:
 * @self: a view
 *
 * Returns: its width divided by its height
 */
double
lac_viewport_get_aspect(LacViewport *self)
{
    int width = gtk_widget_get_width(GTK_WIDGET(self));
    int height = gtk_widget_get_height(GTK_WIDGET(self));
    return width > 0 && height > 0 ? (double) width / height : 1.5;
}

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

// Something changed that may come over the picture row by row.
static void
begin_refining(LacViewport *self)
{
    self->progress = (LacRenderProgress){ 0 };
    self->is_settled = FALSE;
    gtk_gl_area_queue_render(self->area);
}

/**
 * lac_viewport_scene_changed:
 * @self: a view
 *
 * Shows what changed in the scene, and tells.
 */
void
lac_viewport_scene_changed(LacViewport *self)
{
    lac_viewport_begin_moving(self);
    g_signal_emit(self, signals[SCENE_CHANGED], 0);
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
smooth_cb(gpointer data)
{
    LacViewport *self = data;
    LacVolumeTexture *shown = self->scene.volume;
    self->smooth_timer = 0;
    if (shown == NULL || shown->volume != self->newest || self->was_smoothed ||
        lac_latest_is_busy(self->worker) || self->renderer == NULL ||
        !lac_renderer_wants_smooth(self->renderer, self->newest))
        return G_SOURCE_REMOVE;
    self->was_smoothed = TRUE;
    request_texture(self, self->newest, TRUE);
    return G_SOURCE_REMOVE;
}

static void
follow_volume(LacViewport *self)
{
    const LacVolumeTexture *texture = self->scene.volume;
    if (self->is_auto_transfer) {
        LacColormap colormap = self->scene.transfer.colormap;
        self->scene.transfer = texture->transfer;
        self->scene.transfer.colormap = colormap;
    }
    if (self->is_auto_level)
        self->scene.iso[0].level = texture->iso_level;
    if (self->is_fit_due) {
        self->is_fit_due = FALSE;
        LacBox box = lac_volume_get_box(texture->volume);
        lac_camera_fit(&self->scene.camera, self->scene.show_box ? &box : &texture->content,
            lac_viewport_get_aspect(self));
        g_signal_emit(self, signals[CAMERA_CHANGED], 0);
    }
}

static void
prepared(gpointer result, const GError *error, gpointer owner)
{
    LacViewport *self = owner;
    if (error != NULL) {
        if (!self->has_failed)
            set_status(self, error->message);
        return;
    }
    LacVolumeTexture *old = self->scene.volume;
    gboolean was_empty = old == NULL;
    self->scene.volume = result;
    lac_volume_texture_unref(old);
    if (!self->has_failed)
        set_status(self, self->scene.volume->note);
    follow_volume(self);
    if (was_empty)
        lac_viewport_begin_moving(self);
    else
        begin_refining(self);
    g_clear_handle_id(&self->smooth_timer, g_source_remove);
    self->smooth_timer = g_timeout_add(SMOOTH_MS, smooth_cb, self);
    g_signal_emit(self, signals[SCENE_CHANGED], 0);
    prepare_newest(self);
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
        set_status(self, error->message);
        return FALSE;
    }
    lac_frame_stats_drawn(&self->stats);
    gboolean was_settled = self->is_settled;
    self->is_settled = !self->is_moving && self->progress.done;
    if (!self->is_moving && !self->progress.done && self->again_idle == 0)
        self->again_idle = g_idle_add(again_cb, self);
    if (self->is_settled && !was_settled)
        prepare_newest(self);
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
    set_status(self, text);
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

static void
lac_viewport_realize(GtkWidget *widget)
{
    LacViewport *self = LAC_VIEWPORT(widget);
    GTK_WIDGET_CLASS(lac_viewport_parent_class)->realize(widget);
    self->clock = gtk_widget_get_frame_clock(widget);
    self->after_paint =
        g_signal_connect(self->clock, "after-paint", G_CALLBACK(after_paint_cb), self);
}

static void
lac_viewport_unrealize(GtkWidget *widget)
{
    LacViewport *self = LAC_VIEWPORT(widget);
    g_signal_handler_disconnect(self->clock, self->after_paint);
    self->clock = NULL;
    GTK_WIDGET_CLASS(lac_viewport_parent_class)->unrealize(widget);
}

// ---- The widget ----

static void
draw_scale_bar(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
    LacViewport *self = data;
    const LacVolumeTexture *texture = self->scene.volume;
    if (texture != NULL ? texture->volume->voxel_size <= 0.0 : self->atoms == NULL)
        return;
    lac_overlay_scale_bar(GTK_WIDGET(area), cr, width, height, height / self->scene.camera.height);
}

// A tooltip would cover what one looks at: it comes with Ctrl+F1 only, or while there is nothing.
static gboolean
lac_viewport_query_tooltip(GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
    (void) x;
    (void) y;
    LacViewport *self = LAC_VIEWPORT(widget);
    if (!keyboard && (self->scene.volume != NULL || self->atoms != NULL))
        return FALSE;
    gtk_tooltip_set_text(tooltip,
        "Drag to turn, Shift or right button to move, Ctrl to roll, wheel to zoom.\n"
        "Arrows turn, Ctrl+arrows move, + and - zoom, Home resets, X Y Z look along an axis "
        "(Shift: from behind).\nDouble click centres what is there. Click picks an atom, Ctrl adds to the "
        "selection; B box, L lasso, M measure, H hides, I isolates.");
    return TRUE;
}

static void
lac_viewport_dispose(GObject *object)
{
    LacViewport *self = LAC_VIEWPORT(object);
    g_clear_handle_id(&self->settle_timer, g_source_remove);
    g_clear_handle_id(&self->smooth_timer, g_source_remove);
    g_clear_handle_id(&self->again_idle, g_source_remove);
    g_clear_pointer(&self->worker, lac_latest_free);
    if (self->overlay != NULL)
        gtk_widget_unparent(GTK_WIDGET(g_steal_pointer(&self->overlay)));
    g_clear_pointer(&self->scene.volume, lac_volume_texture_unref);
    g_clear_pointer(&self->newest, lac_volume_unref);
    lac_viewport_clear_atoms(self);
    G_OBJECT_CLASS(lac_viewport_parent_class)->dispose(object);
}

static void
lac_viewport_finalize(GObject *object)
{
    LacViewport *self = LAC_VIEWPORT(object);
    g_free(self->status);
    g_free(self->gl_info);
    G_OBJECT_CLASS(lac_viewport_parent_class)->finalize(object);
}

static void
lac_viewport_class_init(LacViewportClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = lac_viewport_dispose;
    G_OBJECT_CLASS(klass)->finalize = lac_viewport_finalize;
    widget_class->realize = lac_viewport_realize;
    widget_class->unrealize = lac_viewport_unrealize;
    widget_class->query_tooltip = lac_viewport_query_tooltip;
    signals[POINTED] = g_signal_new("pointed", LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
        NULL, G_TYPE_NONE, 5, G_TYPE_BOOLEAN, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_DOUBLE);
    signals[CROSSHAIR_PICKED] =
        g_signal_new("crosshair-picked", LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
            G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_UINT);
    signals[ATOM_CLICKED] = g_signal_new("atom-clicked", LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_UINT);
    signals[THING_CLICKED] = g_signal_new("thing-clicked", LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_UINT);
    signals[ATOM_POINTED] = g_signal_new("atom-pointed", LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
    signals[LINE_DRAWN] = g_signal_new("line-drawn", LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL,
        NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
    signals[ATOMS_SELECTED] = g_signal_new("atoms-selected", LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST,
        0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_UINT);
    signals[FIGURE_SHOWN] = g_signal_new("figure-shown", LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0,
        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
    static const struct {
        int id;
        const char *name;
    } PLAIN[] = { { CAMERA_CHANGED, "camera-changed" }, { SCENE_CHANGED, "scene-changed" },
        { STATUS_CHANGED, "status-changed" }, { MODE_CHANGED, "mode-changed" } };
    for (guint i = 0; i < G_N_ELEMENTS(PLAIN); i++)
        signals[PLAIN[i].id] = g_signal_new(PLAIN[i].name, LAC_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0,
            NULL, NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_layout_manager_type(widget_class, GTK_TYPE_BIN_LAYOUT);
    gtk_widget_class_set_accessible_role(widget_class, GTK_ACCESSIBLE_ROLE_IMG);
    gtk_widget_class_set_css_name(widget_class, "viewport3d");
}

static GtkLabel *
add_label(LacViewport *self, GtkAlign halign, GtkAlign valign)
{
    GtkWidget *label = gtk_label_new(NULL);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_widget_set_halign(label, halign);
    gtk_widget_set_valign(label, valign);
    gtk_widget_set_margin_start(label, 12);
    gtk_widget_set_margin_end(label, 12);
    gtk_widget_set_margin_top(label, 8);
    gtk_widget_set_margin_bottom(label, 8);
    gtk_widget_set_can_target(label, FALSE);
    gtk_widget_set_visible(label, FALSE);
    gtk_overlay_add_overlay(self->overlay, label);
    return GTK_LABEL(label);
}

static void
lac_viewport_init(LacViewport *self)
{
    self->scene = lac_scene_default();
    self->scene.show_axes = TRUE;
    self->scene.atoms.shadow = SHADOW;
    lac_viewport_init_atoms(self);
    self->is_auto_transfer = self->is_auto_level = self->is_fit_due = TRUE;
    self->move_resolution = 0.4;
    self->move_atom_resolution = 0.5;
    self->pointer_x = self->pointer_y = -1.0;
    self->worker = lac_latest_new(prepare, free_request, free_texture, prepared, self);
    self->area = GTK_GL_AREA(gtk_gl_area_new());
    gtk_gl_area_set_auto_render(self->area, FALSE);
    g_signal_connect(self->area, "create-context", G_CALLBACK(create_context_cb), self);
    g_signal_connect_after(self->area, "realize", G_CALLBACK(area_realize_cb), self);
    g_signal_connect(self->area, "unrealize", G_CALLBACK(area_unrealize_cb), self);
    g_signal_connect(self->area, "render", G_CALLBACK(render_cb), self);
    g_signal_connect(self->area, "resize", G_CALLBACK(resize_cb), self);
    self->overlay = GTK_OVERLAY(gtk_overlay_new());
    gtk_widget_set_parent(GTK_WIDGET(self->overlay), GTK_WIDGET(self));
    gtk_overlay_set_child(self->overlay, GTK_WIDGET(self->area));
    self->scale_bar = GTK_DRAWING_AREA(gtk_drawing_area_new());
    gtk_drawing_area_set_draw_func(self->scale_bar, draw_scale_bar, self, NULL);
    gtk_widget_set_can_target(GTK_WIDGET(self->scale_bar), FALSE);
    gtk_overlay_add_overlay(self->overlay, GTK_WIDGET(self->scale_bar));
    self->drawing = GTK_DRAWING_AREA(gtk_drawing_area_new());
    gtk_widget_set_can_target(GTK_WIDGET(self->drawing), FALSE);
    gtk_overlay_add_overlay(self->overlay, GTK_WIDGET(self->drawing));
    gtk_drawing_area_set_draw_func(self->drawing, lac_viewport_draw_mode, self, NULL);
    gtk_widget_set_visible(GTK_WIDGET(self->drawing), FALSE);
    self->message = add_label(self, GTK_ALIGN_CENTER, GTK_ALIGN_CENTER);
    self->note = add_label(self, GTK_ALIGN_START, GTK_ALIGN_START);
    self->stats_label = add_label(self, GTK_ALIGN_END, GTK_ALIGN_START);
    gtk_widget_set_focusable(GTK_WIDGET(self), TRUE);
    gtk_widget_set_has_tooltip(GTK_WIDGET(self), TRUE);
    gtk_widget_set_hexpand(GTK_WIDGET(self->overlay), TRUE);
    gtk_widget_set_vexpand(GTK_WIDGET(self->overlay), TRUE);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, "3D view",
        GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
        "The volume in three dimensions; arrow keys turn it, plus and minus zoom", -1);
    lac_viewport_add_controllers(self);
}

/**
 * lac_viewport_new:
 *
 * Returns: (transfer floating): a view of nothing
 */
GtkWidget *
lac_viewport_new(void)
{
    return g_object_new(LAC_TYPE_VIEWPORT, NULL);
}

/**
 * lac_viewport_probe_software:
 *
 * Finds out whether the processor draws OpenGL here; GTK's own OpenGL renderer then only costs
 * time, and GSK_RENDERER=cairo before gtk_init() is three times cheaper. Takes about 30 ms.
 *
 * Returns: %TRUE if so; %FALSE also when there is no OpenGL at all
 */
gboolean
lac_viewport_probe_software(void)
{
    g_autoptr(LacEglContext) context = lac_egl_context_new(NULL);
    return context != NULL && lac_gl_is_software(lac_egl_context_get_renderer(context));
}

static gboolean
is_same_box(const LacVolume *a, const LacVolume *b)
{
    return a->nx == b->nx && a->ny == b->ny && a->nz == b->nz && a->voxel_size == b->voxel_size &&
        a->origin.x == b->origin.x && a->origin.y == b->origin.y && a->origin.z == b->origin.z;
}

/**
 * lac_viewport_set_volume:
 * @self: a view
 * @volume: (nullable): a published volume; a reference is kept
 *
 * Shows a volume. It is prepared in a worker; what was there before stays until it is ready, and
 * volumes that come faster than they can be drawn are left out.
 */
void
lac_viewport_set_volume(LacViewport *self, LacVolume *volume)
{
    g_return_if_fail(LAC_IS_VIEWPORT(self));

    if (self->newest == volume)
        return;
    if (volume == NULL || self->newest == NULL || !is_same_box(self->newest, volume))
        self->is_fit_due = TRUE;
    g_clear_pointer(&self->newest, lac_volume_unref);
    self->was_smoothed = FALSE;
    if (volume != NULL) {
        self->newest = lac_volume_ref(volume);
        prepare_newest(self);
        return;
    }
    lac_latest_drop(self->worker);
    g_clear_handle_id(&self->smooth_timer, g_source_remove);
    g_clear_pointer(&self->scene.volume, lac_volume_texture_unref);
    if (!self->has_failed)
        set_status(self, NULL);
    lac_viewport_scene_changed(self);
}

/**
 * lac_viewport_get_texture:
 * @self: a view
 *
 * Returns: (transfer none) (nullable): what is drawn, with range and histogram
 */
LacVolumeTexture *
lac_viewport_get_texture(LacViewport *self)
{
    return self->scene.volume;
}

/**
 * lac_viewport_pick:
 * @self: a view
 * @x: [widget unit] from the left
 * @y: [widget unit] from the top
 * @xyz: (out caller-allocates): the voxel
 * @value: (out) (optional): its value
 * @found: (out): whether there is something
 *
 * Finds the voxel at a point of the view.
 */
void
lac_viewport_pick(LacViewport *self, double x, double y, gsize xyz[3], double *value,
    gboolean *found)
{
    int width = gtk_widget_get_width(GTK_WIDGET(self));
    int height = gtk_widget_get_height(GTK_WIDGET(self));
    *found = FALSE;
    if (x < 0.0 || y < 0.0 || x >= width || y >= height)
        return;
    LacRay ray = lac_camera_unproject(&self->scene.camera, width, height, x, y);
    *found = lac_pick_voxel(&self->scene, &ray, xyz, value);
}

/**
 * lac_viewport_emit_pointed:
 * @self: a view
 *
 * Tells what is under the pointer now.
 */
void
lac_viewport_emit_pointed(LacViewport *self)
{
    gsize xyz[3] = { 0 };
    double value = 0.0;
    gboolean found;
    lac_viewport_pick(self, self->pointer_x, self->pointer_y, xyz, &value, &found);
    g_signal_emit(self, signals[POINTED], 0, found, (guint) xyz[0], (guint) xyz[1], (guint) xyz[2],
        value);
}

/**
 * lac_viewport_emit_atom_pointed:
 * @self: a view
 *
 * Tells which atom is under the pointer now, if that changed.
 */
void
lac_viewport_emit_atom_pointed(LacViewport *self)
{
    gsize index;
    gboolean found = lac_viewport_pick_atom(self, self->pointer_x, self->pointer_y, &index);
    guint64 now = found ? (guint64) index : LAC_VIEWPORT_NO_ATOM;
    if (now == self->pointed_atom)
        return;
    self->pointed_atom = now;
    g_signal_emit(self, signals[ATOM_POINTED], 0, now);
}

/**
 * lac_viewport_emit_atom_clicked:
 * @self: a view
 * @index: an atom, or %LAC_VIEWPORT_NO_ATOM
 * @state: the modifiers that were held
 *
 * Tells what was clicked.
 */
void
lac_viewport_emit_atom_clicked(LacViewport *self, guint64 index, GdkModifierType state)
{
    g_signal_emit(self, signals[ATOM_CLICKED], 0, index, (guint) state);
}

/**
 * lac_viewport_emit_thing_clicked:
 * @self: a view
 * @thing: a marker or a mesh
 * @state: the modifiers that were held
 *
 * Tells what was clicked.
 */
void
lac_viewport_emit_thing_clicked(LacViewport *self, const LacThing *thing, GdkModifierType state)
{
    g_signal_emit(self, signals[THING_CLICKED], 0, thing, (guint) state);
}

/**
 * lac_viewport_emit_atoms_selected:
 * @self: a view
 * @indices: (element-type gsize): atoms
 * @state: the modifiers that were held
 *
 * Tells what lies in a box or lasso.
 */
void
lac_viewport_emit_atoms_selected(LacViewport *self, GArray *indices, GdkModifierType state)
{
    g_signal_emit(self, signals[ATOMS_SELECTED], 0, indices, (guint) state);
}

/**
 * lac_viewport_emit_line_drawn:
 * @self: a view
 * @ends: (array fixed-size=2): [Å] its ends
 *
 * Tells that the user drew a line.
 */
void
lac_viewport_emit_line_drawn(LacViewport *self, const LacVec3 ends[2])
{
    g_signal_emit(self, signals[LINE_DRAWN], 0, &ends[0], &ends[1]);
}

/**
 * lac_viewport_emit_mode_changed:
 * @self: a view
 *
 * Tells that a click means something else now.
 */
void
lac_viewport_emit_mode_changed(LacViewport *self)
{
    g_signal_emit(self, signals[MODE_CHANGED], 0);
}

/**
 * lac_viewport_emit_crosshair_picked:
 * @self: a view
 * @xyz: the voxel that was double-clicked
 *
 * Puts that voxel into the middle, where the view turns about it, and tells which it is.
 */
void
lac_viewport_emit_crosshair_picked(LacViewport *self, const gsize xyz[3])
{
    const LacVolume *volume = self->scene.volume->volume;
    double size = lac_volume_get_scale(volume);
    LacVec3 o = volume->origin;
    self->scene.camera.target = (LacVec3){
        o.x + size * ((double) xyz[0] - (double) (volume->nx / 2)),
        o.y + size * ((double) xyz[1] - (double) (volume->ny / 2)),
        o.z + size * ((double) xyz[2] - (double) (volume->nz / 2)),
    };
    lac_viewport_moved(self, NULL);
    lac_viewport_emit_camera_changed(self);
    g_signal_emit(self, signals[CROSSHAIR_PICKED], 0, (guint) xyz[0], (guint) xyz[1],
        (guint) xyz[2]);
}

/**
 * lac_viewport_emit_camera_changed:
 * @self: a view
 *
 * Tells that the user moved the camera.
 */
void
lac_viewport_emit_camera_changed(LacViewport *self)
{
    g_signal_emit(self, signals[CAMERA_CHANGED], 0);
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
 * lac_viewport_get_status:
 * @self: a view
 *
 * Returns: (transfer none) (nullable): what the user should know, such as binning or a failure
 */
const char *
lac_viewport_get_status(LacViewport *self)
{
    return self->status;
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

// SPDX-License-Identifier: GPL-3.0-or-later
// A person aligns a simulated series: by a click, back, by the arrow keys, and after denoising.
#include "core/prep/align.h"
#include "core/recipe/simulate.h"
#include "tests/support/desk.h"
#include "ui/align-panel.h"
#include "ui/align-view.h"
#include "ui/image-view.h"
#include "ui/refine-panel.h"
#include "ui/stage-list.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

#define LIMIT 60000 // [ms]

static gboolean
has_series(gpointer data)
{
    return lac_session_get_series(((Desk *) data)->session) != NULL;
}

// What the row of a method says.
static const char *
get_subtitle(Desk *desk, const char *title)
{
    GtkWidget *panel = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_ALIGN_PANEL);
    return adw_action_row_get_subtitle(ADW_ACTION_ROW(desk_find_row(panel, title)));
}

static void
shoot(Desk *desk, const char *name)
{
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 4);
    lac_driver_pause(desk->driver, 600);
    lac_driver_screenshot(desk->driver, GTK_WIDGET(desk->window), name);
}

// A misaligned series in a file of its own, opened, at the stage of the alignment.
static void
open_series(Desk *desk)
{
    g_autoptr(GError) error = NULL;
    g_auto(LacSimulateParams) params = { 0 };
    lac_simulate_params_init(&params, LAC_MODEL_FCC);
    params.model.n_atoms = 150;
    params.camera.pixel_size = 0.5;
    params.camera.n_tilts = 15;
    params.camera.shift = 2.0;
    params.camera.dose = 4e6;
    g_autoptr(LacProject) project = lac_simulate(&params, NULL, &error);
    g_assert_no_error(error);
    g_autofree char *path = g_build_filename(desk->folder, "wrong.lacuna", NULL);
    g_assert_true(lac_project_save(project, path, NULL, &error));
    lac_session_open(desk->session, path);
    desk_wait_for(desk, has_series, LIMIT);
    desk_wait_for(desk, desk_is_idle, LIMIT);
    GtkWidget *stages = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_STAGE_LIST);
    lac_driver_click(desk->driver, lac_driver_find(stages, "Alignment"));
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 4);
}

static double
measure_error(Desk *desk)
{
    const LacSeries *series = lac_session_get_series(desk->session);
    const LacTruth *truth = lac_session_get_truth(desk->session);
    g_autoptr(LacSeries) turned = lac_series_with_angles(series, truth->angles, series->n, NULL);
    g_autoptr(LacSeries) known = lac_series_with_shifts(turned, truth->shifts, series->n, NULL);
    g_autoptr(LacAlignDifference) d = lac_align_compare(series, known, NULL);
    return hypot(d->rms_across, d->rms_along);
}

// One click aligns; the rows say by how much, and no more once it is undone.
static void
test_run(Desk *desk, gconstpointer data)
{
    (void) data;
    open_series(desk);
    double before = measure_error(desk);
    shoot(desk, "align-before");
    lac_driver_click(desk->driver, desk_find(desk, "Do what is ticked"));
    desk_wait_for(desk, desk_is_idle, LIMIT);
    double after = measure_error(desk);
    g_test_message("%.3f px before, %.3f px after", before, after);
    g_assert_cmpfloat(before, >, 1.0);
    g_assert_cmpfloat(after, <, 0.3);
    g_assert_true(g_str_has_prefix(get_subtitle(desk, "Reprojection"), "Moved "));
    g_assert_true(g_str_has_prefix(get_subtitle(desk, "Common line"), "Moved "));
    GPtrArray *steps = lac_session_get_alignments(desk->session);
    g_assert_cmpuint(steps->len, ==, 4);
    g_assert_true(g_str_has_prefix(get_subtitle(desk, "Angles"), "Moved "));
    const LacAlignment *last = steps->pdata[2];
    double misfits[2] = { 0.0, 0.0 };
    for (gsize k = 0; k < last->after->n; k++) {
        misfits[0] += last->misfit_before[k];
        misfits[1] += last->misfit_after[k];
    }
    g_assert_cmpfloat(misfits[1], <, 1.02 * misfits[0]); // measured alike
    shoot(desk, "align-after");
    lac_driver_key(desk->driver, "ctrl+z");
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 4);
    g_assert_cmpfloat(measure_error(desk), ==, before);
    g_assert_false(g_str_has_prefix(get_subtitle(desk, "Reprojection"), "Moved "));
    g_assert_null(lac_session_get_alignments(desk->session));
    lac_driver_key(desk->driver, "ctrl+shift+z");
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 4);
    g_assert_cmpfloat(measure_error(desk), ==, after);
    g_assert_true(g_str_has_prefix(get_subtitle(desk, "Reprojection"), "Moved "));
}

// A method alone has its own button.
static void
test_one(Desk *desk, gconstpointer data)
{
    (void) data;
    open_series(desk);
    lac_driver_click(desk->driver, desk_find(desk, "Only this: Across the tilt axis"));
    desk_wait_for(desk, desk_is_idle, LIMIT);
    g_assert_true(g_str_has_prefix(get_subtitle(desk, "Centre of mass"), "Moved "));
    g_assert_false(g_str_has_prefix(get_subtitle(desk, "Common line"), "Moved "));
}

// A burst of presses is one step; another projection is another.
static void
test_keys(Desk *desk, gconstpointer data)
{
    (void) data;
    open_series(desk);
    guint n = lac_session_get_n_steps(desk->session);
    GtkWidget *view = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_ALIGN_VIEW);
    lac_driver_click(desk->driver, lac_driver_find_type(view, LAC_TYPE_IMAGE_VIEW));
    guint k = lac_session_get_projection(desk->session);
    for (guint i = 0; i < 3; i++)
        lac_driver_key(desk->driver, "Right");
    lac_driver_frames(desk->driver, view, 2);
    const LacSeries *series = lac_session_get_series(desk->session);
    g_assert_cmpfloat_with_epsilon(series->shifts[k].du, -0.3, 1e-9);
    g_assert_cmpuint(lac_session_get_n_steps(desk->session), ==, n + 1);
    lac_driver_key(desk->driver, "period");
    lac_driver_key(desk->driver, "shift+Up");
    lac_driver_frames(desk->driver, view, 2);
    series = lac_session_get_series(desk->session);
    g_assert_cmpfloat_with_epsilon(series->shifts[k + 1].dv, -1.0, 1e-9);
    g_assert_cmpuint(lac_session_get_n_steps(desk->session), ==, n + 2);
    shoot(desk, "align-by-hand");
    lac_session_undo(desk->session);
    lac_session_undo(desk->session);
    series = lac_session_get_series(desk->session);
    g_assert_cmpfloat(series->shifts[k].du, ==, 0.0);
    g_assert_cmpuint(lac_session_get_step(desk->session), ==, n);
}

// Other pixels make an alignment stale, and its mark says so.
static void
test_stale(Desk *desk, gconstpointer data)
{
    (void) data;
    open_series(desk);
    lac_driver_click(desk->driver, desk_find(desk, "Only this: Across the tilt axis"));
    desk_wait_for(desk, desk_is_idle, LIMIT);
    g_assert_false(lac_session_is_alignment_stale(desk->session));
    LacSeries *series = lac_session_get_series(desk->session);
    const gsize n = series->n * series->nv * series->nu;
    g_autoptr(LacBuffer) buffer = lac_buffer_new(n, NULL);
    memcpy(buffer->data, series->data, n * sizeof(float));
    g_autoptr(LacSeries) other = lac_series_with_buffer(series, buffer, NULL);
    lac_session_set_series(desk->session, other);
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 2);
    g_assert_true(lac_session_is_alignment_stale(desk->session));
    GtkWidget *stages = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_STAGE_LIST);
    g_assert_nonnull(lac_driver_find(stages, "stale"));
    shoot(desk, "align-stale");
    lac_session_undo(desk->session);
    g_assert_false(lac_session_is_alignment_stale(desk->session));
}

static GtkWidget *
find_drop_down(GtkWidget *root)
{
    return lac_driver_find_type(root, GTK_TYPE_DROP_DOWN);
}

// At the stage of atoms, refines them with all poses. Returns the panel.
static GtkWidget *
refine_poses(Desk *desk)
{
    GtkWidget *stages = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_STAGE_LIST);
    lac_driver_click(desk->driver, lac_driver_find(stages, "Atoms"));
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 4);
    GtkWidget *panel = lac_driver_find_type(GTK_WIDGET(desk->window), LAC_TYPE_REFINE_PANEL);
    gtk_drop_down_set_selected(GTK_DROP_DOWN(find_drop_down(panel)), LAC_REFINE_ALL_POSES);
    lac_driver_key(desk->driver, "ctrl+shift+t");
    desk_wait_for(desk, desk_is_idle, LIMIT);
    return panel;
}

// The atoms tell where the projections were taken from; each of the two is a step of its own.
static void
test_refine(Desk *desk, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    open_series(desk);
    LacSession *session = desk->session;
    const LacTruth *truth = lac_session_get_truth(session);
    g_autofree LacShift *shifts =
        g_memdup2(truth->shifts, truth->n_projections * sizeof *truth->shifts);
    for (gsize k = 0; k < truth->n_projections; k++)
        shifts[k].du += 0.3 * cos(5.0 * (double) k);
    g_autoptr(LacSeries) wrong = lac_series_with_shifts(lac_session_get_series(session), shifts,
        truth->n_projections, &error);
    g_assert_no_error(error);
    lac_session_set_series(session, wrong);
    g_autoptr(LacAtoms) atoms = lac_atoms_copy(truth->atoms, truth->atoms->n);
    lac_session_set_model(session, atoms, "Trace");
    double before = measure_error(desk);
    refine_poses(desk);
    g_test_message("%.3f px before, %.3f px after", before, measure_error(desk));
    g_assert_cmpfloat(before, >, 0.15);
    g_assert_cmpfloat(measure_error(desk), <, 0.05);
    const LacRefinement *refinement = lac_session_get_refinement(session);
    g_assert_nonnull(refinement);
    g_assert_cmpfloat(refinement->rms_moved, >, 0.1);
    GtkWidget *window = GTK_WIDGET(desk->window);
    lac_driver_scroll(desk->driver, window, gtk_widget_get_width(window) - 30.0, 400.0, 12);
    shoot(desk, "refine-poses");
    lac_driver_key(desk->driver, "ctrl+z");
    lac_driver_key(desk->driver, "ctrl+z");
    lac_driver_frames(desk->driver, GTK_WIDGET(desk->window), 4);
    g_assert_cmpfloat(measure_error(desk), ==, before);
}

// After the first round the button offers a second one; a key does it, as one step.
static void
test_again(Desk *desk, gconstpointer data)
{
    (void) data;
    open_series(desk);
    LacSession *session = desk->session;
    LacReconParams recon;
    LacTraceParams trace;
    LacClassifyParams classify;
    static const char *const species[] = { "Pt", NULL };
    lac_recon_params_init(&recon, LAC_RECON_DEFAULT);
    recon.n_iterations = 12;
    lac_trace_params_init(&trace, LAC_FIT_POLYNOMIAL);
    lac_classify_params_init(&classify);
    classify.species = species;
    classify.drop_non_atoms = TRUE;
    lac_driver_click(desk->driver, desk_find(desk, "Do what is ticked"));
    desk_wait_for(desk, desk_is_idle, LIMIT);
    g_assert_true(lac_session_reconstruct(session, &recon, FALSE, FALSE));
    desk_wait_for(desk, desk_is_idle, LIMIT);
    g_assert_true(lac_session_trace(session, &trace, FALSE));
    desk_wait_for(desk, desk_is_idle, LIMIT);
    g_assert_true(lac_session_classify(session, &classify));
    desk_wait_for(desk, desk_is_idle, LIMIT);
    GtkWidget *panel = refine_poses(desk);
    GtkWidget *window = GTK_WIDGET(desk->window);
    GtkWidget *button =
        gtk_widget_get_ancestor(lac_driver_find(panel, "Second Round with These Poses"),
            GTK_TYPE_BUTTON);
    g_assert_nonnull(button);
    g_assert_true(gtk_widget_has_css_class(button, "suggested-action"));
    lac_driver_scroll(desk->driver, window, gtk_widget_get_width(window) - 30.0, 400.0, 12);
    shoot(desk, "again-before");
    guint n = lac_session_get_n_steps(session);
    LacVolume *volume = lac_session_get_volume(session);
    lac_driver_key(desk->driver, "ctrl+shift+k");
    desk_wait_for(desk, desk_is_idle, LIMIT);
    g_assert_cmpuint(lac_session_get_n_steps(session), ==, n + 1);
    g_assert_true(lac_session_get_volume(session) != volume);
    shoot(desk, "again-after");
    lac_driver_key(desk->driver, "ctrl+z");
    lac_driver_frames(desk->driver, window, 4);
    g_assert_true(lac_session_get_volume(session) == volume);
}

int
main(int argc, char **argv)
{
    static const DeskTest tests[] = {
        { "/align/run", test_run },
        { "/align/one", test_one },
        { "/align/keys", test_keys },
        { "/align/stale", test_stale },
        { "/align/refine", test_refine },
        { "/align/again", test_again },
    };
    return desk_main(argc, argv, tests, G_N_ELEMENTS(tests));
}

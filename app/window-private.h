// SPDX-License-Identifier: GPL-3.0-or-later
// What window.c (layout, actions), window-file.c (opening, saving, closing), window-atoms.c
// (corrections), window-analysis.c and window-figure.c share.
#pragma once

#include "app/window.h"
#include "ui/align-view.h"
#include "ui/analysis-panel.h"
#include "ui/analysis-strip.h"
#include "ui/atoms-panel.h"
#include "ui/figure-panel.h"
#include "ui/import-dialog.h"
#include "ui/job-bar.h"
#include "ui/layers-panel.h"
#include "ui/look-inside.h"
#include "ui/review-panel.h"
#include "ui/selection-panel.h"
#include "ui/simulate-dialog.h"
#include "ui/stage-list.h"
#include "ui/start-page.h"
#include "ui/view-area.h"
#include "ui/view-panel.h"
#include "ui/volume-panel.h"

#define LAC_LONG_WORK_S 60 // work this long is worth a question, and a notice on the desktop

// What is done once unsaved work was saved or given up.
typedef enum {
    LAC_AFTER_NOTHING,
    LAC_AFTER_CLOSE,
    LAC_AFTER_OPEN, // pending_path
    LAC_AFTER_EXAMPLE,
    LAC_AFTER_SIMULATE, // what the dialog says
} LacAfter;

struct _LacWindow {
    AdwApplicationWindow parent_instance;
    AdwToastOverlay *toasts;
    AdwToast *offer; // (nullable) the newest with a button, until work starts
    AdwWindowTitle *title;
    AdwSplitButton *open_button;
    GtkButton *save_button, *undo_button, *redo_button;
    GtkStack *pages, *stages;
    GtkWidget *left_panel, *layers_box, *right_panel, *start_page;
    GtkBox *volume_page, *layers_list;
    GtkStack *tabs;
    GtkStackPage *reconstruct_tab, *atoms_tab, *review_tab, *analysis_tab, *figure_tab;
    GtkWidget *selection_box;
    LacAtomsPanel *atoms_panel;
    LacReviewPanel *review_panel;
    LacAnalysisPanel *analysis_panel;
    LacAnalysisStrip *analysis_strip;
    LacLookInside *look_inside;
    LacFigurePanel *figure_panel;
    gboolean is_figure;         // the stage of figures is shown
    LacView view_before_figure; // that filled the area
    LacSelectionPanel *selection_panel;
    LacLayersPanel *layers_panel;
    LacVolumePanel *volume_panel;
    LacViewPanel *view_panel;
    LacViewArea *view_area;
    LacAlignView *align_view;
    LacImportDialog *import_dialog;
    LacSimulateDialog *simulate_dialog; // (nullable) until it is first asked for
    gboolean is_importing;              // the import page is shown
    LacStageList *stage_list;
    LacJobBar *job_bar;
    LacSession *session;
    LacStage stage;
    gint64 job_started_us; // of the active job
    gboolean is_closing;   // waits for the job to end
    gboolean save_after_job;
    LacAfter after;     // what follows when the save is done
    guint after_source; // idle that does it
    char *pending_path;
    GMenu *recent_menu;
};

void lac_window_init_atoms(LacWindow *self);
void lac_window_bind_atom_keys(GtkWidgetClass *widget_class);
gboolean lac_window_retype(LacWindow *self, guint digit);
void lac_window_update_atoms(LacWindow *self);
void lac_window_init_analysis(LacWindow *self);
void lac_window_enter_analysis(LacWindow *self);
void lac_window_init_figure(LacWindow *self);
void lac_window_show_figure(LacWindow *self, gboolean show);
void lac_window_init_files(LacWindow *self);
void lac_window_dispose_files(LacWindow *self);
gboolean lac_window_close_request(GtkWindow *window);
void lac_window_after_job(LacWindow *self);
void lac_window_set_stage(LacWindow *self, LacStage stage);
void lac_window_show_page(LacWindow *self);

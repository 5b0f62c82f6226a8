// SPDX-License-Identifier: GPL-3.0-or-later
// The transfer function, edited over the histogram.
#pragma once

#include "ui/render/transfer.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LAC_TYPE_TRANSFER_EDITOR (lac_transfer_editor_get_type())
G_DECLARE_FINAL_TYPE(LacTransferEditor, lac_transfer_editor, LAC, TRANSFER_EDITOR, GtkWidget)

// Signals:
//   "changed" (): by the user; see lac_transfer_editor_get_transfer()
//   "reset" (): the user wants the automatic one back
GtkWidget *lac_transfer_editor_new(void);
void lac_transfer_editor_set_histogram(LacTransferEditor *self, const gsize *bins, guint n_bins,
    double min, double max);
void lac_transfer_editor_set_transfer(LacTransferEditor *self, const LacTransfer *transfer);
void lac_transfer_editor_get_transfer(LacTransferEditor *self, LacTransfer *transfer);
void lac_transfer_editor_set_show_opacity(LacTransferEditor *self, gboolean show);

G_END_DECLS

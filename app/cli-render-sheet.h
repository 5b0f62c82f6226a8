// SPDX-License-Identifier: GPL-3.0-or-later
// The verb render for slices, plots and several panels on one page.
#pragma once

#include "app/cli-render-contents.h"
#include "ui/render/sheet.h"

gboolean lac_render_sheet(LacCli *cli, const LacRenderOptions *o, LacSheet *sheet,
    const LacRenderContents *c, GError **error);

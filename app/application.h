// SPDX-License-Identifier: GPL-3.0-or-later
// The program: command line, actions of the whole program, keys.
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define LAC_TYPE_APPLICATION (lac_application_get_type())
G_DECLARE_FINAL_TYPE(LacApplication, lac_application, LAC, APPLICATION, AdwApplication)

LacApplication *lac_application_new(void);

G_END_DECLS

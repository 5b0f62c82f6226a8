// SPDX-License-Identifier: GPL-3.0-or-later
// A score as JSON, for the verbs that compare.
#pragma once

#include "core/trace/score.h"

#include <json-glib/json-glib.h>

void lac_cli_add_score(JsonBuilder *json, const LacScore *score);

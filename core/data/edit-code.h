// SPDX-License-Identifier: GPL-3.0-or-later
// Edits and models as bytes, bit for bit. What is read is checked before it is believed.
#pragma once

#include "core/data/coder.h"
#include "core/data/edit.h"

void lac_edit_encode(const LacEdit *self, LacEncoder *out);
LacEdit *lac_edit_decode(LacDecoder *in, GError **error);
GPtrArray *lac_edits_decode(LacDecoder *in, GError **error);
void lac_atoms_encode(const LacAtoms *self, LacEncoder *out);
LacAtoms *lac_atoms_decode(LacDecoder *in, GError **error);
guint32 lac_atoms_digest(const LacAtoms *self);

// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the HDF5 layer share: the lock and the ids that close themselves.
#pragma once

#include "core/io/hdf5.h"

#include <hdf5.h>

#define LAC_H5_MAX_ATTRIBUTE 65536          // [bytes] of an attribute's value
#define LAC_H5_MAX_TEXT      (16 * 1048576) // [bytes] of a text in a dataset

struct LacH5 {
    hid_t file;
    char *path;
    LacInput *input; // for reading stored bytes past the library; NULL when writing
};

// Hold one while calling the library; declare it before the ids, so that it goes last.
typedef int LacH5Lock;
LacH5Lock lac_h5_lock(void);
void lac_h5_unlock(LacH5Lock lock);

typedef hid_t LacHid;
void lac_hid_close(LacHid id);

G_DEFINE_AUTO_CLEANUP_FREE_FUNC(LacH5Lock, lac_h5_unlock, 0)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(LacHid, lac_hid_close, H5I_INVALID_HID)

char *lac_h5_take_message(void);
void lac_h5_fail(const LacH5 *self, const char *path, const char *what, GError **error);
hid_t lac_h5_open_object(LacH5 *self, const char *path, GError **error);
gboolean lac_h5_get_number_type(hid_t type, LacValueType *number, gboolean *big_endian);
hid_t lac_h5_number_to_type(LacValueType number);
gboolean lac_h5_check_structure(LacInput *input, const char *path, GError **error);

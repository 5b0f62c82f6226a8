// SPDX-License-Identifier: GPL-3.0-or-later
// What writing and reading of a log share.
#pragma once

#define LAC_LOG_KEY     "lacuna_log"
#define LAC_LOG_VERSION 1
#define LAC_LOG_BITS    "bits:" // before the hexadecimal bits of a number that JSON cannot say

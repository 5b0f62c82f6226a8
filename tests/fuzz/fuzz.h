// SPDX-License-Identifier: GPL-3.0-or-later
// What the libFuzzer targets share: bytes become a file that the readers open.
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void lac_fuzz_file(const uint8_t *data, size_t size, const char *suffix);
void lac_fuzz_angles(const uint8_t *data, size_t size, const char *suffix);
void lac_fuzz_project(const uint8_t *data, size_t size);
void lac_fuzz_journal(const uint8_t *data, size_t size);
void lac_fuzz_edit_log(const uint8_t *data, size_t size);
void lac_fuzz_filter(const uint8_t *data, size_t size);

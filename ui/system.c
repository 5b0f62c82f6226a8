// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/system.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

static guint64
find_meminfo(const char *text, const char *field)
{
    const char *line = strstr(text, field);
    return line != NULL ? 1024 * g_ascii_strtoull(line + strlen(field), NULL, 10) : 0;
}

/**
 * lac_memory_available:
 *
 * Asks the kernel how much memory can be used without swapping.
 *
 * Returns: [bytes]; 0 when it cannot be told
 */
guint64
lac_memory_available(void)
{
    g_autofree char *text = NULL;
    if (g_file_get_contents("/proc/meminfo", &text, NULL, NULL))
        return find_meminfo(text, "MemAvailable:");
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    return pages > 0 && page > 0 ? (guint64) pages * (guint64) page : 0;
}

/**
 * lac_format_bytes:
 * @n_bytes: [bytes]
 *
 * Returns: (transfer full): a short text in binary units, such as "1.2 GiB"
 */
char *
lac_format_bytes(guint64 n_bytes)
{
    return g_format_size_full(n_bytes, G_FORMAT_SIZE_IEC_UNITS);
}

/**
 * lac_format_duration:
 * @seconds: [s], not negative
 *
 * Returns: (transfer full): a short text, such as "3.5 s", "41 s", "3 min 20 s" or "2 h 5 min"
 */
char *
lac_format_duration(double seconds)
{
    long s = lround(seconds);
    if (seconds < 9.95)
        return g_strdup_printf("%.1f s", seconds);
    if (s < 60)
        return g_strdup_printf("%ld s", s);
    if (s < 3600)
        return g_strdup_printf("%ld min %ld s", s / 60, s % 60);
    return g_strdup_printf("%ld h %ld min", s / 3600, s % 3600 / 60);
}

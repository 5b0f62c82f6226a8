// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/phantom.h"

#include <math.h>

/**
 * lac_phantom_ball:
 * @n: [voxel] edge of the volume
 * @radius_vox: [voxel] where the value is one half
 *
 * Returns: (transfer full): a ball about the geometric centre whose value falls from 1 to 0
 *     evenly over four voxels about its surface; voxels of 1 Å
 */
LacVolume *
lac_phantom_ball(gsize n, double radius_vox)
{
    LacVolume *volume = lac_volume_new(n, n, n, 1.0, NULL);
    double c = 0.5 * ((double) n - 1.0);
    for (gsize z = 0; z < n; z++)
        for (gsize y = 0; y < n; y++)
            for (gsize x = 0; x < n; x++) {
                double dx = (double) x - c, dy = (double) y - c, dz = (double) z - c;
                double r = sqrt(dx * dx + dy * dy + dz * dz);
                volume->data[(z * n + y) * n + x] =
                    (float) CLAMP(0.5 - (r - radius_vox) / 4.0, 0.0, 1.0);
            }
    return volume;
}

// Adds a Gaussian at (x, y, z) [voxel].
static void
add_atom(LacVolume *volume, const double at[3], double height, double sigma)
{
    gssize n = (gssize) volume->nx, reach = (gssize) ceil(4.0 * sigma);
    for (gssize z = (gssize) at[2] - reach; z <= (gssize) at[2] + reach; z++)
        for (gssize y = (gssize) at[1] - reach; y <= (gssize) at[1] + reach; y++)
            for (gssize x = (gssize) at[0] - reach; x <= (gssize) at[0] + reach; x++) {
                if (x < 0 || y < 0 || z < 0 || x >= n || y >= n || z >= n)
                    continue;
                double dx = (double) x - at[0], dy = (double) y - at[1], dz = (double) z - at[2];
                volume->data[(z * n + y) * n + x] +=
                    (float) (height * exp(-(dx * dx + dy * dy + dz * dz) / (2.0 * sigma * sigma)));
            }
}

/**
 * lac_phantom_atoms:
 * @n: [voxel] edge of the volume
 * @n_atoms: how many
 * @sigma_vox: [voxel] width of an atom
 *
 * Returns: (transfer full): a spherical particle of Gaussian atoms of two heights on a face-centred
 *     cubic lattice; voxels of 0.35 Å
 */
LacVolume *
lac_phantom_atoms(gsize n, guint n_atoms, double sigma_vox)
{
    LacVolume *volume = lac_volume_new(n, n, n, 0.35, NULL);
    double radius = 0.42 * (double) n, c = 0.5 * (double) n;
    double a = cbrt(4.0 * (4.0 / 3.0) * G_PI * radius * radius * radius / n_atoms);
    int m = (int) (2.0 * radius / a) + 2;
    for (int i = -m; i <= m; i++)
        for (int j = -m; j <= m; j++)
            for (int k = -m; k <= m; k++) {
                double p[3] = { 0.5 * a * i, 0.5 * a * j, 0.5 * a * k };
                if ((i + j + k) % 2 != 0 || sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]) > radius)
                    continue;
                const double at[3] = { c + p[0], c + p[1], c + p[2] };
                add_atom(volume, at, (i + 2 * j) % 3 == 0 ? 1.0 : 0.6, sigma_vox);
            }
    return volume;
}

// SPDX-License-Identifier: GPL-3.0-or-later
// The volume at points of texel space. Needs the Frame block.
uniform sampler3D u_volume; // texel values 0 to 1, linear filter
uniform sampler3D u_blocks; // largest value that a sample in a block of 8^3 texels can have
uniform sampler2D u_table;  // row 0: premultiplied colour and opacity of a step; row 1: opaque colours

const float BLOCK = 8.0;

float value_at(vec3 p)
{
    return textureLod(u_volume, p / dims.xyz, 0.0).r;
}

vec4 table_at(float v, int row)
{
    float x = clamp(v * transfer.x + transfer.y, 0.0, 1.0);
    return texelFetch(u_table, ivec2(int(x * (transfer.z - 1.0) + 0.5), row), 0);
}

// Change per texel, central differences.
vec3 gradient_at(vec3 p)
{
    return 0.5 * vec3(value_at(p + vec3(1.0, 0.0, 0.0)) - value_at(p - vec3(1.0, 0.0, 0.0)),
        value_at(p + vec3(0.0, 1.0, 0.0)) - value_at(p - vec3(0.0, 1.0, 0.0)),
        value_at(p + vec3(0.0, 0.0, 1.0)) - value_at(p - vec3(0.0, 0.0, 1.0)));
}

// The same from the four corners of a tetrahedron: two thirds of the price.
vec3 quick_gradient_at(vec3 p)
{
    vec2 k = vec2(1.0, -1.0);
    return 0.25 * (k.xyy * value_at(p + k.xyy) + k.yyx * value_at(p + k.yyx) +
        k.yxy * value_at(p + k.yxy) + k.xxx * value_at(p + k.xxx));
}

// Where the ray leaves the block in which p lies, and the largest value in it.
float block_at(vec3 p, Ray ray, out float leave)
{
    vec3 cell = clamp(floor(p / BLOCK), vec3(0.0), blocks.xyz - 1.0);
    vec3 d = mix(ray.direction, vec3(1e-12), lessThan(abs(ray.direction), vec3(1e-12)));
    vec3 t = max((cell * BLOCK - ray.origin) / d, ((cell + 1.0) * BLOCK - ray.origin) / d);
    leave = min(t.x, min(t.y, t.z));
    return texelFetch(u_blocks, ivec3(cell), 0).r;
}

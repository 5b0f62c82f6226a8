// SPDX-License-Identifier: GPL-3.0-or-later
// Puts layers of surfaces over atoms, where no volume is drawn among them.
// In: v_uv, 0 to 1 over the picture. Uniforms: u_colors, premultiplied sRGB, and u_depths of the
// layers, nearest first; u_atoms, depth of the atoms; u_n, number of layers; u_map, eye z of depth
// d is x - y * d in the layers and z - w * d in the atoms, w 0: there are none. Out: premultiplied sRGB.
in vec2 v_uv;
uniform sampler2DArray u_colors;
uniform sampler2DArray u_depths;
uniform sampler2D u_atoms;
uniform int u_n;
uniform vec4 u_map;
layout(location = 0) out vec4 o_color;

// Eye z of the atoms in four parts of the pixel.
vec4 find_atoms()
{
    if (u_map.w == 0.0)
        return vec4(-1e30);
    ivec2 size = textureSize(u_atoms, 0);
    vec2 part = 0.25 * fwidth(v_uv);
    vec4 z;
    for (int i = 0; i < 4; i++) {
        vec2 at = v_uv + part * vec2(float(i & 1) * 2.0 - 1.0, float(i & 2) - 1.0);
        float d = texelFetch(u_atoms, clamp(ivec2(at * vec2(size)), ivec2(0), size - 1), 0).r;
        z[i] = d < 1.0 ? u_map.z - u_map.w * d : -1e30;
    }
    return z;
}

void main()
{
    vec4 atoms = find_atoms(), clear = vec4(1.0);
    ivec2 size = textureSize(u_depths, 0).xy;
    ivec2 at = clamp(ivec2(v_uv * vec2(size)), ivec2(0), size - 1);
    vec3 sum = vec3(0.0);
    for (int i = 0; i < u_n; i++) {
        float d = texelFetch(u_depths, ivec3(at, i), 0).r;
        if (d >= 1.0)
            break;
        vec4 c = texture(u_colors, vec3(v_uv, float(i)));
        vec4 front = vec4(greaterThan(vec4(u_map.x - u_map.y * d), atoms));
        sum += c.rgb * dot(clear * front, vec4(0.25));
        clear *= 1.0 - c.a * front;
    }
    o_color = vec4(sum, 1.0 - dot(clear, vec4(0.25)));
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Puts the picture of the atoms over the target, and outlines what is selected.
// In: v_uv, 0 to 1 over the picture. Uniforms: u_picture, premultiplied sRGB; u_ids, ids with marks;
// u_outline, xy: one pixel of the target in units of v_uv, z: half width of the outline [pixel],
// 0: none; w: 1 looks into each of eight directions, 2 into each other one; u_depth; u_edges, x: width
// of lines where things end before others [pixel], 0: none; y: span of depths [Å]; z: step in depth
// at which a line begins [Å]; w: at which it is dark. Out: premultiplied sRGB.
in vec2 v_uv;
uniform sampler2D u_picture;
uniform usampler2D u_ids;
uniform sampler2D u_depth;
uniform vec4 u_outline;
uniform vec4 u_edges;
layout(location = 0) out vec4 o_color;

const uint SELECTED = 1u << 28;
const uint CURRENT = 1u << 29;

uint id_at(vec2 uv)
{
    ivec2 size = textureSize(u_ids, 0);
    return texelFetch(u_ids, clamp(ivec2(uv * vec2(size)), ivec2(0), size - 1), 0).r;
}

const vec2 AROUND[8] = vec2[8](vec2(1.0, 0.0), vec2(0.7071, 0.7071), vec2(0.0, 1.0),
    vec2(-0.7071, 0.7071), vec2(-1.0, 0.0), vec2(-0.7071, -0.7071), vec2(0.0, -1.0),
    vec2(0.7071, -0.7071));

// Depth so many samples from the middle of the pixel: whole numbers, the same for each tile.
float depth_at(ivec2 away)
{
    ivec2 size = textureSize(u_depth, 0);
    ivec2 middle = ivec2(gl_FragCoord.xy * round(vec2(size) * u_outline.xy));
    return texelFetch(u_depth, clamp(middle + away, ivec2(0), size - 1), 0).r;
}

// How dark the line is that things nearer than what is here have around them. Depths are looked at
// on two circles, half a pixel inside and outside the width.
float find_edge()
{
    const mat2 TURN = mat2(0.9239, 0.3827, -0.3827, 0.9239);
    vec2 samples = round(vec2(textureSize(u_depth, 0)) * u_outline.xy);
    float here = depth_at(ivec2(0)), sum = 0.0;
    for (int ring = 0; ring < 2; ring++) {
        float radius = max(u_edges.x + float(ring) - 0.5, 0.25), nearest = here;
        for (int i = 0; i < 8; i++) {
            vec2 towards = ring == 0 ? AROUND[i] : TURN * AROUND[i];
            nearest = min(nearest, depth_at(ivec2(floor(towards * radius * samples + 0.5))));
        }
        bool on_nothing = here >= 1.0 && nearest < 1.0;
        float between = (here - nearest) * u_edges.y;
        sum += on_nothing ? 1.0 : smoothstep(u_edges.z, u_edges.w, between);
    }
    return 0.5 * sum;
}

void main()
{
    vec4 c = texture(u_picture, v_uv);
    if (u_edges.x > 0.0)
        c = mix(c, vec4(0.0, 0.0, 0.0, 1.0), 0.88 * find_edge());
    if (u_outline.z > 0.0) {
        uint here = id_at(v_uv);
        float bright = 0.0, dark = 0.0;
        uint found = 0u;
        for (int i = 0; i < 8; i += int(u_outline.w)) {
            uint near = id_at(v_uv + AROUND[i] * u_outline.xy * u_outline.z);
            uint wide = id_at(v_uv + AROUND[i] * u_outline.xy * (u_outline.z + 1.2));
            uint other = near != here ? near & (SELECTED | CURRENT) : 0u;
            found |= other;
            bright += other != 0u ? 1.0 : 0.0;
            dark += wide != here && (wide & (SELECTED | CURRENT)) != 0u ? 1.0 : 0.0;
        }
        bool outside = (here & (SELECTED | CURRENT)) == 0u;
        float edge = clamp(bright, 0.0, 1.0), shade = outside ? 0.6 * clamp(dark, 0.0, 1.0) : 0.0;
        vec3 color = (found & CURRENT) != 0u ? vec3(1.0) : vec3(0.25, 1.0, 0.45);
        if ((here & SELECTED) != 0u)
            c.rgb = mix(c.rgb, vec3(0.25, 1.0, 0.45) * c.a, 0.22);
        c = mix(c, vec4(0.0, 0.0, 0.0, 1.0), shade);
        c = mix(c, vec4(color, 1.0), edge);
    }
    o_color = c;
}

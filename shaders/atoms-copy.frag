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

float depth_at(ivec2 at)
{
    return texelFetch(u_depth, clamp(at, ivec2(0), textureSize(u_depth, 0) - 1), 0).r;
}

// How dark the line is that things nearer than what is at a sample have around them. Depths are
// looked at on two circles, half a pixel inside and outside the width, in some of eight directions.
float find_edge_at(ivec2 at, float samples, int first, int stride)
{
    const mat2 TURN = mat2(0.9239, 0.3827, -0.3827, 0.9239);
    float here = depth_at(at), sum = 0.0;
    for (int ring = 0; ring < 2; ring++) {
        float radius = max(u_edges.x + float(ring) - 0.5, 0.25) * samples, nearest = here;
        for (int i = first; i < 8; i += stride) {
            vec2 towards = ring == 0 ? AROUND[i] : TURN * AROUND[i];
            nearest = min(nearest, depth_at(at + ivec2(floor(towards * radius + 0.5))));
        }
        bool on_nothing = here >= 1.0 && nearest < 1.0;
        float between = (here - nearest) * u_edges.y;
        sum += on_nothing ? 1.0 : smoothstep(u_edges.z, u_edges.w, between);
    }
    return 0.5 * sum;
}

// Of all samples of the pixel. Whole numbers count them, the same for each tile.
float find_edge()
{
    float samples = round(float(textureSize(u_depth, 0).x) * u_outline.x);
    ivec2 begin = ivec2(floor(gl_FragCoord.xy) * samples);
    if (samples < 1.5)
        return find_edge_at(begin, samples, 0, 1);
    float sum = 0.0;
    for (int i = 0; i < 4; i++)
        sum += find_edge_at(begin + ivec2(i & 1, i >> 1), samples, i & 1, 2);
    return 0.25 * sum;
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

// SPDX-License-Identifier: GPL-3.0-or-later
// Rays, light and outputs of the atom pass. Needs the Atoms block. After: common/shadow.
layout(location = 0) out vec4 o_color; // sRGB, premultiplied
layout(location = 1) out uint o_id;    // id, and marks from bit 28 on

struct Ray {
    vec3 origin;    // eye space
    vec3 direction; // unit length
};

// The ray of a sample, from what is the same for each tile.
Ray make_ray(vec2 fragment)
{
    vec2 at = (fragment + tile.xy - picture.xy) * picture.z;
    if (picture.w > 0.0)
        return Ray(vec3(0.0, 0.0, picture.w), normalize(vec3(at, -picture.w)));
    return Ray(vec3(at, 0.0), vec3(0.0, 0.0, -1.0));
}

// Cuts the part from enter to leave of a ray to the kept side of the clip plane. Returns whether it
// now enters through the plane.
bool clip_part(Ray ray, inout float enter, inout float leave)
{
    float along = dot(clip.xyz, ray.direction);
    float left = clip.w - dot(clip.xyz, ray.origin);
    if (along > 1e-7)
        leave = min(leave, left / along);
    else if (along < -1e-7) {
        if (left / along > enter) {
            enter = left / along;
            return true;
        }
    }
    else if (left < 0.0)
        leave = enter - 1.0;
    return false;
}

void write_depth(float z)
{
#ifndef FLAT
    gl_FragDepth = clamp((depth.x - z) * depth.y, 0.0, 1.0);
#endif
}

vec3 fade(vec3 color, float z)
{
    float x = clamp((cue.x - z) * cue.y, 0.0, 1.0);
    return mix(color, background.rgb, background.w * x * x * (3.0 - 2.0 * x));
}

// Light on a surface of colour base (linear) with unit normal n; v: towards the viewer; visibility:
// how open it is to the sky, as in LacSphere; p: the point. All in eye space. Returns sRGB, of
// which a square root stands for the exact curve: this runs on processors too.
vec3 light(vec3 base, vec3 n, vec3 v, vec4 visibility, vec3 p)
{
    const vec3 KEY = vec3(-0.4503, 0.6004, 0.6605);
    const vec3 FILL = vec3(0.7751, -0.3876, 0.4990);
    float open = mix(1.0, clamp(visibility.w + dot(visibility.xyz, n), 0.0, 1.0), depth.z);
    // With shadows the openness need not stand for them in the direct light.
    float share = shadow_share(), facing = dot(n, KEY), lamp = lamp_at(p, n, facing);
    float key = max(mix(0.82, 0.97, share) * facing + mix(0.18, 0.03, share), 0.0);
    float fill = max(dot(n, FILL), 0.0);
    vec3 h = KEY + v;
    float toward = max(dot(n, h), 0.0);
    float gloss = toward * toward / dot(h, h); // cosine to the power 2, then 8, 16, 48
    gloss *= gloss;
    gloss *= gloss;
    gloss *= gloss;
    gloss *= gloss * gloss;
    vec3 ambient = mix(vec3(0.26, 0.25, 0.27), vec3(0.40, 0.42, 0.45), 0.5 + 0.5 * n.y) * open;
    float dim = mix(0.35, 0.75, share);
    vec3 direct = (mix(0.80, 0.88, share) * key * lamp + 0.10 * fill) * (dim + (1.0 - dim) * open) *
        vec3(1.0, 0.985, 0.96);
    vec3 c = base * (ambient + direct) + vec3(0.16 * gloss * open * lamp);
    return fade(sqrt(min(c, 1.0)), p.z);
}

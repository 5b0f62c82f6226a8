// SPDX-License-Identifier: GPL-3.0-or-later
// Two soft lights that stay with the viewer. Needs the Frame block.

// A surface of colour base (sRGB) with unit normal n, seen along d at distance t. Returns sRGB.
vec3 lit_surface(vec3 base, vec3 n, vec3 d, float t)
{
    vec3 v = -d;
    n = dot(n, v) < 0.0 ? -n : n;
    float key = 0.5 * dot(n, key_light.xyz) + 0.5; // wraps round, so that nothing is black
    float fill = max(dot(n, fill_light.xyz), 0.0);
    float facing = max(dot(n, v), 0.0);
    vec3 linear = pow(base, vec3(2.2));
    vec3 h = normalize(key_light.xyz + v);
    float gloss = pow(max(dot(n, h), 0.0), 36.0);
    vec3 light = vec3(0.06 + 0.92 * key * key) + 0.10 * fill * vec3(0.75, 0.85, 1.0);
    vec3 c = linear * light * (0.35 + 0.65 * facing) + vec3(0.10 * gloss);
    // What is far is darker: so one sees which atom is in front.
    c *= 1.2 - 0.7 * clamp((t - key_light.w) * fill_light.w, 0.0, 1.0);
    return pow(clamp(c, 0.0, 1.0), vec3(1.0 / 2.2));
}

float brightness(float towards_key)
{
    float key = 0.5 * towards_key + 0.5;
    return 0.42 + 0.95 * key * key;
}

// Brightness of a bit of volume with gradient g: as a surface where the values change fast,
// unlit where they do not.
float lit_volume(vec3 g)
{
    float size = length(g);
    if (size < 1e-5)
        return 1.0;
    float light = brightness(dot(-g / size, key_light.xyz));
    return mix(1.0, light, smoothstep(0.0, 0.04, size * march.w));
}

// About the same from the change of value towards the light alone, as if each surface were as steep
// as that of an atom.
float quickly_lit_volume(float change)
{
    return brightness(clamp(change * march.w * 7.0, -1.0, 1.0));
}

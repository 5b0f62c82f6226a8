// SPDX-License-Identifier: GPL-3.0-or-later
// Layers of surfaces along the ray of a volume. Needs the Frame block. Does nothing without LAYERS.
#ifdef LAYERS
uniform sampler2DArray u_layer_colors; // premultiplied sRGB, nearest first
uniform sampler2DArray u_layer_depths; // 1 where there are no more

int layer_next;    // the next one along the ray
float layer_at;    // where that is [texel]

void find_layer(Ray ray)
{
    layer_at = 1e30;
    if (layer_next >= int(layers.x))
        return;
    ivec2 at = ivec2(gl_FragCoord.xy * layer_scale.xy);
    float d = texelFetch(u_layer_depths, ivec3(at, layer_next), 0).r;
    if (d < 1.0)
        layer_at = (layers.y + layers.z * d) / dot(ray.direction, forward.xyz);
}

// Adds what lies before t.
void pass_layers(Ray ray, float t, inout vec4 sum)
{
    while (layer_at <= t) {
        ivec2 at = ivec2(gl_FragCoord.xy * layer_scale.xy);
        sum += (1.0 - sum.a) * texelFetch(u_layer_colors, ivec3(at, layer_next), 0);
        layer_next++;
        find_layer(ray);
    }
}
#else
void pass_layers(Ray ray, float t, inout vec4 sum)
{
}
#endif

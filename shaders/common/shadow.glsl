// SPDX-License-Identifier: GPL-3.0-or-later
// How much of the lamp is seen from a point. Mirrored by Block in ui/render/shadow-maps.c (std140).
// Needs the Atoms block. Each of the maps is a depth as one point of the lamp sees it. Variant: SHADOW; without it all of
// the lamp is seen.
#ifdef SHADOW
const int N_LAMPS = 8; // LAC_SHADOW_N

layout(std140) uniform Shadows {
    mat4 to_map[N_LAMPS]; // eye space to the map: x, y and depth from 0 to 1
    vec4 shadow;          // x: how dark, 0 to 1; y: distance off the surface [Å]; z: width over
                          // which samples of a map are spread, 1: all of the map
};
uniform sampler2DArrayShadow u_shadows;

// The share of the key light that reaches a point of a surface with unit normal n, in eye space; facing: n times the
// direction of the light. What is turned away has no light to lose. The outer points of the lamp come first: where they
// agree, the inner ones do.
float lamp_at(vec3 p, vec3 n, float facing)
{
    if (facing < -0.2)
        return 1.0 - shadow.x;
    // The four samples of a pixel look at four places, which hides that the lamp has few points.
    vec2 spread = (mod(floor(gl_FragCoord.xy + tile.xy), 2.0) - 0.5) * 0.5 * shadow.z;
    float seen = 0.0;
    vec4 at = vec4(p + shadow.y * n, 1.0);
    for (int i = N_LAMPS / 2; i < N_LAMPS; i++) {
        vec3 m = (to_map[i] * at).xyz;
        seen += texture(u_shadows, vec4(m.xy + spread, float(i), m.z));
    }
    if (seen < 1e-3 || seen > float(N_LAMPS / 2) - 1e-3)
        return 1.0 - shadow.x * (1.0 - seen / float(N_LAMPS / 2));
    for (int i = 0; i < N_LAMPS / 2; i++) {
        vec3 m = (to_map[i] * at).xyz;
        seen += texture(u_shadows, vec4(m.xy + spread, float(i), m.z));
    }
    return 1.0 - shadow.x * (1.0 - seen / float(N_LAMPS));
}

float shadow_share()
{
    return shadow.x;
}
#else
float lamp_at(vec3 p, vec3 n, float facing)
{
    return 1.0;
}

float shadow_share()
{
    return 0.0;
}
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
// One layer of translucent surfaces: of what lies behind the layer before, the nearest.
// After: common/atoms, common/shadow, common/atoms-light. In: varyings of mesh.vert. Uniforms: u_before, depth of
// the layer before; u_style, x: opacity, y: 1 for the surface that stands out, z: whether there is
// a layer before. Out: premultiplied sRGB; the depth is that of the surface.
in vec3 v_position;
in vec3 v_normal;
in vec3 v_color;
flat in vec4 v_back;
uniform sampler2D u_before;
uniform vec4 u_style;

void main()
{
    if (u_style.z > 0.0 && gl_FragCoord.z <= texelFetch(u_before, ivec2(gl_FragCoord.xy), 0).r)
        discard;
    if (dot(clip.xyz, v_position) > clip.w)
        discard;
    vec3 v = towards_viewer(v_position);
    vec3 n = normalize(v_normal);
    float facing = dot(n, v);
    vec3 back = v_back.w > 0.0 ? v_back.rgb : 0.72 * v_color; // the inside of what is cut open
    vec3 base = facing < 0.0 ? back : v_color;
    n = facing < 0.0 ? -n : n;
    base = mix(base, vec3(0.06, 1.0, 0.20), 0.45 * u_style.y);
    vec3 c = light(base, n, v, vec4(0.0, 0.0, 0.0, 0.92), v_position);
    // A thin sheet that is seen along hides more.
    float a = 1.0 - pow(1.0 - u_style.x, 1.0 / max(abs(facing), 0.22));
    o_color = vec4(c * a, a);
    o_id = 0u;
}

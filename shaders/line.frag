// SPDX-License-Identifier: GPL-3.0-or-later
// Covers the pixels of a line whose width goes evenly from one end to the other.
// In: gl_FragCoord, flat varyings of line.vert. Uniform: u_view as there. The distance comes from
// picture pixels, so that tiles agree to the last bit. Out: premultiplied sRGB.
flat in vec4 v_ends;
flat in vec2 v_widths;
flat in vec4 v_color;
uniform vec4 u_view;
layout(location = 0) out vec4 o_color;

void main()
{
    vec2 p = gl_FragCoord.xy + u_view.xy - v_ends.xy;
    vec2 axis = v_ends.zw - v_ends.xy;
    float along = clamp(dot(p, axis) / max(dot(axis, axis), 1e-6), 0.0, 1.0);
    float outside = length(p - along * axis) - mix(v_widths.x, v_widths.y, along);
    o_color = v_color * clamp(0.5 - outside, 0.0, 1.0);
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Lines and arrow heads of the overlay, as quads made by the caller.
// In: picture pixels from the lower left. Uniform: u_view, xy: offset of the tile, zw: 2 / its size.
// Out: flat ends, half widths and colour of the line, for line.frag.
layout(location = 0) in vec2 a_position;
layout(location = 1) in vec4 a_ends;   // xy, zw: both ends
layout(location = 2) in vec2 a_widths; // half widths at both ends
layout(location = 3) in vec4 a_color;  // sRGB, premultiplied
uniform vec4 u_view;
flat out vec4 v_ends;
flat out vec2 v_widths;
flat out vec4 v_color;

void main()
{
    v_ends = a_ends;
    v_widths = a_widths;
    v_color = a_color;
    gl_Position = vec4((a_position - u_view.xy) * u_view.zw - 1.0, 0.0, 1.0);
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Puts a picture over the target, or over a plain background without reading the target.
// In: v_uv, 0 to 1 over the picture. Uniforms: u_picture, premultiplied sRGB; u_background, the same,
// zero where the caller blends. Out: premultiplied sRGB.
in vec2 v_uv;
uniform sampler2D u_picture;
uniform vec4 u_background;
layout(location = 0) out vec4 o_color;

void main()
{
    vec4 c = texture(u_picture, v_uv);
    o_color = c + (1.0 - c.a) * u_background;
}

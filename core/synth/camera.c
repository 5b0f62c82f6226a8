// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/synth/camera.h"

#include "core/data/elements.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "core/vec.h"

#include <math.h>
#include <string.h>

#define LEAST_CURRENT  0.1  // of the usual one
#define REACH          5.5  // [sigma] a Gaussian ends here, at 3e-7 of its peak
#define MARGIN         4.0  // [sigma] of the frame around the particle
#define MIN_WIDTH      0.4  // [pixel] a narrower Gaussian is not sampled well
#define REFERENCE      40.0 // atomic number whose weight is 1
#define CARBON_DENSITY 0.1  // [1/Å^3]
#define MAX_FILM       4e6  // atoms of a film
#define BATCH          16   // images between two looks at the progress
#define PLANES         4    // per task of a volume
#define MAX_SIZE       8192
#define MAX_TILTS      10000

// Each use of random numbers has a stream of its own.
enum {
    STREAM_SHIFTS = 101,
    STREAM_ANGLES,
    STREAM_NOISE,
    STREAM_READ,
    STREAM_JITTER,
    STREAM_FOCUS,
    STREAM_SLOPE,
    STREAM_FILM,
    STREAM_DRIFT,
};

static const char *const backgrounds[] = { "none", "constant", "slope", "film", NULL };

#define AT(member) G_STRUCT_OFFSET(LacCameraParams, member)

static const LacSetting settings[] = {
    { "size", "Size of the images", "pixel", "0: what the particle needs", LAC_SETTING_UINT, 0,
        MAX_SIZE, AT(size), NULL },
    { "pixel-size", "Pixel", "Å", "Edge of a pixel", LAC_SETTING_DOUBLE, 0.05, 5, AT(pixel_size),
        NULL },
    { "tilts", "Projections", NULL, "Number of images", LAC_SETTING_UINT, 1, MAX_TILTS, AT(n_tilts),
        NULL },
    { "max-tilt", "Largest tilt", "deg", "What lies beyond is the missing wedge",
        LAC_SETTING_DOUBLE, 0, 90, AT(max_tilt), NULL },
    { "angles", "Table of angles", NULL, "Instead of equal steps: one or three columns",
        LAC_SETTING_TEXT, 0, 0, AT(angle_file), NULL },
    { "contrast", "Contrast", NULL, "Power of the atomic number", LAC_SETTING_DOUBLE, 0, 3,
        AT(contrast), NULL },
    { "probe", "Probe", "Å", "Gaussian width of the beam", LAC_SETTING_DOUBLE, 0.05, 5, AT(probe),
        NULL },
    { "thermal", "Thermal vibration", "Å", "Root mean square along each axis", LAC_SETTING_DOUBLE,
        0, 1, AT(thermal), NULL },
    { "thermal-species", "Of species", "Å", "Where it differs, such as Zr=0.08,O=0.1",
        LAC_SETTING_TEXT, 0, 0, AT(thermal_species), NULL },
    { "convergence", "Convergence", "mrad", "Half the opening of the beam; 0: all is in focus",
        LAC_SETTING_DOUBLE, 0, 100, AT(convergence), NULL },
    { "defocus-spread", "Spread of the focus", "Å", "Root mean square from image to image",
        LAC_SETTING_DOUBLE, 0, 1000, AT(defocus_spread), NULL },
    { "dose", "Dose of the series", "e/Å²", "Spread evenly over the images; 0: no noise",
        LAC_SETTING_DOUBLE, 0, 1e12, AT(dose), NULL },
    { "cross-section", "Cross section", "Å²", "Of a Zr atom, into the detector", LAC_SETTING_DOUBLE,
        1e-6, 1, AT(cross_section), NULL },
    { "read-noise", "Noise of the detector", "e", "Root mean square per pixel", LAC_SETTING_DOUBLE,
        0, 1e4, AT(read_noise), NULL },
    { "drift", "Drift of the beam", "%", "Root mean square of its current from image to image",
        LAC_SETTING_DOUBLE, 0, 50, AT(drift), NULL },
    { "jitter", "Scan jitter", "pixel", "Root mean square displacement of a row",
        LAC_SETTING_DOUBLE, 0, 5, AT(jitter), NULL },
    { "background", "Background", NULL, "None, constant, a slope, or a carbon film",
        LAC_SETTING_CHOICE, 0, 0, AT(background), backgrounds },
    { "background-level", "Level of the background", "%", "Of the dose", LAC_SETTING_DOUBLE, 0, 100,
        AT(background_level), NULL },
    { "film-thickness", "Thickness of the film", "Å", "Of amorphous carbon", LAC_SETTING_DOUBLE, 0,
        500, AT(film_thickness), NULL },
    { "shift", "Shifts of the images", "pixel", "Root mean square along each axis",
        LAC_SETTING_DOUBLE, 0, 100, AT(shift), NULL },
    { "tilt-error", "Errors of the tilts", "deg", "Root mean square of theta", LAC_SETTING_DOUBLE,
        0, 10, AT(tilt_error), NULL },
    { "axis-error", "Errors of the tilt axis", "deg", "Root mean square of phi and psi",
        LAC_SETTING_DOUBLE, 0, 10, AT(axis_error), NULL },
    { "image-seed", "Seed of the images", NULL, "Of noise, shifts and errors", LAC_SETTING_UINT64,
        0, 0x1p63, AT(seed), NULL },
};

/**
 * lac_camera_settings:
 *
 * Returns: the table of LacCameraParams
 */
LacSettings
lac_camera_settings(void)
{
    return (LacSettings){ settings, G_N_ELEMENTS(settings) };
}

/**
 * lac_camera_params_init:
 * @params: (out caller-allocates): receives the defaults; lac_camera_params_clear() when done
 *
 * 51 tilts over ±72° in pixels of 0.35 Å, 4e5 electrons/Å^2 in all, with the shifts, errors and
 * background of raw images.
 */
void
lac_camera_params_init(LacCameraParams *params)
{
    *params = (LacCameraParams){
        .pixel_size = 0.35,
        .n_tilts = 51,
        .max_tilt = 72.0,
        .contrast = 1.7,
        .probe = 0.493,
        .thermal = 0.085,
        .dose = 4e5,
        .cross_section = 0.004,
        .background = LAC_CAMERA_CONSTANT,
        .background_level = 0.2,
        .film_thickness = 50.0,
        .shift = 1.2,
        .tilt_error = 0.3,
        .axis_error = 0.15,
        .seed = 7,
    };
}

/**
 * lac_camera_params_copy:
 * @params: what to copy
 * @copy: (out caller-allocates): receives it; lac_camera_params_clear() when done
 */
void
lac_camera_params_copy(const LacCameraParams *params, LacCameraParams *copy)
{
    *copy = *params;
    lac_settings_copy(lac_camera_settings(), params, copy);
}

/**
 * lac_camera_params_clear:
 * @params: parameters; their texts are freed
 */
void
lac_camera_params_clear(LacCameraParams *params)
{
    lac_settings_clear(lac_camera_settings(), params);
}

// One kind of atom in the images.
typedef struct {
    double weight; // over that of REFERENCE
    double sigma;  // [Å] of probe and vibration together
} Kind;

// The atoms of one list and their kinds.
typedef struct {
    const LacAtoms *atoms;
    Kind *kinds; // per species
} Part;

typedef struct {
    const LacCameraParams *params;
    Part parts[2];
    LacSeries *series;
    LacVolume *volume;
    const LacAngles *angles; // true ones
    const LacShift *shifts;
    gsize first, size;
    double scale;  // electrons per unit of weight
    double radius; // [Å] of the particle
    gsize n_film;
    double film_edges[3]; // [Å]
} Camera;

static double
thermal_of(const LacCameraParams *params, const char *symbol)
{
    if (params->thermal_species == NULL)
        return params->thermal;
    g_auto(GStrv) items = g_strsplit(params->thermal_species, ",", -1);
    for (char **item = items; *item != NULL; item++) {
        char *equals = strchr(*item, '=');
        *equals = '\0';
        if (g_str_equal(g_strstrip(*item), symbol))
            return g_ascii_strtod(equals + 1, NULL);
    }
    return params->thermal;
}

static gboolean
check_thermal(const LacCameraParams *params, GError **error)
{
    g_auto(GStrv) items =
        g_strsplit(params->thermal_species != NULL ? params->thermal_species : "", ",", -1);
    for (char **item = items; *item != NULL; item++) {
        g_auto(GStrv) words = g_strsplit(*item, "=", -1);
        double width;
        char *end = NULL;
        gboolean is_good =
            g_strv_length(words) == 2 && lac_element_from_symbol(g_strstrip(words[0])) != 0;
        width = is_good ? g_ascii_strtod(words[1], &end) : 0.0;
        if (is_good && end != words[1] && *g_strchug(end) == '\0' && width >= 0.0 && width <= 1.0)
            continue;
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "thermal-species \"%s\" is not like Zr=0.08 with a width of 0 to 1 Å", *item);
        return FALSE;
    }
    return TRUE;
}

static Kind
kind_of(const LacCameraParams *params, const char *symbol)
{
    guint number = lac_element_from_symbol(symbol);
    double u = thermal_of(params, symbol);
    return (Kind){
        .weight = pow((number > 0 ? number : REFERENCE) / REFERENCE, params->contrast),
        .sigma = hypot(params->probe, u),
    };
}

static void
init_part(Part *part, const LacAtoms *atoms, const LacCameraParams *params)
{
    part->atoms = atoms;
    if (atoms == NULL)
        return;
    guint n = g_strv_length(atoms->species_names);
    part->kinds = g_new0(Kind, MAX(n, 1));
    part->kinds[0] = kind_of(params, "");
    for (guint s = 0; s < n; s++)
        part->kinds[s] = kind_of(params, atoms->species_names[s]);
}

static void
clear_camera(Camera *self)
{
    for (guint p = 0; p < G_N_ELEMENTS(self->parts); p++)
        g_clear_pointer(&self->parts[p].kinds, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Camera, clear_camera)

static guint64
stream(const LacCameraParams *params, guint which)
{
    return lac_rng_bits(params->seed, which);
}

// A Gaussian of peak 1 sampled on the points [begin, begin + n) of a line of @size points.
typedef struct {
    gsize begin, n;
    float *values;
} Line;

static void
sample_line(Line *line, gsize low, gsize high, double centre, double sigma)
{
    double begin = MAX(ceil(centre - REACH * sigma), (double) low);
    double end = MIN(floor(centre + REACH * sigma) + 1.0, (double) high);
    line->n = end > begin ? (gsize) (end - begin) : 0;
    line->begin = line->n > 0 ? (gsize) begin : low;
    for (gsize i = 0; i < line->n; i++) {
        double d = ((double) (line->begin + i) - centre) / sigma;
        line->values[i] = (float) exp(-0.5 * d * d);
    }
}

static void
add_plane(float *plane, gsize width, const Line *slow, const Line *fast, float peak)
{
    for (gsize j = 0; j < slow->n; j++) {
        float *restrict row = plane + (slow->begin + j) * width + fast->begin;
        const float *restrict values = fast->values;
        float factor = peak * slow->values[j];
        for (gsize i = 0; i < fast->n; i++)
            row[i] += factor * values[i];
    }
}

// What one image is made of.
typedef struct {
    const Camera *camera;
    gsize k;
    LacMat3 rotation;
    LacShift shift;
    double focus; // [Å] height that is sharp
    double *rows; // (nullable) [pixel] displacement of each row
    float *image;
    Line u, v;
} Exposure;

// With jitter every row has its own centre.
static void
add_rows(Exposure *self, double u, double sigma, float peak)
{
    gsize n = self->camera->size;
    for (gsize j = 0; j < self->v.n; j++) {
        gsize row = self->v.begin + j;
        Line one = { row, 1, self->v.values + j };
        sample_line(&self->u, 0, n, u + self->rows[row], sigma);
        add_plane(self->image, n, &one, &self->u, peak);
    }
}

static void
add_atom(Exposure *self, LacVec3 r, const Kind *kind)
{
    const LacCameraParams *params = self->camera->params;
    gsize n = self->camera->size;
    LacVec3 uvw = lac_mat3_apply(&self->rotation, r);
    // A beam of half angle alpha is a disc of radius alpha w where it is out of focus by w.
    double blur = 0.5e-3 * params->convergence * (uvw.z - self->focus);
    double sigma = hypot(kind->sigma, blur) / params->pixel_size;
    double u = uvw.x / params->pixel_size + (double) (n / 2) + self->shift.du;
    double v = uvw.y / params->pixel_size + (double) (n / 2) + self->shift.dv;
    float peak = (float) (self->camera->scale * kind->weight / (2.0 * G_PI * sigma * sigma));
    sample_line(&self->v, 0, n, v, sigma);
    if (self->v.n == 0)
        return;
    if (self->rows != NULL) {
        add_rows(self, u, sigma, peak);
        return;
    }
    sample_line(&self->u, 0, n, u, sigma);
    add_plane(self->image, n, &self->v, &self->u, peak);
}

// A slab under the particle that turns with it.
static void
add_film(Exposure *self)
{
    const Camera *camera = self->camera;
    guint64 seed = stream(camera->params, STREAM_FILM);
    Kind carbon = kind_of(camera->params, "C");
    const double *edges = camera->film_edges;
    for (gsize i = 0; i < camera->n_film; i++) {
        LacVec3 r = { edges[0] * (lac_rng_uniform(seed, 3 * i) - 0.5),
            edges[1] * (lac_rng_uniform(seed, 3 * i + 1) - 0.5),
            -camera->radius - edges[2] * lac_rng_uniform(seed, 3 * i + 2) };
        add_atom(self, r, &carbon);
    }
}

static void
add_background(Exposure *self)
{
    const LacCameraParams *params = self->camera->params;
    gsize n = self->camera->size;
    double area = params->pixel_size * params->pixel_size;
    double level =
        params->background_level / 100.0 * area * self->camera->scale / params->cross_section;
    guint64 seed = stream(params, STREAM_SLOPE);
    double turn = 2.0 * G_PI * lac_rng_uniform(seed, self->k), slope = 0.0;
    if (params->background == LAC_CAMERA_NO_BACKGROUND || params->background == LAC_CAMERA_FILM)
        return;
    if (params->background == LAC_CAMERA_SLOPE)
        slope = 1.0 / (double) n;
    for (gsize j = 0; j < n; j++)
        for (gsize i = 0; i < n; i++) {
            double along = ((double) i - 0.5 * (double) n) * cos(turn) +
                ((double) j - 0.5 * (double) n) * sin(turn);
            self->image[j * n + i] += (float) (level * (1.0 + slope * along));
        }
}

// Everything that is seen goes with the current of the beam.
static void
scale_by_current(const Exposure *self)
{
    const LacCameraParams *params = self->camera->params;
    const gsize n = self->camera->size * self->camera->size;
    if (!(params->drift > 0.0))
        return;
    double drift = 0.01 * params->drift * lac_rng_normal(stream(params, STREAM_DRIFT), self->k);
    const float current = (float) fmax(LEAST_CURRENT, 1.0 + drift);
    for (gsize i = 0; i < n; i++)
        self->image[i] *= current;
}

static void
expose(const Camera *camera, gsize k, Line u, Line v, double *rows)
{
    const LacCameraParams *params = camera->params;
    const LacAngles *angles = &camera->angles[k];
    gsize n = camera->size;
    Exposure self = { .camera = camera,
        .k = k,
        .rotation = lac_rotation_from_euler_deg(angles->phi, angles->theta, angles->psi),
        .shift = camera->shifts[k],
        .focus = params->defocus_spread * lac_rng_normal(stream(params, STREAM_FOCUS), k),
        .rows = params->jitter > 0.0 ? rows : NULL,
        .image = camera->series->data + k * n * n,
        .u = u,
        .v = v };
    for (gsize j = 0; j < n && self.rows != NULL; j++)
        rows[j] = params->jitter * lac_rng_normal(stream(params, STREAM_JITTER), k * n + j);
    for (guint p = 0; p < G_N_ELEMENTS(camera->parts); p++) {
        const LacAtoms *atoms = camera->parts[p].atoms;
        for (gsize a = 0; atoms != NULL && a < atoms->n; a++)
            add_atom(&self, (LacVec3){ atoms->x[a], atoms->y[a], atoms->z[a] },
                &camera->parts[p].kinds[atoms->species[a]]);
    }
    add_film(&self);
    add_background(&self);
    scale_by_current(&self);
}

static void
expose_images(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const Camera *self = data;
    g_autofree float *u = g_new(float, self->size);
    g_autofree float *v = g_new(float, self->size);
    g_autofree double *rows = g_new(double, self->size);
    for (gsize k = self->first + begin; k < self->first + end; k++)
        expose(self, k, (Line){ .values = u }, (Line){ .values = v }, rows);
}

static void
add_noise(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const Camera *self = data;
    const LacCameraParams *params = self->params;
    guint64 noise = stream(params, STREAM_NOISE), read = stream(params, STREAM_READ);
    float *values = self->series->data;
    for (gsize i = begin; i < end; i++) {
        double counts = lac_rng_poisson(noise, i, (double) values[i]);
        if (params->read_noise > 0.0)
            counts += params->read_noise * lac_rng_normal(read, i);
        values[i] = (float) counts;
    }
}

static double
widest(const Camera *self)
{
    double sigma = hypot(self->params->probe, self->params->thermal);
    for (guint p = 0; p < G_N_ELEMENTS(self->parts); p++)
        for (guint s = 0;
             self->parts[p].atoms != NULL && self->parts[p].atoms->species_names[s] != NULL; s++)
            sigma = MAX(sigma, self->parts[p].kinds[s].sigma);
    return sigma;
}

// The frame that was asked for, if the particle fits, or the one that it needs.
static gboolean
choose_size(Camera *self, GError **error)
{
    const LacCameraParams *params = self->params;
    double reach = (self->radius + MARGIN * widest(self)) / params->pixel_size;
    double needed = 2.0 * ceil(reach + 3.0 * params->shift + 1.0);
    self->size = params->size;
    if (params->size == 0 && needed <= MAX_SIZE)
        self->size = (gsize) needed;
    else if (params->size == 0 || (double) (params->size / 2) < reach + 1.0) {
        g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
            "A particle %.0f Å wide does not fit images of %u pixels of %g Å, but of %.0f pixels",
            2.0 * self->radius, params->size > 0 ? params->size : MAX_SIZE, params->pixel_size,
            needed);
        return FALSE;
    }
    return TRUE;
}

// Large enough to be behind the frame at the largest tilt, but not more than four times as large.
static gboolean
plan_film(Camera *self, const LacAngles *angles, gsize n, GError **error)
{
    const LacCameraParams *params = self->params;
    if (params->background != LAC_CAMERA_FILM)
        return TRUE;
    double frame = (double) self->size * params->pixel_size, least = 1.0;
    for (gsize k = 0; k < n; k++)
        least = MIN(least, fabs(cos(angles[k].theta * G_PI / 180.0)));
    double depth = self->radius + params->film_thickness;
    self->film_edges[0] = (frame + 2.0 * depth) / MAX(least, 0.25);
    self->film_edges[1] = 1.2 * frame;
    self->film_edges[2] = params->film_thickness;
    double atoms = CARBON_DENSITY * self->film_edges[0] * self->film_edges[1] * self->film_edges[2];
    self->n_film = (gsize) MIN(atoms, MAX_FILM);
    if (atoms <= MAX_FILM)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "A film of %g Å under images of %" G_GSIZE_FORMAT " pixels has more than %.0f atoms",
        params->film_thickness, self->size, MAX_FILM);
    return FALSE;
}

static gboolean
init_camera(Camera *self, const LacTruth *truth, const LacCameraParams *params, GError **error)
{
    if (!lac_settings_check(lac_camera_settings(), params, error) || !check_thermal(params, error))
        return FALSE;
    self->params = params;
    self->radius = lac_truth_get_radius(truth);
    init_part(&self->parts[0], truth->atoms, params);
    init_part(&self->parts[1], truth->faint, params);
    if (params->probe / params->pixel_size >= MIN_WIDTH)
        return TRUE;
    g_set_error(error, LAC_ERROR, LAC_ERROR_ARGUMENT,
        "A probe of %g Å is too narrow for pixels of %g Å, which need %g Å", params->probe,
        params->pixel_size, MIN_WIDTH * params->pixel_size);
    return FALSE;
}

static LacAngles *
nominal_angles(const LacCameraParams *params, LacCameraAngles given, gsize *n)
{
    if (given.n > 0) {
        *n = given.n;
        return g_memdup2(given.angles, given.n * sizeof *given.angles);
    }
    *n = params->n_tilts;
    LacAngles *angles = g_new0(LacAngles, *n);
    for (gsize k = 0; k<*n && * n> 1; k++)
        angles[k].theta = params->max_tilt * (2.0 * (double) k / (double) (*n - 1) - 1.0);
    return angles;
}

static void
disturb(const LacCameraParams *params, const LacAngles *nominal, gsize n, LacAngles *angles,
    LacShift *shifts)
{
    guint64 a = stream(params, STREAM_ANGLES), s = stream(params, STREAM_SHIFTS);
    for (gsize k = 0; k < n; k++) {
        angles[k] = nominal[k];
        angles[k].phi += params->axis_error * lac_rng_normal(a, 3 * k);
        angles[k].theta += params->tilt_error * lac_rng_normal(a, 3 * k + 1);
        angles[k].psi += params->axis_error * lac_rng_normal(a, 3 * k + 2);
        shifts[k].du = params->shift * lac_rng_normal(s, 2 * k);
        shifts[k].dv = params->shift * lac_rng_normal(s, 2 * k + 1);
    }
}

static double
electrons_per_weight(const LacCameraParams *params, gsize n)
{
    return params->dose > 0.0 ? params->cross_section * params->dose / (double) n : 1.0;
}

/**
 * lac_camera_take:
 * @truth: the particle
 * @params: how the images are taken
 * @angles: nominal angles, or n 0 for those of @params
 * @known: (out) (optional): @truth with the true angles and shifts of the images
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Draws every atom at its exact place as a Gaussian whose variance is that of the probe and of the
 * thermal vibration together, and whose sum over the image is, in electrons, its cross section
 * times the dose of the image. The cross section goes with a power of the atomic number (1.7:
 * doi:10.1016/0304-3991(91)90004-P). Pixels hold counts of a Poisson distribution, and their
 * expected values where the dose is 0, with 1 for the sum of a Zr atom.
 *
 * The images of the series are not shifted back and its angles are the nominal ones: it is what a
 * microscope would save. The same parameters give the same bits with any number of threads.
 *
 * Returns: (transfer full): a series (n, size, size), or %NULL with @error set
 */
LacSeries *
lac_camera_take(const LacTruth *truth, const LacCameraParams *params, LacCameraAngles angles,
    LacTruth **known, LacProgress *progress, GError **error)
{
    g_auto(Camera) self = { 0 };
    gsize n;
    if (!init_camera(&self, truth, params, error) || !choose_size(&self, error))
        return NULL;
    g_autofree LacAngles *nominal = nominal_angles(params, angles, &n);
    g_autofree LacAngles *really = g_new(LacAngles, n);
    g_autofree LacShift *shifts = g_new(LacShift, n);
    if (!plan_film(&self, nominal, n, error))
        return NULL;
    disturb(params, nominal, n, really, shifts);
    g_autoptr(LacSeries) series =
        lac_series_new(n, self.size, self.size, params->pixel_size, error);
    if (series == NULL)
        return NULL;
    memcpy(series->angles, nominal, n * sizeof *nominal);
    self.series = series;
    self.angles = really;
    self.shifts = shifts;
    self.scale = electrons_per_weight(params, n);
    lac_progress_message(progress, "Taking %" G_GSIZE_FORMAT " images", n);
    for (; self.first < n; self.first += BATCH) {
        if (!lac_progress_update(progress, (double) self.first / (double) n, error))
            return NULL;
        lac_parallel_for(MIN(BATCH, n - self.first), 1, expose_images, &self);
    }
    if (params->dose > 0.0)
        lac_parallel_for(n * self.size * self.size, 4096, add_noise, &self);
    if (known != NULL) {
        *known = lac_truth_copy(truth);
        lac_truth_set_images(*known, really, shifts, n);
    }
    return g_steal_pointer(&series);
}

static void
draw_planes(gsize begin, gsize end, guint worker, gpointer data)
{
    (void) worker;
    const Camera *self = data;
    gsize n = self->size;
    g_autofree float *values = g_new(float, 3 * n);
    Line x = { .values = values }, y = { .values = values + n }, z = { .values = values + 2 * n };
    double pixel = self->params->pixel_size, centre = (double) (n / 2);
    for (guint p = 0; p < G_N_ELEMENTS(self->parts); p++) {
        const LacAtoms *atoms = self->parts[p].atoms;
        for (gsize a = 0; atoms != NULL && a < atoms->n; a++) {
            const Kind *kind = &self->parts[p].kinds[atoms->species[a]];
            double sigma = kind->sigma / pixel;
            sample_line(&z, self->first + begin, self->first + end, atoms->z[a] / pixel + centre,
                sigma);
            if (z.n == 0)
                continue;
            sample_line(&x, 0, n, atoms->x[a] / pixel + centre, sigma);
            sample_line(&y, 0, n, atoms->y[a] / pixel + centre, sigma);
            double norm = pow(2.0 * G_PI, 1.5) * sigma * sigma * sigma;
            float peak = (float) (self->scale * kind->weight / norm);
            for (gsize k = 0; k < z.n; k++)
                add_plane(self->volume->data + (z.begin + k) * n * n, n, &y, &x,
                    peak * z.values[k]);
        }
    }
}

/**
 * lac_camera_draw_volume:
 * @truth: the particle
 * @params: those of the images
 * @series: the images
 * @progress: (nullable): progress and cancel
 * @error: return location for a #GError
 *
 * Draws what a perfect reconstruction of the images would give: its sums along the beam are their
 * expected values, without background, shifts and defocus.
 *
 * Returns: (transfer full): a volume (nu, nu, nu), or %NULL with @error set
 */
LacVolume *
lac_camera_draw_volume(const LacTruth *truth, const LacCameraParams *params,
    const LacSeries *series, LacProgress *progress, GError **error)
{
    g_auto(Camera) self = { 0 };
    if (!init_camera(&self, truth, params, error))
        return NULL;
    self.size = series->nu;
    self.scale = electrons_per_weight(params, series->n);
    g_autoptr(LacVolume) volume =
        lac_volume_new(self.size, self.size, self.size, params->pixel_size, error);
    if (volume == NULL)
        return NULL;
    self.volume = volume;
    lac_progress_message(progress, "Drawing the volume");
    for (; self.first < self.size; self.first += PLANES * BATCH) {
        if (!lac_progress_update(progress, (double) self.first / (double) self.size, error))
            return NULL;
        lac_parallel_for(MIN(PLANES * BATCH, self.size - self.first), PLANES, draw_planes, &self);
    }
    return g_steal_pointer(&volume);
}

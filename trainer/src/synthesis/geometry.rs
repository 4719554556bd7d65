//! Both ventricles at end-diastole as solved ellipsoids.
//!
//! The LV cavity is an ellipsoid of revolution cut by the mitral plane; its wall has the
//! thickness that gives the wanted mass; the RV is an ellipsoid, minus the left ventricle, whose
//! free wall lies where its volume is right.

use std::f64::consts::PI;

use super::septal_bulge::{BULGE_ANGLE, Bulge, along_bulge, around_bulge, bulge_weight};
use super::subject::{Scar, Subject};
use super::vector::logistic;

/// Height of the mitral plane above the ventricle's equator, as a fraction of the semi-axis.
pub const BASE_FRACTION: f64 = 0.40;
/// Myocardial density, g/ml.
pub const DENSITY: f64 = 1.05;
/// Wall thickness at the apex relative to the wall's.
const APICAL_WALL: f64 = 0.6;
/// Extra thickness of the septum, and as much missing opposite, relative to the mean wall.
pub const SEPTAL_ASYMMETRY: f64 = 0.06;
/// Bounds of the search for the wall that gives the wanted mass, mm.
pub const THINNEST_AND_THICKEST_MM: (f64, f64) = (2.0, 30.0);
/// Thickness of the RV free wall, mm.
const RV_WALL_MM: f64 = 2.8;
/// Points of the RV volume quadrature along u, v, w.
const RV_QUADRATURE: [usize; 3] = [22, 26, 20];

/// The RV ellipsoid, in heart coordinates (mm).
#[derive(Clone, Debug, PartialEq)]
pub struct RightVentricle {
    /// Centre along u.
    pub centre_u: f64,
    /// Centre along w.
    pub centre_w: f64,
    /// Semi-axis from the centre towards the free wall.
    pub front_radius: f64,
    /// Semi-axis from the centre towards the septum.
    pub back_radius: f64,
    /// Semi-axis along v.
    pub radius_v: f64,
    /// Semi-axis along w.
    pub radius_w: f64,
    /// How far a thick septum bulges into the RV, mm; 0 in all but hypertrophic cardiomyopathy.
    pub septal_bulge_mm: f64,
}

/// Both ventricles at end-diastole (mm).
#[derive(Clone, Debug, PartialEq)]
pub struct Ventricles {
    /// Endocardial radius at the equator.
    pub radius: f64,
    /// Endocardial semi-axis from equator to apex.
    pub semi_axis: f64,
    /// Height of the mitral plane above the equator.
    pub base: f64,
    /// Mean wall thickness.
    pub wall: f64,
    /// Wall thickness at the apex.
    pub apical_wall: f64,
    /// Extra thickness of the septum, relative.
    pub septal_asymmetry: f64,
    /// Extra thickness of the anterior septum in hypertrophic cardiomyopathy, relative.
    pub septal_bulge: f64,
    /// Thickness of the RV free wall.
    pub rv_wall: f64,
    /// The right ventricle.
    pub right: RightVentricle,
    /// Infarct scar, if any.
    pub scar: Option<Scar>,
}

/// Volume factor of an ellipsoid cut at `fraction` of its semi-axis above the equator: the
/// volume is π r² c times this.
fn cut_volume_factor(fraction: f64) -> f64 {
    fraction - fraction.powi(3) / 3.0 + 2.0 / 3.0
}

impl Ventricles {
    /// The ventricles with this subject's volumes, mass and length.
    pub fn solve(subject: &Subject) -> Self {
        let semi_axis = subject.lv_length_mm / (1.0 + BASE_FRACTION);
        let base = BASE_FRACTION * semi_axis;
        let cavity = subject.lvedv_ml * 1e3;
        let radius = (cavity / (PI * semi_axis * cut_volume_factor(BASE_FRACTION))).sqrt();
        let muscle = subject.lvm_g / DENSITY * 1e3;
        let bulge = Bulge::of(subject.septal_bulge);
        let (mut low, mut high) = THINNEST_AND_THICKEST_MM;
        for _ in 0..40 {
            let wall = 0.5 * (low + high);
            let outer_axis = semi_axis + APICAL_WALL * wall;
            let outer = match &bulge {
                None => {
                    PI * (radius + wall).powi(2) * outer_axis * cut_volume_factor(base / outer_axis)
                }
                Some(bulge) => bulge.outer_volume(radius, wall, base, outer_axis, semi_axis),
            };
            if outer - cavity > muscle {
                high = wall;
            } else {
                low = wall;
            }
        }
        let wall = 0.5 * (low + high);
        let outer_radius = radius + wall;
        let mut ventricles = Self {
            radius,
            semi_axis,
            base,
            wall,
            apical_wall: APICAL_WALL * wall,
            septal_asymmetry: SEPTAL_ASYMMETRY,
            septal_bulge: subject.septal_bulge,
            rv_wall: RV_WALL_MM,
            right: RightVentricle {
                centre_u: 0.78 * outer_radius,
                centre_w: 0.28 * semi_axis,
                front_radius: 0.0,
                back_radius: 0.74 * outer_radius,
                radius_v: 1.24 * outer_radius,
                radius_w: 1.06 * semi_axis,
                septal_bulge_mm: subject.septal_bulge * wall,
            },
            scar: subject.scar.clone(),
        };
        ventricles.right.front_radius = ventricles.right.solve_front_radius(
            outer_radius,
            ventricles.outer_semi_axis(),
            base,
            subject.rvedv_ml * 1e3,
            FrontRadiusSearch::END_DIASTOLE,
        );
        ventricles
    }

    /// Epicardial radius at the equator, without regional differences.
    pub fn outer_radius(&self) -> f64 {
        self.radius + self.wall
    }

    /// Epicardial semi-axis from equator to apex.
    pub fn outer_semi_axis(&self) -> f64 {
        self.semi_axis + self.apical_wall
    }

    /// Thickness of the LV wall at an angle (radians) and height (mm), thinned by a scar.
    pub fn wall_at(&self, angle: f64, w: f64) -> f64 {
        let mut relative = 1.0 + self.septal_asymmetry * angle.cos();
        if self.septal_bulge > 0.0 {
            relative += self.septal_bulge * bulge_weight(angle, w / self.semi_axis);
        }
        let intact = self.wall * relative;
        match &self.scar {
            Some(scar) => intact * (1.0 - scar.thinning * self.scar_weight(angle, w)),
            None => intact,
        }
    }

    /// Thickness of the septum where it is thickest, mm.
    pub fn septum(&self) -> f64 {
        let angle = if self.septal_bulge > 0.0 {
            BULGE_ANGLE
        } else {
            0.0
        };
        self.wall_at(angle, 0.0)
    }

    /// Mean thickness of the LV wall, mm: the mean over the wall below the mitral plane.
    pub fn mean_wall(&self) -> f64 {
        match Bulge::of(self.septal_bulge) {
            None => self.wall,
            Some(bulge) => self.wall * (1.0 + bulge.mean(self.base / self.semi_axis)),
        }
    }

    /// How far a point of the wall belongs to the scar's territory, 0..1, whatever its depth.
    pub fn scar_weight(&self, angle: f64, w: f64) -> f64 {
        let Some(scar) = &self.scar else {
            return 0.0;
        };
        let away = wrapped(angle - scar.centre_angle).abs();
        let height = w / self.semi_axis;
        let around = logistic((scar.half_width - away) / 0.10);
        let along =
            logistic((scar.highest - height) / 0.05) * logistic((height - scar.lowest) / 0.05);
        let patch = around * along;
        if scar.includes_apex {
            patch.max(logistic((-0.80 - height) / 0.05))
        } else {
            patch
        }
    }
}

/// An angle brought into (−π, π].
pub fn wrapped(angle: f64) -> f64 {
    let (sine, cosine) = angle.sin_cos();
    sine.atan2(cosine)
}

/// Approximate signed distance (mm) of a point from an ellipsoid about the origin, negative inside.
pub fn ellipsoid_distance(point: [f64; 3], radii: [f64; 3]) -> f64 {
    let mut level = 0.0;
    let mut slope = 0.0;
    for (x, a) in point.into_iter().zip(radii) {
        let scaled = x / a;
        level += scaled * scaled;
        slope += (scaled / a) * (scaled / a);
    }
    let level = level.sqrt() + 1e-9;
    (level - 1.0) * level / (slope.sqrt() + 1e-9)
}

/// How the secant search for the RV free wall starts and stops.
#[derive(Clone, Copy)]
pub struct FrontRadiusSearch {
    /// The two first guesses, mm.
    pub start: [f64; 2],
    /// Bounds, mm.
    pub bounds: [f64; 2],
    /// Most steps.
    pub steps: usize,
    /// Relative error of the volume at which to stop.
    pub tolerance: f64,
}

impl FrontRadiusSearch {
    /// The search at end-diastole.
    pub const END_DIASTOLE: Self = Self {
        start: [34.0, 46.0],
        bounds: [12.0, 90.0],
        steps: 6,
        tolerance: 0.004,
    };
}

impl RightVentricle {
    /// Approximate signed distance (mm) of a point in heart coordinates from the RV endocardium.
    pub fn distance(&self, u: f64, v: f64, w: f64) -> f64 {
        let x = u - self.centre_u;
        let radius = if x > 0.0 {
            self.front_radius
        } else {
            self.back_radius
        };
        ellipsoid_distance(
            [x, v, w - self.centre_w],
            [radius, self.radius_v, self.radius_w],
        )
    }

    /// Cavity volume (mm³) with the free wall at `front_radius`: the ellipsoid below `base`
    /// minus an LV of these outer radii, by quadrature with softened borders.
    pub fn volume(&self, front_radius: f64, lv_radius: f64, lv_semi_axis: f64, base: f64) -> f64 {
        let [nu, nv, nw] = RV_QUADRATURE;
        let lows = [
            -0.2 * lv_radius,
            -self.radius_v,
            self.centre_w - self.radius_w,
        ];
        let highs = [self.centre_u + front_radius, self.radius_v, base];
        let step = |axis: usize, n: usize| (highs[axis] - lows[axis]) / (n - 1) as f64;
        let (du, dv, dw) = (step(0, nu), step(1, nv), step(2, nw));
        let softness = du.max(dv);
        let inside =
            |level: f64, size: f64| (0.5 - (level.sqrt() - 1.0) * size / softness).clamp(0.0, 1.0);
        let rv_size = 0.5 * (front_radius + self.radius_v);
        let mut sum = 0.0;
        for k in 0..nw {
            let w = lows[2] + k as f64 * dw;
            let end = if k == 0 || k == nw - 1 { 0.5 } else { 1.0 };
            let rv_w = ((w - self.centre_w) / self.radius_w).powi(2);
            let lv_w = (w / lv_semi_axis).powi(2);
            for i in 0..nu {
                let u = lows[0] + i as f64 * du;
                let radius = if u > self.centre_u {
                    front_radius
                } else {
                    self.back_radius
                };
                let rv_uw = rv_w + ((u - self.centre_u) / radius).powi(2);
                for j in 0..nv {
                    let v = lows[1] + j as f64 * dv;
                    let rv = inside(rv_uw + (v / self.radius_v).powi(2), rv_size);
                    if rv > 0.0 {
                        let mut lv_radius = lv_radius;
                        if self.septal_bulge_mm > 0.0 {
                            let height = along_bulge(w / lv_semi_axis);
                            lv_radius += self.septal_bulge_mm * height * around_bulge(v.atan2(u));
                        }
                        let lv = (u * u + v * v) / (lv_radius * lv_radius) + lv_w;
                        sum += rv * (1.0 - inside(lv, lv_radius)) * end;
                    }
                }
            }
        }
        sum * du * dv * dw
    }

    /// The free-wall semi-axis (mm) at which the volume is `wanted` (mm³), by the secant method.
    pub fn solve_front_radius(
        &self,
        lv_radius: f64,
        lv_semi_axis: f64,
        base: f64,
        wanted: f64,
        search: FrontRadiusSearch,
    ) -> f64 {
        let excess = |front: f64| self.volume(front, lv_radius, lv_semi_axis, base) - wanted;
        let [mut previous, mut current] = search.start;
        let (mut f_previous, mut f_current) = (excess(previous), excess(current));
        for _ in 0..search.steps {
            let slope = f_current - f_previous + 1e-9;
            let next = (current - f_current * (current - previous) / slope)
                .clamp(search.bounds[0], search.bounds[1]);
            (previous, f_previous) = (current, f_current);
            (current, f_current) = (next, excess(next));
            if f_current.abs() < search.tolerance * wanted {
                break;
            }
        }
        current
    }
}

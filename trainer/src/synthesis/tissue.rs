//! What a point of the beating heart looks like, and which label it has.

use super::background::signal;
use super::geometry::{Ventricles, ellipsoid_distance};
use super::mechanics::{Contour, Phase, contour, rv_radius_v};
use super::subject::Subject;
use super::vector::Vec3;

/// Isovolumic relaxation and early filling during which the valves still show closed, ms.
const VALVES_CLOSED_AFTER_MS: f64 = 60.0;
/// Signal of the atrial wall and of a valve leaflet.
const ATRIAL_WALL: f64 = 0.38;
const LEAFLET: f64 = 0.35;

/// Signal and tissue fractions at a point.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample {
    /// Signal relative to blood.
    pub signal: f64,
    /// Fractions of LV cavity, LV myocardium and RV cavity.
    pub fractions: [f64; 3],
}

/// Draws one phase of a heart.
pub struct Painter<'a> {
    subject: &'a Subject,
    ventricles: &'a Ventricles,
    phase: Phase,
    end_systole_ms: f64,
    /// Width of soft borders, mm.
    edge: f64,
    atria: bool,
    valves: bool,
    right: super::geometry::RightVentricle,
    base: f64,
    epicardial_fat: f64,
    /// Nothing of the ventricles or their fat shows farther from them than this, mm.
    reach: f64,
}

/// What a picture shows besides the ventricles.
#[derive(Clone, Copy)]
pub struct Shown {
    /// The atria.
    pub atria: bool,
    /// Mitral and tricuspid leaflets.
    pub valves: bool,
}

/// 1 inside (negative distance), 0 outside, over about ±`width` mm.
fn soft(distance: f64, width: f64) -> f64 {
    1.0 / (1.0 + (distance / width * 3.0).clamp(-30.0, 30.0).exp())
}

impl<'a> Painter<'a> {
    /// A painter of this phase with borders `edge` mm wide.
    pub fn new(
        subject: &'a Subject,
        ventricles: &'a Ventricles,
        phase: Phase,
        end_systole_ms: f64,
        edge: f64,
        shown: Shown,
    ) -> Self {
        let outer_axis = ventricles.outer_semi_axis();
        let mut right = ventricles.right.clone();
        right.front_radius = phase.rv_front_radius;
        right.radius_v = rv_radius_v(ventricles, &phase);
        let epicardial_fat = (2.5 + 0.55 * (subject.bmi - 22.0)).clamp(1.5, 12.0);
        Self {
            subject,
            ventricles,
            phase,
            end_systole_ms,
            edge,
            atria: shown.atria,
            valves: shown.valves,
            right,
            base: -outer_axis + phase.length * (ventricles.base + outer_axis),
            epicardial_fat,
            reach: 1.7 * epicardial_fat + 12.0 * edge,
        }
    }

    /// The point (heart coordinates, mm) over this background; `trabeculae` is a standard normal
    /// field.
    pub fn paint(&self, [u, v, w]: Vec3, background: f64, trabeculae: f64) -> Sample {
        let (g, edge) = (self.ventricles, self.edge);
        let angle = v.atan2(u);
        let rho = u.hypot(v);
        let contour = contour(g, &self.subject.imaging, &self.phase, angle, w);
        let below_base = soft(w - self.base, edge);
        let rv_distance = self.right.distance(u, v, contour.w_end_diastole);
        // Below the apex the distance is to its tip.
        let below_apex = (-g.outer_semi_axis() - contour.w_end_diastole).max(0.0);
        let from_left = if below_apex > 0.0 {
            rho.hypot(below_apex)
        } else {
            rho - contour.outer
        };
        let from_heart = from_left.min(rv_distance - g.rv_wall);
        if !self.atria && from_heart > self.reach {
            return Sample {
                signal: background,
                ..Sample::default()
            };
        }
        let share = |radius: f64| {
            if radius > 0.0 {
                soft(rho - radius, edge) * below_base
            } else {
                0.0
            }
        };
        let cavity = share(contour.inner);
        let outer = share(contour.outer);
        let rv_wall = g.rv_wall * (1.0 + 0.35 * self.phase.emptying);
        let rv = soft(rv_distance, edge) * below_base * (1.0 - outer);
        let rv_outer = soft(rv_distance - rv_wall, edge) * below_base * (1.0 - outer);

        let mut signal = background;
        let mut cover = |share: f64, value: f64| signal += share * (value - signal);
        cover(self.fat_share(from_heart, [u, v, w]), 0.95 * signal::FAT);
        if self.atria {
            let (wall, blood) = self.atrial_shares([u, v, w]);
            cover(wall, ATRIAL_WALL);
            cover(blood, 0.96);
        }
        cover(outer.max(rv_outer), signal::MYOCARDIUM);
        let height = contour.w_end_diastole / g.semi_axis;
        if cavity > 0.0 {
            cover(
                cavity,
                self.lv_blood([u, v], rho, &contour, height, trabeculae),
            );
        }
        if rv > 0.0 {
            let near_wall = if height < 0.15 {
                (-(rv_distance / 6.0).powi(2)).exp()
            } else {
                0.0
            };
            cover(rv, 0.97 - 0.22 * trabeculae.clamp(0.0, 2.0) * near_wall);
        }
        if self.valves && below_base > 0.02 {
            cover(self.leaflet_share(u, w), LEAFLET);
        }
        Sample {
            signal,
            fractions: [cavity, (outer - cavity).clamp(0.0, 1.0), rv],
        }
    }

    /// Epicardial fat: more below and to the right, little at the apex, none above the base.
    fn fat_share(&self, distance: f64, [u, v, w]: Vec3) -> f64 {
        let below = soft(v, 12.0);
        let right = soft(-u, 12.0);
        let from_apex = w + self.ventricles.outer_semi_axis();
        let apical = 0.3 + 0.7 * soft(25.0 - from_apex, 30.0);
        let thickness = self.epicardial_fat * (0.6 + 0.5 * below + 0.6 * right) * apical;
        soft(distance - thickness, 2.0 * self.edge) * soft(w - self.base - 8.0, 4.0)
    }

    /// LV blood with papillary muscles and, near the wall and the apex, trabeculae.
    fn lv_blood(
        &self,
        [u, v]: [f64; 2],
        rho: f64,
        contour: &Contour,
        height: f64,
        trabeculae: f64,
    ) -> f64 {
        let s = self.phase.emptying;
        let mut papillary = 0.0f64;
        let along = (-((height + 0.25) / 0.34).powi(4)).exp();
        for angle in [2.25f64, -2.25] {
            let away = (contour.inner - 5.5).max(0.0) * 0.97;
            let distance = (u - away * angle.cos()).hypot(v - away * angle.sin());
            let radius = 5.2 * self.subject.imaging.papillary_size * (1.0 + 0.15 * s);
            papillary = papillary.max(soft(distance - radius, self.edge) * along);
        }
        let rough = (-((rho - contour.inner) / 2.2).powi(2)).exp()
            * (0.35 + 0.65 * (-height).clamp(0.0, 1.0))
            * (0.5 + 0.5 * trabeculae).clamp(0.0, 1.0);
        signal::BLOOD
            * (1.0 - 0.60 * papillary)
            * (1.0 - 0.34 * rough)
            * (1.0 - 0.02 * trabeculae.clamp(-1.0, 1.0) * s)
    }

    /// Wall (with blood) and blood of both atria, which fill while the ventricles empty.
    fn atrial_shares(&self, [u, v, w]: Vec3) -> (f64, f64) {
        let size = (self.subject.lvedv_ml / 150.0).powf(0.2);
        let radius = 23.5 * size * (0.90 + 0.16 * self.phase.emptying);
        let left = ellipsoid_distance(
            [u + 2.0, v, w - (self.base + radius * 0.90)],
            [radius * 1.10, radius, radius * 1.08],
        );
        let right = ellipsoid_distance(
            [
                u - (self.ventricles.right.centre_u + 16.0),
                v + 4.0,
                w - (self.base + radius * 0.86),
            ],
            [radius, radius, radius * 1.12],
        );
        let above = 1.0 - soft(w - self.base - 1.0, self.edge);
        let nearest = left.min(right);
        // Where the atria meet, the septum lies half way between them.
        let septum = soft((left - right).abs() - 2.5, self.edge);
        let blood = soft(nearest, self.edge) * (1.0 - septum) * above;
        (soft(nearest - 2.5, self.edge) * above, blood)
    }

    /// Mitral and tricuspid leaflets in the plane of the base, faint while the valves are open.
    fn leaflet_share(&self, u: f64, w: f64) -> f64 {
        let mitral = u.abs() < 0.9 * self.ventricles.radius;
        let tricuspid = u > self.ventricles.radius
            && u < self.ventricles.right.centre_u + self.phase.rv_front_radius;
        if !(mitral || tricuspid) {
            return 0.0;
        }
        let closed = self.phase.time_ms < self.end_systole_ms + VALVES_CLOSED_AFTER_MS;
        let strength = if closed { 1.0 } else { 0.25 };
        (-((w - self.base) / 1.3).powi(2)).exp() * strength * 0.55
    }
}

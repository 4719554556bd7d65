//! Muscle inside the cavities: papillary muscles of the left ventricle, bands of the right.

use super::pattern::{Band, Papillary};
use super::scene::Scene;
use super::stamp::Rod;
use crate::synthesis::mechanics::Phase;

impl Scene<'_> {
    /// Papillary muscles that the slice cuts across.
    pub(super) fn papillaries(&self, phase: &Phase) -> Vec<Rod> {
        let along = self.grid.normal[2].abs();
        if along < 0.5 {
            return Vec::new();
        }
        let rods = self.pattern.papillaries.iter();
        rods.filter_map(|head| self.papillary(head, phase))
            .collect()
    }

    fn papillary(&self, head: &Papillary, phase: &Phase) -> Option<Rod> {
        let scanner = &self.heart.subject.imaging.scanner;
        let wall = &self.heart.motion.wall;
        let half = 0.5 * self.grid.thickness_mm;
        let centre = self.left.height();
        let now = |w: f32| self.present(w, phase);
        let [low, high] = head.heights.map(now);
        let covered = ((centre + half).min(high) - (centre - half).max(low)) / (2.0 * half);
        if covered <= 0.0 {
            return None;
        }
        // Thickest in the middle of its length.
        let position = (centre.clamp(low, high) - low) / (high - low).max(1.0);
        let slender = 1.0 - 0.5 * (2.0 * position - 1.0).powi(2);
        let emptying = phase.emptying as f32;
        let radius = head.radius * slender * (1.0 + 0.12 * emptying);
        let angle = f64::from(head.angle);
        let inner = wall.contour(phase, angle, f64::from(centre)).0 as f32;
        let gap = head.gap * (1.0 - 0.7 * emptying);
        let away = (inner - 0.9 * radius - gap).max(0.9 * radius);
        let (sine, cosine) = head.angle.sin_cos();
        // Its cross-section is a little longer along the wall.
        let half_width = 0.5 * head.width;
        let end = |side: f32| {
            let shift = side * half_width;
            let point = [
                away * cosine - shift * sine,
                away * sine + shift * cosine,
                centre,
            ];
            self.grid.position(point).0
        };
        Some(Rod {
            from: end(-1.0),
            to: end(1.0),
            radius,
            share: 0.95 * covered.min(1.0),
            signal: scanner.myocardium as f32,
        })
    }

    /// Bands of the right ventricle where the slice meets them.
    pub(super) fn bands(&self, phase: &Phase) -> Vec<Rod> {
        let rods = self.pattern.bands.iter();
        rods.filter_map(|band| self.band(band, phase)).collect()
    }

    fn band(&self, band: &Band, phase: &Phase) -> Option<Rod> {
        let ends = [0, 1].map(|k| {
            let end = band.ends[k];
            let w = self.present(end.height, phase);
            end.place(self.heart, phase, w)
        });
        let [(from, from_above), (to, to_above)] = ends.map(|end| self.grid.position(end));
        // The part within the slice's thickness.
        let half = 0.5 * self.grid.thickness_mm;
        let reach = half + 0.5 * band.radius;
        let slope = to_above - from_above;
        let cut = |above: f32| {
            if slope.abs() < 1e-3 {
                f32::from(u8::from(above > from_above))
            } else {
                ((above - from_above) / slope).clamp(0.0, 1.0)
            }
        };
        let (a, b) = (cut(-reach), cut(reach));
        let middle = from_above + 0.5 * (a + b) * slope;
        if (a - b).abs() < 0.02 || middle.abs() > reach {
            return None;
        }
        let at = |x: f32| std::array::from_fn(|k| from[k] + x * (to[k] - from[k]));
        // Where it runs within the slice it fills only part of the thickness.
        let steep = slope.abs() / (slope.abs() + 2.0 * half);
        let filled = (1.7 * band.radius / (2.0 * half)).min(1.0);
        Some(Rod {
            from: at(a.min(b)),
            to: at(a.max(b)),
            radius: band.radius,
            share: (filled + steep * (1.0 - filled)).min(0.9),
            signal: self.heart.subject.imaging.scanner.myocardium as f32,
        })
    }

    /// Present height of what is at height `w` at end-diastole, mm.
    fn present(&self, w: f32, phase: &Phase) -> f32 {
        let lowest = -self.heart.ventricles.outer_semi_axis() as f32;
        lowest + (w - lowest) * phase.length as f32
    }
}

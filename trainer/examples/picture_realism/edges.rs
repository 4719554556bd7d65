//! How sharp borders are, and how rough: radial profiles from the middle of the left ventricle.

use crate::picture::{LV_BLOOD, Picture};
use crate::table::quantile;
use crate::{MUSCLE, RV_BLOOD};

/// Profiles round the ventricle.
const SPOKES: usize = 120;
/// Distance between the samples of a profile, mm.
const STEP_MM: f64 = 0.2;
/// How far a profile reaches to both sides of the contour, mm.
const REACH_MM: f64 = 6.0;
/// An edge lower than this fraction of blood is none that can be measured: a papillary muscle
/// touches the wall there.
const LEAST_HEIGHT: f64 = 0.25;

/// The figures, in a fixed order.
pub fn figures(picture: &Picture) -> Vec<(String, f64)> {
    let blood = picture.blood();
    let mut endocardial = Edges::default();
    let mut septal = Edges::default();
    if let Some(centre) = picture.centre_of(|label| label == LV_BLOOD) {
        for spoke in 0..SPOKES {
            let angle = std::f64::consts::TAU * spoke as f64 / SPOKES as f64;
            let ray = Ray::new(picture, centre, angle);
            let Some(inner_mm) = ray.first_change(0.0, LV_BLOOD, MUSCLE) else {
                continue;
            };
            endocardial.measure(&ray, inner_mm, -1.0, blood);
            if let Some(outer_mm) = ray.first_change(inner_mm, MUSCLE, RV_BLOOD) {
                septal.measure(&ray, outer_mm, 1.0, blood);
            }
        }
    }
    let measured = endocardial.offsets_mm.len() as f64 / SPOKES as f64;
    vec![
        (
            "endocardial edge, 10-90 % width, mm".to_owned(),
            endocardial.width(),
        ),
        (
            "septal edge on the right, 10-90 % width, mm".to_owned(),
            septal.width(),
        ),
        (
            "endocardial edge, steepest slope, blood / mm".to_owned(),
            endocardial.slope(),
        ),
        (
            "endocardial edge about its contour, roughness, mm".to_owned(),
            endocardial.roughness(),
        ),
        (
            "share of the endocardium with a clear edge".to_owned(),
            measured,
        ),
    ]
}

/// A ray from the middle of the cavity.
struct Ray<'a> {
    picture: &'a Picture,
    centre: (f64, f64),
    direction: (f64, f64),
}

impl<'a> Ray<'a> {
    fn new(picture: &'a Picture, centre: (f64, f64), angle: f64) -> Self {
        Self {
            picture,
            centre,
            direction: (angle.cos(), angle.sin()),
        }
    }

    fn position(&self, mm: f64) -> (f64, f64) {
        let pixels = mm / self.picture.pixel_mm;
        (
            self.centre.0 + pixels * self.direction.0,
            self.centre.1 + pixels * self.direction.1,
        )
    }

    fn signal(&self, mm: f64) -> f64 {
        let (column, row) = self.position(mm);
        self.picture.signal_at(column, row)
    }

    fn label(&self, mm: f64) -> Option<u8> {
        let (column, row) = self.position(mm);
        let (column, row) = (column.round(), row.round());
        if column < 0.0 || row < 0.0 || column >= self.picture.width as f64 {
            return None;
        }
        let at = row as usize * self.picture.width + column as usize;
        self.picture.labels.get(at).copied()
    }

    /// Where the label first changes from one to the other beyond `start_mm`.
    fn first_change(&self, start_mm: f64, from: u8, to: u8) -> Option<f64> {
        let mut before = self.label(start_mm)?;
        let mut mm = start_mm;
        // No ventricle is wider than this.
        while mm < 80.0 {
            mm += STEP_MM;
            let now = self.label(mm)?;
            if before == from && now == to {
                return Some(mm - 0.5 * STEP_MM);
            }
            if now != from && now != before {
                // Another tissue lies between.
                if before == from {
                    return None;
                }
            }
            before = now;
        }
        None
    }
}

/// The edges of one border.
#[derive(Default)]
struct Edges {
    widths_mm: Vec<f64>,
    slopes: Vec<f64>,
    offsets_mm: Vec<f64>,
}

impl Edges {
    /// Measures the edge near a contour. `bright` is −1 where blood lies towards the centre and 1
    /// where it lies outwards.
    fn measure(&mut self, ray: &Ray<'_>, contour_mm: f64, bright: f64, blood: f64) {
        // The profile runs from muscle to blood.
        let steps = (2.0 * REACH_MM / STEP_MM) as usize;
        let at = |step: usize| contour_mm + bright * (step as f64 * STEP_MM - REACH_MM);
        let profile: Vec<f64> = (0..=steps)
            .map(|step| ray.signal(at(step)) / blood)
            .collect();
        let middle = steps / 2;
        let near = (3.0 / STEP_MM) as usize;
        // The steepest rise within 3 mm of the contour is the edge; it ends where the signal
        // turns round or levels out.
        let rise = |step: usize| profile[step + 1] - profile[step];
        let Some(steepest) = (middle - near..middle + near)
            .max_by(|&a, &b| rise(a).total_cmp(&rise(b)))
            .filter(|&step| rise(step) > 0.0)
        else {
            return;
        };
        let level = 0.08 * rise(steepest);
        let foot = (0..=steepest).rev().find(|&step| rise(step) < level);
        let top = (steepest..steps).find(|&step| rise(step) < level);
        let foot = foot.map_or(0, |step| step + 1);
        let top = top.unwrap_or(steps);
        let height = profile[top] - profile[foot];
        if height < LEAST_HEIGHT {
            return;
        }
        let crossing = |fraction: f64| {
            let wanted = profile[foot] + fraction * height;
            let after = (foot + 1..=top).find(|&step| profile[step] >= wanted)?;
            let (low, high) = (profile[after - 1], profile[after]);
            Some((after - 1) as f64 + (wanted - low) / (high - low).max(1e-9))
        };
        if let (Some(tenth), Some(half), Some(ninth)) =
            (crossing(0.1), crossing(0.5), crossing(0.9))
        {
            self.widths_mm.push(STEP_MM * (ninth - tenth));
            self.slopes.push(rise(steepest) / STEP_MM);
            self.offsets_mm.push(STEP_MM * half - REACH_MM);
        }
    }

    fn width(&self) -> f64 {
        quantile(&self.widths_mm, 0.5)
    }

    fn slope(&self) -> f64 {
        quantile(&self.slopes, 0.5)
    }

    /// Robust SD of the edge's distance from its contour.
    fn roughness(&self) -> f64 {
        let quartile = |fraction| quantile(&self.offsets_mm, fraction);
        (quartile(0.75) - quartile(0.25)) / 1.349
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::{Phantom, figure};

    #[test]
    fn the_width_of_a_blurred_edge_is_that_of_its_gaussian() {
        // From 10 to 90 % a Gaussian edge takes 2.563 SDs; bilinear sampling widens it a little.
        for (blur_mm, least, most) in [(1.0, 2.4, 2.9), (1.5, 3.6, 4.2)] {
            let picture = Phantom {
                blur_mm,
                ..Phantom::default()
            }
            .picture();
            let all = figures(&picture);
            for name in ["endocardial edge, 10-90", "septal edge"] {
                let width = figure(&all, name);
                assert!(
                    (least..most).contains(&width),
                    "{name}: {width} mm at {blur_mm}"
                );
            }
            // Contours run along pixels, which alone scatters by 0.3 pixels or so.
            let roughness = figure(&all, "endocardial edge about its contour");
            assert!(roughness < 0.5, "{roughness} mm");
        }
    }

    #[test]
    fn a_wavy_edge_within_a_smooth_contour_is_rough() {
        let picture = Phantom {
            wave_mm: 1.5,
            ..Phantom::default()
        }
        .picture();
        let roughness = figure(&figures(&picture), "endocardial edge about its contour");
        assert!((0.7..2.2).contains(&roughness), "{roughness} mm");
    }
}

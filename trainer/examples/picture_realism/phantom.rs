//! A picture whose figures are known: round cavity and wall, a crescent beside them, all blurred.

use std::f64::consts::SQRT_2;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::picture::{LV_BLOOD, Picture};
use crate::{MUSCLE, RV_BLOOD};

/// What varies between phantoms.
pub struct Phantom {
    /// SD of the Gaussian by which borders are blurred, mm.
    pub blur_mm: f64,
    /// How far the endocardium's true edge waves about its contour, mm.
    pub wave_mm: f64,
    /// SD of white noise; blood is 1.
    pub noise: f64,
}

impl Default for Phantom {
    fn default() -> Self {
        Self {
            blur_mm: 0.6,
            wave_mm: 0.0,
            noise: 0.0,
        }
    }
}

impl Phantom {
    /// Radius of the cavity, mm.
    pub const INNER_MM: f64 = 25.0;
    /// Radius of the outer border of the wall, mm.
    pub const OUTER_MM: f64 = 35.0;
    /// The crescent is what a disc of this radius to the left leaves free of the ventricle, mm.
    const CRESCENT_MM: f64 = 35.0;
    const CRESCENT_LEFT_MM: f64 = 24.0;
    const SIDE: usize = 160;
    const PIXEL_MM: f64 = 1.25;

    /// The picture: blood 1, wall 0.35, right ventricle 0.9, surroundings 0.1.
    pub fn picture(&self) -> Picture {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let middle = 0.5 * (Self::SIDE as f64 - 1.0);
        let (mut signal, mut labels) = (Vec::new(), Vec::new());
        for k in 0..Self::SIDE * Self::SIDE {
            let x = ((k % Self::SIDE) as f64 - middle) * Self::PIXEL_MM;
            let y = ((k / Self::SIDE) as f64 - middle) * Self::PIXEL_MM;
            let (radius, angle) = (x.hypot(y), y.atan2(x));
            let edge = Self::INNER_MM + self.wave_mm * (14.0 * angle).sin();
            let beside = (x + Self::CRESCENT_LEFT_MM).hypot(y);
            let right = self.inside(beside - Self::CRESCENT_MM);
            let outer = self.inside(radius - Self::OUTER_MM);
            let inner = self.inside(radius - edge);
            let around = 0.1 + (0.9 - 0.1) * right;
            let wall = around + (0.35 - around) * outer;
            let noise: f64 = StandardNormal.sample(&mut random);
            signal.push((wall + (1.0 - wall) * inner + self.noise * noise) as f32);
            labels.push(if radius < Self::INNER_MM {
                LV_BLOOD
            } else if radius < Self::OUTER_MM {
                MUSCLE
            } else if beside < Self::CRESCENT_MM {
                RV_BLOOD
            } else {
                0
            });
        }
        Picture {
            width: Self::SIDE,
            height: Self::SIDE,
            pixel_mm: Self::PIXEL_MM,
            signal,
            labels,
        }
    }

    /// How much of a blurred half-plane there is at this distance outside its border.
    fn inside(&self, outside_mm: f64) -> f64 {
        0.5 - 0.5 * erf(outside_mm / self.blur_mm / SQRT_2)
    }
}

/// The error function to 5e-4 (Abramowitz and Stegun 7.1.27).
fn erf(x: f64) -> f64 {
    let z = x.abs();
    let terms = [0.278_393, 0.230_389, 0.000_972, 0.078_108];
    let sum = terms.iter().rev().fold(0.0, |sum, term| (sum + term) * z);
    (1.0 - (1.0 + sum).powi(-4)).copysign(x)
}

/// The figure whose name begins like this.
pub fn figure(all: &[(String, f64)], name: &str) -> f64 {
    let found = all.iter().find(|(other, _)| other.starts_with(name));
    found.unwrap_or_else(|| panic!("no figure {name}")).1
}
